"""A ritual is recovered from its sound alone: what came in which order, who spoke, and that it ended."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from recovering import Recovered, recovered

from lullaby.evening import Request, prepared
from lullaby.ritual.composing import composed
from lullaby.ritual.tonight import Present, Tonight, Turn
from lullaby.score.rituals import read_ritual
from lullaby.voices.kinds import KINDS

FRIDAY = datetime.date(2026, 11, 27)
SEATS = {"Ada": -1.0, "Ben": -0.4, "Cleo": 0.4, "Dov": 1.0}
TELLERS = ("grandmother", "uncle", "aunt", "young-reader")
CIRCLE = tuple(
    Present(name, teller, seat=seat) for (name, seat), teller in zip(SEATS.items(), TELLERS, strict=True)
)
GATHER, BREATHE, MUSIC, STORY, QUIET = (
    '[[movement]]\ndo = "gather"\n',
    '[[movement]]\ndo  = "breathe"\nfor = 00:01:20\n',
    '[[movement]]\ndo  = "music"\nfor = 00:01:00\n',
    '[[movement]]\ndo  = "story"\n',
    '[[movement]]\ndo  = "quiet"\nfor = 00:01:00\n',
)
IN_ORDER = r"speech( breath speech)* breath music speech $"
"""A welcome, a breath with a line now and then, music, a story; then the bed alone, and nothing."""
BOAT = """# The boat

There was a boat, and it was blue. It lay in the reeds all summer, and nobody rowed it. In the evening a duck
came, and sat down in it.
"""


def heard(folder: Path, who: Present, *movements: str) -> Recovered:
    (folder / "boat.md").write_text(BOAT)
    (folder / "night.toml").write_text('bed = "brook:-2"\n' + "".join(movements))
    tonight = Tonight(FRIDAY, present=CIRCLE, tells=Turn(who, brings=folder / "boat.md"))
    score = composed(read_ritual(folder / "night.toml", KINDS), tonight)
    night = prepared(Request(score, date=FRIDAY)).night
    return recovered(night.render(night.span))


@pytest.mark.parametrize("who", CIRCLE, ids=lambda who: who.name)
def test_the_order_of_movements_and_who_speaks_are_heard(tmp_path: Path, who: Present) -> None:
    found = heard(tmp_path, who, GATHER, BREATHE, MUSIC, STORY, QUIET)
    assert re.fullmatch(IN_ORDER, " ".join(found.order)), found.order
    by_seat = {seat: -9.6 * seat if abs(seat) == 1 else -3.3 * seat / 0.4 for seat in SEATS.values()}
    for left in found.seats():
        nearest = min(by_seat, key=lambda seat: abs(by_seat[seat] - left))
        assert nearest == who.seat, "one voice at a time, and it is theirs"


def test_another_order_is_not_taken_for_it(tmp_path: Path) -> None:
    found = heard(tmp_path, CIRCLE[0], MUSIC, GATHER, STORY, BREATHE, QUIET)
    assert not re.fullmatch(IN_ORDER, " ".join(found.order))
    assert found.order[0] == "music"
