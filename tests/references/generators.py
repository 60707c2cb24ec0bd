"""Noise, oscillators and one-shot sounds, sample by sample. A table's columns are those of the kernels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

F32 = np.float32
WORD = 0xFFFFFFFF
UNIT = F32(2.0**-31 * 3.0**0.5)
"""From a signed 32-bit number to noise of unit power."""


def signed(word: int) -> int:
    """These 32 bits as a signed number."""
    word &= WORD
    return word - 2**32 if word >= 2**31 else word


def bits(key: tuple[int, int], frame: int) -> int:
    """32 random bits for a frame."""
    x = ((frame & WORD) * 0x9E3779B9 + key[0]) & WORD
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & WORD
    x ^= x >> 15
    x = ((x + key[1]) * 0xD35A2D97) & WORD
    return x ^ (x >> 15)


def white(key: tuple[int, int], frame: int) -> F32:
    return F32(signed(bits(key, frame))) * UNIT


def two_whites(key: tuple[int, int], frame: int) -> tuple[F32, F32]:
    """From the upper and the lower half of one draw."""
    x = bits(key, frame)
    return F32(signed(x & 0xFFFF0000)) * UNIT, F32(signed(x << 16)) * UNIT


def rare(noise: F32, doublings: int) -> F32:
    """Noise to the power 2^doublings + 1, at unit power."""
    unit = noise * F32(3.0**-0.5)
    power = unit * unit
    for _ in range(doublings - 1):
        power = max(power * power, F32(1e-15))
    return power * unit * F32(np.sqrt(2.0 * 2**doublings + 3))


def tide(frame: int, pitch: int, phase: int, depth: float) -> float:
    """A gain between 1 and 1 - depth; pitch and phase in 2^-32 turns (a frame)."""
    turn = ((pitch * frame + phase) & WORD) * 2.0**-32
    return 1 - depth / 2 - depth / 2 * math.sin(math.tau * turn)


def oscillator(frame: int, pitch: int, phase: int, partials: list[float], saw: float) -> float:
    """A sum of partials, and a saw with its step smoothed over a frame to either side (polyBLEP)."""
    turn = ((pitch * frame + phase) & WORD) * 2.0**-32 - 0.5
    wave = sum(a * math.sin(math.tau * k * turn) for k, a in enumerate(partials, 1))
    from_step = (0.5 - abs(turn)) / (pitch * 2.0**-32)  # frames
    smoothed = max(0.0, 1 - from_step) ** 2
    return wave + saw * (2 * turn - math.copysign(smoothed, turn))


def ring(row: Any, frame: int) -> float:
    """One channel of a decaying partial, before its pan."""
    age = frame - int(row["onset"])
    if not 0 <= age < row["life"]:
        return 0.0
    turns = int(row["phase"]) + int(row["pitch"]) * age + int(row["bend"]) * (age * (age - 1) // 2)
    sine = math.sin(math.tau * (turns & WORD) * 2.0**-32)
    hiss = float(row["hiss"])
    wave = (1 - hiss) * sine + hiss * float(white((int(row["seed"]), 0), age))
    return wave * float(row["decay"]) ** age * (1 - float(row["rise"]) ** age)


def burst(row: Any) -> list[float]:
    """All of a noise burst, before its pan: noise, band-pass, envelope."""
    feed, near, far = (float(row[name]) for name in ("feed", "near", "far"))
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for age in range(int(row["life"])):
        x = float(white((int(row["seed"]), 0), age))
        y = feed * (x - x2) + near * y1 + far * y2
        x2, x1, y2, y1 = x1, x, y1, y
        out.append(y * float(row["decay"]) ** age * (1 - float(row["rise"]) ** age))
    return out


def note(row: Any, frame: int) -> float:
    """One channel of a short tone, before its pan: pitch by a parabola, smoothstep attack and release."""
    age = frame - int(row["onset"])
    if not 0 <= age < row["life"]:
        return 0.0
    turns = int(row["phase"]) + int(row["pitch"]) * age
    turns += int(row["bend"]) * math.comb(age, 2) + int(row["curl"]) * math.comb(age, 3)
    angle = math.tau * (turns % 2**64) * 2.0**-64

    attack = smoothstep((age + 0.5) * float(row["rise"]))
    release = smoothstep((float(row["life"]) - age - 0.5) * float(row["fall"]))
    return (math.sin(angle) + float(row["octave"]) * math.sin(2 * angle)) * attack * release


def smoothstep(x: float) -> float:
    """3x² - 2x³ from x = 0 to 1."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def fading(row: Any, modes: Any, frame: int) -> float:
    """One channel of a note of decaying partials, before its pan."""
    age = frame - int(row["onset"])
    if not 0 <= age < row["life"]:
        return 0.0
    wave = 0.0
    for mode in modes[int(row["first"]) : int(row["last"])]:
        turns = int(mode["phase"]) + int(mode["pitch"]) * age
        sine = math.sin(math.tau * (turns & WORD) * 2.0**-32)
        wave += float(mode["level"]) * float(mode["decay"]) ** age * sine
    released = max(0, age - int(row["release"]))
    damper = float(row["damp"]) ** released * (1 + float(row["brake"]) * released)
    return wave * (1 - float(row["rise"]) ** age) * damper


