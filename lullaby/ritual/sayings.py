"""What is said by itself in a ritual: a welcome, a breath to follow, an invitation to put the day down. Each
is Markdown, and drawn by the date from a few that mean the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lullaby.chance import Key
from lullaby.ritual.tonight import Tonight
from lullaby.score.plain_text import together

_MARKS = re.compile(r"[#*_`<>\[\]|~\\{}+=^]+|^\s*(?:[-–—]|\d+[.)])\s", re.MULTILINE)

_WELCOMES = (
    "Nothing more has to be done today. Find a place where you can stay.",
    "The day is over, and it was long enough. Lie down as you like to lie.",
    "The doors are shut, and the lamp is low. Make yourselves comfortable.",
)
_WELCOMES_ONE = (
    "Nothing more has to be done today. Find a place where you can stay.",
    "The day is over, and it was long enough. Lie down as you like to lie.",
    "The door is shut, and the lamp is low. Make yourself comfortable.",
)
_SETTLES = (
    "Listen for a while to what is there already.",
    "There is time. Let it be quiet for a moment.",
    "Let your shoulders be as heavy as they want to be.",
)
_BREATHES = (
    "Here is a breath, slow and easy. Let yours go along with it, if it likes to.",
    "Something breathes here, without any hurry. You may breathe with it, or only listen.",
)
_LONGER = (
    "And out, a little longer than in. It slows by itself.",
    "When you let the breath go, let it take its time.",
)
_AND_SO_ON = ("And so on, for as long as it is pleasant.", "You need not count. It goes on without that.")
_PUTS_DOWN = (
    "If something of tomorrow is on your mind, you may put it down now. Think of a page, and of what there "
    "is to do, one thing on each line. As exactly as you like.",
    "You may put the day down now, if you want to. Picture a sheet of paper. Write what still has to be "
    "done, line by line, and the first small step of each.",
)
_LEAVES_IT = (
    "It is written. It will be there in the morning, and nothing will be lost. Turn the page over.",
    "The page keeps it for you until tomorrow. You need not hold it as well.",
)
_WORDS = (
    "Now there are some words. They belong to no story. Look at each for a moment, and let it go.",
    "Here are words that have nothing to do with each other. Picture each one, and wait for the next.",
)


def plain_words(text: str, most: int = 2_000) -> str:
    """What somebody wrote, without anything in it that Markdown would obey."""
    return " ".join(_MARKS.sub(" ", text)[:most].split())


def one_of(sayings: Sequence[str], key: Key) -> str:
    return sayings[int(key.draw() * len(sayings))]


def welcome(tonight: Tonight, key: Key) -> str:
    """A welcome that names who is there; nobody, where nobody's name is known."""
    names = [plain_words(one.name, 60) for one in tonight.present if not one.is_guest]
    guests = [plain_words(one.name, 60) for one in tonight.present if one.is_guest]
    greeted = f"Good evening, {together(names)}." if names else "Good evening."
    if guests:
        greeted += f" And welcome, {together(guests)}."
    several = len(names) + len(guests) > 1
    lines = [greeted, one_of(_WELCOMES if several else _WELCOMES_ONE, key / "welcome")]
    turns = [
        f"Tonight {plain_words(turn.who.name, 60)} {does}."
        for turn, does in ((tonight.plays, "plays"), (tonight.tells, "tells"))
        if turn is not None and several
    ]
    return _paragraphs(
        [" ".join(lines), *([" ".join(turns)] if turns else []), one_of(_SETTLES, key / "settles")]
    )


def breathing(key: Key) -> tuple[str, ...]:
    sayings = ((_BREATHES, "breathes"), (_LONGER, "longer"), (_AND_SO_ON, "on"))
    return tuple(one_of(some, key / name) for some, name in sayings)


def putting_down(key: Key) -> tuple[str, ...]:
    """An invitation to write down in mind what is still to be done: a list of it, rather than of what was
    done, helped people to fall asleep (Scullin et al. 2018)."""
    return one_of(_PUTS_DOWN, key / "down"), one_of(_LEAVES_IT, key / "leaves")


def shuffled(words: Sequence[str], key: Key, every: float) -> str:
    said = [f"{word[:1].upper()}{word[1:]}." for word in map(plain_words, words) if word]
    return f"\n\n[pause {every:g} s]\n\n".join([one_of(_WORDS, key / "invitation"), *said])


def written(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that a ritual writes itself."""
    return tuple(said for line in lines if (said := plain_words(line)))


def at_once(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that are said one after the other."""
    return (_paragraphs(lines),)


def _paragraphs(lines: Sequence[str]) -> str:
    return "\n\n[pause 3 s]\n\n".join(lines)
