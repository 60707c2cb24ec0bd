"""What happens in the terminal while a night plays: its keys, its log, what is said of it."""
