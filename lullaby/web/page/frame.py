"""What every page has around it: its head, and the few lines that are the same everywhere."""

from __future__ import annotations

from lullaby.web.page.markup import Markup, Part, tag, together
from lullaby.web.page.words import LANGUAGES

PAPER = "#0c0503"
"""The colour behind everything, also of the browser's own edges."""


def whole_page(title: str, language: str, body: Markup, *, script: bool) -> bytes:
    """The page, as it is sent."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("title", title),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        tag("meta", name="theme-color", content=PAPER),
        tag("meta", name="color-scheme", content="dark"),
        tag("link", rel="icon", href="/moon.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="/style.css"),
        tag("script", src="/script.js", defer=True) if script else None,
    )
    lang = language if language in LANGUAGES else LANGUAGES[0]
    return ("<!doctype html>\n" + tag("html", head, body, lang=lang)).encode()


def section(name: str, title: str, *parts: Part) -> Markup:
    """A part of the page under its heading, which a screen reader can go to."""
    return tag(
        "section", tag("h2", title, id=f"{name}-title"), *parts, class_=name, aria_labelledby=f"{name}-title"
    )


def listed(items: list[Markup], **attributes: str) -> Markup | None:
    """A list; nothing where there is nothing to list. The role is said because Safari forgets it."""
    return tag("ul", *items, role="list", **attributes) if items else None


def button(text: str, *, icon: str | None = None, kind: str = "submit", **more: str | bool | None) -> Markup:
    """A button with its words, and a small drawing before them."""
    drawn = tag("span", class_=f"icon {icon}", aria_hidden="true") if icon else None
    return tag("button", together([drawn, tag("span", text)]), type=kind, **more)


def lasting(seconds: float) -> str:
    """A length as it is read: 8 h, 1 h 30 min, 45 min."""
    minutes = max(1, round(seconds / 60))
    hours, minutes = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes else [])])
