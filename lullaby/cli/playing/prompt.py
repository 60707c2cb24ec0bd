"""Asking for the name under which a score is to be kept, a key at a time."""

from __future__ import annotations

from typing import Protocol

LONGEST = 60
"""Characters of a name."""


class Keep(Protocol):
    """Keeps what plays under this name, and says so; a Refused where that cannot be."""

    def __call__(self, name: str, *, over: bool = False) -> str: ...


class NamePrompt:
    """Begins with a name that is free. A name that is taken is asked about once more."""

    def __init__(self, name: str, keep: Keep) -> None:
        self.name, self._keep = name, keep
        self.over = False
        """Has it been answered?"""
        self._taken = False

    @property
    def asks(self) -> tuple[str, str, str]:
        """The question, what was typed, and which keys answer."""
        if self._taken:
            return "There is one called", self.name, "enter replaces it, escape leaves it as it is"
        return "Keep as", self.name, "enter keeps it, escape does not"

    def press(self, key: str) -> str:
        """Takes a key; what is to be said, once it was answered."""
        from lullaby.player.refused import NameTaken, Refused

        if key == "escape":
            self.over = True
        elif key == "enter":
            try:
                said = self._keep(self.name, over=self._taken)
            except NameTaken:
                self._taken = True
            except Refused as refused:
                self.over = True
                return f"{str(refused)[0].upper()}{str(refused)[1:]}."
            else:
                self.over = True
                return said
        else:
            self._type(key)
        return ""

    def _type(self, key: str) -> None:
        self._taken = False
        if key == "backspace":
            self.name = self.name[:-1]
        elif len(key) == 1:
            self.name = (self.name + key)[:LONGEST]
