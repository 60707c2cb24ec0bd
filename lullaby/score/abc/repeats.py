"""Repeats written out: what is played twice stands there twice. Repeats do not stand inside each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lullaby.score.abc.events import Ending, Event, Line, Sounded
from lullaby.score.abc.margin import Margin, Place

_ENDINGS = "It is written |: … |1 … :|2 … || or |: … [1 … :| [2 … |]"


@dataclass
class _Part:
    """What is repeated: what is common to both times, and the endings of each."""

    opened: Place | None = None
    common: list[Event] = field(default_factory=list)
    first: list[Event] | None = None
    second: list[Event] | None = None
    is_closed: bool = False
    """Has the first ending ended?"""
    doubled: Place | None = None
    """A double bar line in it, from which one may mean to repeat."""

    @property
    def now(self) -> list[Event]:
        """The part of it that is being written."""
        if self.second is not None:
            return self.second
        return self.common if self.first is None else self.first

    def played(self) -> list[Event]:
        if self.first is None:
            return self.common
        return [*self.common, *self.first, *self.common, *(self.second or [])]


def unfolded(events: Iterable[Event], margin: Margin) -> list[Event]:
    """The events as they are played, without endings."""
    played: list[Event] = []
    part = _Part()
    for event in events:
        if isinstance(event, Ending):
            _begin(event, part, margin)
        elif isinstance(event, Line):
            part = _bar(event, part, played, margin)
        else:
            if part.is_closed and part.second is None and isinstance(event, Sounded):
                margin.note(event.place, "after the first ending comes the second.", _ENDINGS)
                part.second = []
            part.now.append(event)
    if part.opened is not None and part.first is None:
        margin.note(part.opened, "a repeat begins here and does not end.", "It ends with :|")
    if part.first is not None and part.second is None:
        margin.note(part.opened, "there is a first ending and no second.", _ENDINGS)
    return [*played, *part.played()]


def _begin(ending: Ending, part: _Part, margin: Margin) -> None:
    if ending.number == 1 and part.first is None:
        part.first = []
    elif ending.number == 2 and part.is_closed and part.second is None:
        part.second = []
    else:
        margin.note(ending.place, f"ending {ending.number} has no place here.", _ENDINGS)


def _bar(line: Line, part: _Part, played: list[Event], margin: Margin) -> _Part:
    """What is written from this bar line on: the same part, or the next."""
    part.now.append(line)
    if part.second is not None:
        if not line.joins:
            return part
        played += part.played()
        return _Part(line.place if line.opens else None)
    if part.first is not None:
        if line.closes:
            part.is_closed = True
        if line.opens or (line.double and not line.closes):
            margin.note(line.place, "the first ending does not end.", _ENDINGS)
            return _Part(line.place if line.opens else None)
        return part
    if line.closes:
        if part.opened is None and part.doubled is not None:
            margin.note(line.place, "from where is this repeated?", "Write |: where it begins.")
        played += [*part.common, *part.common]
        return _Part(line.place if line.opens else None)
    if line.opens:
        if part.opened is not None:
            hint = "One repeat ends with :| before the next begins."
            margin.note(line.place, f"the repeat of line {part.opened.line} has not ended.", hint)
        played += part.common
        return _Part(line.place)
    if line.double and len(part.common) > 1:
        part.doubled = line.place
    return part
