"""What is told of one line of the material: clauses that stand alone or are joined, and how they begin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lullaby.story.weaving.lines import Line

_END = re.compile(r"[.!?…]\"?(?:\s+|$)")
_BEGINS = re.compile(r"(?:(?<=[.!?] )|(?<=[.!?] \")|(?<=\.\" ))[a-z]")


@dataclass(eq=False)
class Unit:
    clauses: list[str]
    joints: list[str]
    """The word that may join a clause to the one before; "" for the first."""
    line: Line
    apart: list[bool]
    """Which clauses begin a sentence."""
    spare: bool = False
    """Could its paragraph go without being missed?"""

    def __post_init__(self) -> None:
        self._text: str | None = None
        self._sentences: list[str] | None = None

    @property
    def optional(self) -> bool:
        return self.line.optional

    @property
    def text(self) -> str:
        if self._text is None:
            parts: list[str] = []
            for clause, joint, apart in zip(self.clauses, self.joints, self.apart, strict=True):
                if not parts:
                    parts.append(capital(clause))
                elif apart:
                    said = f"{joint} {clause}" if joint in ("but", "so") else clause
                    parts.append(f". {capital(said)}")
                else:
                    parts.append(f", {joint} {clause}")
            self._text = _BEGINS.sub(lambda found: found[0].upper(), "".join(parts))
            self._sentences = None
        return self._text

    def swallow(self, other: Unit) -> None:
        """Takes up what follows into its last sentence: "…, and it was late"."""
        first = other.clauses[0]
        self.clauses[-1] = self.clauses[-1].rstrip(".")
        self.clauses += [first[:1].lower() + first[1:], *other.clauses[1:]]
        self.joints += ["and", *other.joints[1:]]
        self.apart += [False, *other.apart[1:]]
        self._text = None

    def begin(self, word: str, name: str) -> None:
        """Begins with a pronoun where it began with a name."""
        self.clauses[0] = word + self.clauses[0][len(name) :]
        self._text = None

    def say(self, other: Unit) -> None:
        """Says it in the other's words."""
        self.clauses, self.joints, self.apart = other.clauses, other.joints, other.apart
        self._text = None

    def part(self, at: int, apart: bool) -> None:
        self.apart[at] = apart
        self._text = None

    @property
    def sentences(self) -> list[str]:
        if self._text is None or self._sentences is None:
            self._sentences = [one for one in _END.split(self.text) if one]
        return self._sentences

    @property
    def words(self) -> int:
        return len(self.text.split())


def capital(text: str) -> str:
    for at, char in enumerate(text):
        if char.isalpha():
            return text[:at] + char.upper() + text[at + 1 :]
    return text


def opening(sentence: str) -> str:
    """The first two words of a sentence."""
    return " ".join(word.strip("\"',.?!") for word in sentence.lower().split(None, 2)[:2])
