"""What the forms of the page ask for, where no script turns it into an address.

/?play=harbour-rain~date=2026-11-27&timer=45&fade=5
/?like=harbour-rain~date=2026-11-27&voice=rain&level-rain=-6&voice=hearth&level-hearth=0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted, short
from lullaby.web.wanted import Wanted

_LONGEST_TIMER = 24 * 60
"""Minutes."""


def asked_for(query: Iterable[tuple[str, str]]) -> Wanted | None:
    """The night that such an address plays; None where it plays none; an AskedWrongly where it is none."""
    said: dict[str, str] = {}
    voices: list[str] = []
    for name, value in query:
        if name == "voice":
            voices.append(value)
        else:
            said.setdefault(name, value)
    if "play" in said:
        return _timed(Wanted.read(said["play"]), said)
    if "like" in said:
        if not voices:
            raise AskedWrongly("a mix wants a voice: tick one.")
        return _mixed(Wanted.read(said["like"]), voices, said)
    return None


def _timed(wanted: Wanted, said: dict[str, str]) -> Wanted:
    minutes = _minutes(said.get("timer", ""), "timer")
    if minutes is None:
        return wanted
    begins = wanted.start or 0.0
    fade = min((_minutes(said.get("fade", ""), "fade") or 5) * 60.0, minutes * 30.0)
    return Wanted.read(str(replace(wanted, stop=begins + minutes * 60.0, fade=fade)))


def _mixed(like: Wanted, voices: list[str], said: dict[str, str]) -> Wanted:
    """These voices, for whom and for when the other night was."""
    words = []
    for voice in voices:
        if "~" in voice or "+" in voice:
            raise AskedWrongly(f"{quoted(short(voice, 40))} is no voice.")
        level = said.get(f"level-{voice}", "0").strip()
        words.append(voice if level in ("", "0") else f"{voice}:{level}")
    new = Wanted(tuple(words), date=like.date, listener=like.listener, headphones=like.headphones)
    return Wanted.read(str(new))


def _minutes(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:5]) <= _LONGEST_TIMER):
        raise AskedWrongly(f"{name} is a number of minutes, up to a day.")
    return int(text)
