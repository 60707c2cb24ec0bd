"""Moods, told in a word: what each is also called, in English and in German, and what it changes of a ritual.

A mood is what somebody says of themselves. It is never sensed, never guessed and never kept by a ritual.
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.score.movements import Deed
from lullaby.score.plain_text import plain, quoted


@dataclass(frozen=True)
class Mood:
    """A mood, and its rule. Movements are meant by what is done in them."""

    name: str
    also: tuple[str, ...]
    longer: tuple[tuple[Deed, float], ...] = ()
    """Times their length, or their longest."""
    drop: tuple[Deed, ...] = ()
    adds: tuple[Deed, ...] = ()
    """What is added where the ritual has none of it, before the first of what comes later in an evening."""
    level: float = 0.0
    """dB against how the ritual is otherwise heard: never louder."""
    says: str = ""
    """What it does, for people."""


_ALL_BUT_QUIET = tuple(deed for deed in Deed if deed is not Deed.QUIET)

MOODS: dict[str, Mood] = {
    mood.name: mood
    for mood in (
        Mood("calm", ("relaxed", "fine", "ruhig", "gelassen", "entspannt"), says="nothing changes"),
        Mood(
            "glad",
            ("happy", "cheerful", "froh", "fröhlich", "glücklich"),
            longer=((Deed.MUSIC, 1.25),),
            says="music is a quarter longer",
        ),
        Mood(
            "tired",
            ("sleepy", "exhausted", "müde", "schläfrig", "erschöpft"),
            longer=tuple((deed, 0.6) for deed in _ALL_BUT_QUIET),
            drop=(Deed.DREAMS, Deed.WORDS),
            says="all but the quiet is 0.6 times as long; no dreams, no word shuffle",
        ),
        Mood(
            "sad",
            ("down", "blue", "unhappy", "traurig", "niedergeschlagen"),
            longer=((Deed.MUSIC, 1.5),),
            drop=(Deed.WORDS,),
            level=-1.0,
            says="music is half as long again, all is 1 dB softer; no word shuffle",
        ),
        Mood(
            "lonely",
            ("alone", "homesick", "einsam", "allein"),
            longer=((Deed.MUSIC, 1.25), (Deed.QUIET, 1.5)),
            drop=(Deed.WORDS,),
            says="music is a quarter longer, and what is heard in the end stays half as long again; no word "
            "shuffle",
        ),
        Mood(
            "worried",
            ("anxious", "nervous", "besorgt", "sorgenvoll", "nervös"),
            longer=((Deed.PUT_DOWN, 1.5),),
            adds=(Deed.PUT_DOWN,),
            says="putting the day down is half as long again, and is added where there is none",
        ),
        Mood(
            "restless",
            ("wired", "wakeful", "unruhig", "aufgedreht", "zappelig"),
            longer=((Deed.BREATHE, 1.5),),
            adds=(Deed.BREATHE, Deed.WORDS),
            says="breathing is half as long again; it and a word shuffle are added where there is none",
        ),
        Mood(
            "angry",
            ("cross", "furious", "wütend", "zornig", "sauer"),
            longer=((Deed.BREATHE, 1.5), (Deed.MUSIC, 1.25)),
            adds=(Deed.BREATHE,),
            says="breathing is half as long again, and is added where there is none; music a quarter longer",
        ),
        Mood(
            "afraid",
            ("scared", "frightened", "ängstlich", "furchtsam"),
            longer=((Deed.MUSIC, 1.25), (Deed.QUIET, 1.5)),
            drop=(Deed.DREAMS,),
            says="no dreams; music is a quarter longer, and what is heard in the end stays half "
            "as long again",
        ),
        Mood(
            "ill",
            ("unwell", "sick", "krank", "kränklich"),
            longer=tuple((deed, 0.6) for deed in _ALL_BUT_QUIET),
            drop=(Deed.WORDS, Deed.DREAMS),
            level=-3.0,
            says="all but the quiet is 0.6 times as long, and 3 dB softer; no dreams, no word shuffle",
        ),
    )
}
"""The table. A ritual that has a rule of its own for a mood goes by that, and not by the table."""

_MEANT = {word: mood.name for mood in MOODS.values() for word in (mood.name, *mood.also)}


def meant(word: str) -> str | None:
    """The mood that a word stands for; None where it stands for none."""
    return _MEANT.get(" ".join(word.split()).casefold())


def mood_of(word: str) -> str:
    """The same; an AskedWrongly with the list where it stands for none."""
    found = meant(word)
    if found is None:
        raise AskedWrongly(f"there is no mood {quoted(plain(word))}.\n    There are: {', '.join(MOODS)}.")
    return found
