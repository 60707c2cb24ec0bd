"""A movement: one part of a ritual, with a length or an end, as a person writes it under [[movement]]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path

from lullaby.errors import choices
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import quoted
from lullaby.score.toml_table import TomlTable
from lullaby.time import RATE


class Deed(Enum):
    """What is done in a movement."""

    GATHER = "gather"  # the bed, and a welcome
    BREATHE = "breathe"  # a breath to fall in with, slower and slower
    MUSIC = "music"
    STORY = "story"
    DREAMS = "dreams"  # those that may be told in the evening
    PUT_DOWN = "put-the-day-down"  # what is on somebody's mind, left on a page
    WORDS = "word-shuffle"  # unrelated words to look at, one after the other
    QUIET = "quiet"  # the bed alone, until nothing
    SCORE = "score"  # any other night, by name


class Ends(Enum):
    """What ends a movement before its longest."""

    TOLD = "told"
    ASLEEP = "asleep"
    KEY = "a key"


MINUTE = 60 * RATE
SPEAKS = (Deed.GATHER, Deed.BREATHE, Deed.STORY, Deed.DREAMS, Deed.PUT_DOWN, Deed.WORDS)
TELLS = (Deed.GATHER, Deed.STORY, Deed.DREAMS, Deed.PUT_DOWN)
"""What is over when it is told; a breath or words go on for as long as they are given."""

LASTS: dict[Deed, int] = {
    Deed.GATHER: 3 * MINUTE,
    Deed.BREATHE: 3 * MINUTE,
    Deed.MUSIC: 10 * MINUTE,
    Deed.STORY: 30 * MINUTE,
    Deed.DREAMS: 6 * MINUTE,
    Deed.PUT_DOWN: 3 * MINUTE,
    Deed.WORDS: 5 * MINUTE,
    Deed.QUIET: 5 * MINUTE,
    Deed.SCORE: 20 * MINUTE,
}
"""The length of a movement of which nobody wrote one; and the longest, where it ends by something else."""

USUAL_END: dict[Deed, Ends] = {Deed.GATHER: Ends.TOLD, Deed.STORY: Ends.TOLD, Deed.DREAMS: Ends.TOLD}
"""What ends a movement of which nobody wrote a length either."""

SHORTEST, LONGEST = 20 * RATE, 3 * 60 * MINUTE
CROSS, LEAST_CROSS, MOST_CROSS = 8 * RATE, 2 * RATE, MINUTE
"""Frames in which a movement comes and the one before it goes: unless written, at the least, at the most."""
EVERY = 8.0
"""Seconds from word to word."""

_OF_ALL = ("do", "name", "for", "until", "at_most", "cross", "level", "bed")
_OF: dict[Deed, tuple[str, ...]] = {
    Deed.GATHER: ("voice", "lines"),
    Deed.BREATHE: ("voice", "lines"),
    Deed.MUSIC: ("melody", "accompaniment", "drone", "lull", "tunes"),
    Deed.STORY: ("voice", "story"),
    Deed.DREAMS: ("voice",),
    Deed.PUT_DOWN: ("voice", "lines"),
    Deed.WORDS: ("voice", "words", "every"),
    Deed.QUIET: (),
    Deed.SCORE: ("score",),
}
_NOTHING: tuple[str, ...] = ()
PLAYERS = ("melody", "accompaniment", "drone", "lull")
_MOST_LINES, _MOST_WORDS, _LONGEST_LINE = 40, 500, 400


@dataclass(frozen=True)
class Found:
    """What a ritual may name, by name: voices with what is wrong with them, scores, stories, tunes."""

    tellers: tuple[str, ...]
    instruments: tuple[str, ...]
    voices: tuple[str, ...]
    scores: dict[str, Path]
    stories: dict[str, Path]
    tunes: dict[str, Path]
    rituals: tuple[str, ...] = ()
    """Which may not be named: a ritual cannot stand in a ritual."""


@dataclass(frozen=True)
class Movement:
    do: Deed
    name: str
    """What rules call it: what is done, unless it has a name of its own."""
    length: int | None = None
    """Frames; None where something else ends it."""
    until: Ends | None = None
    at_most: int = 0
    """Frames after which it is over, whatever else would end it."""
    cross: int = CROSS
    level: float = 0.0
    """dB against the rest of the ritual."""
    bed: tuple[str, ...] | None = None
    """Voices with levels beneath it; None: the ritual's own. Nothing in it: no bed at all."""
    voice: str = ""
    """The teller; "" is the one whose turn it is, or the ritual's."""
    lines: tuple[str, ...] = ()
    """What is said in place of what is said by itself."""
    stories: tuple[str, ...] = ()
    """Stories that take turns, night by night; "woven" is one that is made for the date."""
    score: str = ""
    players: tuple[tuple[str, str], ...] = ()
    """Roles of music, and the instruments that have them."""
    tunes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    every: float = EVERY

    @property
    def longest(self) -> int:
        return self.length if self.length is not None else self.at_most

    @property
    def lasts(self) -> str:
        """What ends it, in a word or two: for people."""
        ends = {Ends.TOLD: "until it is told", Ends.ASLEEP: "until somebody sleeps", Ends.KEY: "until a key"}
        return "" if self.until is None else ends[self.until]


