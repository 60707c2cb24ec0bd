"""What a child's phone may ask for: its page, its own nights, play, softer, stop.

Whether a volume is softer, only who knows the volume can say: the app looks at `phone.child` there.
"""

from __future__ import annotations

import datetime
import re

from lullaby.errors import AskedWrongly
from lullaby.web.wanted import Wanted
from lullaby.web.who.paired import Phone

_LOOKED_AT = frozenset({"/", "/moon.svg", "/pair", "/rooms.json", "/script.js", "/style.css"})
_DONE = re.compile(r"/rooms/[^/]+/(begin|stop|volume)")
_A_DAY = datetime.timedelta(days=1)
"""The day that a page from before noon calls tonight may be tomorrow by the evening that it is."""


def wanted(path: str) -> Wanted | None:
    """The night that a path names; None where it names none."""
    rest = path.removeprefix("/night/")
    if rest == path:
        return None
    name = rest.partition("/")[0] if "/" in rest else rest.rpartition(".")[0]
    try:
        return Wanted.read(name)
    except AskedWrongly:
        return None


def may_hear(phone: Phone, night: Wanted, evening: datetime.date) -> bool:
    """May this phone have this night? A child's phone has those of its listener, and no other's; none of a
    day to come, for limits go by the age on that day, and no voice louder than its score has it."""
    if not phone.child:
        return True
    is_own = phone.listener is not None and night.listener == phone.listener
    is_here = night.date is None or night.date <= evening + _A_DAY
    return is_own and is_here and all(gain_db <= 0 for _, gain_db in night.faders)


def may(phone: Phone, method: str, path: str, evening: datetime.date) -> bool:
    """May this phone ask for that, on this evening?"""
    if not phone.child:
        return True
    if method == "POST":
        return _DONE.fullmatch(path) is not None
    night = wanted(path)
    return path in _LOOKED_AT if night is None else may_hear(phone, night, evening)
