"""A sound of the listener's own, without an end: grains of it, laid over each other and never in a row.

A grain is a few seconds from a keyed place of the recording, as it was recorded; its neighbours come from
places that it does not overlap, and take turns with it by an equal-power fade. Every even grain is drawn
from anywhere; every odd one from what its two neighbours leave. So each is a function of its number.
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
from lullaby.kernels.bank import ROOM, STATE, fill_toned
from lullaby.kernels.grains import GRAIN, add_grains
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import mix_gliding
from lullaby.score.model import Part
from lullaby.score.plain import plain
from lullaby.score.settings import Form, Kind, Setting
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY, ONE
from lullaby.voices.chances import uniform
from lullaby.voices.clip_reading import LONGEST, Recording, opens, recording, seconds
from lullaby.voices.colour import Points, colour
from lullaby.voices.controls import Controls, Floats, Frames, control_points
from lullaby.voices.resonators import ANY, matrices
from lullaby.voices.tables import everyone, number
from lullaby.voices.voice import Sound

ENOUGH = 6
"""Grains that a recording must hold, so that neighbours never overlap; shorter grains are made of less."""
JITTER = 0.3
"""Share of the mean distance of two grains by which a grain may come late."""
LONG = 6 * RATE
"""Frames from which a recording is cut into such grains. What is shorter goes round and round."""

KIND = Kind(
    "clip",
    "a sound of your own, without an end",
    (
        *everyone(send=-30.0),
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

# (Hz, dB): what is left of a sound that comes from far off
DULL: Points = ((40, 0), (300, 0), (1_000, -9), (2_000, -20), (4_000, -34), (8_000, -50))

_NOTHING = np.zeros((2, 0), np.float32)
_UNSENT = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Clip:
    """Grains of a recording, and a darker copy of them for what is far off."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        told = controls.word("file"), controls.number("from", 0), controls.number("to", 0)
        one = ready(*told)
        length = grain_length(one.sound.shape[1], controls.number("grain", 0))
        rows = 2 if len(one.sound) == 1 else 1
        names = ("middle", "side") if rows == 2 else ("grains",)
        tables = [grains(key / name, span, one.sound.shape[1], length, controls) for name in names]
        fade = _fade(int(controls.number("cross", 0) * _hop(length, controls)))
        width = controls.number("width", 0)
        shares = (np.float32(1 / np.sqrt(1 + width * width)), np.float32(width / np.sqrt(1 + width * width)))
        far = Far(controls)
        for block in span.blocks():
            sound = np.zeros((2, len(block)), np.float32)
            for row, table in enumerate(tables):
                out = sound[row : row + 1] if rows == 2 else sound
                add_grains(table, one.sound, one.means, one.gain, fade, block.start, out)
            if rows == 2:
                middle, side = sound[0] * shares[0], sound[1] * shares[1]
                sound[0], sound[1] = middle + side, middle - side
            yield far.sound(block, sound)


