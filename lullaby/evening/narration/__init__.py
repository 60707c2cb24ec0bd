"""A story in a night: how it is spoken, when each sentence is heard, and where it stopped."""
