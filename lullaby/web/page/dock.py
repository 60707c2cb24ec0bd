"""The few things that are wanted in the dark, at the bottom of the page, where a thumb is."""

from __future__ import annotations

import json

from lullaby.web.page.frame import button
from lullaby.web.page.markup import Markup, night_url, tag
from lullaby.web.page.view import View
from lullaby.web.page.words import words

SAID = ("is_playing", "preparing", "is_stopped", "is_over", "waiting", "not_allowed", "refused")
"""The words that the script says."""


def dock(view: View, language: str) -> Markup:
    """Play or stop; and, while it plays, still awake and more, or softer for a child. What needs the script
    is shown by it."""
    w = words(language)
    if view.is_child:
        during = [button(w["softer"], icon="soft", kind="button", id="softer", hidden=True)]
    else:
        during = [
            button(w["awake"], kind="button", id="awake", hidden=True),
            button(w["more"], kind="button", id="more", hidden=True),
        ]
    return tag(
        "section",
        tag("p", view.said, id="said", role="status"),
        _sound(view, language),
        tag("div", *during, class_="during"),
        _play(view, language),
        _stop(view, language),
        class_="dock",
        id="dock",
        aria_label=w["playing_controls"],
    )


def _sound(view: View, language: str) -> Markup:
    """The one element that plays. Without the script it has the browser's own controls."""
    id, w = view.started or view.tonight.id, words(language)
    return tag(
        "audio",
        id="sound",
        src=night_url(id, ".mp3"),
        preload="none",
        controls=True,
        autoplay=view.started is not None,
        hidden=view.started is None,
        title=w["night"],
        data_id=id,
        data_hls=view.has_hls,
        data_said=json.dumps({name: w[name] for name in SAID}, ensure_ascii=False),
    )


def _play(view: View, language: str) -> Markup:
    return tag(
        "form",
        tag("input", type="hidden", name="play", value=view.tonight.id),
        button(words(language)["play"], icon="go", class_="main"),
        id="play",
        action="/",
        hidden=view.started is not None,
    )


def _stop(view: View, language: str) -> Markup:
    return tag(
        "form",
        button(words(language)["stop"], icon="halt", class_="main"),
        id="stop",
        action="/",
        hidden=view.started is None,
    )
