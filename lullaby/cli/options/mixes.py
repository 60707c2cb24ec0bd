"""Voices with levels at a prompt: the options of a mix, and keeping one as a score."""

from __future__ import annotations

import argparse
import datetime
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.options.moments import moment
from lullaby.cli.options.rituals import ritual_score
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain
from lullaby.time import LONGEST, RATE

if TYPE_CHECKING:
    from lullaby.evening import Mix
    from lullaby.score import Score, VoiceFile


def add_mix(parser: argparse.ArgumentParser, *, saving: bool) -> None:
    parser.add_argument(
        "--length",
        metavar="T",
        help="of a mix, at the most: 00:45:00 or seconds (08:00:00); it ends sooner once sleep stays",
    )
    add_settings(parser)
    if saving:
        add_save(parser)


def add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of a mix: tell every voice that has it, or rain.KEY=VALUE",
    )


def add_save(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--save", metavar="NAME", help="keep the mix as a score of this name")


def mix_or_score(
    asked: argparse.Namespace, bedside: Bedside, day: datetime.date | None = None
) -> str | Mix | Score:
    """The name of a score, a ritual as it is on this day (today's, unless given), or a mix; one that is to be
    kept is kept, and is a score from then on."""
    from lullaby.evening.request import DEFAULT, EIGHT_HOURS, Mix
    from lullaby.evening.which import is_a_score

    words = asked.night or [DEFAULT]
    if (ritual := ritual_score(asked, words, day or bedside.clock.now().date())) is not None:
        return ritual
    save = getattr(asked, "save", None)
    if is_a_score(words):
        given = {"--length": asked.length, "--set": asked.settings, "--save": save}
        for option, value in given.items():
            if value:
                raise AskedWrongly(f"{option} is for voices mixed by name; {plain(words[0])} is a score.")
        return str(words[0])
    length = EIGHT_HOURS if asked.length is None else moment("--length", asked.length)
    if not RATE <= length <= LONGEST:
        raise AskedWrongly("--length goes from 00:00:01 to 24:00:00.")
    mix = Mix(tuple(words), tuple(asked.settings), length)
    if not save:
        return mix
    path = saved(mix, save, asked.all_night, asked.sleeper or "")
    bedside.note(plain(f"Kept as {path}: lullaby render {save}"))
    return path


def saved(mix: Mix, name: str, all_night: str | None = None, sleeper: str = "") -> str:
    """Where the mix now stands as a score of the listener's own, with why it plays on and whom it follows."""
    from lullaby.evening.prepare import kept_on
    from lullaby.evening.which import score_of

    score = replace(kept_on(score_of(mix), all_night), sleeper=sleeper)
    return str(written(score, name, "--save"))


def written(score: Score, name: str, option: str, *, over: bool = False) -> Path:
    """Writes a score as one of the listener's own, `over` another one or not, and says where it is."""
    from lullaby.cli.files.saving import save_score
    from lullaby.score import writing

    for part in score.voices:
        _found_by_name(part.voice, option)
    return save_score(writing.toml_of(writing.draft_of(score)), name, option, over=over)


def _found_by_name(voice: VoiceFile, option: str) -> None:
    """A score names its voices: one that stands somewhere else cannot be in it."""
    from lullaby.score.finding import find_voice_path
    from lullaby.voices.kinds import KINDS

    path = find_voice_path(voice.name, KINDS)
    if path is None or path.resolve() != voice.path.resolve():
        raise AskedWrongly(
            f"{option}: a score names its voices, and {plain(str(voice.path))} is not found by name."
            f"\n    Put it into the folder voices/ under the home that `lullaby doctor` names."
        )
