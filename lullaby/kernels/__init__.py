"""Kernels: floats and arrays; no files, no classes, no names. numba has its one door in `jit`."""
