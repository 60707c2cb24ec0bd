"""Chance with names instead of a sequence.

A `Key` names a stream of chance: `key / "rain" / "drops"`. Any draw may be asked for at any time, in
any order and on any machine, and is always the same; nothing is seeded by position, batch or clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Key:
    """The name of a stream of chance, as 64 bits."""

    bits: int

    @classmethod
    def root(cls, seed: int, *names: str) -> Self:
        digest = hashlib.blake2b(f"lullaby:{seed}".encode(), digest_size=8).digest()
        key = cls(int.from_bytes(digest, "little"))
        for name in names:
            key = key / name
        return key

    def __truediv__(self, name: str | int) -> Self:
        """The stream of that name within this one."""
        text = self.bits.to_bytes(8, "little") + str(name).encode()
        return type(self)(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little"))

    @property
    def words(self) -> tuple[int, int]:
        """The two 32-bit halves a kernel mixes with an index."""
        return self.bits & 0xFFFFFFFF, self.bits >> 32

    def draw(self, index: int = 0) -> float:
        """One number in [0, 1)."""
        text = self.bits.to_bytes(8, "little") + index.to_bytes(8, "little", signed=True)
        return (int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 11) * 2.0**-53
