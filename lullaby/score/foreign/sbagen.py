"""SBaGen sequences (.sbg): options, tone-sets by name, and lines that say when each is heard.

theta: pink/40 150+6/30         a tone-set: noise, and 153 Hz in one ear beside 147 in the other
bursts: { +00:00 theta … }      a block of lines, stamped wherever it is named
NOW+00:10 == theta ->           when, how it comes and goes, what; "->": on its way to the next at once

Programs that grew out of SBaGen write the same with more sorts of tones, the first SynapSeq among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from statistics import median

from lullaby.errors import WrittenWrongly
from lullaby.score.foreign import sbagen_programs, synapseq
from lullaby.score.foreign import sbagen_times as times
from lullaby.score.foreign.imported import Foreign, distinct, wrong
from lullaby.score.foreign.sbagen_programs import Program
from lullaby.score.foreign.sbagen_times import Line, Step
from lullaby.score.foreign.sbagen_tones import Tuning
from lullaby.score.foreign.sequence import Tones, Turn, moments, state_of
from lullaby.score.foreign.sequence_draft import foreign_of
from lullaby.score.foreign.tones import BELL, Tuner
from lullaby.score.plain_text import quoted
from lullaby.score.settings import Kind

PROGRAM = "SBaGen"

_NAME = re.compile(r"([A-Za-z][\w-]*):(?:\s+|$)(.*)")
_OWN_WAVE = re.compile(r"(?:wave|custom|spin)\d+")
_LINES_OF_DESCRIPTION = 12
_MOST_SETS, _MOST_LINES = 2_000, times.MOST_LINES


@dataclass
class _Sheet:
    """Everything read from the lines of a file so far."""

    where: str
    tuning: Tuning
    tone_sets: dict[str, Tones] = field(default_factory=dict)
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    written: int = 0
    """Lines with a time in them, those of blocks among them."""
    description: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    at_once: Tones = ()
    """The tones of an -i line."""
    program: Program | None = None
    """The program that a -p line asks for."""


def foreign(where: str, text: str, path: Path, kinds: Mapping[str, Kind]) -> Foreign:
    """The sequence in this text, which stands at this path."""
    sheet = _read(where, text)
    tuner = Tuner(kinds, sheet.remarks)
    turns: list[Turn] = []
    stop = _option_time(sheet, "L")
    if sheet.program and not sheet.lines:
        sheet.lines = sheet.program.lines
        sheet.tone_sets |= sheet.program.tone_sets
        sheet.options |= {"S": "", "E": ""}
    if sheet.at_once:
        first = sheet.at_once
    elif not sheet.lines:
        what = "it says nothing that lullaby could play: there is no line with a time in it."
        raise WrittenWrongly(where, what, "\n    ".join(distinct(sheet.remarks)))
    else:
        steps = times.expanded(where, sheet.lines, sheet.blocks, sheet.tone_sets, sheet.remarks)
        until_last = "E" in sheet.options and len(steps) > 1
        if stop is None and until_last:
            stop = steps[-1].time
        first, turns = times.turns(steps, _with_bells(sheet.tone_sets, steps), until_last)
    opening = state_of(first, tuner)
    found = moments(first, turns, tuner)
    program = synapseq.PROGRAM if path.suffix.lower() == ".spsq" else PROGRAM
    title = path.stem or "imported"
    return foreign_of(where, program, title, sheet.description, opening, found, stop, sheet.remarks)


def _with_bells(tone_sets: Mapping[str, Tones], steps: Sequence[Step]) -> dict[str, Tones]:
    """The tone-sets, with bells that know how often they are struck: once in each tone-set that has one."""
    struck = [
        step.time for step in steps if any(t and t.shape == BELL for t in tone_sets.get(step.line.name, ()))
    ]
    gaps = [later - time for time, later in pairwise(struck)]
    rate = 1 / max(1.0, median(gaps)) if gaps else 0.0
    return {
        name: tuple(replace(t, beat=rate) if t and t.shape == BELL else t for t in tones)
        for name, tones in tone_sets.items()
    }


def _option_time(sheet: _Sheet, letter: str) -> float | None:
    said = sheet.options.get(letter, "")
    found = times.clock(said)
    if letter in sheet.options and not found:
        raise WrittenWrongly(sheet.where, f"-{letter} {quoted(said)} is not a time like 0:30.")
    return found or None


def _read(where: str, text: str) -> _Sheet:
    remarks: list[str] = []
    sheet = _Sheet(where, Tuning(where, remarks), remarks=remarks)
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
                block.append(_line(sheet, number, line))
        elif line[0] == "-" and line[1:2].isalpha():
            _options(sheet, number, line)
        elif not (named := _NAME.fullmatch(line)):
            sheet.lines.append(_line(sheet, number, line))
        elif named[2] == "{":
            block = sheet.blocks[named[1]] = []
        elif _OWN_WAVE.fullmatch(named[1]):
            sheet.remarks.append(f"{named[1]}: a waveform of its own; our tones are sines.")
        elif len(sheet.tone_sets) >= _MOST_SETS:
            raise wrong(where, number, f"there are more than {_MOST_SETS} tone-sets.")
        else:
            sheet.tone_sets[named[1]] = sheet.tuning.tones(number, named[2])
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
    words = line.split()[:200][::-1]
    while words:
        word = words.pop()
        for letter in word[1:] if word[0] == "-" else word:
            if letter == "i":
                sheet.at_once, words = sheet.tuning.tones(number, " ".join(words[::-1])), []
            elif letter == "p":
                _program(sheet, number, words[::-1])
                words = []
            elif letter in "TLmobrcqFRZVw":
                sheet.options[letter] = words.pop() if words else ""
            else:
                sheet.options[letter] = ""
            if letter == "m":
                name = sheet.options["m"].partition("#")[0].replace("\\", "/")
                sheet.tuning.recording = PurePosixPath(name).stem
    for letter, what in (("T", "starts at its first time"), ("c", "does not make up for headphones")):
        if letter in sheet.options:
            sheet.remarks.append(f"-{letter}: a night of lullaby {what}; left out.")


def _program(sheet: _Sheet, number: int, words: list[str]) -> None:
    kind = words[0] if words else ""
    asked, others = sbagen_programs.words_of(kind, words[1:])
    extra = sheet.tuning.tones(number, " ".join(others)) if kind in ("drop", "slide") else ()
    sheet.program = sbagen_programs.program(number, kind, asked, extra)
    if sheet.program is None:
        said = quoted(" ".join(["-p", *words]))
        sheet.remarks.append(f"{said}: a sequence SBaGen works out for itself; left out.")


def _line(sheet: _Sheet, number: int, line: str) -> Line:
    found = times.line_of(number, line)
    if found is None:
        hint = "A line is written 22:00 theta, NOW+00:10 == theta -> or, for a tone-set, theta: 150+6/30."
        raise wrong(sheet.where, number, f"{quoted(line)} is not a line of a sequence.", hint)
    sheet.written += 1
    if sheet.written > _MOST_LINES:
        raise wrong(sheet.where, number, f"there are more than {_MOST_LINES} lines with a time.")
    if "/" in found.name and found.name not in sheet.tone_sets:  # no name of a tone-set has one
        sheet.tone_sets[found.name] = sheet.tuning.tones(number, found.name)
    return found
