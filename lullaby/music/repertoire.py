"""What is sung in a night: its melodies, each composed or known, and the order in which they come and come
back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.composing import composed, full_bars
from lullaby.music.known import metre_of, sung
from lullaby.music.melodies import METRES, Melody, Metre
from lullaby.music.programme import Section
from lullaby.music.scales import Scale
from lullaby.music.varying import ornamented
from lullaby.score.model import Music

THEMES = 12
"""Melodies of a night, some quarter of an hour of them: then they come back, each in yet another way."""


@lru_cache(maxsize=512)
def theme(key: Key, music: Music, number: int) -> Melody:
    """The melody of this number: a tune, or one that is composed, none of whose bars is one of a melody
    before it."""
    if music.tunes:
        return sung(music.tunes[number % len(music.tunes)], music)
    scale, metre = night_scale(music), night_metre(key, music)
    known = frozenset(bar for earlier in range(number) for bar in full_bars(theme(key, music, earlier)))
    return composed(key / "theme" / number, scale, metre.name, *music.register, known)


def night_scale(music: Music) -> Scale:
    return Scale(music.tonic, music.mode, music.just)


def night_metre(key: Key, music: Music) -> Metre:
    if music.tunes:
        return metre_of(music.tunes[0])
    drawn = Choices(key / "metre").weighed({"3/4": 4, "2/4": 3, "4/4": 2, "6/8": 3})
    return METRES[music.metre or drawn]


def sections(key: Key, music: Music) -> Iterator[Section]:
    """What is sung, one after another, for as long as somebody listens."""
    for name, number, version in _order(music):
        melody = _sung_again(key, music, number, name) if version else theme(key, music, number)
        yield Section(name, melody, melody.bars)
        if music.rest:
            yield Section("", None, round(music.rest))


@lru_cache(maxsize=512)
def _sung_again(key: Key, music: Music, number: int, name: str) -> Melody:
    """A melody in another way: a night that grows is written again from its beginning."""
    return ornamented(theme(key, music, number), key / "version" / name)


def _order(music: Music) -> Iterator[tuple[str, int, int]]:
    """Name, number and version of each melody in turn. A rondo's first melody comes back between others,
    each time in another way."""
    versions: dict[int, int] = {}
    many = len(music.tunes) or THEMES

    def once_more(number: int) -> tuple[str, int, int]:
        version = versions.get(number, 0)
        versions[number] = version + 1
        name = music.tunes[number].name if music.tunes else f"T{number + 1}"
        return name + (f".{version + 1}" if version else ""), number, version

    for turn in count():
        number = 0 if music.form == "variations" else turn % many
        yield once_more(number)
        if music.form != "variations":
            yield once_more(number)
        if music.form == "rondo" and number % 2 and number < many - 1:
            yield once_more(0)
