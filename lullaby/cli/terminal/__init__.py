"""The terminal: lines, progress, output that cannot be written, signals."""
