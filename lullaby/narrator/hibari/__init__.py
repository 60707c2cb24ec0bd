"""hibari, the English voice that comes along: its text, its network, and the sound made of that."""
