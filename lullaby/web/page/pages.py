"""The three pages there are: the house's, a child's, and the one that asks for six digits."""

from __future__ import annotations

from collections.abc import Sequence

from lullaby.web.page.choosing import listeners, nights, rooms, suggested
from lullaby.web.page.dock import dock
from lullaby.web.page.frame import button, whole_page
from lullaby.web.page.markup import Markup, Part, tag
from lullaby.web.page.mixing import mixing
from lullaby.web.page.tonight import header, levels, notes, timer
from lullaby.web.page.view import View
from lullaby.web.page.words import words


def page(view: View, language: str) -> bytes:
    """The page; a child's where the phone is a child's."""
    if view.is_child:
        return child_page(view, language)
    parts = [
        header(view, language),
        notes(view, language),
        timer(language),
        levels(language),
        dock(view, language),
        suggested(view, language),
        mixing(view, language),
        *nights(view, language),
        listeners(view, language),
        rooms(view, language),
    ]
    return whole_page(view.tonight.title, language, _body(parts), script=True)


def child_page(view: View, language: str) -> bytes:
    """Play, softer, stop."""
    parts = [header(view, language), dock(view, language)]
    return whole_page(view.tonight.title, language, _body(parts, "child"), script=True)


def pairing_page(language: str, said: str = "") -> bytes:
    """The page of a phone that this house does not know yet; `said` is what was wrong with what it sent."""
    w = words(language)
    code = tag(
        "input",
        id="code",
        name="code",
        inputmode="numeric",
        autocomplete="one-time-code",
        pattern="[0-9]{6}",
        maxlength=6,
        required=True,
        aria_describedby="said" if said else None,
        aria_invalid="true" if said else None,
    )
    form = tag(
        "form",
        tag("p", said, id="said", role="alert") if said else None,
        tag("p", tag("label", w["pair_code"], for_="code"), code),
        tag(
            "p",
            tag("label", w["pair_name"], for_="name"),
            tag("input", id="name", name="name", maxlength=40, autocomplete="off"),
        ),
        button(w["pair"], class_="main"),
        action="/pair",
        method="post",
    )
    body = tag(
        "body", tag("main", tag("h1", w["pair_title"]), tag("p", w["pair_how"]), form), class_="pairing"
    )
    return whole_page(w["pair_title"], language, body, script=False)


def _body(parts: Sequence[Part], kind: str | None = None) -> Markup:
    """What is seen, and the dark that the script lays over it."""
    return tag("body", tag("main", *parts), tag("div", id="dark", hidden=True), class_=kind)
