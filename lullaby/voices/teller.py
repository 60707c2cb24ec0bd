"""Tellers: voices that tell stories. What they may be told; their speech is made elsewhere."""

from __future__ import annotations

from lullaby.score.settings import Form, Kind, Setting

TELLER = Kind(
    "teller",
    "a voice that tells stories; it has no sound of its own",
    (
        Setting("level", "level", 0.0, "dB", -90, 12, "louder"),
        Setting("pan", "pan", 0.0, "", -1, 1, "from the left speaker (-1) to the right (1)"),
        Setting("send", "room.send", -20.0, "dB", -90, 6, "more of the room"),
        Setting("pace", "pace", 110.0, "words a minute", 60, 180, "faster", Form.NUMBER, moves=False),
    ),
    speaks=True,
)
