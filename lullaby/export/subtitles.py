"""Subtitles: what is said and when, as SubRip (.srt) or WebVTT (.vtt).

A sentence becomes captions of two lines at most, cut between words and timed by them. In WebVTT every word
has its own time besides, so that a player can show the one that is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lullaby.errors import CouldNot
from lullaby.export.file_writing import put, why_not

LINE, LINES = 42, 2
"""Letters of a line, and lines of a caption: what broadcasters ask for."""


@dataclass(frozen=True)
class TimedWord:
    text: str
    at: int
    """The index of its first letter in the sentence."""
    start: float
    stop: float


@dataclass(frozen=True)
class Caption:
    """A sentence, and when it and its words are heard, in seconds."""

    text: str
    start: float
    stop: float
    words: tuple[TimedWord, ...]


def write_subtitles(path: Path, captions: Iterable[Caption]) -> None:
    """Writes them as the ending of the name says; the whole file or none."""
    text = vtt(captions) if path.suffix.lower() == ".vtt" else srt(captions)
    try:
        put(path, text.encode())
    except OSError as error:
        raise CouldNot(why_not(path, error)) from error


def srt(captions: Iterable[Caption]) -> str:
    found = []
    for number, shown in enumerate(_shown(captions), 1):
        times = f"{_clock(shown.start, ',')} --> {_clock(shown.stop, ',')}"
        found.append(f"{number}\n{times}\n{_in_lines(shown.text)}\n")
    return "\n".join(found)


def vtt(captions: Iterable[Caption]) -> str:
    found = ["WEBVTT\n"]
    for shown in _shown(captions):
        times = f"{_clock(shown.start, '.')} --> {_clock(shown.stop, '.')}"
        found.append(f"{times}\n{_with_times(shown)}\n")
    return "\n".join(found)


def _shown(captions: Iterable[Caption]) -> Iterator[Caption]:
    """Captions that fit a screen; none begins before the one before it has ended."""
    free = 0.0
    for caption in captions:
        for piece in _pieces(caption):
            start = max(free, piece.start)
            free = max(start + 0.001, piece.stop)
            yield Caption(piece.text, start, free, piece.words)


def _pieces(caption: Caption) -> Iterator[Caption]:
    """The sentence cut into captions between words, as even as can be."""
    words = caption.words
    count = -(-len(caption.text) // (LINE * LINES - 8))
    if count < 2 or len(words) < 2:
        yield caption
        return
    edges = [0]
    for k in range(1, count):
        wanted = len(caption.text) * k / count
        edge = min(range(1, len(words)), key=lambda n: abs(words[n].at - wanted))
        if edge > edges[-1]:
            edges.append(edge)
    edges.append(len(words))
    for first, last in pairwise(edges):
        begins = words[first].at if first else 0
        ends = words[last].at if last < len(words) else len(caption.text)
        moved = tuple(TimedWord(w.text, w.at - begins, w.start, w.stop) for w in words[first:last])
        start = words[first].start if first else caption.start
        stop = words[last - 1].stop if last < len(words) else caption.stop
        yield Caption(caption.text[begins:ends].strip(), start, stop, moved)


def _in_lines(text: str) -> str:
    """Two lines where one is too long, broken near the middle."""
    if len(text) <= LINE:
        return text
    blanks = [k for k, letter in enumerate(text) if letter == " "]
    if not blanks:
        return text
    middle = min(blanks, key=lambda k: abs(k - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def _with_times(caption: Caption) -> str:
    """The caption with the time of each word but the first before it."""
    found, place = [], 0
    for number, word in enumerate(caption.words):
        found.append(_escaped(caption.text[place : word.at]))
        if number and caption.start < word.start < caption.stop:
            found.append(f"<{_clock(word.start, '.')}>")
        place = word.at
    found.append(_escaped(caption.text[place:]))
    return "".join(found)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole = max(0, round(seconds * 1000))
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
