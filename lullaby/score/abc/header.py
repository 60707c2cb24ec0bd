"""The fields of a tune: its metre, the unit of its lengths, its tempo, its key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from lullaby.score.abc.keys import key_from, sharps_of
from lullaby.score.abc.lines import Sheet
from lullaby.score.abc.margin import Margin, Place
from lullaby.score.melody import FASTEST, SLOWEST, USUAL, bar_of, beat_of
from lullaby.score.plain_text import quoted

_NUMBER = r"[0-9]{1,4}"
_METRE = re.compile(rf"({_NUMBER})/({_NUMBER})")
_COMMON = {"C": (4, 4), "C|": (2, 2)}
_UNIT = re.compile(r"1(?:/(2|4|8|16|32|64))?")
_TEMPO = re.compile(
    rf'(?:"[^"]*"[ \t]*)?({_NUMBER})/({_NUMBER})=([0-9]{{1,4}}(?:\.[0-9]{{1,17}})?)(?:[ \t]*"[^"]*")?'
)
_WORDS = re.compile(r'"[^"]*"')
_MOST_BEATS = 24
_KEYS = "A key is a letter, # or b, and a mode: K:C  K:F#m  K:Bb  K:D dor  (maj min dor phr lyd mix aeo)"


@dataclass(frozen=True)
class Header:
    """What holds for a whole tune."""

    metre: tuple[int, int]
    unit: Fraction
    """The length of a note without a number, in whole notes."""
    tempo: float
    letter: str
    mark: str
    mode: str

    @property
    def beat(self) -> Fraction:
        """The metre's beat, in whole notes."""
        return beat_of(self.metre)

    @property
    def sharps(self) -> int:
        return sharps_of(self.letter, self.mark, self.mode)


def header_of(sheet: Sheet, margin: Margin) -> Header:
    """The header, with what is usual in the place of what is wrong."""
    number, title = sheet.first("X"), sheet.first("T")
    if number is None:
        margin.note(None, "there is no tune in it.", "A tune begins with X:1 and T: its title.")
    elif not re.fullmatch(r"[0-9]{1,9}", number.text):
        margin.note(number.place, f"{quoted(number.text)} is not a number.", "A tune begins with X:1.")
    if number is not None and (title is None or not title.text):
        margin.note(title.place if title else None, "it has no title.", "It is written T: My tune")
    metre = _metre(sheet, margin)
    unit = _unit(sheet, metre, margin)
    return Header(metre, unit, _tempo(sheet, metre, margin), *_key(sheet, margin))


def _metre(sheet: Sheet, margin: Margin) -> tuple[int, int]:
    field = sheet.first("M")
    if field is None:
        if sheet.fields:
            margin.note(None, "it has no metre.", "It is written M:3/4")
        return (4, 4)
    if field.text in _COMMON:
        return _COMMON[field.text]
    found = _METRE.fullmatch(field.text)
    if found and 0 < int(found[1]) <= _MOST_BEATS and int(found[2]) in (1, 2, 4, 8, 16):
        return int(found[1]), int(found[2])
    hint = f"It is written M:3/4, up to {_MOST_BEATS} over 1, 2, 4, 8 or 16; C is 4/4, C| is 2/2."
    margin.note(field.place, f"{quoted(field.text)} is not a metre.", hint)
    return (4, 4)


def _unit(sheet: Sheet, metre: tuple[int, int], margin: Margin) -> Fraction:
    field = sheet.first("L")
    if field is not None and (found := _UNIT.fullmatch(field.text)):
        return Fraction(1, int(found[1] or 1))
    if field is not None:
        hint = "It is written L:1/8: one of 1, 1/2, 1/4, 1/8, 1/16, 1/32, 1/64."
        margin.note(field.place, f"{quoted(field.text)} is not the length of a note.", hint)
    return Fraction(1, 16 if bar_of(metre) < Fraction(3, 4) else 8)


def _tempo(sheet: Sheet, metre: tuple[int, int], margin: Margin) -> float:
    field = sheet.first("Q")
    if field is None or _WORDS.fullmatch(field.text):
        return USUAL
    found = _TEMPO.fullmatch(field.text)
    if found is None or not int(found[2]):
        hint = "It is written Q:1/4=72: the length of a note, and how many of them are in a minute."
        margin.note(field.place, f"{quoted(field.text)} is not a tempo.", hint)
        return USUAL
    tempo = float(Fraction(found[3]) * Fraction(int(found[1]), int(found[2])) / beat_of(metre))
    if not SLOWEST <= tempo <= FASTEST:
        much = "fast" if tempo > FASTEST else "slow"
        what = f"{quoted(field.text)} is too {much}: {tempo:.6g} beats a minute."
        margin.note(field.place, what, f"It goes from {SLOWEST} to {FASTEST} of the metre's beats.")
        return USUAL
    return tempo


def _key(sheet: Sheet, margin: Margin) -> tuple[str, str, str]:
    field = sheet.first("K")
    if field is None:
        if sheet.fields:
            margin.note(Place(sheet.fields[-1].place.line), "no key follows.", _KEYS)
        return "C", "", "major"
    found = key_from(field.text)
    if found is None:
        margin.note(field.place, f"{quoted(field.text)} is not a key.", _KEYS)
    elif abs(sharps_of(*found)) > 7:
        what = f"{quoted(field.text)} would have more than seven sharps or flats."
        margin.note(field.place, what, "Write it as the key that sounds the same.")
    else:
        return found
    return "C", "", "major"
