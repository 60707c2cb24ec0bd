"""Marks as events: lengths, accidentals, broken rhythm and tuplets are worked out here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from lullaby.score.abc.events import Ending, Event, Harmony, Line, LineEnd, Sounded
from lullaby.score.abc.header import Header
from lullaby.score.abc.keys import STEPS, altered
from lullaby.score.abc.lengths import Tuplet, length_of, tuplet_of
from lullaby.score.abc.margin import Margin, Place
from lullaby.score.abc.marks import Mark, marks_in
from lullaby.score.checks import Unfit
from lullaby.score.melody import bar_of
from lullaby.score.plain_text import counted, quoted

MOST = 2_000
"""Notes that are written in a tune."""
_LOWEST, _HIGHEST = 21, 108
"""The keys of a piano."""
_MOST_BARS = 64
"""Bars of a rest."""
_CHORD = re.compile(
    r"[A-G][#b]?(?:maj|min|dim|aug|sus|add|m|M|\+|°|ø)?(?:[0-9]{1,2}|maj[79]|sus[24]|add[249]|[#b][0-9]{1,2})*"
    r"(?:/[A-G][#b]?)?"
)
_CHORDS = 'A chord is written "Am", "G7", "D/F#"; words to be read begin with ^ or _.'


@dataclass
class Body:
    """The music read so far."""

    header: Header
    margin: Margin
    events: list[Event] = field(default_factory=list)
    notes: int = 0
    _raised: dict[str, int] = field(default_factory=dict)
    """Accidentals of this bar, by letter."""
    _last: int | None = None
    """The index of the last note of this bar."""
    _broken: tuple[Fraction, Place] | None = None
    """What the next note's length is multiplied by, after > or <."""
    _tuplet: Tuplet | None = None
    _before: tuple[int, int | None] = (-1, None)
    """The last note as its letter alone would sound; and as it does, where it is tied to the next."""

    def read(self, music: Iterable[tuple[int, str]]) -> None:
        place = Place(1)
        for number, line in music:
            goes_on = False
            for mark in marks_in(number, line, self.margin):
                place = mark.place
                goes_on = mark.what == "goes_on"
                if self.notes >= MOST:
                    self.margin.note(place, f"there are too many notes, {MOST} at most.")
                    return
                if not goes_on:
                    self._take(mark)
            if not goes_on:
                self.events.append(LineEnd())
        self._bar_ends(Place(place.line))

    def _take(self, mark: Mark) -> None:
        match mark.what:
            case "note":
                self._sound(self._pitch(mark), mark, "times", "over", tied=bool(mark["tie"]))
            case "rest":
                self._sound(None, mark, "rest_times", "rest_over")
            case "bars":
                self._bars(mark)
            case "broken":
                self._break(mark)
            case "tuplet":
                self._end_tuplet(mark.place)
                try:
                    self._tuplet = tuplet_of(mark, self.header.metre)
                except Unfit as unfit:
                    self.margin.note(mark.place, unfit.what, unfit.hint)
            case "quote":
                self._harmony(mark)
            case "bar":
                self._bar_ends(mark.place)
                said = mark["bar"]
                double = "||" in said or "]" in said or "[" in said
                line = Line(mark.place, said[0] == ":", said[-1] == ":", double)
                self.events.append(line)
                if mark["after"]:
                    self._ending(mark["after"], mark.place)
            case _:
                self._ending(mark["ending"], mark.place)

    def _pitch(self, mark: Mark) -> int:
        letter, said = mark["letter"].upper(), mark["accidental"]
        octave = 5 + mark["letter"].islower() + mark["octave"].count("'") - mark["octave"].count(",")
        natural = 12 * octave + STEPS[letter]
        before, tied = self._before
        if said:
            self._raised[letter] = said.count("^") - said.count("_")
        pitch = natural + self._raised.get(letter, altered(self.header.sharps).get(letter, 0))
        if not said and self._last is None and before == natural and tied is not None:
            pitch = tied  # over the bar line, accidental and all
        self._before = natural, pitch if mark["tie"] else None
        if not _LOWEST <= pitch <= _HIGHEST:
            hint = "It goes from A,,, to c''''. C is the middle one of a piano, c an octave above."
            self.margin.note(mark.place, f"{quoted(mark['note'])} is no note of a piano.", hint)
        return pitch

    def _sound(self, pitch: int | None, mark: Mark, times: str, over: str, tied: bool = False) -> None:
        self.notes += 1
        try:
            length = length_of(mark[times], mark[over], self.header.unit)
        except Unfit as unfit:
            self.margin.note(mark.place, f"{quoted(mark[mark.what])} {unfit.what}", unfit.hint)
            length = self.header.unit
        if self._broken:
            length *= self._broken[0]
            self._broken = None
        if self._tuplet:
            length *= self._tuplet.share
            self._tuplet = self._tuplet.after_one
        self._last = len(self.events)
        self.events.append(Sounded(pitch, length, tied, mark.place))

    def _bars(self, mark: Mark) -> None:
        count = int(mark["count"] or 1)
        if not 0 < count <= _MOST_BARS:
            what = f"{quoted(mark['bars'])} rests for {count} bars."
            self.margin.note(mark.place, what, f"It goes from Z1 to Z{_MOST_BARS}.")
            return
        self.notes += count
        for number in range(count):
            if number:
                self.events.append(Line(mark.place))
            self.events.append(Sounded(None, bar_of(self.header.metre), False, mark.place))

    def _break(self, mark: Mark) -> None:
        last = None if self._last is None or self._broken else self.events[self._last]
        if not isinstance(last, Sounded) or self._last is None:
            hint = "a>b makes a longer by half and b shorter; both stand in one bar."
            self.margin.note(mark.place, f"{quoted(mark['broken'])} stands behind no note.", hint)
            return
        less = Fraction(1, 2 ** len(mark["broken"]))
        first, second = (2 - less, less) if mark["broken"][0] == ">" else (less, 2 - less)
        self.events[self._last] = Sounded(last.pitch, last.length * first, last.tied, last.place)
        self._broken = second, mark.place

    def _harmony(self, mark: Mark) -> None:
        if _CHORD.fullmatch(mark["quote"]):
            self.events.append(Harmony(mark["quote"]))
        else:
            self.margin.note(mark.place, f"{quoted(mark['quote'])} is no chord.", _CHORDS)

    def _ending(self, said: str, place: Place) -> None:
        if said in ("1", "2"):
            self.events.append(Ending(int(said), place))
        else:
            what = f"{quoted(said)} is no ending."
            self.margin.note(place, what, "There are two: [1 the first time, [2 the second.")

    def _bar_ends(self, place: Place) -> None:
        self._end_tuplet(place)
        if self._broken:
            hint = "a>b makes a longer by half and b shorter; both stand in one bar."
            self.margin.note(self._broken[1], "no note follows in this bar.", hint)
            self._broken = None
        self._raised, self._last = {}, None

    def _end_tuplet(self, place: Place) -> None:
        if self._tuplet:
            begins, left = self._tuplet.place.column, self._tuplet.left
            what = f"the tuplet that begins in column {begins} wants {counted(left, 'more note')}."
            self.margin.note(place, what, "It ends before its bar does.")
            self._tuplet = None
