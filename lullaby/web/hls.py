"""Lists of a night's fragments (HLS, RFC 8216): all of it, or what the clock says is heard about now.

    whole       |=0=|=1=|=2=|=3=|=4=| … |=3599=| end     begins at lights-out, whenever that is
    tonight             |=2=|=3=|=4=|=5=|=6=|=7=|        begins where the night is by now
                                     ^ now

A player begins a list without an end three lengths before its last fragment: so the list goes on that far
past the clock, for what has not been heard can be made all the same. Nothing of a list is remembered: the
same clock gives the same list, also from a server that was started again.
"""

from __future__ import annotations

import datetime
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction

MEDIA_TYPE = "application/vnd.apple.mpegurl"
"""Of a list."""
INIT = "init.mp4"
FRAGMENT_TYPE, INIT_TYPE = "video/iso.segment", "audio/mp4"

_NAME = re.compile(r"(\d{1,5})\.m4s", re.ASCII)

AHEAD = 3
"""Fragments that are listed past the one that is heard by the clock: where a player begins."""
BEHIND = 6
"""Fragments that stay listed after they were to be heard, for a player that is late."""


def name_of(number: int) -> str:
    """What a fragment is called in the list, and asked for by."""
    return f"{number}.m4s"


def number_of(name: str) -> int | None:
    """The fragment that is called so; None where none can be."""
    found = _NAME.fullmatch(name)
    return None if found is None else int(found[1])


def whole_list(ends: Sequence[Fraction], address: Callable[[str], str]) -> str:
    """The list of all fragments, of which is known when each has been heard. `address` is where a fragment,
    or `INIT`, is asked for."""
    lines = [*_head(ends, address), "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
    return _text([*lines, *_listed(ends, address, 0, len(ends)), "#EXT-X-ENDLIST"])


def list_by_the_clock(
    ends: Sequence[Fraction],
    address: Callable[[str], str],
    began: datetime.datetime,
    now: datetime.datetime,
) -> str:
    """The list of a night that began at a time of the wall clock, as it is by now: who joins late, joins
    where the night is. It ends with the night."""
    place = Fraction((now - began) // datetime.timedelta(milliseconds=1), 1_000)
    heard = bisect_right(ends, max(Fraction(0), place))  # the fragment that is heard now
    stop = min(len(ends), heard + 1 + AHEAD)
    start = max(0, min(heard - BEHIND, stop - 1))
    starts = began + datetime.timedelta(milliseconds=round(1_000 * (ends[start - 1] if start else 0)))
    lines = [
        *_head(ends, address),
        f"#EXT-X-MEDIA-SEQUENCE:{start}",
        f"#EXT-X-PROGRAM-DATE-TIME:{starts.isoformat(timespec='milliseconds')}",
        *_listed(ends, address, start, stop),
    ]
    return _text([*lines, "#EXT-X-ENDLIST"] if stop == len(ends) else lines)


def _head(ends: Sequence[Fraction], address: Callable[[str], str]) -> list[str]:
    longest = max(b - a for a, b in zip([Fraction(0), *ends[:-1]], ends, strict=True))
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, math.floor(longest + Fraction(1, 2)))}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{address(INIT)}"',
    ]


def _listed(ends: Sequence[Fraction], address: Callable[[str], str], start: int, stop: int) -> list[str]:
    lines = []
    for number in range(start, stop):
        lasts = ends[number] - (ends[number - 1] if number else 0)
        lines += [f"#EXTINF:{float(lasts):.6f},", address(name_of(number))]
    return lines


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
