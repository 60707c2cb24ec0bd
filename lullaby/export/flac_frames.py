"""FLAC's frames know their number: a frame given another one, with checksums that are right again."""

from __future__ import annotations

import struct

from lullaby.kernels.checksums import CRC_8, CRC_16, checksum

_SIZE_BYTES = {6: 1, 7: 2}
"""The number of bytes in which an uncommon frame length is written out, by its code."""
_RATE_BYTES = {12: 1, 13: 2, 14: 2}


def numbered(frame: bytes, number: int) -> bytes:
    """The frame with another number, and its checksums made right again."""
    written = 1
    while frame[4] & 0x80 and frame[4] << written & 0x80:  # as many bytes as the first has leading ones
        written += 1
    after = 4 + written
    more = _SIZE_BYTES.get(frame[2] >> 4, 0) + _RATE_BYTES.get(frame[2] & 15, 0)
    header = frame[:4] + _coded(number) + frame[after : after + more]
    header += bytes([checksum(header, CRC_8, 8)])
    body = header + frame[after + more + 1 : -2]
    return body + struct.pack(">H", checksum(body, CRC_16, 16))


def _coded(number: int) -> bytes:
    """A number in as few bytes as it needs, as UTF-8 does it, but up to 36 bits."""
    if number < 0x80:
        return bytes([number])
    count = 2
    while number >= 1 << (5 * count + 1):
        count += 1
    tail = [0x80 | number >> (6 * k) & 0x3F for k in reversed(range(count - 1))]
    return bytes([0xFF << (8 - count) & 0xFF | number >> (6 * (count - 1)), *tail])
