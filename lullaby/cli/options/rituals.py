"""A ritual as NIGHT: `--mood`, `--hemisphere`, and the score that it is tonight."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.night.night_log import NightLog
    from lullaby.ritual.tonight import Tonight
    from lullaby.score import Score


def add_ritual(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mood", metavar="WORD", help="of a ritual: how you are, in a word: tired, sad, restless"
    )
    parser.add_argument(
        "--hemisphere",
        choices=("north", "south"),
        help="of a ritual: whose seasons count (as the ritual says)",
    )
    parser.add_argument("--circle", metavar="NAME", help="of a ritual: the friends who hold it")


def ritual_score(asked: argparse.Namespace, words: Sequence[str], day: datetime.date) -> Score | None:
    """The ritual that these words name, composed for this evening; None where they name something else."""
    from lullaby.score.rituals import ritual_path

    mood, hemisphere = getattr(asked, "mood", None), getattr(asked, "hemisphere", None)
    named = [path for word in words if (path := ritual_path(word)) is not None]
    if len(words) > 1 and named:  # in a mix a name that a voice has, too, is the voice's
        from lullaby.score.finding import find_voice_path
        from lullaby.voices.kinds import KINDS

        named = [path for path in named if find_voice_path(path.stem, KINDS) is None]
    if not named:
        circle = None if getattr(asked, "packs_turns", False) else getattr(asked, "circle", None)
        for option, value in (("--mood", mood), ("--hemisphere", hemisphere), ("--circle", circle)):
            if value:
                raise AskedWrongly(f"{option} is for rituals: lullaby rituals lists them.")
        return None
    if len(words) > 1:
        raise AskedWrongly(f"{plain(named[0].stem)} is a ritual, a whole night; name it alone.")
    given = {"--length": asked.length, "--set": asked.settings, "--save": getattr(asked, "save", None)}
    for option, value in given.items():
        if value:
            raise AskedWrongly(f"{option} is for voices mixed by name; {plain(words[0])} is a ritual.")

    from dataclasses import replace

    from lullaby.ritual.composing import composed
    from lullaby.score.rituals import read_ritual
    from lullaby.voices.kinds import KINDS

    ritual = read_ritual(named[0], KINDS)
    if hemisphere:
        ritual = replace(ritual, hemisphere=hemisphere)
    asked.tonight = tonight_of(asked, day)
    return composed(ritual, asked.tonight, asked.seed)


def tonight_of(asked: argparse.Namespace, day: datetime.date) -> Tonight:
    """This evening, as far as it is known: its date, the mood that was told, and the listener; or the circle
    that holds it, with whose turn it is."""
    mood = getattr(asked, "mood", None) or ""
    if getattr(asked, "circle", None):
        from lullaby.ritual.circle.tonight import tonight_of as of_circle

        return of_circle(asked.circle, day, mood, to_share=getattr(asked, "to_share", False))

    from lullaby.ritual.tonight import greeted

    return greeted(day, asked.listener, mood)


def logged_words(asked: argparse.Namespace, log: NightLog) -> argparse.Namespace:
    """What was typed, with the ritual, the mood and the seed that the log of a night says it was of."""
    said = log.asked.get("ritual")
    again = argparse.Namespace(**vars(asked))
    if asked.night or not isinstance(said, str):
        return again
    again.night = [said]
    again.seed = log.seed
    for name in ("mood", "hemisphere", "listener", "circle"):
        value = log.asked.get(name)
        if isinstance(value, str) and not getattr(asked, name, None):
            setattr(again, name, value)
    return again
