"""A file in ABC notation as its fields and its lines of music."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lullaby.errors import choices
from lullaby.score import checks
from lullaby.score.abc.margin import Margin, Place
from lullaby.score.plain_text import quoted

HEADER = ("X", "T", "C", "O", "S", "Z", "N", "M", "L", "Q", "K")
"""Fields of which something is made, or which are kept."""
_READ_PAST = ("A", "B", "D", "F", "G", "H", "R", "r")
_IN_THE_MUSIC = ("w", "W", "N", "r")
"""Words and remarks may stand between lines of music; they are read past."""
_ONCE = ("X", "M", "L", "Q", "K")
_NOT_TAKEN = {
    "V": "a tune has one voice",
    "P": "the order of parts is not read: write the tune out as it is played",
    "U": "signs of one's own are not read",
    "m": "macros are not read",
    "I": "instructions are not read",
    "s": "symbol lines are not read",
    "+": "no line goes on in the next",
}
_FIELD = re.compile(r"([A-Za-z+]):(?![|:])[ \t]*(.*)")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_ESCAPED = re.compile(r"\\([\\%])")
_LONGEST = 300
"""Characters of a text."""


@dataclass(frozen=True, slots=True)
class Field:
    letter: str
    text: str
    place: Place


@dataclass
class Sheet:
    """What stands in a file: fields up to K:, then lines of music."""

    fields: list[Field] = field(default_factory=list)
    music: list[tuple[int, str]] = field(default_factory=list)
    """Each line with its number."""

    def first(self, letter: str) -> Field | None:
        return next((one for one in self.fields if one.letter == letter), None)

    def text(self, letter: str) -> str:
        """All that is said under this letter."""
        return " ".join(one.text for one in self.fields if one.letter == letter and one.text)


def sheet_of(text: str, margin: Margin) -> Sheet:
    sheet = Sheet()
    ended = 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if margin.is_full:
            break
        if line.lstrip().startswith("%"):
            continue
        if not line.strip():
            if sheet.music and not ended:
                ended = number
            elif sheet.fields and not sheet.music:
                ended = ended or number
            continue
        if ended:
            _note_after(sheet, line, Place(number), ended, margin)
            break
        _take(sheet, number, line, margin)
    return sheet


def _note_after(sheet: Sheet, line: str, place: Place, ended: int, margin: Margin) -> None:
    if line.startswith("X:"):
        margin.note(place, "another tune begins here.", "A file holds one tune; its name is the tune's.")
    else:
        what = f"the tune ended with the empty line {ended}, and more stands after it."
        margin.note(place, what, "Take the empty line away, or begin what is no music with %.")


def _take(sheet: Sheet, number: int, line: str, margin: Margin) -> None:
    found = _FIELD.match(line)
    in_music = sheet.first("K") is not None
    if found is None:
        if in_music:
            sheet.music.append((number, line))
        elif not sheet.fields:
            margin.note(Place(number), "a tune begins with X:1.", "Before it stand comments alone, with %.")
        else:
            hint = "Fields come first, and K: is the last of them: K:C"
            margin.note(Place(number), "music begins before the key is known.", hint)
            sheet.fields.append(Field("K", "C", Place(number)))
        return
    one = Field(found[1], _said(found[2]), Place(number, found.start(2) + 1))
    _check(sheet, one, in_music, margin)
    if not in_music:
        sheet.fields.append(one)


def _said(text: str) -> str:
    """A field's text without its comment."""
    return _ESCAPED.sub(r"\1", _COMMENT.sub(r"\1", text)).strip()


def _check(sheet: Sheet, one: Field, in_music: bool, margin: Margin) -> None:
    place = Place(one.place.line, 1)
    if one.letter in _NOT_TAKEN:
        margin.note(place, f"{one.letter}: {_NOT_TAKEN[one.letter]}.")
    elif one.letter not in (*HEADER, *_READ_PAST, *_IN_THE_MUSIC):
        hint = choices(one.letter, HEADER, "There are")
        margin.note(place, f"there is no field {one.letter}:.", hint)
    elif one.letter == "X" and sheet.fields:
        margin.note(place, "another tune begins here.", "A file holds one tune; its name is the tune's.")
    elif one.letter != "X" and not sheet.fields:
        margin.note(place, "a tune begins with X:1.")
    elif in_music and one.letter not in _IN_THE_MUSIC:
        hint = f"What {one.letter}: says holds for a whole tune, and stands before K:."
        margin.note(place, f"{one.letter}: stands in the music.", hint)
    elif one.letter in _ONCE and sheet.first(one.letter):
        margin.note(place, f"{one.letter}: is written a second time.")
    try:
        checks.text(one.text, _LONGEST)
    except checks.Unfit as unfit:
        margin.note(one.place, f"{quoted(one.text)} {unfit.what}", unfit.hint)
