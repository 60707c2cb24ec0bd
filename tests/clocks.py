"""A clock that jumps, and what is typed by it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from typed import Said, Say

from lullaby.cli import main


@dataclass
class Jumping:
    """A clock that stands where it was put."""

    moment: datetime.datetime

    def now(self) -> datetime.datetime:
        return self.moment

    def to(self, text: str) -> None:
        self.moment = datetime.datetime.fromisoformat(text).astimezone()

    def typing(self, capsys: pytest.CaptureFixture[str]) -> Say:
        def typed(*words: str) -> Said:
            capsys.readouterr()
            code = main(words, self)
            return Said(code, *capsys.readouterr())

        return typed


def at(text: str) -> Jumping:
    return Jumping(datetime.datetime.fromisoformat(text).astimezone())
