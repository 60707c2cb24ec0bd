"""What the vector kernels are meant to compute, as plain loops over samples: to read, and to test against."""
