"""What happens at bedtime, in what order, on which nights, and whose turn it is."""
