"""`lullaby people add`: a new listener, whose file may be changed by hand ever after."""

from __future__ import annotations

import argparse
import datetime
import shlex
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, WrittenWrongly, choices, nearest
from lullaby.score import checks
from lullaby.score.plain_text import plain, quoted
from lullaby.time import clock_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lullaby.people.listeners import Person
    from lullaby.people.sleep_timer import SleepTimer
    from lullaby.people.story_wishes import StoryWishes
    from lullaby.score.avoiding import Avoid

SEXES = ("female", "male", "unspecified")
PRONOUNS = ("she", "he", "they")


def add(commands: Any) -> None:
    parser = commands.add_parser("add", help="a new listener", allow_abbrev=False)
    parser.add_argument("name", metavar="NAME", help="what they are called here: anna")
    parser.add_argument("--birth-year", type=int, metavar="YEAR", help="for the model, and a child's limits")
    parser.add_argument("--insomnia", type=float, metavar="0…0.8", help="0 sleeps well (0)")
    parser.add_argument("--chronotype", type=float, metavar="H", help="hours this body's clock runs late (0)")
    parser.add_argument("--sex", choices=SEXES, default="unspecified", help="(unspecified)")
    parser.add_argument("--bedtime", metavar="23:00", help="as a rule (23:00)")
    parser.add_argument("--teller", metavar="VOICE", help="who tells their stories")
    parser.add_argument(
        "--called", action="append", default=[], metavar="NAME", help="a name for stories; again for more"
    )
    parser.add_argument("--place", metavar="PLACE", help="where stories woven for them happen: harbour")
    parser.add_argument("--companion", metavar="BEAST", help="who comes along in them: cat")
    parser.add_argument("--pronoun", choices=PRONOUNS, help="theirs in stories (by --sex)")
    parser.add_argument(
        "--likes", action="append", default=[], metavar="THING", help="trains, the moon; again for more"
    )
    parser.add_argument(
        "--avoid",
        action="append",
        default=[],
        metavar="WORD",
        help="never to be heard: a word in names and stories, or voice:, kind:, tune:, clip:, import:NAME",
    )
    parser.add_argument("--cap", type=float, metavar="DBA", help="never louder, where a device is calibrated")
    parser.add_argument(
        "--longest", type=int, metavar="MINUTES", help="no night is longer; a child's: 45, up to 60"
    )
    parser.add_argument(
        "--play-out-at-most", type=int, metavar="MINUTES", help="a night without stable sleep is over (60)"
    )
    parser.add_argument("--for-time", metavar="T", help="every night is silent after 00:45:00; adults only")
    parser.add_argument("--between", metavar="H-H", help="that timer only arms itself then: 22:00-06:00")
    parser.add_argument("--json", action="store_true", help="what is kept, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.listener import facts_of_listener
    from lullaby.people.limits import LONGEST_MIN, SHORTEST_PLAY_OUT_MIN
    from lullaby.people.listeners import Person, add_person
    from lullaby.people.traits import Sex

    today = bedside.clock.now().date()
    year = asked.birth_year
    if year is not None and not 1900 <= year <= today.year:
        raise AskedWrongly(f"--birth-year goes from 1900 to {today.year}.")
    if asked.longest is not None and not 1 <= asked.longest <= LONGEST_MIN:
        raise AskedWrongly(f"--longest goes from 1 to {LONGEST_MIN} minutes.")
    play_out = asked.play_out_at_most
    if play_out is not None and not SHORTEST_PLAY_OUT_MIN <= play_out <= LONGEST_MIN:
        raise AskedWrongly(f"--play-out-at-most goes from {SHORTEST_PLAY_OUT_MIN} to {LONGEST_MIN} minutes.")
    person = Person(
        name=asked.name,
        birth_year=year,
        insomnia=_number("--insomnia", asked.insomnia, 0, 0.8) or 0.0,
        chronotype=_number("--chronotype", asked.chronotype, -6, 6) or 0.0,
        sex=Sex(asked.sex),
        bedtime=Person.bedtime if asked.bedtime is None else _hours(asked.bedtime),
        teller=asked.teller,
        names=tuple(dict.fromkeys(asked.called)),
        stories=_stories(asked),
        avoid=avoid_of(asked.avoid),
        cap_dba=_number("--cap", asked.cap, 20, 80),
        longest_min=asked.longest,
        play_out_min=play_out,
        timer=_timer(asked),
    )
    try:
        path = add_person(person)
    except WrittenWrongly as mistake:  # of a file that is not there: what was typed is meant
        hint = f"\n    {mistake.hint}" if mistake.hint else ""
        raise AskedWrongly(mistake.what + hint) from None
    for note in _unknown(person):
        bedside.note(plain(note))
    if asked.json:
        bedside.facts(facts_of_listener(person, today))
        return 0
    bedside.say(plain(str(path)))
    bedside.say(f"    {person.limits(today).says(False)}")
    bedside.say(plain(f"    lullaby people show {shlex.quote(person.name)}"))
    return 0


def _stories(asked: argparse.Namespace) -> StoryWishes:
    from lullaby.people.story_wishes import COMPANIONS, PLACES, StoryWishes, favourite

    for option, value, there in (
        ("--place", asked.place, PLACES),
        ("--companion", asked.companion, COMPANIONS),
    ):
        if value is not None and value not in there:
            hint = choices(value, there, "There are")
            raise AskedWrongly(f"{option} {quoted(value)} is in no story.\n    {hint}")
    things = []
    for thing in asked.likes:
        try:
            things.append(favourite(thing))
        except checks.Unfit as unfit:
            raise AskedWrongly(f"--likes {quoted(thing)} {unfit.what}\n    {unfit.hint}") from None
    return StoryWishes(asked.place, asked.companion, asked.pronoun, tuple(dict.fromkeys(things)))


def _unknown(person: Person) -> list[str]:
    """Notes on voices and kinds that were named and do not exist. They are kept: they may come later."""
    from lullaby.score import score_files
    from lullaby.score.finding import voice_paths
    from lullaby.score.source import read_source
    from lullaby.voices.kinds import KINDS

    def table(path: Path) -> Mapping[str, object]:
        try:
            return read_source(path).values
        except WrittenWrongly:  # reading it by name will say why
            return {}

    def speaks(path: Path) -> bool:
        kind = KINDS.get(str(table(path).get("kind")))
        return kind is not None and kind.speaks

    voices, notes = voice_paths(), []
    if person.teller:
        path = voices.get(person.teller)
        if path is None:
            tellers = [name for name, voice_path in voices.items() if speaks(voice_path)]
            notes.append(_no_such("--teller", "voice", person.teller, tellers))
        elif not speaks(path):
            kind = quoted(str(table(path).get("kind")))
            notes.append(f"--teller {quoted(person.teller)} tells no stories: its kind is {kind}.")
    names = {*voices, *KINDS}
    if any(name.casefold() not in names for name in person.avoid.voices):
        for path in score_files().values():  # what scores call theirs
            own = table(path).get("voices")
            names.update(own if isinstance(own, dict) else ())
    for sort, wanted, known in (
        ("voice", person.avoid.voices, names),
        ("kind", person.avoid.kinds, set(KINDS)),
    ):
        there = {name.casefold() for name in known}
        notes += [
            _no_such("--avoid", sort, name, sorted(known)) for name in wanted if name.casefold() not in there
        ]
    return notes


def _no_such(option: str, sort: str, name: str, there: list[str]) -> str:
    guess = nearest(name, there)
    meant = f"  Did you mean {quoted(guess)}?" if guess else ""
    return f"{option}: there is no {sort} {quoted(name)} yet; it is kept all the same.{meant}"


def avoid_of(typed: list[str]) -> Avoid:
    """Words as they are; names behind the sort of thing they are the name of."""
    from lullaby.score.avoiding import Avoid

    found: dict[str, list[str]] = {field.name: [] for field in fields(Avoid)}
    for word in typed:
        sort, colon, name = word.partition(":")
        key = f"{sort}s"
        if not colon:
            key, name = "words", word
        elif key not in found:
            sorts = ", ".join(f"{known[:-1]}:" for known in found)
            raise AskedWrongly(
                f"--avoid {quoted(word)}: there is no {quoted(sort)}.\n    There are: {sorts}."
            )
        if not any(c.isalnum() for c in name):
            raise AskedWrongly(f"--avoid {quoted(word)}: there is no word in it.")
        found[key].append(name.strip())
    return Avoid(**{key: tuple(dict.fromkeys(names)) for key, names in found.items()})


def _timer(asked: argparse.Namespace) -> SleepTimer | None:
    from lullaby.cli.playing.timer import timer_typed
    from lullaby.people.sleep_timer import SleepTimer

    timer = timer_typed(asked)
    if timer.seconds is None:
        return None
    hours = timer.between
    return SleepTimer(timer.seconds, None if hours is None else (_clock(hours.first), _clock(hours.last)))


def _clock(hour: datetime.time) -> float:
    return hour.hour + hour.minute / 60


def _number(option: str, value: float | None, low: float, high: float) -> float | None:
    try:
        return None if value is None else checks.number(value, low, high)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{option} {value:g} {unfit.what}") from None


def _hours(text: str) -> float:
    """Hours of the clock: "22:30"."""
    try:
        seconds = clock_seconds(f"{text}:00" if text.count(":") == 1 else text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 24 * 3600:
        raise AskedWrongly(f"--bedtime {quoted(text)} is not a time of day like 22:30.")
    return seconds / 3600
