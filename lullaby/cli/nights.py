"""Which night is meant: a score by name or path, or voices by name with levels; a seed and a date."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lullaby.cli.bedside import Bedside
from lullaby.cli.listener import add_for, person_of
from lullaby.cli.moments import moment
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain import plain, quoted
from lullaby.time import LONGEST, RATE, clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.score import Score
    from lullaby.sleep.people import Person
    from lullaby.sleep.sleeper import Sleeper

DEFAULT = "harbour-rain"
"""The night where none is named."""

SLEEPERS = ("none", "typical", "slow")

EIGHT_HOURS = 8 * 3600 * RATE


def add_night(parser: argparse.ArgumentParser, *, mixing: bool = False) -> None:
    """What names a night; with `mixing`, a mix of voices may also be kept as a score."""
    parser.add_argument(
        "night",
        metavar="NIGHT",
        nargs="*",
        default=[],
        help=f"a score by name or path ({DEFAULT}), or voices with levels: rain sea:-6 bowl",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another night of the same score")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the date of the night (today)")
    parser.add_argument(
        "--sleeper",
        choices=SLEEPERS,
        help="whom the night follows: a slow one, so that it leaves few too early (the default), a typical "
        "one (the default with --for), or none, and it plays to its end",
    )
    add_for(parser)
    parser.add_argument("--length", metavar="T", help="of a mix: 00:45:00, or so many seconds (08:00:00)")
    add_told(parser)
    if mixing:
        add_save(parser)


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


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date like 2026-11-30') from None


def seed_of(asked: argparse.Namespace) -> int | None:
    """The seed that was asked for, held to the bounds a score's has."""
    if asked.seed is not None and not 0 <= asked.seed <= 10**15:
        raise AskedWrongly("--seed is a whole number from 0 to 1000000000000000.")
    seed: int | None = asked.seed
    return seed


def night_of(asked: argparse.Namespace, bedside: Bedside, date: datetime.date | None = None) -> Night:
    """The night of this date, or of the one that was asked for, or of today's; the seed is the score's
    own where none was asked for."""
    day = asked.date or date or bedside.clock.now().date()
    score, seed = score_of(asked, bedside), seed_of(asked)
    person = person_of(asked, bedside)
    if person is None:
        return followed(score, seed, day, asked.sleeper or "slow")
    return _night_for(person, score, seed, day, asked.sleeper or "typical", bedside)


def _night_for(
    person: Person, score: Score, seed: int | None, day: datetime.date, who: str, bedside: Bedside
) -> Night:
    """The night as this listener may hear it; for a child no sleep is guessed, and a timer ends it."""
    from lullaby.score.shorter import shorter
    from lullaby.sleep.people import avoided, sleeper_of
    from lullaby.sleep.sleeper import ADULT

    score = avoided(person, score, day)
    age, limits = person.age(day), person.limits(day)
    if age is not None and age < ADULT:
        bedside.note(limits.says(calibrated=False))
        return followed(shorter(score, limits.usual_min * 60 * RATE), seed, day, "none")
    return followed(score, seed, day, who, sleeper_of(person, day))


def followed(
    score: Score, seed: int | None, day: datetime.date, who: str = "slow", sleeper: Sleeper | None = None
) -> Night:
    """The night of this date along the sleep of this sleeper, or of a made-up one who is nobody in
    particular."""
    from lullaby.night import Night
    from lullaby.sleep.simulate import course_of
    from lullaby.sleep.sleeper import Sleeper

    seed = score.seed if seed is None else seed
    if who == "none":
        return Night(score, seed=seed, day=day)
    course = course_of(sleeper or Sleeper(), seed, day, slow=who == "slow")
    return Night(score, seed=seed, day=day, course=course, follows=f"{who} {sleeper}" if sleeper else who)


def say_whom_it_follows(night: Night, bedside: Bedside) -> None:
    """One line where that made a difference: what was done, and what else there is to choose."""
    if night.length == night.score.length:
        return
    if night.course is None:
        return
    asleep = next((run.start for run in night.course.runs if run.stage.asleep), 0)
    other = "slow" if night.follows.startswith("typical") else "typical"
    bedside.note(
        f"It follows a made-up sleeper who is asleep at {clock(asleep)}, and ends at {clock(night.length)}. "
        f"--sleeper none plays all {clock(night.score.length)}; --sleeper {other} follows another."
    )


def score_of(asked: argparse.Namespace, bedside: Bedside) -> Score:
    """The score that is meant, read or mixed; what should be known of its voices is said."""
    from lullaby.score import find_score
    from lullaby.voices.kinds import KINDS

    words: Sequence[str] = asked.night or [DEFAULT]
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

    length = moment("--length", asked.length) or EIGHT_HOURS
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
    from lullaby.voices.kinds import CAUTIONS

    for kind in dict.fromkeys(part.kind.name for part in score.voices):
        if kind in CAUTIONS:
            bedside.note(CAUTIONS[kind])
    if any(part.voice.brought for part in score.voices):
        from lullaby.voices.clip import remarks

        for said in remarks(score.voices):
            bedside.note(said)


def _is_a_score(words: Sequence[str]) -> bool:
    """Is this one score, rather than voices? A mistaken name is said to be neither."""
    from lullaby.errors import WrittenWrongly
    from lullaby.score import score_files, voice_paths
    from lullaby.score.source import read_source
    from lullaby.score.voicefile import find_voice_path
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
                sounding = [*voice_paths(), *(kind.name for kind in KINDS.values() if not kind.speaks)]
                names = [*scores, *sounding] if len(words) == 1 else sounding
                what = "score and no voice" if len(words) == 1 else "voice"
                hint = plain(choices(name, dict.fromkeys(names), "There are"))
                raise AskedWrongly(f"there is no {what} {quoted(name)}.\n    {hint}")
        if is_score and len(words) > 1:
            raise AskedWrongly(f"{plain(name)} is a whole night; name it alone, or voices alone.")
        if is_score:
            return word == name or name.endswith(".toml")
    return False
