"""Which score is meant: one by name or path, or voices by name with levels, mixed into one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lullaby.cli.bedside import Bedside
from lullaby.cli.moments import moment
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain import plain, quoted
from lullaby.time import LONGEST, RATE

if TYPE_CHECKING:
    from lullaby.score import Score

DEFAULT = "harbour-rain"
"""The night where none is named."""

EIGHT_HOURS = 8 * 3600 * RATE


def add_told(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="told",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of a mix: tell every voice that has it, or rain.KEY=VALUE",
    )


def add_save(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--save", metavar="NAME", help="keep the mix as a score of this name")


def score_of(asked: argparse.Namespace, bedside: Bedside) -> Score:
    """The score that is meant, read or mixed; what should be known of its voices is said."""
    from lullaby.cli.mix import no_recordings
    from lullaby.score import find_score
    from lullaby.voices.kinds import KINDS

    words: Sequence[str] = asked.night or [DEFAULT]
    no_recordings(words)
    if _is_a_score(words):
        for option, given in _given(asked):
            if given:
                raise AskedWrongly(f"{option} is for voices mixed by name; {plain(words[0])} is a score.")
        score = find_score(words[0], KINDS)
    else:
        score = mixed(asked, words, bedside)
    caution(score, bedside)
    return score


def _given(asked: argparse.Namespace) -> list[tuple[str, object]]:
    names = {"length": "--length", "told": "--set", "save": "--save"}
    return [(option, getattr(asked, name, None)) for name, option in names.items()]


def mixed(asked: argparse.Namespace, words: Sequence[str], bedside: Bedside) -> Score:
    """The voices of these words as a night, and as a score if it is to be kept."""
    from lullaby.cli.mix import as_night, mix
    from lullaby.score import read_score
    from lullaby.voices.kinds import KINDS

    length = EIGHT_HOURS if asked.length is None else moment("--length", asked.length)
    if not RATE <= length <= LONGEST:
        raise AskedWrongly("--length goes from 00:00:01 to 24:00:00.")
    score = as_night(mix(words, asked.told, length))
    if getattr(asked, "save", None):
        path = saved(score, asked.save)
        bedside.note(plain(f"Kept as {path}: lullaby render {asked.save}"))
        return read_score(path, KINDS)
    return score


def saved(score: Score, name: str) -> str:
    """Where the mix now stands as a score of the listener's own."""
    from lullaby.cli.saving import save_score
    from lullaby.score import writing
    from lullaby.score.voicefile import find_voice_path
    from lullaby.voices.kinds import KINDS

    for part in score.voices:
        path = find_voice_path(part.voice.name, KINDS)
        if path is None or path.resolve() != part.voice.path.resolve():
            raise AskedWrongly(
                f"--save: a score names its voices, and {plain(str(part.voice.path))} is not found by name."
                f"\n    Put it into the folder voices/ under the home that `lullaby doctor` names."
            )
    return str(save_score(writing.written(writing.draft_of(score)), name, "--save"))


def caution(score: Score, bedside: Bedside) -> None:
    """What a listener should hear before hearing these voices."""
    for said in dict.fromkeys(part.kind.caution for part in score.voices if part.kind.caution):
        bedside.note(said)
    if any(part.voice.brought for part in score.voices):
        from lullaby.voices.clips.clip import remarks

        for said in remarks(score.voices):
            bedside.note(said)


def _is_a_score(words: Sequence[str]) -> bool:
    """Is this one score, rather than voices? A mistaken name is said to be neither."""
    from lullaby.errors import WrittenWrongly
    from lullaby.score import score_files
    from lullaby.score.source import read_source
    from lullaby.score.voicefile import find_voice_path, voice_names
    from lullaby.voices.kinds import KINDS

    scores = score_files()
    for word in words:
        name = word.rpartition(":")[0] or word
        if name.endswith(".toml") or "/" in name:
            try:
                is_score = "kind" not in read_source(name).values
            except WrittenWrongly:
                is_score = len(words) == 1
        else:
            is_score = name in scores and (len(words) == 1 or find_voice_path(name, KINDS) is None)
            if not is_score and find_voice_path(name, KINDS) is None:
                sounding = [n for n in voice_names(KINDS) if n not in KINDS or not KINDS[n].speaks]
                names = [*scores, *sounding] if len(words) == 1 else sounding
                what = "score and no voice" if len(words) == 1 else "voice"
                hint = plain(choices(name, dict.fromkeys(names), "There are"))
                raise AskedWrongly(f"there is no {what} {quoted(name)}.\n    {hint}")
        if is_score and len(words) > 1:
            raise AskedWrongly(f"{plain(name)} is a whole night; name it alone, or voices alone.")
        if is_score:
            return word == name or name.endswith(".toml")
    return False
