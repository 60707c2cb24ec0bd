"""SynapSeq sequences (.spsq): options, presets of tracks, and a timeline.

alpha                                   a preset; its tracks stand indented below it
  tone 200 binaural 10 amplitude 15
00:00:20 alpha ease-in                  from here it becomes the next line's preset, until that line
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lullaby.score import attached_files
from lullaby.score.checks import Unfit
from lullaby.score.foreign.imported import Foreign, wrong
from lullaby.score.foreign.sequence import Tones, moments, state_of
from lullaby.score.foreign.sequence_draft import foreign_of
from lullaby.score.foreign.synapseq_tracks import Track, Words
from lullaby.score.foreign.synapseq_turns import SILENCE, Mark, turns
from lullaby.score.foreign.tones import Tuner
from lullaby.score.plain_text import plain, quoted
from lullaby.score.settings import Kind
from lullaby.score.source import text_at

PROGRAM = "SynapSeq"

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_MOST_MARKS, _MOST_PRESETS, _MOST_TRACKS, _MOST_FILES = 2_000, 1_000, 64, 16
_LINES_OF_DESCRIPTION = 12


@dataclass
class _Sheet:
    """Everything read from the lines of a file, and of the lists of presets it names, so far."""

    where: str
    """The file whose lines are being read."""
    folder: Path
    """The folder of its lists of presets: nothing outside of it is opened."""
    presets: dict[str, list[Track | None]] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    current: str = ""
    marks: list[Mark] = field(default_factory=list)
    recordings: dict[str, str] = field(default_factory=dict)
    description: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    """Files of presets that were read."""
    inside: bool = False
    """Is this a list of presets itself?"""
    unread: list[str] = field(default_factory=list)
    """Addresses of presets, which are not fetched."""


def foreign(where: str, text: str, path: Path, kinds: Mapping[str, Kind]) -> Foreign:
    """The sequence in this text, which stands at this path."""
    sheet = _Sheet(where, path.parent)
    last = _read_lines(sheet, text)
    if not sheet.marks and sheet.presets:
        what = "there are presets in it and no timeline, so it says nothing of when they are heard."
        hint = "It is a list that other sequences name with @presetlist or @extends: import one of those."
        raise wrong(where, last, what, hint)
    if len(sheet.marks) < 2:
        what = "the timeline needs two lines at least: when it begins and when it ends."
        raise wrong(where, last, what, "A line of it is written 00:10:00 alpha.")
    tuner = Tuner(kinds, sheet.remarks)
    tones: dict[str, Tones] = {
        preset: tuple(track.tone if track else None for track in sheet.presets.get(preset, ()))
        for preset in dict.fromkeys(mark.preset for mark in sheet.marks)
    }
    wide = max(map(len, tones.values()))
    tones = {preset: (*set_, *[None] * (wide - len(set_))) for preset, set_ in tones.items()}
    first = tones[sheet.marks[0].preset]
    opening = state_of(first, tuner)
    found = moments(first, turns(sheet.marks, tones), tuner)
    description = sheet.description[:_LINES_OF_DESCRIPTION]
    stop = sheet.marks[-1].time
    return foreign_of(
        where, PROGRAM, path.stem or "imported", description, opening, found, stop, sheet.remarks
    )


def _read_lines(sheet: _Sheet, text: str) -> int:
    """Reads every line; gives the number of the last that says something."""
    last = 1
    for number, whole in enumerate(text.split("\n"), 1):
        line, _, comment = whole.partition("#")
        said = comment.strip("# \t")
        if line.strip():
            last = number
            _read(sheet, number, line)
        elif comment.startswith("#") and not sheet.inside and any(c.isalnum() for c in said):
            sheet.description.append(said)
    return last


def _read(sheet: _Sheet, number: int, line: str) -> None:
    words = line.split()
    if words[0].startswith("@"):
        _option(sheet, number, words)
    elif line[0].isspace():
        _track(sheet, number, words)
    elif _TIME.fullmatch(words[0]) or words[0][0].isdigit():
        _mark(sheet, number, words)
    else:
        _preset(sheet, number, words)


def _option(sheet: _Sheet, number: int, words: list[str]) -> None:
    option, rest = words[0], words[1:]
    if option in ("@ambiance", "@music") and rest:
        sheet.recordings[rest[0]] = rest[0]
    elif option == "@background" and rest:
        sheet.recordings["background"] = PurePosixPath(rest[0].replace("\\", "/")).stem
    elif option in ("@presetlist", "@extends") and rest:
        _list(sheet, number, rest[0] if option == "@presetlist" else _with_ending(rest[0]))
    elif option == "@volume":
        sheet.remarks.append("@volume: a night of lullaby has a loudness of its own (level); left out.")
    elif option not in ("@samplerate", "@gainlevel"):
        sheet.remarks.append(f"{quoted(' '.join(words[:2]))}: lullaby has nothing like it; left out.")


def _with_ending(named: str) -> str:
    return named if PurePosixPath(named).suffix else f"{named}.spsc"


def _list(sheet: _Sheet, number: int, named: str) -> None:
    """Reads the options and presets of another file, which lies beside this one or in a folder there."""
    if "://" in named:
        sheet.unread.append(named)
        sheet.remarks.append(f"{quoted(named)}: presets at an address; nothing is fetched.")
        return
    if sheet.inside:
        raise wrong(sheet.where, number, "a list of presets names no other list.")
    if len(sheet.lists) >= _MOST_FILES:
        raise wrong(sheet.where, number, f"there are more than {_MOST_FILES} lists of presets.")
    try:
        path, _ = attached_files.file_in(sheet.folder, attached_files.name(named))
    except Unfit as unfit:
        hint = "A list of presets lies in the folder of the sequence that names it, or below."
        raise wrong(sheet.where, number, f"{quoted(named)} {unfit.what}", hint) from None
    outer, sheet.where, sheet.inside = sheet.where, plain(os.fspath(sheet.folder / named)), True
    sheet.lists.append(named)
    text = text_at(sheet.where, path)
    _read_lines(sheet, text.replace("\r\n", "\n").replace("\r", "\n"))
    sheet.where, sheet.inside, sheet.current = outer, False, ""


def _preset(sheet: _Sheet, number: int, words: list[str]) -> None:
    name = words[0]
    if not _NAME.fullmatch(name):
        what = f"{quoted(' '.join(words[:12]))} is neither a preset nor a time."
        raise wrong(sheet.where, number, what, "A preset is a name alone; a time is written 00:10:00.")
    if name in sheet.presets or name == SILENCE:
        raise wrong(sheet.where, number, f"there is a preset {quoted(name)} already.")
    if len(sheet.presets) >= _MOST_PRESETS:
        raise wrong(sheet.where, number, f"there are more than {_MOST_PRESETS} presets.")
    match words[1:]:
        case []:
            sheet.presets[name] = []
        case ["as", "template"]:
            sheet.presets[name] = []
            sheet.templates.add(name)
        case ["from", parent]:
            _known(sheet, number, parent)
            sheet.presets[name] = [*sheet.presets.get(parent, [])]
        case _:
            hint = "It is a name alone, NAME as template, or NAME from TEMPLATE."
            raise wrong(sheet.where, number, f"{quoted(' '.join(words[:12]))} is not a preset.", hint)
    sheet.current = name


def _known(sheet: _Sheet, number: int, name: str) -> None:
    if name not in sheet.presets and name != SILENCE:
        there = plain(sheet.unread[0]) if sheet.unread else ""
        hint = f"It may be one of those at {there}: copy it into this file." if there else ""
        raise wrong(sheet.where, number, f"there is no preset {quoted(name)}.", hint)


def _track(sheet: _Sheet, number: int, words: list[str]) -> None:
    if not sheet.current or sheet.marks:
        hint = "Presets come before the timeline."
        raise wrong(sheet.where, number, "a track stands under no preset.", hint)
    line = Words(sheet.where, number, deque(words), sheet.remarks, sheet.recordings)
    tracks = sheet.presets[sheet.current]
    if words[0] == "track":
        line.override(tracks)
    elif len(tracks) >= _MOST_TRACKS:
        raise wrong(sheet.where, number, f"a preset has {_MOST_TRACKS} tracks at most.")
    else:
        tracks.append(line.track())


def _mark(sheet: _Sheet, number: int, words: list[str]) -> None:
    """A line of the timeline: when, what, and how it becomes the next."""
    if not (found := _TIME.fullmatch(words[0])) or len(words) < 2:
        what = f"{quoted(' '.join(words[:12]))} is not a line of the timeline."
        raise wrong(sheet.where, number, what, "It is written 00:10:00 alpha.")
    if sheet.inside:
        raise wrong(sheet.where, number, "a list of presets has no timeline.")
    time = int(found[1]) * 3600.0 + int(found[2]) * 60 + int(found[3])
    name, rest = words[1], [word for word in words[2:5] if word not in ("transition", "slide")]
    _known(sheet, number, name)
    if name in sheet.templates:
        raise wrong(sheet.where, number, f"{quoted(name)} is a template, which is not heard itself.")
    if not sheet.marks and time:
        raise wrong(sheet.where, number, "the timeline begins at 00:00:00.")
    if sheet.marks and time <= sheet.marks[-1].time:
        raise wrong(sheet.where, number, "it comes before the line above it, or with it.")
    if len(sheet.marks) >= _MOST_MARKS:
        raise wrong(sheet.where, number, f"there are more than {_MOST_MARKS} lines of timeline.")
    if rest and rest[0] != "steady":
        sheet.remarks.append(f"{quoted(rest[0])}: our scenes glide at an even pace.")
    if len(rest) > 1 and rest[1] != "0":
        sheet.remarks.append("steps there and back on the way are left out: it goes there once.")
    sheet.marks.append(Mark(time, name))