def held(row: Any, soft: Any, full: Any, frame: int) -> float:
    """One channel of a held note, before its pan."""
    age = frame - int(row["onset"])
    if not 0 <= age < row["life"]:
        return 0.0
    cell = int(row["cell"])
    draws = [float(white((int(row["seed"]), 0), age // cell + k)) for k in (0, 1)]
    noise = draws[0] + (draws[1] - draws[0]) * (age % cell) / cell
    swing = math.sin(math.tau * ((int(row["swung"]) + int(row["swing"]) * age) % 2**64) * 2.0**-64)
    swing *= smoothstep((age + 0.5 - float(row["late"])) * float(row["grow"]))
    turn = ((int(row["phase"]) + int(row["pitch"]) * age) % 2**64) * 2.0**-64 + float(row["depth"]) * swing
    gain = smoothstep((age + 0.5) * float(row["rise"]))
    gain *= smoothstep((float(row["life"]) - age - 0.5) * float(row["fall"]))
    gain *= (1 + float(row["tremble"]) * swing) * (1 + float(row["waver"]) * noise)
    return gain * sum(
        (float(soft[k]) + float(full[k]) * gain) * math.sin(math.tau * (k + 1) * turn)
        for k in range(int(row["count"]))
    )


def grain(row: Any, recording: Any, fade: Any, frame: int) -> float:
    """One channel of a grain of a looped recording, faded in and out."""
    age, life = frame - int(row["onset"]), int(row["life"])
    if not 0 <= age < life:
        return 0.0
    gain = 1.0
    if age < len(fade):
        gain = float(fade[age])
    elif age >= life - len(fade):
        gain = float(fade[life - 1 - age])
    return float(recording[(int(row["place"]) + age) % len(recording)]) * gain


def speech(sound: Any, weights: Any, onset: int, frame: int) -> float:
    """One frame of speech at half the rate, whose first sample stands at `onset`."""
    age = frame - onset
    if not 0 <= age < 2 * len(sound):
        return 0.0
    if age % 2 == 0:
        return float(sound[age // 2])
    first = age // 2 + 1 - len(weights) // 2
    near = [(first + tap, weight) for tap, weight in enumerate(weights)]
    return float(sum(sound[place] * weight for place, weight in near if 0 <= place < len(sound)))


def normal(keys: Any, index: int) -> float:
    """Twelve uniform numbers of 16 bits, summed: mean 0, deviation 1, clipped at ±3.5."""
    total = 0
    for key in keys:
        x = (index * 0x9E3779B97F4A7C15 + key) % 2**64
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        x ^= x >> 31
        total += sum((x >> shift) & 0xFFFF for shift in (0, 16, 32, 48))
    return min(max((total + 6) / 65536 - 6, -3.5), 3.5)


def drift(normals: Any, periods: Any, frame: int) -> float:
    """One frame of value noise: for each octave a function that draws the normal number of a cell, and how
    many frames a cell has."""
    out = 0.0
    for share, normal, period in zip((0.8, 0.52, 0.3), normals, periods, strict=True):
        cell = frame // period
        x = (frame - cell * period) / period
        smooth = 6 * x**5 - 15 * x**4 + 10 * x**3
        mixed = normal(cell) * (1 - smooth) + normal(cell + 1) * smooth
        out += share * mixed / math.sqrt(smooth**2 + (1 - smooth) ** 2)
    return out