WOVEN = "woven"


def read_movement(table: TomlTable, found: Found, extra: tuple[str, ...] = ()) -> Movement | None:
    """The movement; None, and noted, where it does not say what is done. `extra`: other keys it may have."""
    words = [deed.value for deed in Deed]
    if not table.needs("do", f"do is one of: {', '.join(words)}."):
        return None
    written = table.take("do", "", partial(checks.choice, choices=words))
    if not written:
        return None
    do = Deed(written)
    table.only((*_OF_ALL, *_OF[do], *extra), whose=do.value)
    values = read_values(table, do, found)
    if "for" in table.values and "until" in table.values:
        table.note("it has a length and an until.", "at_most is the longest of what ends by something else.")
    if do is Deed.SCORE:
        table.needs("score", 'score = "harbour-rain" names it.')
    name = values.pop("name", do.value)
    movement = Movement(do, str(name), **values)  # type: ignore[arg-type]
    return with_usual_end(movement)


def with_usual_end(movement: Movement) -> Movement:
    """The movement with the length, or the end and the longest, of one that does not say it."""
    usual = LASTS[movement.do]
    if movement.length is None and movement.until is None:
        ends = USUAL_END.get(movement.do)
        if ends is None:
            return replace(movement, length=movement.at_most or usual, at_most=0)
        return replace(movement, until=ends, at_most=movement.at_most or usual)
    if movement.until is not None:
        return replace(movement, length=None, at_most=movement.at_most or usual)
    return replace(movement, at_most=0)


def may_change(do: Deed) -> tuple[str, ...]:
    """The keys that a rule may change of a movement in which this is done."""
    return (*(key for key in _OF_ALL if key not in ("do", "name")), *_OF[do])


def read_values(table: TomlTable, do: Deed, found: Found) -> dict[str, object]:
    """What is written of a movement, checked: by the names that `Movement` has for it."""
    here, none = table.values, _NOTHING
    values: dict[str, object] = {}
    if "name" in here:
        values["name"] = table.name("name", do.value)
    if "for" in here:
        values["length"] = table.clock("for", LASTS[do], SHORTEST, LONGEST)
    if "until" in here:
        values["until"] = table.take("until", None, partial(_ends, do=do))
        if values["until"] is None:
            del values["until"]
    if "at_most" in here:
        values["at_most"] = table.clock("at_most", LASTS[do], SHORTEST, LONGEST)
    if "cross" in here:
        values["cross"] = table.clock("cross", CROSS, LEAST_CROSS, MOST_CROSS)
    if "level" in here:
        values["level"] = table.number("level", 0.0, -40, 6, "dB")
    if "bed" in here:
        values["bed"] = table.take("bed", None, partial(bed_of, found=found))
    if "voice" in here and "voice" in _OF[do]:
        values["voice"] = table.take("voice", "", partial(named, names=found.tellers, what="teller"))
    if "lines" in here and "lines" in _OF[do]:
        values["lines"] = table.take("lines", none, _lines)
    if do is Deed.STORY and "story" in here:
        values["stories"] = read_stories(table, found.stories)
    if do is Deed.SCORE and "score" in here:
        values["score"] = table.take("score", "", partial(_score, found=found))
    if do is Deed.WORDS:
        if "words" in here:
            values["words"] = table.take("words", none, _words)
        if "every" in here:
            values["every"] = table.number("every", EVERY, 4, 30, "s")
    if do is Deed.MUSIC:
        values |= _music(table, found)
    return values


