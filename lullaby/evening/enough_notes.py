"""Notes about what is enough, and about gentle nights."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from lullaby.score.plain_text import plain


@dataclass(frozen=True)
class EnoughIs:
    """A limit, a month or a dose that makes this night shorter or softer."""

    text: str

    @property
    def says(self) -> str:
        return self.text

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "enough", "text": self.text}


@dataclass(frozen=True)
class GentleNight:
    """One of the nights after a nightmare."""

    listener: str
    until: datetime.date | None

    @property
    def says(self) -> str:
        until = "" if self.until is None else f" until {self.until}"
        return f"A gentle night for {plain(self.listener)}: quiet voices and calm stories alone{until}."

    @property
    def facts(self) -> dict[str, Any]:
        until = None if self.until is None else self.until.isoformat()
        return {"note": "gentle", "listener": self.listener, "until": until}
