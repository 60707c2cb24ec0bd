"""Every kind of voice: its table of settings, and the code that sounds it."""

from __future__ import annotations

from lullaby.score.settings import Kind
from lullaby.voices.air import howl, leaves, snow, thunder, wind
from lullaby.voices.animals import birds, crickets, frogs, heartbeat, purr
from lullaby.voices.clips import clip
from lullaby.voices.core.voice import Voice
from lullaby.voices.fire import fire
from lullaby.voices.instruments import bowed, choir, ensemble, flute, piano, strings, tines
from lullaby.voices.machines import fan, train
from lullaby.voices.noises import breath, noise, steady
from lullaby.voices.speech.told import Told
from lullaby.voices.teller import TELLER
from lullaby.voices.tones import beats, pad, struck
from lullaby.voices.water import rain, sea, stream, waterfall

SOUNDS: tuple[tuple[Kind, Voice], ...] = (
    (noise.KIND, noise.Noise()),
    (steady.KIND, steady.Steady()),
    (rain.KIND, rain.Rain()),
    (sea.KIND, sea.Sea()),
    (stream.KIND, stream.Stream()),
    (waterfall.KIND, waterfall.Waterfall()),
    (pad.KIND, pad.Pad()),
    (wind.KIND, wind.Wind()),
    (leaves.KIND, leaves.Leaves()),
    (howl.KIND, howl.Howl()),
    (fire.KIND, fire.Fire()),
    (thunder.KIND, thunder.Thunder()),
    (train.KIND, train.Train()),
    (fan.KIND, fan.Fan()),
    (snow.KIND, snow.Snow()),
    (struck.BOWL, struck.Struck(given=-9.6)),
    (struck.BELL, struck.Struck(given=-3.5)),
    (strings.HARP, strings.HARPIST),
    (strings.GUITAR, strings.GUITARIST),
    (tines.KALIMBA, tines.THUMBS),
    (tines.MUSIC_BOX, tines.COMB),
    (piano.PIANO, piano.PIANIST),
    (bowed.KIND, bowed.CELLIST),
    (flute.KIND, flute.FLUTIST),
    (choir.KIND, choir.HUMMING),
    (ensemble.KIND, ensemble.STRINGS),
    (breath.KIND, breath.Breath()),
    (beats.KIND, beats.Beats()),
    (crickets.KIND, crickets.Crickets()),
    (birds.KIND, birds.Birds()),
    (frogs.KIND, frogs.Frogs()),
    (purr.KIND, purr.Purr()),
    (heartbeat.KIND, heartbeat.Heartbeat()),
    (clip.KIND, clip.Clip()),
)
"""The one list: a kind that is not in it does not exist. Help and `lullaby voices` keep its order."""

VOICES: dict[str, Voice] = {kind.name: voice for kind, voice in SOUNDS}
"""The kinds that sound by themselves, by name."""

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*(kind for kind, _ in SOUNDS), TELLER)}
"""Every kind that a score may use, by name; tellers included."""

_TOLD = Told()


def voice_of(kind: str) -> Voice:
    """The voice that sounds for a kind. A teller is heard as well, where it is given what it says."""
    return _TOLD if kind == TELLER.name else VOICES[kind]
