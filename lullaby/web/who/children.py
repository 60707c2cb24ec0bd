"""What a child's phone may ask for: its page, its own nights, play, softer, stop.

Whether a volume is softer, only who knows the volume can say: the app looks at `phone.child` there.
"""

from __future__ import annotations

import re

from lullaby.errors import AskedWrongly
from lullaby.web.wanted import Wanted
from lullaby.web.who.paired import Phone

_LOOKED_AT = frozenset({"/", "/pair", "/rooms.json", "/script.js", "/style.css"})
_DONE = re.compile(r"/rooms/[^/]+/(begin|stop|softer|volume)")


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


def may_hear(phone: Phone, night: Wanted) -> bool:
    """May this phone have this night? A child's phone has those of its listener, and no other's."""
    return not phone.child or (phone.listener is not None and night.listener == phone.listener)


def may(phone: Phone, method: str, path: str) -> bool:
    """May this phone ask for that?"""
    if not phone.child:
        return True
    if method == "POST":
        return _DONE.fullmatch(path) is not None
    night = wanted(path)
    return path in _LOOKED_AT if night is None else may_hear(phone, night)
