"""Every kind of voice: its table of settings, and the code that sounds it."""

from __future__ import annotations

from lullaby.score.settings import Form, Kind, Setting
from lullaby.voices import beats, breath, noise, pad, rain, sea, steady, struck
from lullaby.voices.voice import Voice

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

VOICES: dict[str, Voice] = {
    "noise": noise.Noise(),
    "steady": steady.Steady(),
    "rain": rain.Rain(),
    "sea": sea.Sea(),
    "pad": pad.Pad(),
    "bowl": struck.Struck(),
    "bell": struck.Struck(),
    "breath": breath.Breath(),
    "beats": beats.Beats(),
}
"""What sounds, by the name of its kind."""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        noise.KIND,
        steady.KIND,
        rain.KIND,
        sea.KIND,
        pad.KIND,
        struck.BOWL,
        struck.BELL,
        breath.KIND,
        beats.KIND,
        TELLER,
    )
}
"""What can be told, by the name of its kind."""

CAUTIONS: dict[str, str] = {"beats": beats.CAUTION}
"""What a listener should hear before hearing a voice of this kind."""
