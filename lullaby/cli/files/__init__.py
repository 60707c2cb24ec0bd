"""The files that commands leave: what they are called, and going on with one that was stopped."""
