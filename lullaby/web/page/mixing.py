"""Voices by name with their levels: the mix that somebody makes for themselves."""

from __future__ import annotations

from lullaby.web.page.frame import button, listed, section
from lullaby.web.page.markup import Markup, tag
from lullaby.web.page.view import MixVoice, View
from lullaby.web.page.words import words

SOFTEST, LOUDEST = -30, 6
"""dB, the ends of every slider."""


def mixing(view: View, language: str) -> Markup | None:
    """Every voice with a box to tick and a slider, those of the mix first. One that is off has no slider."""
    w = words(language)
    rows = [_row(voice, language) for voice in view.mix]
    groups = [
        tag("details", tag("summary", kind.title), listed([_row(voice, language) for voice in kind.voices]))
        for kind in view.kinds
        if kind.voices
    ]
    if not rows and not groups:
        return None
    return section(
        "mix",
        w["mix"],
        tag(
            "form",
            tag("input", type="hidden", name="like", value=view.tonight.id),
            listed(rows, aria_label=w["mix_now"]),
            tag("h3", w["mix_more"]) if groups else None,
            *groups,
            button(w["mix_play"], icon="go"),
            id="mix",
            action="/",
            autocomplete="off",
        ),
    )


def _row(voice: MixVoice, language: str) -> Markup:
    level = min(LOUDEST, max(SOFTEST, round(voice.level)))
    return tag(
        "li",
        tag(
            "label",
            tag("input", type="checkbox", name="voice", value=voice.name, checked=voice.on),
            voice.title,
        ),
        tag(
            "input",
            type="range",
            name=f"level-{voice.name}",
            min=SOFTEST,
            max=LOUDEST,
            value=level,
            aria_label=words(language)["level"].format(name=voice.title),
        ),
    )
