"""What `lullaby tell` is made of."""
