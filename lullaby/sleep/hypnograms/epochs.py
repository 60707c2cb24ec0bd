"""One value a line: YASA's text, 30 s each; and Visbrain's, a stage and the second at which it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import figure, quoted
from lullaby.sleep.hypnograms.checked import DAY, LONGER_THAN_A_DAY, hypnogram_of
from lullaby.sleep.hypnograms.opening import Opened, number
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.hypnograms.words import is_light, is_stage, stage_named
from lullaby.sleep.stages import EPOCH_S

_TITLES = {"stage", "stages", "hypno", "hypnogram", "sleep_stage", "sleep stage", "0"}
"""The titles that pandas and people write over the only column."""

_VALUE = re.compile(rb"\s*(?:\*\w|[#A-Za-z?]|[+-]?\d{1,2}(?:\.0*)?\s*$)")


def is_epochs(head: bytes) -> bool:
    """Short words or small numbers, one a line."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()[:20] if line.strip()]
    return bool(lines) and all(len(line) < 200 and _VALUE.match(line) for line in lines[:-1] or lines)


def read_epochs(file: Opened) -> list[Hypnogram]:
    lines = _lines(file.text())
    first = list(islice(lines, 8))
    if any(_ends(text) for _, text in first if not text.startswith("*")):
        return [_with_ends(file.where, chain(first, lines))]
    stretches: list[Stretch] = []
    light = False
    for k, (line, text) in enumerate(chain(first, lines)):
        if k == 0 and text.casefold() in _TITLES and len(first) > 1 and not _is_zero(text, first):
            continue
        if text.startswith("*"):
            continue
        start = len(stretches) * EPOCH_S
        stage = stage_named(text, f"{file.where}, line {line}")
        light |= is_light(text)
        if start >= DAY:  # said here, and the lines after it are never read
            if stage is not None:
                raise WrittenWrongly(f"{file.where}, line {line}", LONGER_THAN_A_DAY)
            continue
        stretches.append(Stretch(start, start + EPOCH_S, stage, f"line {line}"))
    return [hypnogram_of(file.where, stretches, source="text, a value every 30 s", four_class=light)]


def _is_zero(text: str, lines: list[tuple[int, str]]) -> bool:
    """pandas writes 0 over a column of words; over a column of numbers 0 is being awake."""
    return text == "0" and not lines[1][1][0].isalpha()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for line, written in enumerate(text.splitlines(), 1):
        entry = written.partition("#")[0].strip().strip('"')
        if entry:
            yield line, entry


def _ends(text: str) -> bool:
    """Is this a stage and a number, as Visbrain writes them?"""
    *words, last = text.split()
    return bool(words) and not is_stage(text) and last[:1].isdigit() and words[0][:1].isalpha()


def _with_ends(where: str, lines: Iterable[tuple[int, str]]) -> Hypnogram:
    stretches: list[Stretch] = []
    start, lasts, light = 0.0, None, False
    for line, text in lines:
        place = f"{where}, line {line}"
        *words, last = text.split()
        if text.startswith("*"):
            if words == ["*Duration_sec"]:
                lasts = number(last, place)
            continue
        if not words:
            raise WrittenWrongly(place, f"{quoted(text)} is not a stage and the second at which it ends.")
        name, stop = " ".join(words), number(last, place)
        light |= is_light(name)
        stretches.append(Stretch(start, stop, stage_named(name, place), f"line {line}"))
        start = stop
    if lasts is not None and abs(lasts - start) > EPOCH_S:
        what = f"it lasts {figure(lasts)} s by its first line, and {figure(start)} s by its last"
        raise WrittenWrongly(where, f"{what}.", "Is the file whole?")
    return hypnogram_of(where, stretches, source="Visbrain text", four_class=light)
