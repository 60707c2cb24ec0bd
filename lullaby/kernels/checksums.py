"""The checksums of containers: CRC-8 and CRC-16 of FLAC's frames, CRC-32 of Ogg's pages.

As plain loops: `crc` in tests/references/checksums.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Table = NDArray[np.uint32]


def _table(bits: int, polynomial: int) -> Table:
    """A table of the effect of each byte on an empty register of so many bits, and on the seven bytes before
    it: eight rows, so that eight bytes are taken at a time."""
    top, mask = 1 << (bits - 1), (1 << bits) - 1
    rows = np.zeros((8, 256), np.uint32)
    for byte in range(256):
        crc = byte << (bits - 8)
        for row in range(8):
            for _ in range(8):
                crc = ((crc << 1) ^ polynomial if crc & top else crc << 1) & mask
            rows[row, byte] = crc
    return rows


CRC_8, CRC_16, CRC_32 = _table(8, 0x07), _table(16, 0x8005), _table(32, 0x04C11DB7)


@kernel
def crc(data: Bytes, table: Table, bits: int) -> int:
    """The checksum of these bytes, most significant bit first, from zero."""
    register, size = np.uint32(0), data.size
    shift, whole = np.uint32(bits - 8), size - size % 8
    mask = np.uint32(0xFFFFFFFF >> (32 - bits))
    left = np.uint32(32 - bits)
    for i in range(0, whole, 8):
        # the register, moved to the top of 32 bits, meets the first four bytes
        r = np.uint32(register << left)
        out = table[7, data[i] ^ np.uint8(r >> np.uint32(24))]
        out ^= table[6, data[i + 1] ^ np.uint8((r >> np.uint32(16)) & np.uint32(255))]
        out ^= table[5, data[i + 2] ^ np.uint8((r >> np.uint32(8)) & np.uint32(255))]
        out ^= table[4, data[i + 3] ^ np.uint8(r & np.uint32(255))]
        out ^= table[3, data[i + 4]]
        out ^= table[2, data[i + 5]]
        out ^= table[1, data[i + 6]]
        register = np.uint32(out ^ table[0, data[i + 7]])
    for i in range(whole, size):
        index = np.uint8((register >> shift) & np.uint32(255)) ^ data[i]
        register = np.uint32((np.uint32(register << np.uint32(8)) & mask) ^ table[0, index])
    return int(register)


def checksum(data: bytes, table: Table, bits: int) -> int:
    return int(crc(np.frombuffer(data, np.uint8), table, bits))
