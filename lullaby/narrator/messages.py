"""How the narrator's processes talk: the length of a JSON head in four bytes, the head, and as many bytes of
16-bit sound as the head's "sound" says."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct("<I")
LONGEST = 1 << 28
"""Bytes of a head or of a sound; anything longer is no message."""
Message = tuple[dict[str, Any], bytes]


def packed(head: dict[str, Any], pcm: bytes = b"") -> bytes:
    text = json.dumps(head | {"sound": len(pcm)}, ensure_ascii=False).encode()
    return _LENGTH.pack(len(text)) + text + pcm


def received(pipe: IO[bytes]) -> Message | None:
    """The next message; None where there will be none."""
    length = pipe.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(length)[0]
    text = pipe.read(size) if size <= LONGEST else b""
    if not text or len(text) < size:
        return None
    head = json.loads(text)
    wanted = int(head.pop("sound"))
    pcm = pipe.read(wanted) if wanted <= LONGEST else b""
    return None if len(pcm) < wanted else (head, pcm)
