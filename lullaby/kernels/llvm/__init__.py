"""What kernels are made of, as LLVM is told of it. Loaded where a kernel is compiled, and nowhere else."""
