"""Machines that people sleep to: fans and trains."""
