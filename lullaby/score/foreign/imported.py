"""The result of importing another program's file: drafts of scores, and a line for whatever has no
counterpart."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain
from lullaby.score.writing import Draft

PROGRAMS = "Noice (.json), Moodist (.json or a share link), SBaGen (.sbg) and SynapSeq (.spsq)"

FLOOR = -40.0
"""dB: what another program plays softer than this is kept here, so that it is still there."""

LEVELS = f"Levels are volumes as dB, the loudest at 0 and none below {FLOOR:g}."


_MOST_REMARKS = 60


@dataclass(frozen=True)
class Foreign:
    """One preset or sequence of another program: a draft of a score, and what is other than it was there."""

    draft: Draft
    remarks: tuple[str, ...]
    program: str


def level(share: float, loudest: float) -> float:
    """The dB of an amplitude beside the loudest one: 20 log10, to a tenth."""
    return round(max(FLOOR, 20 * math.log10(max(share / loudest, 1e-9))), 1) + 0.0


def percent(share: float) -> str:
    """ "40 %"."""
    return f"{share * 100:.3g} %"


def wrong(where: str, line: int, what: str, hint: str = "") -> WrittenWrongly:
    """A mistake at a line of the file; `where` is safe to show already."""
    return WrittenWrongly(f"{where}, line {line}", plain(what), plain(hint))


def distinct(remarks: list[str]) -> tuple[str, ...]:
    """Each remark once, in the order of their first mention; of very many, the first."""
    found = list(dict.fromkeys(remarks))
    if len(found) > _MOST_REMARKS:
        found[_MOST_REMARKS:] = [f"and {len(found) - _MOST_REMARKS} more like these."]
    return tuple(found)