class Far:
    """The same sound through more and more air. It lives inside a render."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        curve = controls.curve("distance")
        self._near = curve.is_steady and curve.keyframes[0].value == 0
        self._dull = colour(DULL, 0.0, 40.0, 8_000.0, unity=False)
        self._state, self._room = zeros(STATE), zeros(ROOM)

    def sound(self, block: Span, sound: Sound) -> Sound:
        if self._near:
            return sound
        dull, out = blank(sound.shape), blank(sound.shape)
        fill_toned(sound, matrices(ANY), self._dull, ONE, self._state, self._room, dull)
        away = self._controls.over("distance", control_points(block))
        near, far = ((1 - away) * (1 - away)).astype(np.float32), (0.5 * away).astype(np.float32)
        mix_gliding(sound, near, near, _UNSENT, _UNSENT, True, out, _NOTHING)
        mix_gliding(dull, far, far, _UNSENT, _UNSENT, False, out, _NOTHING)
        return out


@lru_cache(maxsize=4)
def ready(told: str, start: float, stop: float) -> Recording:
    """The recording as grains are taken from it: a short one with its end led over into its beginning."""
    one = recording(told, start, stop)
    length = one.sound.shape[1]
    if length >= LONG:
        return one
    over = length // 4
    fade = _fade(over).astype(np.float64)
    seam = one.sound[:, :over] * fade + one.sound[:, length - over :] * fade[::-1]
    seam = np.clip(np.rint(seam), -32768, 32767).astype(np.int16)
    return replace(
        one, sound=np.ascontiguousarray(np.concatenate([seam, one.sound[:, over : length - over]], axis=1))
    )


@lru_cache(maxsize=16)
def _fade(frames: int) -> NDArray[np.float32]:
    """From 0 to 1, so that one coming and one going always make the same power."""
    x = (np.arange(max(1, frames)) + 0.5) / max(1, frames)
    return exact.sin_turns(x / 4).astype(np.float32)


def grain_length(length: int, told: float) -> int:
    """Frames of the longest grain."""
    wanted = int(told * RATE)
    return min(wanted, length // ENOUGH) if length >= LONG else min(wanted, 2 * length)


def _hop(length: int, controls: Controls) -> int:
    return int(length / (1 + JITTER + controls.number("cross", 0)))


def grains(key: Key, span: Span, length: int, longest: int, controls: Controls) -> NDArray[np.void]:
    """Every grain that is heard in this span."""
    hop = _hop(longest, controls)
    over = int(controls.number("cross", 0) * hop)
    n = np.arange(span.start // hop - 3, span.stop // hop + 2, dtype=np.int64)
    starts = n * hop + (JITTER * hop * uniform(key / "when", n)).astype(np.int64)
    out = np.zeros(len(n) - 1, GRAIN)
    out["onset"] = starts[:-1]
    out["life"] = np.diff(starts) + over
    whole = length >= LONG
    out["place"] = (_apart if whole else _round)(key, n[:-1], length, longest, controls.number("wander", 0))
    return out


def _round(key: Key, n: Frames, length: int, longest: int, wander: float) -> Frames:
    """Places of a recording that goes round: each more than half of it away from the one before."""
    at = 0.618033988749895 * n + 0.2 * wander * uniform(key / "place", n)
    return ((at - np.floor(at)) * length).astype(np.int64)


def _apart(key: Key, n: Frames, length: int, longest: int, wander: float) -> Frames:
    """Places of grains that do not overlap their neighbours' places."""
    even = n % 2 == 0
    before, after = _even(key, n - 1, length, longest, wander), _even(key, n + 1, length, longest, wander)
    low, high = np.minimum(before, after), np.maximum(before, after)
    first, wide = _window(n, length, longest, wander)
    # what the two neighbours leave of the window: under both, between them, over both
    under = np.clip(low - longest - first, 0, wide)
    left, right = (np.clip(edge, first, first + wide) for edge in (low + longest, high - longest))
    between = np.maximum(0, right - left)
    over = np.clip(first + wide - high - longest, 0, wide)
    at = uniform(key / "odd", n) * (under + between + over)
    odd = np.where(
        at < under,
        first + at,
        np.where(at < under + between, left + at - under, first + wide - (under + between + over - at)),
    )
    return np.where(even, _even(key, n, length, longest, wander), odd).astype(np.int64)


def _even(key: Key, n: Frames, length: int, longest: int, wander: float) -> Floats:
    first, wide = _window(n, length, longest, wander)
    return first + wide * uniform(key / "even", n)


def _window(n: Frames, length: int, longest: int, wander: float) -> tuple[Floats, float]:
    """Where places are drawn from: five grains of the recording, or all of it. A narrow window goes
    through the recording and back at the pace at which it was made."""
    free = length - longest
    least = min(free, (ENOUGH - 1) * longest)
    wide = least + wander * (free - least)
    along = n * (longest / (2.0 * free))
    along = 2 * np.abs(along - np.floor(along) - 0.5)
    return along * (free - wide), float(wide)


def remarks(parts: Iterable[Part]) -> Iterator[str]:
    """What a listener should know of recordings that are not used to their end."""
    for part in parts:
        if part.kind is not KIND or "file" not in part.voice.brought:
            continue
        start, stop = (float(cast(float, part.values[name])) for name in ("from", "to"))
        path = part.voice.brought["file"].path
        if (seconds(path) if stop == 0 else stop) - start > LONGEST:
            yield plain(f"{path.name} is long: ten minutes of it are used. Its from and to say which.")
