"""SBaGen sequences (.sbg): options, tone-sets by name, and lines that say when each is heard.

theta: pink/40 150+6/30         a tone-set: noise, and 153 Hz in one ear beside 147 in the other
bursts: { +00:00 theta … }      a block of lines, stamped wherever it is named
NOW+00:10 == theta ->           when, how it comes and goes, what; "->": on its way to the next at once
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lullaby.errors import WrittenWrongly
from lullaby.score.foreign import sbagen_times as times
from lullaby.score.foreign.found import Foreign, distinct, wrong
from lullaby.score.foreign.nightly import foreign_of
from lullaby.score.foreign.sbagen_times import Line
from lullaby.score.foreign.sequence import Tones, Turn, moments, state_of
from lullaby.score.foreign.tones import BINAURAL, ISOCHRONIC, NAMED, PURE, Tone, Tuner
from lullaby.score.plain import quoted
from lullaby.score.settings import Kind

PROGRAM = "SBaGen"

_NUMBER = r"(\d{1,9}(?:\.\d*)?|\.\d+)"
_TONE = re.compile(rf"(?:wave\d\d:)?{_NUMBER}(?:([-+@M]){_NUMBER})?/{_NUMBER}")
_NOISE = re.compile(rf"(pink|white|brown|mix)/{_NUMBER}")
_SPIN = re.compile(rf"spin:{_NUMBER}[-+]{_NUMBER}/{_NUMBER}")
_BELL = re.compile(rf"bell[-+]{_NUMBER}/{_NUMBER}")
_NAME = re.compile(r"([A-Za-z][\w-]*):(?:\s+|$)(.*)")
_SPECS = "Tones are written 200+4/30, 200/30, pink/40, bell+300/20 or spin:300+4/20; - is none."
_LINES_OF_DESCRIPTION = 12


@dataclass
class _Sheet:
    """What the lines of a file have said so far."""

    where: str
    tone_sets: dict[str, Tones] = field(default_factory=dict)
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    at_once: Tones = ()
    """The tones of an -i line."""


def foreign(where: str, text: str, name: str, kinds: Mapping[str, Kind]) -> Foreign:
    """The sequence in this text."""
    sheet = _read(where, text)
    tuner = Tuner(kinds, sheet.remarks)
    turns: list[Turn] = []
    stop = _option_time(sheet, "L")
    if sheet.at_once:
        first = sheet.at_once
    elif not sheet.lines:
        what = "it says nothing that lullaby could play: there is no line with a time in it."
        raise WrittenWrongly(where, what, "\n    ".join(distinct(sheet.remarks)))
    else:
        steps = times.expanded(where, sheet.lines, sheet.blocks, sheet.tone_sets, sheet.remarks)
        until_last = "E" in sheet.options and len(steps) > 1
        if stop is None and until_last:
            stop = steps[-1].at
        first, turns = times.turns(steps, sheet.tone_sets, until_last)
    opening = state_of(first, tuner)
    found = moments(first, turns, tuner)
    return foreign_of(where, PROGRAM, name, sheet.description, opening, found, stop, sheet.remarks)


def _option_time(sheet: _Sheet, letter: str) -> float | None:
    said = sheet.options.get(letter, "")
    found = times.clock(said)
    if letter in sheet.options and not found:
        raise WrittenWrongly(sheet.where, f"-{letter} {quoted(said)} is not a time like 0:30.")
    return found or None


def _read(where: str, text: str) -> _Sheet:
    sheet = _Sheet(where)
    block: list[Line] | None = None
    for number, whole in enumerate(text.split("\n"), 1):
        line, _, comment = (part.strip() for part in whole.partition("#"))
        if comment.startswith("#") and not line:
            _describe(sheet, comment.strip("# \t"))
        if not line:
            continue
        if block is not None:
            if line == "}":
                block = None
            else:
                block.append(_line(where, number, line))
        elif line[0] == "-" and line[1:2].isalpha():
            _options(sheet, number, line)
        elif not (named := _NAME.fullmatch(line)):
            sheet.lines.append(_line(where, number, line))
        elif named[2] == "{":
            block = sheet.blocks[named[1]] = []
        elif re.fullmatch(r"wave\d\d", named[1]):
            sheet.remarks.append(f"{named[1]}: a waveform of its own; our tones are sines.")
        else:
            sheet.tone_sets[named[1]] = _tones(sheet, number, named[2])
    if block is not None:
        raise wrong(
            where, text.count("\n") + 1, "a block is not closed.", "A block ends with a } on its own."
        )
    return sheet


def _describe(sheet: _Sheet, words: str) -> None:
    if any(c.isalnum() for c in words) and len(sheet.description) < _LINES_OF_DESCRIPTION:
        sheet.description.append(words)


def _options(sheet: _Sheet, number: int, line: str) -> None:
    """Options of the command line, as they may stand in a file; those that take a word take the next."""
    words = line.split()
    while words:
        word = words.pop(0)
        for letter in word[1:] if word[0] == "-" else word:
            if letter == "i":
                sheet.at_once, words = _tones(sheet, number, " ".join(words)), []
            elif letter == "p":
                said = quoted(" ".join(["-p", *words]))
                sheet.remarks.append(f"{said}: a sequence SBaGen works out for itself; left out.")
                words = []
            elif letter in "TLmobrcqFRZ":
                sheet.options[letter] = words.pop(0) if words else ""
            else:
                sheet.options[letter] = ""
    if "m" in sheet.options:
        sheet.remarks.append(f"-m {quoted(sheet.options['m'])}: a recording; left out.")
    for letter, what in (("T", "starts at its first time"), ("c", "does not make up for headphones")):
        if letter in sheet.options:
            sheet.remarks.append(f"-{letter}: a night of lullaby {what}; left out.")


def _line(where: str, number: int, line: str) -> Line:
    found = times.line(number, line)
    if found is None:
        hint = "A line is written 22:00 theta, NOW+00:10 == theta -> or, for a tone-set, theta: 150+6/30."
        raise wrong(where, number, f"{quoted(line)} is not a line of a sequence.", hint)
    return found


def _tones(sheet: _Sheet, number: int, specs: str) -> Tones:
    """The channels of a tone-set; what has no counterpart is an empty one."""
    return tuple(None if spec == "-" else _tone(sheet, number, spec) for spec in specs.split())


def _tone(sheet: _Sheet, number: int, spec: str) -> Tone | None:
    if found := _NOISE.fullmatch(spec):
        share = _share(sheet, number, spec, found[2])
        if found[1] == "mix":
            sheet.remarks.append("mix: the recording under the tones; left out.")
            return None
        return Tone(NAMED, share, name=f"{found[1]}-noise")
    if found := _SPIN.fullmatch(spec):
        sheet.remarks.append("spin: noise that turns about the head; played as pink noise that stands still.")
        return Tone(NAMED, _share(sheet, number, spec, found[3]), name="pink-noise")
    if _BELL.fullmatch(spec):
        sheet.remarks.append("bell: a single stroke on a mark; lullaby has no voice for it yet; left out.")
        return None
    if not (found := _TONE.fullmatch(spec)):
        raise wrong(sheet.where, number, f"{quoted(spec)} is not a tone.", _SPECS)
    share, hz, beat = _share(sheet, number, spec, found[4]), float(found[1]), float(found[3] or 0)
    if spec.startswith("wave"):
        sheet.remarks.append(f"{spec[:6]}: a waveform of its own; our tones are sines.")
    if found[2] == "-":
        sheet.remarks.append("200-4 has the ears exchanged; played as 200+4.")
    if found[2] == "M":
        sheet.remarks.append("tones that beat in both ears are played as tones that swell and fade.")
    if not beat:
        return Tone(PURE, share, hz)
    return Tone(ISOCHRONIC if found[2] in ("@", "M") else BINAURAL, share, hz, beat)


def _share(sheet: _Sheet, number: int, spec: str, amplitude: str) -> float:
    if not (value := float(amplitude)) <= 100:
        raise wrong(sheet.where, number, f"{quoted(spec)} is louder than 100.")
    return value / 100