def _music(table: TomlTable, found: Found) -> dict[str, object]:
    values: dict[str, object] = {}
    of = partial(named, names=found.instruments, what="instrument")
    players = [(role, table.take(role, "", of)) for role in PLAYERS if role in table.values]
    if players:
        values["players"] = tuple((role, voice) for role, voice in players if voice)
    if "tunes" in table.values:
        tunes = partial(named, names=tuple(found.tunes), what="tune")
        values["tunes"] = table.take("tunes", _NOTHING, partial(_entries, check=tunes, most=100))
    return values


def read_stories(table: TomlTable, there: dict[str, Path]) -> tuple[str, ...]:
    """The stories that take turns, each of which may be told after lights-out."""
    from lullaby.score.tellings import bedtime_instead, is_for_bedtime

    none: tuple[str, ...] = ()
    names = table.take("story", none, _names)
    for name in names:
        if name == WOVEN:
            continue
        if name not in there:
            table.note(
                f"there is no story {quoted(name)}.",
                table.hint(name, [*sorted(there), WOVEN], "There are"),
            )
        elif not is_for_bedtime(there[name]):
            what = f"{quoted(name)} is for the day, and a ritual is held at bedtime."
            table.note(what, bedtime_instead(name, there))
    return names


def _names(value: object) -> tuple[str, ...]:
    return _entries(value if isinstance(value, list) else [value], checks.name, 100)


def _entries(value: object, check: Callable[[object], str], most: int) -> tuple[str, ...]:
    found = checks.entries(value, check)
    if not 1 <= len(found) <= most:
        raise Unfit(f"has {len(found)} entries.", f"From 1 to {most} may stand there.")
    return found


def named(value: object, names: tuple[str, ...], what: str) -> str:
    """One of these names; what it is no name of is said, and what there is."""
    name = checks.name(value)
    if name not in names:
        lists = "voices" if what in ("teller", "instrument") else f"{what}s"
        hint = choices(name, sorted(names), "There are", f"{len(names)} of them: lullaby {lists} lists them")
        raise Unfit(f"is no {what} there is.", hint)
    return name


def _score(value: object, found: Found) -> str:
    if value in found.rituals and value not in found.scores:
        hint = 'score = "harbour-rain" names a score. What is done in the other may be copied into this one.'
        raise Unfit("is a ritual, and a ritual cannot stand in a ritual.", hint)
    return named(value, tuple(found.scores), "score")


def _ends(value: object, do: Deed) -> Ends:
    word = checks.choice(value, [one.value for one in Ends])
    if word == Ends.TOLD.value and do not in TELLS:
        raise Unfit(f"ends nothing here: in {do.value} nothing is told.", "Give it a length: for = 00:05:00.")
    return Ends(word)


def _lines(value: object) -> tuple[str, ...]:
    return _entries(value, partial(checks.text, longest=_LONGEST_LINE), _MOST_LINES)


def _words(value: object) -> tuple[str, ...]:
    return _entries(value, partial(checks.text, longest=60), _MOST_WORDS)


def bed_of(value: object, found: Found) -> tuple[str, ...]:
    """Voices with levels, as a mix is typed: "snow-hush hearth:-6". "silent": none."""
    text = checks.text(value)
    if text.strip() == "silent":
        return ()
    words = tuple(text.split())
    if not words:
        raise Unfit("names nothing.", 'bed = "snow-hush hearth:-6", or bed = "silent".')
    for word in words:
        name, _, level = word.partition(":")
        named(name, found.voices, "voice")
        try:
            checks.number(float(level or 0), -60, 12, "dB")
        except ValueError:
            raise Unfit(f"has no level in {quoted(word)}.", f"It is written {name}:-6.") from None
    return words
