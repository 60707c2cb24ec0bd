"""A ritual that is packed, or that comes in a pack: composed for an evening of those who have agreed."""

from __future__ import annotations

import argparse
import datetime
from dataclasses import replace
from pathlib import Path

from lullaby.cli.options.nights import seed_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.journal.book import evening_of
from lullaby.ritual.amiss import fitting
from lullaby.ritual.circle.pack.rituals import PackedRitual
from lullaby.ritual.circle.tonight import tonight_of
from lullaby.ritual.composing import composed
from lullaby.ritual.gentle_dreams import gentle
from lullaby.ritual.parts import Parts
from lullaby.ritual.tonight import Tonight
from lullaby.score import Score
from lullaby.score.finding import by_name
from lullaby.score.plain_text import plain
from lullaby.score.rituals import read_ritual, ritual_path
from lullaby.voices.kinds import KINDS


def compose(path: Path, tonight: Tonight, hemisphere: str, seed: int | None) -> Score:
    ritual = replace(read_ritual(path, KINDS), hemisphere=hemisphere)
    return composed(ritual, tonight, seed)


def ritual_asked(asked: argparse.Namespace, bedside: Bedside) -> tuple[PackedRitual, Score] | None:
    """The ritual that is to be packed, and the night that it is for those who have agreed; None where the
    words name something else."""
    if len(asked.night) != 1:
        return None
    path = ritual_path(asked.night[0])
    if path is None:
        return None
    day: datetime.date = asked.date or evening_of(bedside.clock.now())
    mood = asked.mood or ""
    tonight = (
        Tonight(day, mood) if asked.circle is None else tonight_of(asked.circle, day, mood, to_share=True)
    )
    # elsewhere it is composed of the same, and of nothing that is there by chance
    tonight, amiss = fitting(tonight, Parts(path.absolute().parent))
    for said in amiss:
        bedside.note(plain(said))
    ritual = read_ritual(path, KINDS)
    hemisphere = asked.hemisphere or ritual.hemisphere
    there = by_name("scores", path.absolute().parent)
    named = {one.score for one in ritual.movements if one.score}
    scores = {name: there[name] for name in sorted(named) if name in there}
    planned = compose(path, tonight, hemisphere, seed_of(asked)).ritual
    tells_dreams = planned is not None and any(one.do == "dreams" for one in planned.movements)
    # what is not told does not leave this machine
    tonight = replace(tonight, dreams=gentle(tonight.dreams) if tells_dreams else ())
    packed = PackedRitual(path, tonight, compose, hemisphere, scores)
    return packed, compose(path, packed.packed_tonight, hemisphere, seed_of(asked))
