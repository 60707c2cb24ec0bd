"""An encoded segment as bytes, as it is kept in a store and sent over a network.

A header says what it is, and a digest of all of it stands at the end: whatever is torn is noticed.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from lullaby.export.segments import Encoded

_MAGIC = b"lullaby\x01"
_HEAD = struct.Struct("<8s20sIQ")
"""Magic, address, number of packets, bytes of them all. Then: each packet's size, the packets, the digest."""
_DIGEST = 32


def to_bytes(address: str, encoded: Encoded) -> bytes:
    head = _HEAD.pack(_MAGIC, bytes.fromhex(address), len(encoded.sizes), len(encoded.payload))
    body = head + np.asarray(encoded.sizes, "<u4").tobytes() + encoded.payload
    return body + _digest(body)


def from_bytes(address: str, data: bytes) -> Encoded | None:
    """The segment of this address; None where these are not the bytes of it."""
    if len(data) < _HEAD.size + _DIGEST:
        return None
    magic, name, count, length = _HEAD.unpack_from(data)
    payload = _HEAD.size + 4 * count
    if (magic, name.hex(), payload + length + _DIGEST) != (_MAGIC, address, len(data)):
        return None
    if _digest(memoryview(data)[:-_DIGEST]) != data[-_DIGEST:]:
        return None
    sizes = np.frombuffer(data, "<u4", count, _HEAD.size).astype(np.uint32)
    if count and int(sizes.sum(dtype=np.uint64)) != length:
        return None
    return Encoded(data[payload:-_DIGEST], sizes)


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST).digest()
