"""The nights that a studio makes: few soundscapes, stories and tellers, put together in many ways.

A batch is two soundscapes of one date, ten files. What they have in common is to be made once: a soundscape
with another story, a story by another teller, a night in two lengths, in two forms, and once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

BATCH = 10
SECOND = 6
"""Files of a batch that have its first soundscape."""
FIRST = date(2026, 1, 1)
STORIES = (
    "a-goat-upstairs",
    "rabbit-on-the-line",
    "a-loaf-through-the-snow",
    "the-smallest-ferry",
    "the-quiet-pod",
)
TELLERS = ("neighbour", "grandmother", "uncle", "aunt")
SCAPES = (
    ("rain-on-slate", "harbour-swell", "felt-piano"),
    ("hearth", "snow-hush", "nylon-guitar"),
    ("shore", "distant-rain", "old-music-box"),
    ("brook", "summer-crickets", "harp-by-the-window"),
)
"""Two beds and what plays lullabies; the teller is the fourth voice."""
TUNES = ("wiegenlied", "ar-hyd-y-nos", "guter-mond-du-gehst-so-stille", "au-clair-de-la-lune")


@dataclass(frozen=True)
class File:
    """One file of the year: its score, and how it is kept."""

    number: int
    name: str
    score: str
    seed: int
    date: str
    until: int
    """Seconds of the night that are kept."""
    same_as: int | None = None
    """The file that this one is once more."""


def year(nights: int, minutes: float) -> list[File]:
    return [_file(number, round(60 * minutes)) for number in range(nights)]


def in_turns(batch: list[File]) -> list[File]:
    """The order in which they are made: one of each soundscape in turns, since workers who are at the same
    minutes at the same time both make them."""
    first, second = batch[:SECOND], batch[SECOND:]
    turns = [file for pair in zip_longest(first, second) for file in pair if file is not None]
    return sorted(turns, key=lambda file: file.same_as is not None)


def _file(number: int, seconds: int) -> File:
    """Of a batch: a night; with another story; by another teller; in another form; shorter; once more; then
    another soundscape: a night; with another story; shorter; once more."""
    batch, which = divmod(number, BATCH)
    second = which >= SECOND
    story = batch + second + (which in (1, 7))
    teller = batch + second + 2 * (which == 2)
    shorter = which in (4, 8)
    ending = ".m4b" if which == 3 else ".opus"
    day = FIRST + timedelta(days=batch)
    return File(
        number,
        f"night-{number:04}{ending}",
        _score((batch + 2 * second) % len(SCAPES), story % len(STORIES), teller % len(TELLERS), seconds),
        1 + batch,
        day.isoformat(),
        seconds * 2 // 3 if shorter else seconds,
        {5: number - 5, 9: number - 3}.get(which),
    )


def _score(scape: int, story: int, teller: int, seconds: int) -> str:
    first, second, melody = SCAPES[scape]
    tunes = ", ".join(f'"{tune}"' for tune in TUNES)
    return f"""title = "Studio Night"
length = {seconds}
level = -33
[voices]
first = "{first}"
second = "{second}"
melody = "{melody}"
teller = "{TELLERS[teller]}"
[music]
melody = "melody"
form = "songs"
tunes = [{tunes}]
[scene.all]
at = 0
first = -4
second = -10
melody = -12
[[tell]]
at = {seconds // 6}
story = "{STORIES[story]}"
voice = "teller"
"""
