"""HTML that cannot be broken by a title: whatever is no markup already is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias
from urllib.parse import quote

_EMPTY = frozenset({"img", "input", "link", "meta"})
"""Elements that have no end."""


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


Part: TypeAlias = Markup | str | None
Attribute: TypeAlias = str | int | float | bool | None


def tag(name: str, /, *parts: Part, **attributes: Attribute) -> Markup:
    """An element: tag("label", "Rain", for_="rain"). An attribute that is None or False is left out, one that
    is True has no value; `class_` is class, and `aria_label` is aria-label."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{together(parts)}</{name}>")


def together(parts: Iterable[Part]) -> Markup:
    """These, one after the other."""
    return Markup(
        "".join(part if isinstance(part, Markup) else escape(part) for part in parts if part is not None)
    )


def night_url(id: str, ending: str) -> str:
    """Where the night of this address is."""
    return f"/night/{quote(id, safe='~=+:,')}{ending}"
