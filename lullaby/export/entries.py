"""A finished part as it is kept and sent: it says of itself what it is, and ends with a digest of it all."""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from lullaby.export.parts import Made

_MAGIC = b"lullaby\x01"
_HEAD = struct.Struct("<8s20sIQ")
"""Magic, address, packets, bytes of them; then the packets' sizes, the packets, and a digest of it all."""
_DIGEST = 32


def entry(address: str, made: Made) -> bytes:
    """A part as it is kept, and as it is sent."""
    head = _HEAD.pack(_MAGIC, bytes.fromhex(address), len(made.sizes), len(made.payload))
    body = head + np.asarray(made.sizes, "<u4").tobytes() + made.payload
    return body + _digest(body)


def part_in(address: str, entry: bytes) -> Made | None:
    """The part of this address; None where these are not the bytes of one."""
    if len(entry) < _HEAD.size + _DIGEST:
        return None
    magic, name, count, length = _HEAD.unpack_from(entry)
    at = _HEAD.size + 4 * count
    if (magic, name.hex(), at + length + _DIGEST) != (_MAGIC, address, len(entry)):
        return None
    if _digest(memoryview(entry)[:-_DIGEST]) != entry[-_DIGEST:]:
        return None
    sizes = np.frombuffer(entry, "<u4", count, _HEAD.size).astype(np.uint32)
    if count and int(sizes.sum(dtype=np.uint64)) != length:
        return None
    return Made(entry[at:-_DIGEST], sizes)


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST).digest()
