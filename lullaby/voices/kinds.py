"""Every kind of voice: its table of settings, and the code that sounds it."""

from __future__ import annotations

from lullaby.score.settings import Form, Kind, Setting
from lullaby.voices import (
    beats,
    birds,
    breath,
    clip,
    crickets,
    fan,
    fire,
    frogs,
    heartbeat,
    howl,
    leaves,
    noise,
    pad,
    purr,
    rain,
    sea,
    snow,
    steady,
    stream,
    struck,
    thunder,
    train,
    waterfall,
    wind,
)
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
    "stream": stream.Stream(),
    "waterfall": waterfall.Waterfall(),
    "pad": pad.Pad(),
    "wind": wind.Wind(),
    "leaves": leaves.Leaves(),
    "howl": howl.Howl(),
    "fire": fire.Fire(),
    "thunder": thunder.Thunder(),
    "train": train.Train(),
    "fan": fan.Fan(),
    "snow": snow.Snow(),
    "bowl": struck.Struck(),
    "bell": struck.Struck(),
    "breath": breath.Breath(),
    "beats": beats.Beats(),
    "crickets": crickets.Crickets(),
    "birds": birds.Birds(),
    "frogs": frogs.Frogs(),
    "purr": purr.Purr(),
    "heartbeat": heartbeat.Heartbeat(),
    "clip": clip.Clip(),
}
"""What sounds, by the name of its kind."""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        noise.KIND,
        steady.KIND,
        rain.KIND,
        sea.KIND,
        stream.KIND,
        waterfall.KIND,
        pad.KIND,
        wind.KIND,
        leaves.KIND,
        howl.KIND,
        fire.KIND,
        thunder.KIND,
        train.KIND,
        fan.KIND,
        snow.KIND,
        struck.BOWL,
        struck.BELL,
        breath.KIND,
        beats.KIND,
        crickets.KIND,
        birds.KIND,
        frogs.KIND,
        purr.KIND,
        heartbeat.KIND,
        clip.KIND,
        TELLER,
    )
}
"""What can be told, by the name of its kind."""

CAUTIONS: dict[str, str] = {"beats": beats.CAUTION}
"""What a listener should hear before hearing a voice of this kind."""
