"""Other nights, who listens, and the other rooms."""

from __future__ import annotations

from urllib.parse import quote

from lullaby.web.page.frame import button, listed, section
from lullaby.web.page.markup import Markup, tag
from lullaby.web.page.view import Choice, Room, View
from lullaby.web.page.words import words


def suggested(view: View, language: str) -> Markup | None:
    """What this listener might like, each with its reason."""
    return _nights("suggestions", view.suggestions, language)


def nights(view: View, language: str) -> list[Markup | None]:
    """Scores, rituals and stories, each in its list."""
    kinds = (("scores", view.scores), ("rituals", view.rituals), ("stories", view.stories))
    return [_nights(name, choices, language) for name, choices in kinds]


def _nights(name: str, choices: tuple[Choice, ...], language: str) -> Markup | None:
    if not choices:
        return None
    items = [
        tag(
            "li",
            tag(
                "button",
                tag("span", choice.title),
                tag("small", choice.about) if choice.about else None,
                name="play",
                value=choice.id,
            ),
        )
        for choice in choices
    ]
    return section(name, words(language)[name], tag("form", listed(items), action="/"))


def listeners(view: View, language: str) -> Markup | None:
    """Everybody of the house, and who is meant."""
    if not view.listeners:
        return None
    w = words(language)
    somebody = any(one.chosen for one in view.listeners)
    names = [
        ("", w["everybody"], not somebody),
        *((one.name, one.name, one.chosen) for one in view.listeners),
    ]
    items = [
        tag(
            "li",
            tag("button", text, name="for", value=name, aria_current="true" if chosen else None),
        )
        for name, text, chosen in names
    ]
    return section("listeners", w["listeners"], tag("form", listed(items), action="/"))


def rooms(view: View, language: str) -> Markup | None:
    """What plays in each room, with a beginning and an end for each, and for all."""
    if not view.rooms:
        return None
    w = words(language)
    every = [
        _asking("/rooms/begin", button(w["begin_all"], icon="go"), view.tonight.id),
        _asking("/rooms/stop", button(w["stop_all"], icon="halt")),
    ]
    return section(
        "rooms",
        w["rooms"],
        listed([_room(room, view, language) for room in view.rooms]),
        tag("div", *every, class_="every") if len(view.rooms) > 1 else None,
    )


def _room(room: Room, view: View, language: str) -> Markup:
    w = words(language)
    where = f"/rooms/{quote(room.name, safe='')}"
    plays = w["room_quiet"] if room.playing is None else w["room_plays"].format(night=room.playing)
    begin, stop = (w[name].format(room=room.title) for name in ("begin_in", "stop_in"))
    return tag(
        "li",
        tag("h3", room.title),
        tag("p", plays if room.answers else w["room_away"], class_="lesser"),
        tag(
            "div",
            _asking(f"{where}/begin", button(w["begin"], icon="go", aria_label=begin), view.tonight.id),
            _asking(f"{where}/stop", button(w["stop"], icon="halt", aria_label=stop)),
            class_="every",
        )
        if room.answers
        else None,
        data_room=room.name,
    )


def _asking(where: str, shown: Markup, night: str | None = None) -> Markup:
    """A form that changes something in a room."""
    told = None if night is None else tag("input", type="hidden", name="night", value=night)
    return tag("form", told, shown, action=where, method="post")
