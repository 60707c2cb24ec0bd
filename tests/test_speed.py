"""How fast: CPU seconds of one thread, the best of several short stretches, so that who else is at work here
hardly matters. A voice that is fast enough says so in a few hundredths of a second."""

from __future__ import annotations

from time import thread_time

import pytest
from nights import VOICES, alone_text, night_of

from lullaby.night.track import Track
from lullaby.time import PAGE, RATE, Span
from lullaby.voices import kinds

EVERY_VOICE = 300.0
"""Times faster than it is heard, on one core, that every shipped voice is made."""
AT_WORST = 60.0
"""The same, where a voice is told whatever costs most."""

SECONDS = 10
TRIES = 15

TWELVE = [20, 32, 52, 85, 137, 222, 360, 583, 943, 1_526, 2_471, 4_000]
CENTS = [-100, -71, -43, -14, 14, 43, 71, 100]
RINGING = "every = 2, ring = 60, damp = 0, rise = 4_000, softness = 12, beat = 8, "
RINGING += f"partials = {[round(1 + 0.1 * k, 1) for k in range(12)]}, amplitudes = {[1] * 12}"
WORST = {
    "noise": "bands = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800], depth = 1, sway = 9",
    "steady": "",
    "rain": "intensity = 3, gusts = 3, drops = 400, many = 1_000, decay = [16, 16], pitch = [200, 200], "
    "spread = 0, drum = 6, tilt = -12, from = 4_000",
    "sea": "every = 3, uneven = 0, rise = 8, fall = 10, broken = 1",
    "stream": "flow = 3, bubbles = 600, radius = [12, 12], gulps = 0, spread = 0, sway = 9",
    "waterfall": "flow = 3",
    "pad": f"notes = {TWELVE}, detune = {CENTS}, partials = {[1] * 16}, saw = 1",
    "wind": "strength = 1, gusts = 2",
    "leaves": "ticks = 200, gusts = 2, dry = 1",
    "howl": "gusts = 2, glide = 2",
    "fire": "crackles = 60, decay = 12, loudest = 30, near = 12",
    "thunder": "rumbles = 12, roll = 8, to = 20_000",
    "train": "speed = 140, rail = 10, joints = 8",
    "fan": "speed = 1_800, blades = 9, hum = 6",
    "snow": "flakes = 60, hush = 1",
    "bowl": RINGING,
    "bell": RINGING,
    "breath": "rate = 16",
    "beats": 'shape = "isochronic"',
    "crickets": "animals = 12, intensity = 1, temperature = 34, pulses = [15, 15], trill = 6, distance = 0",
    "birds": "songs = 60, birds = 8, chorus = 240, quick = 0.5",
    "frogs": "calls = 60, animals = 10, intensity = 1, temperature = 5, length = 0.8, peeps = 0",
    "purr": "rate = 36, breaths = 50, strength = 1, rasp = 1",
    "heartbeat": "rate = 90, gap = 0.2",
    "clip": "grain = 0.5, cross = 0.7, distance = 0.5",
}
"""What makes each kind slowest: most at once, for longest."""


def voice(name: str, told: str = "") -> Track:
    """It alone, as its file has it but for what it is told."""
    named = f'{{ voice = "{name}"{", " if told else ""}{told} }}'
    return night_of(alone_text(name).replace(f'one = "{name}"', f"one = {named}")).plan.tracks[0]


def speed(one: Track, wanted: float) -> float:
    """How many times faster than time it is made: of so many stretches the fastest, or the first that is
    fast enough. One second before them compiles and loads what it needs."""
    best = 0.0
    for number in range(TRIES):
        start = (7 + number) * PAGE
        if not number:
            _cost(one, Span(start - 2 * RATE, start))
        best = max(best, SECONDS / _cost(one, Span(start, start + SECONDS * RATE)))
        if best >= wanted:
            break
    return best


def _cost(one: Track, span: Span) -> float:
    begun = thread_time()
    for _ in one.voice.render(one.key, span, one.controls):
        pass
    return thread_time() - begun


@pytest.mark.usefixtures("a_clip")
@pytest.mark.parametrize("name", [*VOICES, "clip"])
def test_a_voice_is_made_three_hundred_times_faster_than_it_is_heard(name: str) -> None:
    assert speed(voice(name), EVERY_VOICE) >= EVERY_VOICE


@pytest.mark.usefixtures("a_clip")
@pytest.mark.parametrize("kind", WORST)
def test_nothing_a_voice_may_be_told_makes_it_slow(kind: str) -> None:
    assert speed(voice(kind, WORST[kind]), AT_WORST) >= AT_WORST


def test_every_kind_is_told_its_worst() -> None:
    assert set(WORST) == set(kinds.VOICES)
