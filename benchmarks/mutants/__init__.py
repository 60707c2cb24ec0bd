"""Small faults put into lullaby one by one: do the tests notice? (`python -m benchmarks.mutants`)"""
