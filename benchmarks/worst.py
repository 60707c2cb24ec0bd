"""What makes each kind of voice slowest: most at once, for longest."""

from __future__ import annotations

TWELVE = [20, 32, 52, 85, 137, 222, 360, 583, 943, 1_526, 2_471, 4_000]
CENTS = [-100, -71, -43, -14, 14, 43, 71, 100]
RINGING = "every = 2, ring = 60, damp = 0, rise = 4_000, softness = 12, beat = 8, "
RINGING += f"partials = {[round(1 + 0.1 * k, 1) for k in range(12)]}, amplitudes = {[1] * 12}"
PLUCKED = "every = 2, pitch = 30, ring = 20, bright = 6, noise = 12"
HELD = "every = 2, pitch = 30, hold = 30, release = 10, bright = 6"
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
    "harp": PLUCKED,
    "guitar": PLUCKED,
    "kalimba": PLUCKED,
    "musicbox": PLUCKED,
    "piano": PLUCKED,
    "bowed": HELD,
    "flute": HELD + ", noise = 12",
    "choir": HELD,
    "ensemble": HELD,
    "breath": "rate = 16",
    "beats": 'shape = "isochronic"',
    "crickets": "animals = 12, intensity = 1, temperature = 34, pulses = [15, 15], trill = 6, distance = 0",
    "birds": "songs = 60, birds = 8, chorus = 240, quick = 0.5",
    "frogs": "calls = 60, animals = 10, intensity = 1, temperature = 5, length = 0.8, peeps = 0",
    "purr": "rate = 36, breaths = 50, strength = 1, rasp = 1",
    "heartbeat": "rate = 90, gap = 0.2",
    "clip": "grain = 0.5, cross = 0.7, distance = 0.5",
}
"""Of each kind what its voice file or a score would tell it."""


def score_at_worst(kind: str, voice: str) -> str:
    """A night of this voice alone, told so."""
    told = f", {WORST[kind]}" if WORST[kind] else ""
    named = f'{{ voice = "{voice}"{told} }}'
    return f"length = 08:00:00\n[voices]\nit = {named}\n[scene.all]\nat = 00:00:00\nit = 0\n"
