"""The page that a phone is given: plain HTML, a style sheet, a script, and no request to anywhere else.

It is written on the server. Without its script it plays and stops; with it a night that plays can be changed.
"""

from lullaby.web.page.asked import asked_for
from lullaby.web.page.assets import ASSETS, asset
from lullaby.web.page.pages import child_page, page, pairing_page
from lullaby.web.page.view import Choice, Listener, MixKind, MixVoice, Room, Tonight, View
from lullaby.web.page.words import language_of

__all__ = [
    "ASSETS",
    "Choice",
    "Listener",
    "MixKind",
    "MixVoice",
    "Room",
    "Tonight",
    "View",
    "asked_for",
    "asset",
    "child_page",
    "language_of",
    "page",
    "pairing_page",
]
