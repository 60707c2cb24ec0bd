"""What a filter, a room and a tone claim is what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nights import VOICES, alone_text, decibels, night_of

from lullaby.chance import Key
from lullaby.kernels.bank import SCRATCH, STATE, fill_coloured, fill_toned
from lullaby.kernels.white import fill_white
from lullaby.night.reverberation import Reverberation, ReverbNetwork
from lullaby.score import ReverbSettings
from lullaby.time import BLOCK, RATE, SLOW, STEP, Span
from lullaby.voices.air.leaves import BRANCHES, FOLIAGE, TRUNK
from lullaby.voices.core.bed import Bed, laid_out
from lullaby.voices.core.colour import Points, bands, colour, target_db
from lullaby.voices.core.controls import Floats
from lullaby.voices.core.layers import Layer, _block
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.resonators import ANY, SLOPES, Resonators, matrices

RAIN: Points = ((60, -18), (200, -8), (800, 0), (2_000, -2), (5_000, -9), (12_000, -18))
SEA: Points = ((60, -12), (200, -6), (600, 0), (1_500, -5), (6_000, -20), (12_000, -36))


ONE = laid_out(np.ones((1, 1, 2)))


def through(
    sound: np.ndarray, weights: np.ndarray, bank: Resonators = ANY, cuts: tuple[int, ...] = ()
) -> np.ndarray:
    """Left and right through the bank in one colour, in one block or cut in several."""
    state, scratch = np.zeros(STATE, np.float32), np.zeros(SCRATCH, np.float32)
    made = []
    for piece in np.split(sound, cuts, axis=1):
        out = np.zeros_like(piece)
        fill_toned(np.ascontiguousarray(piece), matrices(bank), weights, ONE, state, scratch, out)
        made.append(out)
    return np.concatenate(made, axis=1).astype(np.float64)


def response(weights: np.ndarray, bank: Resonators = ANY) -> np.ndarray:
    """Amplitude at every hertz, from the impulse response."""
    impulse = np.zeros((2, RATE), np.float32)
    impulse[1, 37] = 1
    left, right = through(impulse, weights, bank)
    assert (left == 0).all()
    return np.abs(np.fft.rfft(right))


@pytest.mark.parametrize("tilt", [-9.0, -6.0, -4.5, -3.0, -1.0, 0.0, 3.0])
def test_a_tilt_is_as_steep_as_it_claims(tilt: float) -> None:
    hz = np.geomspace(40, 15_000, 200).astype(int)
    measured = 20 * np.log10(response(colour((), tilt, 20.0, 48_000.0, unity=False))[hz])
    assert np.abs(measured - target_db((), tilt, 20.0, 48_000.0, hz.astype(float))).max() < 0.3


@pytest.mark.parametrize("tilt", [-4.0, -3.0, -2.0, -1.0])
def test_eight_real_poles_are_enough_for_a_plain_slope(tilt: float) -> None:
    hz = np.geomspace(40, 15_000, 200).astype(int)
    weights = colour((), tilt, 20.0, 48_000.0, unity=False, bank=SLOPES)
    measured = 20 * np.log10(response(weights, SLOPES)[hz])
    assert np.abs(measured - target_db((), tilt, 20.0, 48_000.0, hz.astype(float))).max() < 0.5


@pytest.mark.parametrize(
    ("points", "low", "high", "off_by"),
    [
        ((), 250.0, 7_000.0, 0.4),
        ((), 0.0, 16_000.0, 0.5),
        ((), 0.0, 2_000.0, 0.5),
        ((), 0.0, 500.0, 0.5),
        (RAIN, 60.0, 16_000.0, 1.0),
        (SEA, 35.0, 16_000.0, 1.5),  # its corners are sharper than eight resonators can turn
    ],
)
def test_a_colour_has_the_spectrum_it_claims(points: Points, low: float, high: float, off_by: float) -> None:
    """Down to 40 dB under its top, from 40 Hz to 16 kHz."""
    hz = np.geomspace(40, 16_000, 300).astype(int)
    wish = target_db(points, 0.0, low, high, hz.astype(float))
    measured = 20 * np.log10(response(colour(points, 0.0, low, high, unity=False))[hz])
    heard = wish > wish.max() - 40
    assert np.abs(measured - wish)[heard].max() < off_by


def test_a_band_is_the_two_pole_band_pass_it_claims() -> None:
    signal = pytest.importorskip("scipy.signal")
    centres, quality = (400.0, 1_200.0, 9_000.0), 4.0
    hz = np.geomspace(50, 20_000, 100).astype(int)
    bank = Resonators(centres, quality)
    for centre, weights in zip(centres, bands(bank)[0], strict=True):
        w = 2 * np.pi * centre / RATE
        alpha = np.sin(w) / (2 * quality)
        _, exact = signal.freqz([alpha, 0, -alpha], [1 + alpha, -2 * np.cos(w), 1 - alpha], hz, fs=RATE)
        assert np.abs(20 * np.log10(response(weights, bank)[hz] / np.abs(exact))).max() < 0.01


def test_where_an_impulse_falls_does_not_matter() -> None:
    """Time invariance: the response is the same from any frame of a group, a tile or a block."""
    weights = colour((), -3.0, 100.0, 9_000.0, unity=False)

    def from_frame(at: int) -> np.ndarray:
        sound = np.zeros((2, BLOCK), np.float32)
        sound[:, at] = 1
        return through(sound, weights, cuts=(4 * STEP, 9 * STEP))[:, at : at + 2000]

    for at in (
        1,
        6,
        7,
        8,
        15,
        16,
        31,
        32,
        63,
        64,
        4 * STEP - 1,
        4 * STEP - 2,
        4 * STEP - 3,
        4 * STEP,
        9 * STEP - 1,
    ):
        assert decibels(np.abs(from_frame(at) - from_frame(0)).max()) < -120


def test_a_mixture_of_two_colours_is_the_sum_of_both() -> None:
    """Half of one and half of the other, from the first frame to the last, steady or moving."""
    key = np.array([1, 2], np.uint32)
    colours = [colour((), -3.0, 30.0, 16_000.0), colour((), -9.0, 30.0, 2_000.0)]

    def noise(weights: np.ndarray, chosen: list[np.ndarray]) -> np.ndarray:
        out = np.zeros((2, BLOCK), np.float32)
        state, scratch = np.zeros(STATE, np.float32), np.zeros(SCRATCH, np.float32)
        none, struck, rows = np.zeros(0, np.float32), np.zeros((2, 0), np.float32), laid_out(weights)
        bank, mixed = matrices(ANY), np.concatenate(chosen)
        fill_coloured(key, 0, bank, mixed, rows, none, 8, struck, state, scratch, out)
        return out.astype(np.float64)

    first, second = (noise(np.ones((1, 1, 2)), [c]) for c in colours)
    for rows in (1, BLOCK // SLOW + 1):
        half = noise(np.full((rows, 2, 2), 0.5), colours)
        assert decibels(np.abs(half - (first + second) / 2).max()) < -110


def decay(wish: ReverbSettings) -> np.ndarray:
    """The room's energy still to come, in dB, after an impulse; an octave about 700 Hz."""
    room = ReverbNetwork.from_settings(wish)
    assert room is not None
    seconds = 5
    sound, out = np.zeros((2, seconds * RATE), np.float32), np.zeros((2, seconds * RATE), np.float32)
    sound[:, 0] = 1
    held = Reverberation(room)
    for block in Span(0, seconds * RATE).blocks():
        part = np.ascontiguousarray(out[:, block.start : block.stop])
        held.add(np.ascontiguousarray(sound[:, block.start : block.stop]), part)
        out[:, block.start : block.stop] = part
    spectrum = np.fft.rfft(out[0].astype(np.float64))
    hz = np.fft.rfftfreq(out.shape[1], 1 / RATE)
    spectrum *= np.exp(-(((hz - 700) / 250) ** 2))  # a bell: an edge in frequency would ring in time
    energy = np.fft.irfft(spectrum) ** 2
    left = np.cumsum(energy[::-1])[::-1]
    return 10 * np.log10(left / left[0] + 1e-20)


