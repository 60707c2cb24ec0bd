"""SynapSeq sequences (.spsq): options, presets of tracks, and a timeline.

alpha                                   a preset; its tracks stand indented below it
  tone 200 binaural 10 amplitude 15
00:00:20 alpha ease-in                  from here it becomes the next line's preset, until that line
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from lullaby.score.foreign.found import Foreign, wrong
from lullaby.score.foreign.nightly import foreign_of
from lullaby.score.foreign.sequence import How, Tones, Turn, moments, state_of
from lullaby.score.foreign.synapseq_tracks import Track, Words
from lullaby.score.foreign.tones import Tone, Tuner
from lullaby.score.plain import quoted
from lullaby.score.settings import Kind

PROGRAM = "SynapSeq"

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_SILENCE = "silence"
_HALF_FADE = 30.0
"""Seconds before and after a mark in which tracks change places that cannot become each other."""
_MOST_LINES = 5_000
_LINES_OF_DESCRIPTION = 12


@dataclass(frozen=True)
class _Mark:
    at: float
    preset: str


@dataclass
class _Sheet:
    """What the lines of a file have said so far."""

    where: str
    presets: dict[str, list[Track | None]] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    current: str = ""
    marks: list[_Mark] = field(default_factory=list)
    recordings: dict[str, str] = field(default_factory=dict)
    description: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    extends: list[str] = field(default_factory=list)


def foreign(where: str, text: str, name: str, kinds: Mapping[str, Kind]) -> Foreign:
    """The sequence in this text."""
    sheet = _Sheet(where)
    last = 1
    for number, whole in enumerate(text.split("\n"), 1):
        line, _, comment = whole.partition("#")
        said = comment.strip("# \t")
        if comment.startswith("#") and not line.strip() and any(c.isalnum() for c in said):
            sheet.description.append(said)
        if line.strip():
            last = number
            _read(sheet, number, line)
    if len(sheet.marks) < 2:
        what = "the timeline needs two lines at least: when it begins and when it ends."
        raise wrong(where, last, what, "A line of it is written 00:10:00 alpha.")
    tuner = Tuner(kinds, sheet.remarks)
    tones: dict[str, Tones] = {_SILENCE: ()}
    for preset, tracks in sheet.presets.items():
        tones[preset] = tuple(track.tone if track else None for track in tracks)
    wide = max(map(len, tones.values()))
    tones = {preset: (*set_, *[None] * (wide - len(set_))) for preset, set_ in tones.items()}
    opening = state_of(tones[sheet.marks[0].preset], tuner)
    found = moments(tones[sheet.marks[0].preset], _turns(sheet.marks, tones), tuner)
    description = sheet.description[:_LINES_OF_DESCRIPTION]
    stop = sheet.marks[-1].at
    return foreign_of(where, PROGRAM, name, description, opening, found, stop, sheet.remarks)


def _read(sheet: _Sheet, number: int, line: str) -> None:
    words = line.split()
    if words[0].startswith("@"):
        _option(sheet, words)
    elif line[0].isspace():
        _track(sheet, number, words)
    elif _TIME.fullmatch(words[0]) or words[0][0].isdigit():
        _mark(sheet, number, words)
    else:
        _preset(sheet, number, words)


def _option(sheet: _Sheet, words: list[str]) -> None:
    option, rest = words[0], words[1:]
    if option in ("@ambiance", "@music") and rest:
        sheet.recordings[rest[0]] = rest[0]
    elif option == "@background" and rest:
        sheet.recordings["background"] = PurePosixPath(rest[0].replace("\\", "/")).stem
    elif option == "@extends":
        sheet.extends += rest
        sheet.remarks.append(f"@extends {quoted(' '.join(rest))}: another file, which is not read.")
    elif option == "@volume":
        sheet.remarks.append("@volume: a night of lullaby has a loudness of its own (level); left out.")
    elif option not in ("@samplerate", "@gainlevel"):
        sheet.remarks.append(f"{quoted(' '.join(words[:2]))}: lullaby has nothing like it; left out.")


def _preset(sheet: _Sheet, number: int, words: list[str]) -> None:
    name = words[0]
    if not _NAME.fullmatch(name):
        what = f"{quoted(' '.join(words))} is neither a preset nor a time."
        raise wrong(sheet.where, number, what, "A preset is a name alone; a time is written 00:10:00.")
    if name in sheet.presets or name == _SILENCE:
        raise wrong(sheet.where, number, f"there is a preset {quoted(name)} already.")
    match words[1:]:
        case []:
            sheet.presets[name] = []
        case ["as", "template"]:
            sheet.presets[name] = []
            sheet.templates.add(name)
        case ["from", parent]:
            _known(sheet, number, parent)
            sheet.presets[name] = [*sheet.presets[parent]]
        case _:
            hint = "It is a name alone, NAME as template, or NAME from TEMPLATE."
            raise wrong(sheet.where, number, f"{quoted(' '.join(words))} is not a preset.", hint)
    sheet.current = name


def _known(sheet: _Sheet, number: int, name: str) -> None:
    if name not in sheet.presets and name != _SILENCE:
        hint = "It may stand in the file that @extends names: copy it into this one." if sheet.extends else ""
        raise wrong(sheet.where, number, f"there is no preset {quoted(name)}.", hint)


def _track(sheet: _Sheet, number: int, words: list[str]) -> None:
    if not sheet.current or sheet.marks:
        raise wrong(
            sheet.where, number, "a track stands under no preset.", "Presets come before the timeline."
        )
    line = Words(sheet.where, number, words, sheet.remarks, sheet.recordings)
    tracks = sheet.presets[sheet.current]
    if words[0] == "track":
        line.override(tracks)
    else:
        tracks.append(line.track())


def _mark(sheet: _Sheet, number: int, words: list[str]) -> None:
    """A line of the timeline: when, what, and how it becomes the next."""
    if not (found := _TIME.fullmatch(words[0])) or len(words) < 2:
        what = f"{quoted(' '.join(words))} is not a line of the timeline."
        raise wrong(sheet.where, number, what, "It is written 00:10:00 alpha.")
    at = int(found[1]) * 3600.0 + int(found[2]) * 60 + int(found[3])
    name, rest = words[1], [word for word in words[2:] if word != "transition"]
    _known(sheet, number, name)
    if name in sheet.templates:
        raise wrong(sheet.where, number, f"{quoted(name)} is a template, which is not heard itself.")
    if not sheet.marks and at:
        raise wrong(sheet.where, number, "the timeline begins at 00:00:00.")
    if sheet.marks and at <= sheet.marks[-1].at:
        raise wrong(sheet.where, number, "it comes before the line above it, or with it.")
    if len(sheet.marks) >= _MOST_LINES:
        raise wrong(sheet.where, number, f"there are more than {_MOST_LINES} lines of timeline.")
    if rest and rest[0] != "steady":
        sheet.remarks.append(f"{quoted(rest[0])}: our scenes glide at an even pace.")
    if len(rest) > 1 and rest[1] != "0":
        sheet.remarks.append("steps there and back on the way are left out: it goes there once.")
    sheet.marks.append(_Mark(at, name))


def _turns(marks: Sequence[_Mark], tones: Mapping[str, Tones]) -> list[Turn]:
    """From each mark all that can glides to the next; the rest changes places about it."""
    found: list[Turn] = []
    free = 0.0  # when the change before this one is over
    for number, (mark, following) in enumerate(pairwise(marks)):
        here, there = tones[mark.preset], tones[following.preset]
        met = _met(here, there, _SILENCE in (mark.preset, following.preset))
        last = number + 2 == len(marks)
        lasts = following.at - mark.at
        before = min(_HALF_FADE, lasts / 2) if met != there else 0.0
        start = max(mark.at, free)
        if met != here:
            over = following.at - before - start
            found.append(Turn(start, over, following.at, met, How.SLIDE, following.preset))
        if met != there and not last:
            after = min(_HALF_FADE, (marks[number + 2].at - following.at) / 2)
            at = following.at - before
            found.append(Turn(at, before + after, following.at, there, How.FADE, following.preset))
            free = following.at + after
    return found


def _met(here: Tones, there: Tones, silence: bool) -> Tones:
    """The tracks just before the mark: those of the next preset where they can be glided to."""
    return tuple(b if _glides(a, b, silence) else a for a, b in zip(here, there, strict=True))


def _glides(a: Tone | None, b: Tone | None, silence: bool) -> bool:
    if a is None or b is None:
        return silence
    return a.slides_to(b)
