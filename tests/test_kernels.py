"""Every vector kernel that is hard to read gives what its plain reference gives, sample by sample.

Where nothing but whole numbers and the same few products are in it, to the last bit. Elsewhere references are
in double precision, and what they may differ by is said beside each.
"""

from __future__ import annotations

import importlib
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from references import filters, generators, levels
from references.checksums import crc

from lullaby.kernels import (
    a_power,
    bank,
    checksums,
    dipping,
    dither,
    fading,
    grains,
    guarding,
    head,
    held,
    lanes,
    mixing,
    notes,
    oscillators,
    speech,
)
from lullaby.kernels import reverb as fdn
from lullaby.kernels import rings as partials
from lullaby.kernels.jit import kernel
from lullaby.kernels.simd import LANES, load, load_pair, store
from lullaby.kernels.white import fill_white
from lullaby.night.ears import _pole, paths_for
from lullaby.night.reverberation import ReverbNetwork
from lullaby.score import ReverbSettings
from lullaby.time import SLOW, STEP
from lullaby.voices.core.bed import laid_out
from lullaby.voices.core.pitches import padded, turns_of, twice_cosine, words_of
from lullaby.voices.core.resonators import ANY, SLOPES, Resonators, laid_out_colour, matrices, poles

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
KERNELS = Path(bank.__file__).parent
KEY = (0x12345678, 0x9ABCDEF0)
SINE = 2e-5
"""The kernels' sine is off by 8e-6 at the most, and their phases are rounded to 24 bits."""


