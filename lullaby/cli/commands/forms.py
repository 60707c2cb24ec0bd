"""The findings of `lullaby check` in stories, rituals and tunes, in a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lullaby.score.plain_text import counted
from lullaby.time import RATE, clock

Facts = dict[str, Any]
_MOST_REMARKS = 24
"""Words that may be misread, or bars that are uneven, of which each is shown."""


def _story_said(facts: Facts) -> str:
    minutes = max(1, round(facts["minutes"]))
    duration = "a minute" if minutes == 1 else f"{minutes} minutes"
    if facts["minutes"] < 0.75:
        duration = "half a minute" if facts["minutes"] >= 0.35 else "a few seconds"
    if minutes >= 120:
        duration = f"{round(minutes / 60)} hours"
    about = "" if duration == "a few seconds" else "about "
    return f"a story of {facts['words']} words, {about}{duration} as it is told."


def _ritual_said(facts: Facts) -> str:
    return f"a ritual, {facts['longest']} at most: {movements_said(facts['movements'])}."


def movements_said(movements: list[Facts]) -> str:
    """`gather, music for 00:10:00, story until told (00:30:00 at most), quiet for 00:05:00`."""
    return ", ".join(
        f"{one['name']} for {one['for']}"
        if "for" in one
        else f"{one['name']} until {one['until']} ({one['at_most']} at most)"
        for one in movements
    )


def _tune_said(facts: Facts) -> str:
    notes, lasts = counted(facts["notes"], "note"), clock(round(facts["seconds"] * RATE))
    tune = f"a tune of {notes} in {facts['key']}, {facts['metre']}"
    return f"{tune}, {lasts} at {facts['tempo']:g} beats a minute."


def no_remarks(facts: Facts) -> Iterator[str]:
    return iter(())


def _story_remarks(facts: Facts) -> Iterator[str]:
    """What is left out of a text, and which words of it may be misread."""
    yield from facts["left_out"]
    misread = facts["misread"]
    under = "under [say]" if facts["file"].lower().endswith(".md") else "under [say] in a listener's file"
    for one in misread[:_MOST_REMARKS]:
        place = f"{one['place']}: " if one["place"] else ""
        word = one["word"].lower()
        ways = " or ".join(f'"{how}" ({meant})' for how, meant in one["say"].items())
        settles = f"Settle it {under}: {word} = {ways}."
        yield f'{place}"{one["word"]}" may be misread in “{one["around"]}”. {settles}'
    if more := len(misread[_MOST_REMARKS:]):
        yield f"{more} more words may be misread: --json names them all."


def _tune_remarks(facts: Facts) -> Iterator[str]:
    """Which bars are longer or shorter than the metre says, and what is not known of a tune."""
    for one in facts["uneven"][:_MOST_REMARKS]:
        yield f"Bar {one['bar']} has {one['beats']:g} beats; a full bar has {facts['full_bar']:g}."
    if more := len(facts["uneven"][_MOST_REMARKS:]):
        yield f"{more} more bars are uneven: --json names them all."


FORMS: dict[str, Callable[[Facts], str]] = {
    "story": _story_said,
    "ritual": _ritual_said,
    "tune": _tune_said,
}
"""The function that puts the facts of a file into words, by what the file is."""

REMARKS: dict[str, Callable[[Facts], Iterator[str]]] = {
    "story": _story_remarks,
    "tune": _tune_remarks,
}
"""What there is to know besides of a file that is right, in a sentence each."""
