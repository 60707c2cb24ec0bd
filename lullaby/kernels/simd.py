"""Sixteen floats at a time: explicit vector types for the few hot kernels.

LLVM leaves most audio loops scalar, so the hot ones say what they want. Vectors of floats and of whole
numbers are numba's types over LLVM's own; `+ - * / ^ << >>` work on them, and kernels read like scalar code:

    x = load(signal, i)                 # signal[i : i + 16]
    store(out, i, x * splat(gain))

LLVM makes one AVX-512, two AVX or four SSE instructions of each, with the same bits in every lane.
Nothing here fuses a multiplication with an addition, because then the bits would differ. What each of these
is made of is in `llvm/simd`, which is loaded where a kernel is compiled.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from lullaby.kernels.deferred import primitive

LANES = 16

Lanes: TypeAlias = Any
"""Sixteen lanes, as a kernel handles them: mypy cannot see inside, numba checks at compile time."""

absolute = primitive("simd", "absolute")
greater = primitive("simd", "greater")
with_sign_of = primitive("simd", "with_sign_of")
"""Lane by lane."""

splat = primitive("simd", "splat")
splat_u32 = primitive("simd", "splat_u32")
"""One number in all sixteen lanes: a float32, a uint32."""
counting = primitive("simd", "counting")
"""0, 1, … 15."""

signed_to_float = primitive("simd", "signed_to_float")
"""Each lane, read as a signed integer, as a float: a 32-bit phase or draw becomes ±2³¹."""
float_to_signed = primitive("simd", "float_to_signed")
"""Each lane, cut to a whole number, as a signed integer: ±½ of 2³² becomes a phase to add to others."""
turns = primitive("simd", "turns")
"""A 32-bit phase as turns in [−½, ½), half a turn on."""

load, load_u32 = primitive("simd", "load"), primitive("simd", "load_u32")
"""(array, index) → array[index : index + 16], from any address: of floats, of whole numbers."""
load_splat = primitive("simd", "load_splat")
"""(array, index) → array[index] in all lanes."""
load_pair = primitive("simd", "load_pair")
"""(array, index) → array[index] in the even lanes, array[index + 1] in the odd ones: a frame's two sides."""

store = primitive("simd", "store")
"""(array, index, value): array[index : index + 16] = value."""
store_stereo = primitive("simd", "store_stereo")
"""(array, index, left, right): array[index : index + 32] = left and right, in turns."""
store_stereo_past_cache = primitive("simd", "store_stereo_past_cache")
"""The same straight to memory: for what is too much to stay in the cache anyway. The address must be on a
cache line."""
