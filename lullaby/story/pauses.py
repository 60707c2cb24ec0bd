"""The pause grammar: how long it is silent after what, and how that grows towards sleep. One table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lullaby.chance import Key


class Pause(Enum):
    """What stands between two sentences; the later one counts where there are several."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    MARK = "[pause]"
    SCENE = "***"
    PART = "part"


@dataclass(frozen=True)
class Length:
    """The range in seconds that a pause is drawn from while the listener is awake, and how many times as
    long it is by the time that they nearly sleep."""

    least: float
    most: float
    towards_sleep: float

    def drawn(self, key: Key, depth: float) -> float:
        """`depth`: 0 awake … 1 nearly asleep."""
        return self.at(self.least * (self.most / self.least) ** key.draw(), depth)

    def shortest(self, depth: float) -> float:
        return self.at(self.least, depth)

    def mean(self, depth: float) -> float:
        return self.at((self.least * self.most) ** 0.5, depth)

    def at(self, seconds: float, depth: float) -> float:
        return seconds * (1 + (self.towards_sleep - 1) * depth)


PAUSES: dict[Pause, Length] = {
    Pause.CLAUSE: Length(0.2, 0.45, 1.8),
    Pause.SENTENCE: Length(0.42, 1.15, 1.7),
    Pause.PARAGRAPH: Length(1.05, 2.1, 2.0),
    Pause.HEADING: Length(1.3, 2.3, 1.6),
    Pause.MARK: Length(2.0, 3.2, 1.5),
    Pause.SCENE: Length(2.6, 4.2, 1.7),
    Pause.PART: Length(3.0, 4.8, 1.7),
}
"""Between sentences some .7 s awake and 1.2 s drowsy, between paragraphs 1.5 and 3 s."""

WIDEST = 1.6
"""Times a pause, at the most, to keep to the words a minute."""
PRESSED = 0.25
"""For the same reason: the share that is left, at the least, of what a pause is longer than the least of its
range. None is shorter than the table says, and no two are the same."""

ASKED = Length(1.0, 1.0, 1.5)
"""Times the seconds of `[pause 4 s]`."""


def table() -> Iterator[str]:
    """The grammar as lines for people."""
    yield f"{'pause after':<12} {'awake':>12}   {'nearly asleep':>13}"
    for pause, length in PAUSES.items():
        awake = f"{length.least:.1f}–{length.most:.1f} s"
        asleep = f"{length.at(length.least, 1):.1f}–{length.at(length.most, 1):.1f} s"
        yield f"{pause.value:<12} {awake:>12}   {asleep:>13}"
    yield f"{'[pause 4 s]':<12} {'4.0 s':>12}   {f'{4 * ASKED.towards_sleep:.1f} s':>13}"
    yield f"Each is drawn from its range, and up to {WIDEST:g} times as long to keep to the words a minute."
