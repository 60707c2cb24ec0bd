"""A recording of the listener's own, played without an end: overlapping grains of it, in random order.

Where the grains lie is in `grains`; the recording is read by `reading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import SCRATCH, STATE, fill_toned
from lullaby.kernels.grains import add_grains
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import mix_gliding
from lullaby.score.model import Part
from lullaby.score.plain_text import plain
from lullaby.score.settings import Form, Kind, Setting
from lullaby.time import Span
from lullaby.voices.clips.grains import LONG, crossfade, grain_length, grains
from lullaby.voices.clips.reading import KEPT, LONGEST, Recording, opens, recording, seconds
from lullaby.voices.core.bed import MEMORY, ONE
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, control_points
from lullaby.voices.core.resonators import ANY, matrices
from lullaby.voices.core.voice import Sound

KIND = Kind(
    "clip",
    "a sound of your own, without an end",
    (
        *channel_strip(send=-30.0),
        Setting("file", "file", "", "", 0, 0, "the sound, by its name", Form.FILE, moves=False, opens=opens),
        number("from", 0.0, "s", 0, 6 * 3600, "leaves out more of its beginning", moves=False),
        number("to", 0.0, "s", 0, 6 * 3600, "more of it; 0 is all, or ten minutes of it", moves=False),
        number("grain", 6.0, "s", 0.5, 30, "longer pieces: fewer turns", moves=False),
        number("cross", 0.5, "", 0.05, 0.7, "slower turns from piece to piece", moves=False),
        number("wander", 1.0, "", 0, 1, "pieces from farther apart in the recording", moves=False),
        number("distance", 0.0, "", 0, 1, "farther off: duller and softer"),
        number("width", 0.6, "", 0, 1, "wider, where the recording is mono", moves=False),
    ),
)  # fmt: skip

# (Hz, dB): the low-pass of what comes from far off
DULL: Points = ((40, 0), (300, 0), (1_000, -9), (2_000, -20), (4_000, -34), (8_000, -50))

_NOTHING = np.zeros((2, 0), np.float32)
_UNSENT = np.zeros(1)


@dataclass(frozen=True)
class Clip:
    """Grains of a recording, crossfaded with a low-passed copy as it moves far off."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        excerpt = controls.word("file"), controls.number("from", 0), controls.number("to", 0)
        clip = ready(*excerpt)
        length = grain_length(clip.length, controls.number("grain", 0))
        names = ("middle", "side") if clip.is_mono else ("grains",)
        tables = [grains(key / name, span, clip.length, length, controls) for name in names]
        fade = _fade(crossfade(length, controls))
        width = controls.number("width", 0)
        shares = (np.float32(1 / np.sqrt(1 + width * width)), np.float32(width / np.sqrt(1 + width * width)))
        far = Far(controls)
        for block in span.blocks():
            sound = np.zeros((2, len(block)), np.float32)
            for row, table in enumerate(tables):
                out = sound[row : row + 1] if clip.is_mono else sound
                add_grains(table, clip.sound, clip.means, clip.gains, fade, block.start, out)
            if clip.is_mono:
                middle, side = sound[0] * shares[0], sound[1] * shares[1]
                sound[0], sound[1] = middle + side, middle - side
            yield far.sound(block, sound)


class Far:
    """Distance: a crossfade to a low-passed copy. It is state of one render."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        curve = controls.curve("distance")
        self._near = curve.is_steady and curve.keyframes[0].value == 0
        self._dull = colour(DULL, 0.0, 40.0, 8_000.0, unity=False)
        self._state, self._scratch = zeros(STATE), zeros(SCRATCH)

    def sound(self, block: Span, sound: Sound) -> Sound:
        if self._near:
            return sound
        dull, out = blank(sound.shape), blank(sound.shape)
        fill_toned(sound, matrices(ANY), self._dull, ONE, self._state, self._scratch, dull)
        away = self._controls.values("distance", control_points(block))
        near, far = (1 - away) * (1 - away), 0.5 * away
        mix_gliding(sound, near, near, _UNSENT, True, out, _NOTHING)
        mix_gliding(dull, far, far, _UNSENT, False, out, _NOTHING)
        return out


@lru_cache(maxsize=KEPT)
def ready(address: str, start: float, stop: float) -> Recording:
    """The recording that grains are taken from; a short one is looped, its end crossfaded into its start."""
    clip = recording(address, start, stop)
    if clip.length >= LONG:
        return clip
    seam_frames = clip.length // 4
    fade = _fade(seam_frames).astype(np.float64)[:, None]
    seam = clip.sound[:seam_frames] * fade + clip.sound[-seam_frames:] * fade[::-1]
    seam = np.clip(np.rint(seam), -32768, 32767).astype(np.int16)
    return replace(clip, sound=np.concatenate([seam, clip.sound[seam_frames:-seam_frames]]))


@lru_cache(maxsize=16)
def _fade(frames: int) -> NDArray[np.float32]:
    """An equal-power fade from 0 to 1."""
    x = (np.arange(max(1, frames)) + 0.5) / max(1, frames)
    return exact.sin_turns(x / 4).astype(np.float32)


def make_ready(parts: Iterable[Part]) -> None:
    """Reads the recordings of these voices, so that what is wrong with one is known now, not at night."""
    for part in parts:
        if part.kind is KIND and "file" in part.voice.attached:
            start, stop = (float(cast(float, part.values[name])) for name in ("from", "to"))
            ready(part.voice.attached["file"].address, start, stop)


def remarks(parts: Iterable[Part]) -> Iterator[str]:
    """Remarks for a listener on recordings that are not used to their end."""
    for part in parts:
        if part.kind is not KIND or "file" not in part.voice.attached:
            continue
        start, stop = (float(cast(float, part.values[name])) for name in ("from", "to"))
        path = part.voice.attached["file"].path
        if (seconds(path) if stop == 0 else stop) - start > LONGEST:
            yield plain(f"{path.name} is long: ten minutes of it are used. Its from and to say which.")
