"""How fast lullaby is: alone, and beside other programs (`python -m benchmarks peers`)."""
