"""Tonight's night: its picture, its title, what is good to know of it, and when it is to be silent."""

from __future__ import annotations

from lullaby.web.page.frame import lasting, listed
from lullaby.web.page.markup import Markup, tag
from lullaby.web.page.view import View
from lullaby.web.page.words import words

TIMERS = (10, 20, 30, 45, 60, 90, 120)
"""Minutes until it is silent."""
FADES = (1, 5, 15, 30)
"""Minutes for which it fades before that."""
FADE = 5
"""Of these the usual."""


def header(view: View, language: str) -> Markup:
    """The title, under its picture: the picture says nothing that the title does not."""
    night, w = view.tonight, words(language)
    picture = tag("img", id="picture", src=night.picture, alt="", width=320, height=320)
    return tag(
        "header",
        tag("div", picture, class_="picture") if night.picture else None,
        tag(
            "div",
            tag("p", w["tonight"], class_="lesser"),
            tag("h1", night.title, id="title"),
            tag("p", lasting(night.length), id="length", class_="lesser"),
        ),
    )


def notes(view: View, language: str) -> Markup:
    """What is good to know. It is there, empty, where there is nothing: another night may have notes."""
    items = [tag("li", note) for note in view.tonight.notes]
    label = words(language)["notes"]
    return tag("div", listed(items, id="notes", aria_label=label) or tag("ul", id="notes", hidden=True))


def timer(language: str) -> Markup:
    """The timer and its fade. Without the script they go with Play."""
    w = words(language)
    after = [tag("option", w["no_timer"], value="")]
    after += [tag("option", w["minutes"].format(n=n), value=n) for n in TIMERS]
    over = [tag("option", w["minutes"].format(n=n), value=n, selected=n == FADE) for n in FADES]
    return tag(
        "div",
        _select("timer", w["timer"], after),
        _select("fade", w["fade"], over),
        class_="timer",
    )


def levels(language: str) -> Markup:
    """Where the script puts a fader for each voice of a night that plays and is no mix."""
    return tag(
        "details",
        tag("summary", words(language)["levels"]),
        tag("ul", role="list"),
        id="levels",
        class_="levels",
        hidden=True,
    )


def _select(name: str, label: str, options: list[Markup]) -> Markup:
    return tag(
        "p",
        tag("label", label, for_=name),
        tag("select", *options, id=name, name=name, form="play", autocomplete="off"),
    )
