"""What must be found out about a whole night before its file is begun: its cover, and how loud it is.

Both take listening to much of the night. A store that keeps the night's pages keeps them too, each under a
hash of all that it depends on, so that the same night is not listened to again.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import astuple
from typing import Any

import numpy as np

from lullaby.export.build_version import version
from lullaby.export.recipe import address_of
from lullaby.export.segment_store import Store
from lullaby.export.segments import Encoded
from lullaby.night import Night
from lullaby.night.parcel import packed
from lullaby.time import Span

_GAIN = struct.Struct("<d")


def cover_once(store: Store | None, night: Night, span: Span, size: int) -> bytes:
    """The cover of this span, from the store if it is there."""

    def draw() -> bytes:
        from lullaby.drawing.cover import cover

        return cover(night, span, size)

    if store is None:
        return draw()
    from lullaby.drawing.cover import drawn_by

    words = [night.score.title, night.date.isoformat() if night.date else None]
    return _once(store, _address(night, span, ["cover", size, *words, drawn_by()]), draw, bool)


def gain_once(
    store: Store | None, night: Night, span: Span, asked: list[Any], measure: Callable[[], float]
) -> float:
    """The gain that was measured for what is asked, from the store if it is there."""
    if store is None:
        return measure()
    address = _address(night, span, ["gain", *asked])
    data = _once(store, address, lambda: _GAIN.pack(measure()), _is_gain)
    return float(_GAIN.unpack(data)[0])


def _is_gain(data: bytes) -> bool:
    return len(data) == _GAIN.size and math.isfinite(_GAIN.unpack(data)[0])


def _once(store: Store, address: str, make: Callable[[], bytes], right: Callable[[bytes], bool]) -> bytes:
    found = store.get(address)
    if found is not None and right(found.payload):
        return found.payload
    made = make()
    store.put(address, Encoded(made, np.zeros(0, np.uint32)))
    return made


def _address(night: Night, span: Span, asked: list[Any]) -> str:
    facts = [version(), asked, astuple(span), packed(night.plan)]
    return address_of(json.dumps(facts, sort_keys=True, separators=(",", ":")))
