"""A CRC, bit by bit."""

from __future__ import annotations


def crc(data: bytes, bits: int, polynomial: int) -> int:
    """Most significant bit first, from zero, with nothing turned round."""
    register, top = 0, 1 << (bits - 1)
    for byte in data:
        for bit in range(7, -1, -1):
            out = bool(register & top) ^ bool(byte >> bit & 1)
            register = (register << 1 & (2 * top - 1)) ^ (polynomial if out else 0)
    return register
