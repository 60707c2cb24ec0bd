"""A line of music as its marks, each with its column; what is not read is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lullaby.score.abc.margin import Margin, Place
from lullaby.score.plain_text import quoted

_LENGTH = r"(?P<{0}>[0-9]{{0,4}})(?P<{1}>/[0-9]{{1,4}}|/{{0,6}})"
_MARKS = re.compile(
    "|".join(
        (
            r"(?P<blank>[ \t`]+|(?<!\\)%.*)",
            r"(?P<note>(?P<accidental>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*)"
            + _LENGTH.format("times", "over")
            + r"(?P<tie>-?))",
            r"(?P<rest>[zx]" + _LENGTH.format("rest_times", "rest_over") + ")",
            r"(?P<bars>Z(?P<count>[0-9]{0,4}))",
            r"(?P<broken><{1,3}|>{1,3})",
            r"(?P<tuplet>\((?P<p>[0-9])(?::(?P<q>[0-9]?)(?::(?P<r>[0-9]?))?)?)",
            r"(?P<often>\|?:::+\|?|\|::+|::+\|(?!:))",
            r"(?P<bar>::|:\|\|?:|:\|\||:\|\]|:\||\[\|:|\|\|:|\|:|\|\]|\|\||\[\||\|)(?P<after>[0-9][0-9,-]*)?",
            r"\[(?P<ending>[0-9][0-9,-]*)",
            r"(?P<inline>\[[A-Za-z]:[^\]]*\]?)",
            r"(?P<together>\[[^\]|]*\]?[0-9/]*-?)",
            r'"(?P<quote>[^"]*)"',
            r"!(?P<decoration>[^!|]*)!",
            r"(?P<short>[.~HLMOPSTuv])",
            r"(?P<grace>\{[^{}]*\})",
            r"(?P<slur>[()])",
            r"(?P<goes_on>\\[ \t]*(?:%.*)?$)",
        )
    )
)
_MORE_OF_IT = re.compile(r"\+[^+|]*\+|[^|:]?[0-9/]+")
"""What belongs to a mark that is not read, so that it is said once."""
_JUMPS = {"segno", "coda", "dacapo", "dacoda", "fine", "D.C.", "D.S.", "D.C.alfine", "D.S.alcoda"}
_ORDER = "Write the tune out as it is played; |: :| and the endings [1 and [2 are read."
_WHY = {
    '"': ('a " is opened and not closed.', 'A chord is written "Am".'),
    "!": ("a ! is opened and not closed.", "A decoration is written !trill!; what is in it is read past."),
    "{": ("a { is opened and not closed.", "Grace notes are written {gf}; they are read past."),
    "&": ("& begins a second voice.", "A tune is one line of notes."),
    "^": ("^ belongs to no note.", "An accidental stands before its note: ^F"),
    "_": ("_ belongs to no note.", "An accidental stands before its note: _B"),
    "=": ("= belongs to no note.", "An accidental stands before its note: =F"),
    "-": ("- belongs to no note.", "A tie stands right behind its note: A2-|A"),
    "/": ("/ belongs to no note.", "A length stands right behind its note: A/2"),
    "X": ("X is not read.", "A rest of a whole bar is Z, of four bars Z4."),
    "+": ("+ is not read.", "A decoration is written !trill!"),
    "\\": ("\\ does not stand at the end of its line.", "There it lets a phrase go on in the next line."),
}
_WHAT_THERE_IS = (
    "There are notes A to G and a to g, rests z and Z, bars |, and more: docs/tunes.md lists them."
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark; `what` is its group's name above."""

    what: str
    said: re.Match[str]
    place: Place

    def __getitem__(self, group: str) -> str:
        return self.said[group] or ""


def marks_in(number: int, line: str, margin: Margin) -> Iterator[Mark]:
    """The marks of this line that mean something to a tune, from left to right."""
    at = 0
    while at < len(line) and not margin.is_full:
        found = _MARKS.match(line, at)
        place = Place(number, at + 1)
        if found is None:
            what, hint = _WHY.get(line[at], (f"{quoted(line[at])} is nothing that is read.", _WHAT_THERE_IS))
            margin.note(place, what, hint)
            if line[at] in '"!{':  # what follows would be read as notes
                return
            at = after.end() if (after := _MORE_OF_IT.match(line, at)) else at + 1
            continue
        at = found.end()
        mark = _mark(found, place, margin)
        if mark is not None:
            yield mark


def _mark(found: re.Match[str], place: Place, margin: Margin) -> Mark | None:
    what = next(name for name in _OUTER if found[name] is not None)
    if what in ("blank", "slur", "grace"):
        return None
    if what == "decoration" or what == "short":
        _note_jump(found[what], place, margin)
        return None
    if what == "often":
        margin.note(place, f"{quoted(found[what])} plays something more than twice.", _ORDER)
        return None
    if what == "inline":
        if found[what][1] not in "rN":
            hint = "Metre, unit, tempo and key stand before the music, and hold for all of it."
            margin.note(place, f"{quoted(found[what])} would change the tune in its course.", hint)
        return None
    if what == "together":
        margin.note(place, f"{quoted(found[what])}: several notes at once.", "A tune is one line of notes.")
        return None
    if what == "quote" and found[what][:1] in ("^", "_", "<", ">", "@"):  # words to be printed there
        return None
    return Mark(what, found, place)


_OUTER = (
    *("blank", "note", "rest", "bars", "broken", "tuplet", "often", "bar", "ending", "inline"),
    *("together", "quote", "decoration", "short", "grace", "slur", "goes_on"),
)
"""The groups that stand for a whole mark, one of which every match has."""


def _note_jump(said: str, place: Place, margin: Margin) -> None:
    if said in _JUMPS or said in ("O", "S"):
        margin.note(place, f"{quoted(said)} changes the order in which it is played.", _ORDER)