@pytest.mark.parametrize("t60", [0.4, 0.8, 1.6, 2.4, 3.5])
@pytest.mark.parametrize("size", [0.7, 1.0, 1.5])
def test_a_room_dies_away_in_the_time_it_was_asked_for(t60: float, size: float) -> None:
    """±10 %, from -5 to -35 dB."""
    curve = decay(ReverbSettings(t60=t60, size=size, early=-60, damping=0.3))
    start, stop = np.argmax(curve < -5), np.argmax(curve < -35)
    assert (stop - start) / RATE * 2 == pytest.approx(t60, rel=0.1)


def test_a_damped_room_loses_its_highs_first() -> None:
    def highs(damping: float) -> float:
        room = ReverbNetwork.from_settings(ReverbSettings(t60=2.0, damping=damping, early=-60))
        assert room is not None
        sound, out = np.zeros((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32)
        sound[:, 0] = 1
        held = Reverberation(room)
        held.add(sound, out)
        power = np.abs(np.fft.rfft(out[0].astype(np.float64))) ** 2
        corner = len(power) // 4
        return float(10 * np.log10(power[corner:].sum() / power[:corner].sum()))

    assert highs(0.0) > highs(0.3) + 1 > highs(0.6) + 2 > highs(1.0) + 3


def test_white_noise_comes_out_of_the_room_as_loud_as_it_went_in() -> None:
    room = ReverbNetwork.from_settings(ReverbSettings(t60=1.6, damping=0.0, early=-60))
    assert room is not None
    held, power = Reverberation(room), []
    for block in Span(0, 12 * BLOCK).blocks():
        sound, out = np.zeros((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32)
        for side in (0, 1):
            fill_white(*(Key.root(3) / side).words, block.start, sound[side])
        held.add(sound, out)
        power.append(float((out.astype(np.float64) ** 2).mean()))
    assert 10 * np.log10(np.mean(power[8:])) == pytest.approx(0, abs=1.0)


def test_a_room_that_has_died_away_is_exactly_silent() -> None:
    room = ReverbNetwork.from_settings(ReverbSettings(t60=0.4))
    assert room is not None
    held, silence = Reverberation(room), np.zeros((2, BLOCK), np.float32)
    held.add(np.ones((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32))
    last = np.ones((2, BLOCK), np.float32)
    for _ in range(10):
        last = np.zeros((2, BLOCK), np.float32)
        held.add(silence, last)
    assert (last == 0).all()


def test_what_was_heard_before_a_long_silence_changes_nothing_after_it() -> None:
    """So that a night begun in the silence is the same night."""
    room = ReverbNetwork.from_settings(ReverbSettings(t60=0.4))
    assert room is not None
    loud, soft, silence = (np.full((2, BLOCK), level, np.float32) for level in (1, 1e-4, 0))
    held, fresh = Reverberation(room), Reverberation(room)
    held.add(loud, np.zeros((2, BLOCK), np.float32))
    for _ in range(10):
        held.add(silence, np.zeros((2, BLOCK), np.float32))
    after, alone = np.zeros((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32)
    held.add(soft, after)
    fresh.add(soft, alone)
    np.testing.assert_array_equal(after, alone)


TONAL = [
    v for v in VOICES if night_of(alone_text(v)).score.voices[0].kind.name in ("pad", "bowl", "bell", "beats")
]


@pytest.mark.parametrize("voice", TONAL)
def test_a_tone_has_nothing_between_its_partials(voice: str) -> None:
    """Aliasing and distortion stay 80 dB below the loudest partial, up to 15 kHz."""
    night = night_of(alone_text(voice))
    one, part = night.plan.tracks[0], night.score.voices[0]
    seconds = 12
    start = 60 * RATE
    if part.kind.name in (
        "bowl",
        "bell",
    ):  # between two strokes: begin half a second after the loudest moment
        sound = np.concatenate(
            [np.array(b) for b in one.voice.render(one.key, Span(0, 240 * RATE), one.controls)], 1
        )
        loud = np.abs(sound[:, : 200 * RATE]).max(axis=0).reshape(-1, RATE // 10).max(axis=1)
        start = (int(loud.argmax()) + 5) * (RATE // 10)
        seconds = 3
        sound = sound[:, start : start + seconds * RATE]
    else:
        span = Span(start, start + seconds * RATE)
        sound = np.concatenate([np.array(b) for b in one.voice.render(one.key, span, one.controls)], 1)
    values = one.controls.steady
    if part.kind.name == "pad":
        cents = np.array(values["detune"])
        tones = [
            n * 2 ** (c / 1200) * (k + 1)
            for n in values["notes"]  # type: ignore[union-attr]
            for c in cents
            for k in range(len(values["partials"]))  # type: ignore[arg-type]
        ]
    elif part.kind.name == "beats":
        tones = [float(values["tone"]) + k * float(values["beat"]) / 2 for k in range(-4, 5)]  # type: ignore[arg-type]
    else:
        tones = [float(values["pitch"]) * p for p in values["partials"]]  # type: ignore[arg-type, union-attr]
    x = sound[0].astype(np.float64)
    n = np.arange(len(x)) / len(x)
    window = (
        0.35875
        - 0.48829 * np.cos(2 * np.pi * n)
        + 0.14128 * np.cos(4 * np.pi * n)
        - 0.01168 * np.cos(6 * np.pi * n)
    )
    power = np.abs(np.fft.rfft(x * window))
    hz = np.fft.rfftfreq(len(x), 1 / RATE)
    between = (hz < 15_000) & (hz > 20)
    for tone in tones:
        between &= np.abs(hz - tone) > 12
    assert decibels(power[between].max() / power.max()) < -80


def test_a_saw_has_every_partial_and_each_as_much_softer_as_it_is_higher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "voices").mkdir()
    text = 'kind = "pad"\nnotes = [277]\ndetune = [0]\npartials = [0]\nsaw = 1\n[tide]\nby = 0\n'
    (tmp_path / "voices/saw.toml").write_text(text)
    one = night_of(alone_text("saw")).plan.tracks[0]
    sound = np.concatenate([np.array(b) for b in one.voice.render(one.key, Span(0, RATE), one.controls)], 1)
    power = np.abs(np.fft.rfft(sound[0].astype(np.float64)))
    places = np.arange(1, 8) * 277
    partials = power[places] * np.arange(1, 8)
    np.testing.assert_allclose(partials, partials[0], rtol=0.03)
    power[[0, *places]] = 0
    assert decibels(power[:2_000].max() / partials[0]) < -80, (
        "what folds back is left out of where it is heard"
    )


def test_a_cutoff_that_crosses_to_another_half_octave_within_a_step_is_heard_where_it_is() -> None:
    """Three layers at three cutoffs are more colours than the kernel mixes at once."""
    layers = tuple(Layer(points, 0.5) for points in (TRUNK, BRANCHES, FOLIAGE))
    loud = np.tile(np.array([layer.shares for layer in layers]), (2, 1, 1))
    key, step = Key.root(1), Span(0, SLOW)

    def heard(start: float, stop: float) -> Floats:
        return np.array(_block(Bed(key), layers, step, loud, np.array([start, stop])), np.float64)

    gliding, resting = heard(3.9, 4.1), heard(3.9, 3.9)
    assert np.abs(gliding - resting).max() < 0.1 * np.abs(resting).max()


def test_a_place_between_the_speakers_keeps_its_power() -> None:
    left, right = pan_gains(np.linspace(-1, 1, 33))
    assert left * left + right * right == pytest.approx(2)
    assert left[16] == right[16] == pytest.approx(1)
    assert right[0] == pytest.approx(0, abs=1e-12)
    assert left[-1] == pytest.approx(0, abs=1e-12)