def dice(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def noise(frames: int, seed: int = 1) -> Floats:
    return dice(seed).standard_normal((2, frames)).astype(np.float32)


def empty(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


def close(made: Any, expected: Any, tolerance: float) -> None:
    """Within so much of the highest value there is."""
    assert np.abs(expected).max() > 0.01
    assert np.abs(np.asarray(made, np.float64) - expected).max() <= tolerance * np.abs(expected).max()


# ---- noise


@pytest.mark.parametrize("start", [0, 48_000 * 3600 * 9])
def test_white_noise(start: int) -> None:
    out = empty(64)
    fill_white(*KEY, start, out)
    assert out.tolist() == [float(generators.white(KEY, start + n)) for n in range(64)]


def test_coloured_noise_before_its_colour() -> None:
    """Two noises, sparse impulses and a sound beside them, through a bank that passes all: bit for bit."""
    frames, start, doublings = 2 * SLOW, 5 * 48_000, 4
    patter, struck = np.array([0.5, 0.25], np.float32), noise(frames)
    colour = laid_out_colour(np.zeros(16), np.array([1.0, 0, 0, 0]), ANY)
    out, state, scratch = empty(2, frames), empty(bank.STATE), empty(bank.SCRATCH)
    one = laid_out(np.ones((1, 1, 2)))
    key = np.array(KEY, np.uint32)
    bank.fill_coloured(key, start, matrices(ANY), colour, one, patter, doublings, struck, state, scratch, out)
    for n in range(frames):
        left, right = generators.two_whites(KEY, start + n)
        hit = generators.rare(left, doublings) * patter[n // SLOW]
        assert out[0, n] == left + hit + struck[0, n]
        assert out[1, n] == right + hit * right + struck[1, n]


# ---- filters


def colours(which: Resonators, count: int) -> tuple[list[Floats], list[Any], list[Doubles]]:
    """Random ones: as the kernel wants them, and their complex weights and FIRs."""
    p, made, weights, firs = poles(which), [], [], []
    for seed in range(count):
        w = dice(seed).standard_normal(8) * (1 - np.abs(p))
        w = w + 1j * dice(9 + seed).standard_normal(8) * (1 - np.abs(p)) if which.quality else w + 0j
        fir = 0.3 * dice(20 + seed).standard_normal(which.taps)
        flat = np.stack([w.real, w.imag], axis=1).ravel() if which.quality else w.real
        made.append(laid_out_colour(flat, fir, which))
        weights.append(w)
        firs.append(fir)
    return made, weights, firs


@pytest.mark.parametrize("which", [ANY, SLOPES], ids=["complex poles", "real poles"])
@pytest.mark.parametrize("gliding", [False, True])
def test_the_resonator_bank(which: Resonators, gliding: bool) -> None:
    """Single precision, eight frames at once: 100 dB under the loudest."""
    frames, x = 5 * SLOW, noise(5 * SLOW)
    made, weights, firs = colours(which, 2)
    rows = dice(5).uniform(-1, 1, (frames // SLOW + 1 if gliding else 1, 2, 2))
    out, state, scratch = empty(2, frames), empty(bank.STATE), empty(bank.SCRATCH)
    bank.fill_toned(x, matrices(which), np.concatenate(made), laid_out(rows), state, scratch, out)
    steps = np.repeat(np.arange(0, frames, STEP), STEP) / SLOW
    for side in (0, 1):
        mix = np.stack([np.interp(steps, np.arange(len(rows)), rows[:, c, side]) for c in (0, 1)], axis=1)
        close(out[side], filters.bank(x[side], poles(which), mix @ weights, mix @ firs), 1e-5)


def test_the_reverb() -> None:
    room = ReverbNetwork.from_settings(ReverbSettings(t60=1.2, size=0.7, damping=0.4))
    assert room is not None
    wet, out = noise(6_400), empty(2, 6_400)
    wet[:, 320:] = 0
    lines = empty((fdn.LINES + 2) * fdn.WIDTH)
    numbers = (room.delays, room.losses, room.damping, room.feed, room.taps, room.tap_gains)
    position = fdn.add_reverb(wet[:, :3_200].copy(), lines, 0, *numbers, first := empty(2, 3_200))
    fdn.add_reverb(wet[:, 3_200:].copy(), lines, position, *numbers, second := empty(2, 3_200))
    out[:, :3_200], out[:, 3_200:] = first, second
    close(out, filters.reverb(wet.astype(np.float64), *numbers), 1e-5)


@pytest.mark.parametrize("moving", [False, True])
def test_a_head(moving: bool) -> None:
    frames = 4 * STEP
    sound = noise(frames + head.TAIL)
    edge = np.ascontiguousarray(sound[:, : head.TAIL + STEP])
    block = np.ascontiguousarray(sound[:, head.TAIL :])
    points = frames // STEP + 1 if moving else 1
    loud = dice().uniform(0.2, 1, points).astype(np.float32)
    delays, ways = paths_for(np.linspace(-1, 0.6, points))
    ears, shadows = empty(2, frames), empty(2, frames)
    head.add_heard(block[0], block[1], edge[0], edge[1], loud, delays, ways, *ears, *shadows)
    expected = np.zeros((2, 2, frames))
    for n in range(frames):
        gain = np.interp(n / STEP, np.arange(points), loud)
        for point in (n // STEP, n // STEP + 1) if moving else (0,):
            share = 1 - abs(n / STEP - point) if moving else 1.0
            paths = slice(4 * point, 4 * point + 4)
            at = filters.heard(sound.astype(np.float64), n + head.TAIL, delays[paths], ways[24 * point :])
            expected[:, :, n] += share * gain * np.array(at)
    close(ears, expected[0], 1e-6)
    close(shadows, expected[1], 1e-6)


def test_the_shadow_of_a_head() -> None:
    frames, pole = 4 * STEP, _pole()
    shadows, out = noise(frames), empty(2, frames)
    head.add_shaded(shadows[0], shadows[1], pole, empty(2 * LANES), out[0], out[1])
    p, b, c = float(pole[0]), float(pole[LANES]), float(pole[LANES + 1])
    for side in (0, 1):
        close(out[side], filters.shaded(shadows[side].astype(np.float64), p, b, c), 1e-6)


@pytest.mark.parametrize("stretch", [a_power.STRETCH, 60 * a_power.SLICE])
@pytest.mark.parametrize("which", [0, 3])
def test_the_a_weighted_power_of_slices(stretch: int, which: int) -> None:
    """One of eight stretches, half a second of it, with what comes before; the rest is silent."""
    before, loud = noise(a_power.WARM), noise(24_000, 2)
    warm, sound = empty(a_power.WARM, 2), empty(a_power.STRETCHES * stretch, 2)
    start = which * stretch
    sound[start : start + 24_000] = loud.T
    (sound[start - a_power.WARM : start] if which else warm)[:] = before.T
    powers = np.zeros(len(sound) // a_power.SLICE)
    a_power.fill_a_powers(warm, sound, stretch, empty(LANES), powers)
    slow = (a_power._P1, a_power._P1, a_power._P2, a_power._P3)
    both = np.concatenate([before, loud], axis=1).astype(np.float64)
    weighted = [filters.a_weighted(x, slow, a_power.A_TOP)[a_power.WARM :] for x in both]
    expected = (np.square(weighted).sum(axis=0)).reshape(-1, a_power.SLICE).mean(axis=1)
    first = start // a_power.SLICE
    close(powers[first : first + len(expected)], expected, 1e-5)
    assert not powers[: max(0, first - a_power.WARM // a_power.SLICE)].any()


# ---- oscillators and one-shots


def test_tides() -> None:
    rows, start = 6, 3_600 * 48_000
    pitch, phase = words_of(dice(1).uniform(0.01, 0.2, LANES)), turns_of(dice(2).uniform(0, 1, LANES))
    depth, out = dice(3).uniform(0, 1, rows).astype(np.float32), empty(rows, LANES)
    oscillators.fill_tides(start, pitch, phase, depth, out)
    for row in range(rows):
        for lane in range(LANES):
            at = start + row * SLOW
            expected = generators.tide(at, int(pitch[lane]), int(phase[lane]), float(depth[row]))
            assert out[row, lane] == pytest.approx(expected, abs=SINE)


@pytest.mark.parametrize(
    ("amplitudes", "saw"), [((1.0,), 0.0), ((1.0, 0.4, -0.2, 0.1), 0.0), ((0.5, 0.2), 0.6)]
)
def test_oscillators(amplitudes: tuple[float, ...], saw: float) -> None:
    """Partials come from one sine and one cosine by a recurrence, which adds up their errors."""
    frames, start, count = 2 * SLOW, 1_000_000, 3
    hz = np.array([110.0, 277.2, 1_320.5])
    pitch, phase = words_of(hz), turns_of(np.array([0.1, 0.7, 0.35]))
    left, right = (dice(s).uniform(0.1, 1, LANES).astype(np.float32) for s in (1, 2))
    tides = dice(3).uniform(0.2, 1, (frames // SLOW + 1, LANES)).astype(np.float32)
    period, out = padded(48_000 / hz).astype(np.float32), empty(2, frames)
    oscillators.add_oscillators(
        start, count, pitch, phase, np.array(amplitudes, np.float32), np.float32(saw),
        np.float32(math.sqrt(saw)), period, twice_cosine(hz), left, right, tides, empty(128), out,
    )  # fmt: skip
    groups = np.arange(frames) // LANES * LANES / SLOW
    expected = np.zeros((2, frames))
    for k in range(count):
        gain = np.interp(groups, np.arange(len(tides)), tides[:, k])
        wave = [
            generators.oscillator(start + n, int(pitch[k]), int(phase[k]), list(amplitudes), saw)
            for n in range(frames)
        ]
        expected += np.array([[left[k]], [right[k]]]) * gain * wave
    close(out, expected, 10 * SINE)


def placed(table: NDArray[np.void], shot: Any, start: int, frames: int) -> Doubles:
    """The sum of a table's one-shots, by their reference, left and right."""
    out = np.zeros((2, frames))
    for row in table:
        wave = np.array([shot(row, start + n) for n in range(frames)])
        out += np.array([[row["left"]], [row["right"]]]) * wave
    return out


@pytest.mark.parametrize("start", [0, 500])
def test_rings(start: int) -> None:
    """From before their onset, and asked for in the middle."""
    table = np.zeros(3, partials.RING)
    table["onset"], table["life"] = [37, 100, 301], [1_500, 1_200, 1_400]
    table["decay"], table["rise"] = [0.998, 0.996, 0.999], [0.0, 0.9, 0.97]
    table["pitch"] = np.array([440.0, 3_000.0, 90.0]) * 2.0**32 / 48_000
    table["bend"], table["phase"] = [0, 40_000, -2_000], [0, 1 << 30, 3 << 30]
    table["left"], table["right"] = [1, 0.5, 0.2], [0.3, 0.7, 1]
    table["hiss"], table["seed"] = [0, 0, 0.4], [1, 2, 3]
    out = empty(2, 1_000 + LANES)
    partials.add_rings(table, 0, 3, start, 1_000, empty(LANES), out)
    close(out[:, :1_000], placed(table, generators.ring, start, 1_000), 2 * SINE)


@pytest.mark.parametrize("start", [0, 500])
def test_notes(start: int) -> None:
    """Within sixteen frames the pitch is a straight line, and only the upper half of a phase counts."""
    table = np.zeros(2, notes.NOTE)
    turn = 2.0**64 / 48_000
    table["onset"], table["life"] = [21, 200], [1_200, 700]
    table["rise"], table["fall"] = [1 / 300, 1 / 200], [1 / 400, 1 / 300]
    table["pitch"] = np.array([2_500.0, 60.0]) * turn
    table["bend"], table["curl"] = np.array([0.8, 0.05]) * turn, np.array([-0.001, 0.0]) * turn
    table["octave"], table["phase"] = [0.2, 0.0], [1 << 62, 0]
    table["left"], table["right"] = [1, 0.4], [0.5, 0.9]
    out = empty(2, 1_000 + LANES)
    notes.add_notes(table, 0, 2, start, 1_000, out)
    # a note may go on to the end of its last sixteen frames: its release has made it silent
    close(out[:, :1_000], placed(table, generators.note, start, 1_000), 5e-4)


@pytest.mark.parametrize(("start", "frames"), [(0, 2_500), (700, 1_100), (990, 37)])
def test_fading_notes(start: int, frames: int) -> None:
    """From before their onset, across chunks, and through a release; and the same bits whoever asks."""
    table, modes = np.zeros(3, fading.FADING), np.zeros(5, fading.MODE)
    table["onset"], table["life"] = [37, 100, 1_701], [5_000, 2_160, 900]
    table["first"], table["last"] = [0, 2, 4], [2, 4, 5]
    table["rise"], table["release"], table["damp"] = [0.0, 0.98, 0.9], [9_000, 1_003, 120], [1.0, 0.99, 0.98]
    table["left"], table["right"], table["brake"] = [1, 0.5, 0.2], [0.3, 0.7, 1], -np.log(table["damp"])
    modes["life"], modes["phase"] = 9_600, [0, 1 << 30, 5, 77, 3 << 30]
    modes["pitch"] = np.rint(np.array([440.0, 3_000.0, 750.0, 12_345.0, 31.0]) * 2.0**32 / 48_000)
    modes["decay"], modes["level"] = [0.9999, 0.998, 0.9995, 0.997, 0.9998], [1, 0.5, 0.3, 0.1, 1]
    angle = modes["pitch"] * (64 * 2.0**-32 * math.tau)
    modes["ahead"], modes["back"] = 2 * modes["decay"] ** 64 * np.cos(angle), modes["decay"] ** 128
    out, scratch = empty(2, frames + LANES), empty(fading.SCRATCH)
    fading.add_fading(table, 0, 3, modes, start, frames, scratch, out)

    def one(row: Any, frame: int) -> float:
        return generators.fading(row, modes, frame)

    # a note may go on to the end of its chunk, when nothing is heard of it any more
    table["life"] = 9_600
    close(out[:, :frames], placed(table, one, start, frames), 3 * SINE)
    whole = empty(2, 3_600 + LANES)
    fading.add_fading(table, 0, 3, modes, 0, 3_600, scratch, whole)
    assert (out[:, :frames] == whole[:, start : start + frames]).all()


@pytest.mark.parametrize(("start", "frames"), [(0, 2_500), (700, 1_100), (990, 37)])
def test_held_notes(start: int, frames: int) -> None:
    """Through attack, vibrato, waver and release; and the same bits whoever asks. Within sixteen frames the
    upper half of a phase counts, as in notes."""
    table = np.zeros(2, held.HELD)
    turn = 2.0**64 / 48_000
    table["onset"], table["life"], table["count"] = [21, 1_200], [2_200, 1_000], [5, 3]
    table["rise"], table["fall"] = [1 / 300, 1 / 200], [1 / 400, 1 / 300]
    table["pitch"], table["phase"] = np.array([500.0, 90.0]) * turn, [0, 1 << 62]
    table["swing"], table["swung"] = np.array([40.0, 25.0]) * turn, [1 << 61, 5]
    table["depth"], table["late"], table["grow"] = [0.2, 0.05], [300, 0], [1 / 200, 1 / 90]
    table["tremble"], table["waver"] = [0.3, 0.1], [0.2, 0.4]
    table["cell"], table["seed"] = [64, 192], [7, 8]
    table["left"], table["right"] = [1, 0.4], [0.5, 0.9]
    soft = np.array([[1, 0.5, 0.25, 0.1, 0.05], [0.5, 0.5, 0.5, 9, 9]], np.float32)
    full = np.array([[0.1, 0.2, 0.3, 0.2, 0.1], [0, 0, 0.2, 9, 9]], np.float32)
    out, scratch = empty(2, frames + LANES), empty(held.SCRATCH)
    held.add_held(table, 0, 2, soft, full, start, frames, scratch, out)

    def one(row: Any, frame: int) -> float:
        which = int(row["onset"] != 21)
        return generators.held(row, soft[which], full[which], frame)

    close(out[:, :frames], placed(table, one, start, frames), 2e-4)
    whole = empty(2, 3_600 + LANES)
    held.add_held(table, 0, 2, soft, full, 0, 3_600, scratch, whole)
    assert (out[:, :frames] == whole[:, start : start + frames]).all()


def test_grains() -> None:
    recording = dice().integers(-20_000, 20_000, (300, 2)).astype(np.int16)
    table = np.zeros(2, grains.GRAIN)
    table["onset"], table["life"], table["place"] = [10, 250], [400, 500], [280, 40]
    fade = np.linspace(0, 1, 60).astype(np.float32)
    means, gain = np.array([3.0, -2.0], np.float32), np.array([1e-4, -2e-4], np.float32)
    out = empty(2, 600)
    grains.add_grains(table, recording, means, gain, fade, 100, out)
    for channel in (0, 1):
        level = (recording[:, channel] - float(means[channel])) * float(gain[channel])
        expected = [sum(generators.grain(row, level, fade, 100 + n) for row in table) for n in range(600)]
        close(out[channel], expected, 1e-6)


# ---- levels


def test_the_gains_of_the_guard() -> None:
    """Exact but for the running sum that the kernel keeps of the two seconds before."""
    powers = 10 ** dice().uniform(-6, -1, 420)
    powers[50:80], powers[300:] = 1e-9, powers[300:] * 30
    rises, highest = np.full(420, 10**0.6), np.full(420, 0.5)
    rises[:20], rises[150:], highest[380:] = math.inf, 10**0.4, 0.01
    gains = np.ones(421)
    assert guarding.fill_guard_gains(powers, rises, highest, 1e-5, np.empty((2, len(gains))), gains)
    expected = levels.guard_gains(powers.tolist(), rises, highest, 1e-5)
    assert min(expected) < 0.2
    assert max(expected) == 1.0
    assert gains == pytest.approx(expected, rel=1e-9)


def test_a_sound_under_the_gains_of_the_guard() -> None:
    sound = np.ascontiguousarray(noise(1_000).T)
    edges = np.array([1.0, 1.0, 0.25, 0.0])
    made = sound.copy()
    guarding.shape_guarded(made, edges)
    expected = sound * levels.gains_at(edges, 1_000, a_power.SLICE)[:, None]
    close(made, expected, 1e-6)
    assert made[:480].tobytes() == sound[:480].tobytes()


def test_mixing() -> None:
    frames = 3 * STEP
    sound = noise(frames)
    *gains, shares = dice(2).uniform(0, 1, (3, 4))
    steady = np.full(1, 0.3)
    for left, share in ((gains[0], shares), (gains[0], steady), (steady, shares)):
        out, wet = noise(frames, 3), noise(frames, 4)
        before, wet_before, dry = out.copy(), wet.copy(), out.copy()
        mixing.mix_gliding(sound, left, gains[1], share, False, out, wet)
        mixing.mix_gliding(sound, left, gains[1], share, False, dry, empty(2, 0))
        assert dry.tobytes() == out.tobytes()
        for side, ours in enumerate((left, gains[1])):
            close(
                out[side], before[side] + sound[side] * levels.gains_at(ours * np.ones(4), frames, STEP), 1e-6
            )
            sent = levels.gains_at(ours * share * np.ones(4), frames, STEP)
            close(wet[side], wet_before[side] + sound[side] * sent, 1e-6)
    fixed = np.array([0.7, 0.2, 0.1, 0.4], np.float32)
    mixing.mix_steady(sound, *fixed, True, out, wet)
    for side in (0, 1):
        assert out[side].tolist() == (sound[side] * fixed[side]).tolist()
        assert wet[side].tolist() == (sound[side] * fixed[2 + side]).tolist()


@pytest.mark.parametrize("start", [0, 2**31 - 20])
def test_dither(start: int) -> None:
    """The same whole numbers, also where the numbers of samples outgrow 32 bits."""
    sound = np.ascontiguousarray((0.4 * noise(50)).T)
    sound[7], sound[9] = 0, (2.0, -2.0)
    out_16, out_24 = np.zeros((50, 2), np.int16), np.zeros((50, 2), np.int32)
    dither.fill_dithered_16(sound, *KEY, start, out_16)
    dither.fill_dithered_24(sound, *KEY, start, out_24)
    for n in range(50):
        for side in (0, 1):
            number = 2 * (start + n) + side
            expected = [levels.sample(sound[n, side], full, number, KEY) for full in (2**15, 2**23)]
            assert [out_16[n, side], out_24[n, side] >> 8] == (expected if sound[n].any() else [0, 0])


# ---- checksums and shuffles


@pytest.mark.parametrize(
    ("table", "width", "polynomial"),
    [(checksums.CRC_8, 8, 0x07), (checksums.CRC_16, 16, 0x8005), (checksums.CRC_32, 32, 0x04C11DB7)],
)
def test_checksums(table: checksums.Table, width: int, polynomial: int) -> None:
    for length in (0, 1, 7, 8, 9, 40):
        data = dice(length).bytes(length)
        assert checksums.checksum(data, table, width) == crc(data, width, polynomial)


@kernel
def _shuffled(a: Floats, b: Floats, apart: Floats, out: Floats) -> None:
    x, y = load(a, 0), load(b, 0)
    store(out[0], 0, lanes.swap_halves(x))
    store(out[1], 0, lanes.later_1(x))
    store(out[2], 0, lanes.later_7(x))
    store(out[3], 0, lanes.sooner_3(x))
    store(out[4], 0, lanes.up_1(x))
    store(out[5], 0, lanes.up_8(x))
    store(out[6], 0, lanes.last_of(x))
    store(out[7], 0, lanes.lefts(x, y))
    store(out[8], 0, lanes.rights(x, y))
    store(out[9], 0, lanes.load_frames(apart, 4, 10))
    store(out[10], 0, load_pair(a, 4))
    out[11, 0] = lanes.greatest(x)


def test_shuffles() -> None:
    a, b, apart = (np.arange(*ends).astype(np.float32) for ends in ((1, 17), (20, 36), (50, 140)))
    out = empty(12, LANES)
    _shuffled(a, b, apart, out)
    ab = np.concatenate([a, b])

    def shifted(by: int) -> Floats:
        return np.concatenate([empty(16), a, empty(16)])[16 - by : 32 - by]

    expected = [
        a.reshape(-1, 2, 2)[:, ::-1].ravel(), shifted(2), shifted(14), shifted(-6), shifted(1), shifted(8),
        np.full(16, a[15]), ab[0::2], ab[1::2], apart[4:84].reshape(8, 10)[:, :2].ravel(), np.tile(a[4:6], 8),
    ]  # fmt: skip
    for made, wanted in zip(out, expected, strict=False):
        assert made.tolist() == wanted.tolist()
    assert out[11, 0] == a.max()


PLAIN = {"crowd", "playback", "sleeping"}
"""Plain loops themselves."""


def test_speech_is_what_its_reference_is() -> None:
    draw = np.random.default_rng(4)
    sound = draw.standard_normal(90).astype(np.float32)
    for onset, start in ((100, 60), (100, 131), (0, 0)):
        out = np.zeros((2, 260), np.float32)
        speech.add_speech(sound, speech.between(), onset, start, np.float32(0.5), out)
        expected = [generators.speech(sound, speech.between(), onset, start + n) / 2 for n in range(260)]
        np.testing.assert_allclose(out[0], expected, atol=1e-6)
        assert (out[0] == out[1]).all()


def test_a_dip_is_what_its_reference_is() -> None:
    draw = np.random.default_rng(5)
    sound = draw.standard_normal((2, 640)).astype(np.float32)
    depths = np.linspace(0, 0.8, 11).astype(np.float32)
    out, state = sound.copy(), np.zeros(dipping.STATE)
    for first in (0, 320):  # the state goes on from block to block
        block = np.ascontiguousarray(out[:, first : first + 320])
        dipping.shape_dipped(depths[first // STEP : first // STEP + 6], state, block)
        out[:, first : first + 320] = block
    at = levels.gains_at(depths, 640, STEP)
    for side in range(2):
        expected = levels.dipped(sound[side], at, dipping.CENTRE, dipping.WIDTH, 48_000)
        np.testing.assert_allclose(out[side], expected, atol=2e-6)


def test_every_module_of_kernels_names_its_reference() -> None:
    for path in sorted(KERNELS.glob("*.py")):
        text = path.read_text("utf-8")
        if "\n@kernel" not in text or path.stem in PLAIN:
            continue
        named = re.search(r"^As plain loops: `(\w+)` in tests/references/(\w+)\.py\.$", text, re.MULTILINE)
        assert named, path.name
        assert callable(getattr(importlib.import_module(f"references.{named[2]}"), named[1])), path.name
