"""A listener's own sound: endless, even, trimmed, as loud as everything else; and nobody's way in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import textures
from nights import alone_text, decibels, night_of
from numpy.typing import NDArray

from lullaby.errors import CouldNot, LullabyError, WrittenWrongly
from lullaby.night.loudness import Meter
from lullaby.night.mixer import before_the_limiter
from lullaby.night.parcel import packed, unpacked
from lullaby.score import check_score, read_voice, score_of
from lullaby.score.attached_files import attached
from lullaby.score.avoiding import Avoid, without
from lullaby.score.checks import Unfit
from lullaby.time import BLOCK, PAGE, RATE, Span
from lullaby.voices.clips import clip
from lullaby.voices.clips import decoding as clip_decoding
from lullaby.voices.clips import grains as clip_grains
from lullaby.voices.clips import reading as clip_reading
from lullaby.voices.kinds import KINDS

Floats = NDArray[np.float64]


def creek(seconds: float, rate: int = RATE, channels: int = 2, seed: int = 1) -> Floats:
    """Something like water: noise through a slow and a quick motion, frames by channels."""
    chance = np.random.default_rng(seed)
    count = int(seconds * rate)
    smooth = np.convolve(chance.standard_normal(count), np.ones(6) / 6, "same")
    quick = np.repeat(chance.lognormal(0, 0.25, count // (rate // 20) + 2), rate // 20)[:count]
    sound = 0.05 * smooth * np.convolve(quick, np.ones(rate // 40) / (rate // 40), "same")
    sides = [sound, 0.6 * sound + 0.04 * np.convolve(chance.standard_normal(count), np.ones(6) / 6, "same")]
    return np.stack(sides[:channels], axis=1)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The listener's own folder of voices."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "voices").mkdir()
    return tmp_path / "voices"


def voice(folder: Path, file: str, more: str = "", name: str = "my-creek") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(f'# My own creek.\nkind = "clip"\nfile = {json.dumps(file)}\n{more}\n', "utf-8")
    return path


def endless(seconds: int, told: str = "", first: int = 1) -> Floats:
    night = night_of(alone_text("my-creek", told))
    span = Span(first * PAGE, first * PAGE + seconds * RATE)
    return np.concatenate([np.array(b) for b in before_the_limiter(night.plan, span)], axis=1).astype(
        np.float64
    )


def brought(folder: Path, file: str = "creek.wav") -> str:
    """The recording as a plan tells of it."""
    return read_voice(voice(folder, file), KINDS).attached["file"].address


def kept(folder: Path, sound: Any, name: str = "creek.wav", rate: int = RATE, form: str = "") -> Path:
    soundfile.write(folder / name, sound, rate, subtype=form or None)
    return folder / name


# ---- what is heard


@pytest.mark.parametrize(
    ("channels", "rate", "gain"), [(1, 44_100, 1.0), (2, 48_000, 0.05), (2, 96_000, 3.0)]
)
def test_a_clip_is_as_loud_as_every_voice(own: Path, channels: int, rate: int, gain: float) -> None:
    kept(own, np.clip(gain * creek(20, rate, channels), -1, 1), rate=rate)
    voice(own, "creek.wav")
    meter = Meter()
    sound = endless(120)
    meter.feed(sound.astype(np.float32))
    assert meter.integrated == pytest.approx(-27, abs=1)
    assert decibels(meter.true_peak) <= -7.5
    assert meter.momentary_max <= meter.integrated + 9
    assert np.abs(sound.mean(axis=1)).max() < 1e-4
    assert (sound[0] != sound[1]).any()  # a mono recording has two sides, too


def test_a_moment_of_sound_is_as_loud_as_the_same_again_and_again(
    own: Path,
) -> None:
    short = creek(1)[: 3 * RATE // 10]
    kept(own, short)
    kept(own, np.tile(short, (20, 1)), "many.wav")
    one, many = (clip_reading.recording(brought(own, name), 0.0, 0.0) for name in ("creek.wav", "many.wav"))
    np.testing.assert_allclose(one.gains, many.gains, rtol=0.05)


def test_a_file_larger_than_is_ever_read_is_refused_unopened(own: Path) -> None:
    with (own / "huge.wav").open("wb") as file:
        file.truncate((4 << 30) + 1)  # of holes alone
    with pytest.raises(Unfit, match="is larger than 4 GiB"):
        attached("huge.wav", own / "my-creek.toml")


def test_no_more_of_a_recording_is_decoded_than_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def seconds(container: Any) -> Iterator[NDArray[np.int16]]:
        for _ in range(3):
            yield np.ones((RATE, 1), np.int16)
        pytest.fail("went on")

    monkeypatch.setattr(clip_reading, "pieces", seconds)
    assert len(clip_reading._gathered(None, RATE, 3 * RATE)) == 2 * RATE


def test_a_clip_of_claps_is_softer_rather_than_sharp(own: Path) -> None:
    """Peaks do not pass -7.5 dBTP; for that a recording may be as much as 6 dB softer."""
    sound = creek(20)
    sound[:: RATE // 2] += 0.5
    kept(own, sound)
    voice(own, "creek.wav")
    meter = Meter()
    meter.feed(endless(60).astype(np.float32))
    assert -34 < meter.integrated < -28


def test_no_seam_is_heard(own: Path) -> None:
    """Where grains take turns the second difference is like everywhere, and the level does not dip; a hard
    cut would be found."""
    t = np.arange(20 * RATE) / RATE
    tone = 0.1 * np.sin(2 * np.pi * 180 * t) * np.ones((2, 1))
    kept(own, tone.T + 0.3 * creek(20))
    voice(own, "creek.wav")
    sound = endless(60)
    bend = np.abs(np.diff(sound[0], 2))
    source = np.abs(np.diff((tone + 0.3 * creek(20).T)[0], 2))
    assert bend.max() / np.quantile(bend, 0.9999) < 1.4 * source.max() / np.quantile(source, 0.9999)
    smooth = np.convolve(np.abs(np.diff(tone[0], 2)), np.ones(1), "same")
    cut = np.concatenate([tone[0][: RATE + 40], tone[0][3 * RATE + 100 :]])
    assert np.abs(np.diff(cut, 2)).max() > 3 * smooth.max()
    assert textures.levels(sound[0], 0.5).std() < 2.0


def test_an_hour_of_twenty_seconds_is_no_loop(own: Path) -> None:
    """Grains repeat what was recorded, but never in a row and never after an even time."""
    kept(own, creek(20))
    voice(own, "creek.wav")
    one = night_of(alone_text("my-creek")).plan.tracks[0]
    length = clip.ready(one.controls.word("file"), 0.0, 0.0).length
    longest = clip_grains.grain_length(length, 6.0)
    table = clip_grains.grains(one.key / "grains", Span(0, 3600 * RATE), length, longest, one.controls)
    places, onsets, lives = (table[name].astype(np.int64) for name in ("place", "onset", "life"))
    assert (np.abs(np.diff(places)) >= longest).all()
    assert (places >= 0).all()
    assert (places + lives <= length).all()
    assert len(np.unique(places)) > 0.99 * len(places)
    assert np.diff(onsets).std() > 0.05 * np.diff(onsets).mean()
    # how often the same step from place to place comes again: a loop would do so every time
    steps = np.diff(places) // (RATE // 10)
    pairs = steps[:-1] * 10_000 + steps[1:]
    assert np.unique(pairs, return_counts=True)[1].max() <= 6
    spread = np.histogram(places, 10, (0, length - longest))[0]
    assert spread.min() > 0.04 * len(places)  # all of the recording is used
    looped = np.arange(400) % 3 * longest
    assert np.unique(np.diff(looped)[:-1] * 10_000 + np.diff(looped)[1:], return_counts=True)[1].max() > 100


def test_a_loop_is_begun_again_from_far_away_in_it(own: Path) -> None:
    kept(own, creek(2))
    voice(own, "creek.wav")
    one = night_of(alone_text("my-creek")).plan.tracks[0]
    length = 4 * RATE
    longest = clip_grains.grain_length(length, 6.0)
    table = clip_grains.grains(one.key / "grains", Span(0, 3600 * RATE), length, longest, one.controls)
    places = table["place"].astype(np.int64)
    assert (places >= 0).all()
    assert (places < length).all()
    there = np.abs(np.diff(places))
    assert np.minimum(there, length - there).min() > 0.15 * length
    assert np.histogram(places, 10, (0, length))[0].min() > 0.05 * len(places)  # all of it is begun with


def test_a_grain_longer_than_the_file_goes_round_softly(own: Path) -> None:
    kept(own, creek(2))
    voice(own, "creek.wav", "grain = 10")
    sound = endless(60)
    bend = np.abs(np.diff(sound[0], 2))
    assert bend.max() < 1.6 * np.quantile(bend, 0.9999)
    assert textures.levels(sound[0], 1.0).std() < 1.5


def test_a_clip_cut_in_pieces_is_the_same(own: Path) -> None:
    kept(own, creek(20, 44_100), rate=44_100)
    voice(own, "creek.wav", "distance = 0.4")
    one = night_of(alone_text("my-creek")).plan.tracks[0]

    def heard(span: Span) -> NDArray[np.float32]:
        return np.concatenate([np.array(b) for b in one.voice.render(one.key, span, one.controls)], axis=1)

    whole = heard(Span(0, 40 * BLOCK))
    lead = round(one.voice.memory * RATE) // 320 * 320 + 320
    late = heard(Span(20 * BLOCK - lead, 40 * BLOCK))[:, lead:]
    assert decibels(np.abs(whole[:, 20 * BLOCK :] - late).max()) < -100
    assert (heard(Span(0, 10 * BLOCK)) == whole[:, : 10 * BLOCK]).all()


def test_silence_at_the_ends_is_left_out_and_pitch_is_kept(own: Path) -> None:
    t = np.arange(10 * 44_100) / 44_100
    tone = 0.2 * np.sin(2 * np.pi * 440 * t)
    rest = np.zeros(3 * 44_100)
    kept(own, np.concatenate([rest, tone, rest])[:, None], rate=44_100)
    path = read_voice(voice(own, "creek.wav"), KINDS).attached["file"].address
    one = clip_reading.recording(path, 0.0, 0.0)
    assert one.length / RATE == pytest.approx(10, abs=0.05)
    hz, power = textures.power_spectrum(one.sound[:, 0] / 32768)
    assert hz[np.argmax(power)] == pytest.approx(440, abs=3)
    near = np.abs(hz - 440) < 30
    assert 10 * np.log10(power[~near & (hz > 100)].sum() / power[near].sum()) < -70


def test_a_voltage_under_a_recording_does_not_hide_its_silence(own: Path) -> None:
    rest = np.zeros((2 * RATE, 1))
    kept(own, 0.3 + np.concatenate([rest, creek(5, channels=1), rest]))
    one = clip_reading.recording(brought(own), 0.0, 0.0)
    assert one.length / RATE == pytest.approx(5, abs=0.05)
    assert np.abs(one.means - 0.3 * 32768).max() < 30


def test_silence_longer_than_what_is_looked_at_at_once_is_left_out(own: Path) -> None:
    kept(own, np.concatenate([np.zeros((23 * RATE, 2)), creek(5), np.zeros((34 * RATE, 2))]))
    assert clip_reading.recording(brought(own), 0.0, 0.0).length / RATE == pytest.approx(5, abs=0.05)


def in_one_speaker(sound: Floats) -> float:
    """dB that left and right lose by being added, against two that have nothing to do with each other."""
    added = sound.sum(axis=0)
    return float(10 * np.log10((added**2).mean() / (sound**2).sum(axis=0).mean() + 1e-30))


@pytest.mark.parametrize("alike", [1.0, 0.8])
def test_a_recording_wired_the_wrong_way_round_is_heard_in_one_speaker(own: Path, alike: float) -> None:
    left, other = creek(20)[:, 0], creek(20, seed=2)[:, 0]
    right = alike * left + np.sqrt(1 - alike**2) * other
    kept(own, np.stack([left, -right], axis=1))
    assert in_one_speaker(np.stack([left, -right])) < -6
    voice(own, "creek.wav")
    assert in_one_speaker(endless(30)) > 2


def test_a_recording_with_two_sides_stays_as_it_is(own: Path) -> None:
    """Sides that have nothing to do with each other, or somewhat against each other, are left alone."""
    left, other = creek(20)[:, 0], creek(20, seed=2)[:, 0]
    for alike in (0.9, 0.0, -0.3):
        kept(own, np.stack([left, alike * left + np.sqrt(1 - alike**2) * other], axis=1))
        assert (clip_reading.recording(brought(own), 0.0, 0.0).gains > 0).all()


def test_from_and_to_choose_a_part(own: Path) -> None:
    sound = creek(30)
    sound[: 10 * RATE] *= 0.01
    kept(own, sound)
    told = read_voice(voice(own, "creek.wav"), KINDS).attached["file"].address
    assert clip_reading.recording(told, 12.0, 20.0).length == pytest.approx(8 * RATE, abs=2_000)
    with pytest.raises(CouldNot, match="nothing in it is loud enough"):
        clip_reading.recording(told, 25.0, 20.0)


def whistle(seconds: float) -> Floats:
    """A tone that rises evenly from 600 Hz by four octaves: its pitch tells the place in the recording."""
    along = np.arange(int(seconds * RATE)) / (seconds * RATE)
    turns = 600 * seconds / (4 * np.log(2)) * 16**along
    return np.repeat(0.2 * np.sin(2 * np.pi * turns)[:, None], 2, axis=1)


def spectra(sound: Floats) -> Floats:
    """Power [times, bins] every 85 ms, in windows of twice that."""
    frames = np.lib.stride_tricks.sliding_window_view(sound[0], 8_192)[::4_096]
    return np.abs(np.fft.rfft(frames * np.hanning(8_192))) ** 2


def places(sound: Floats) -> Floats:
    """Where in the whistle we are, as octaves above its beginning."""
    return np.log2(spectra(sound).argmax(axis=1) * RATE / 8_192 / 600)


def leaps(sound: Floats) -> Floats:
    """How far each turn leads, in octaves; the whistle itself goes by .006 from window to window."""
    steps = np.abs(np.diff(places(sound)))
    return steps[steps > 0.03]


def two_at_once(sound: Floats) -> float:
    """The share of time in which a second pitch is heard, less than 15 dB under the first."""
    power = spectra(sound)
    bins = np.arange(power.shape[1])
    first = power.argmax(axis=1)[:, None]
    others = np.where(np.abs(bins - first) > 12, power, 0).max(axis=1)
    return float((others > power.max(axis=1) / 31.6).mean())


def in_mono(seconds: float) -> Floats:
    return creek(seconds, channels=1)


@dataclass(frozen=True)
class Sweep:
    """Five values of a setting, and what is heard to grow (or with -1 to shrink) from each to the next."""

    values: tuple[float, ...]
    of: Callable[[Floats], float]
    sign: int = 1
    told: str = ""
    recording: Callable[[float], Floats] = whistle
    seconds: int = 60
    """Of the recording, and of what is heard."""


UP = (0, 0.25, 0.5, 0.75, 1)

SWEEPS = {
    "from": Sweep((0, 10, 20, 30, 40), lambda s: places(s).min(), told="grain = 2"),
    "to": Sweep((20, 30, 40, 50, 60), lambda s: places(s).max(), told="grain = 2"),
    "grain": Sweep((0.5, 1, 2, 4, 8), lambda s: len(leaps(s)), -1),
    "cross": Sweep((0.05, 0.2, 0.35, 0.5, 0.7), two_at_once, told="grain = 4"),
    "wander": Sweep(UP, lambda s: leaps(s).mean(), told="grain = 1"),
    "distance": Sweep(UP, lambda s: textures.centroid(s[0]), -1, "", creek, 20),
    "width": Sweep(UP, lambda s: textures.left_right_correlation(s, 200, 8_000), -1, "", in_mono, 20),
}


@pytest.mark.parametrize("setting", SWEEPS)
def test_a_setting_moves_what_its_line_says(own: Path, setting: str) -> None:
    sweep = SWEEPS[setting]
    kept(own, sweep.recording(sweep.seconds))
    moved = []
    for value in sweep.values:
        voice(own, "creek.wav", f"{sweep.told}\n{setting} = {value}")
        moved.append(sweep.of(endless(sweep.seconds)))
    assert (np.diff(moved) * sweep.sign > 0).all(), moved


def test_every_setting_of_a_clip_has_been_listened_to() -> None:
    of_the_desk = {"level", "pan", "send", "trim"}
    assert {row.name for row in clip.KIND} - of_the_desk - {"file"} == set(SWEEPS)


# ---- what is said of files that are not what they should be


def said(path: Path) -> str:
    """The one line that such a voice file is answered with."""
    with pytest.raises(WrittenWrongly) as caught:
        read_voice(path, KINDS)
    lines = str(caught.value).splitlines()
    assert str(path) in lines[0]
    assert len(lines) <= 2
    return " ".join(line.strip() for line in lines)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.mp3", b"this is a text and not a sound\n" * 50, "not a sound that can be decoded"),
        ("a.wav", b"", "is empty"),
        ("a.wav", b"RIFF\xff\xff\xff\xffWAVEfmt ", "not a sound that can be decoded"),
        ("a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0" + b"\0" * 400, "not a sound that can be decoded"),
        (
            "a.m3u8",
            b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n",
            "not a sound that can be decoded",
        ),
        ("a.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", "not a sound"),
        ("a.txt", b"ffconcat version 1.0\nfile other.wav\n", "not a sound that can be decoded"),
    ],
)
def test_a_file_that_is_no_sound_is_answered_with_one_line(
    own: Path, name: str, content: bytes, expected: str
) -> None:
    kept(own, creek(2), "other.wav")
    (own / name).write_bytes(content)
    assert expected in said(voice(own, name))


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "../x.wav",
        "a/../../x.wav",
        "~/x.wav",
        "C:\\x.wav",
        "http://a.b/c.mp3",
        "",
        ".hidden.wav",
        "a\nb",
    ],
)
def test_no_name_leads_out_of_the_folder(own: Path, file: str) -> None:
    soundfile.write(own.parent / "x.wav", creek(2), RATE)
    said(voice(own, file))


def test_a_link_that_leads_out_is_refused_and_one_that_stays_is_not(own: Path) -> None:
    soundfile.write(own.parent / "x.wav", creek(8), RATE)
    (own / "out.wav").symlink_to(own.parent / "x.wav")
    assert "leads out" in said(voice(own, "out.wav"))
    (own / "folder").symlink_to(own.parent)
    assert "leads out" in said(voice(own, "folder/x.wav"))
    (own / "walks").mkdir()
    kept(own / "walks", creek(8))
    (own / "in.wav").symlink_to(own / "walks" / "creek.wav")
    for good in ("in.wav", "walks/creek.wav"):
        assert read_voice(voice(own, good), KINDS).attached["file"].path == own / "walks" / "creek.wav"


def test_a_pipe_a_folder_and_a_missing_file_are_refused(own: Path) -> None:
    os.mkfifo(own / "pipe.wav")
    (own / "folder.wav").mkdir()
    assert "not an ordinary file" in said(voice(own, "pipe.wav"))
    assert "not an ordinary file" in said(voice(own, "folder.wav"))
    with pytest.raises(Unfit, match=r"^cannot be read \(no such file"):
        clip_reading.opens(own / "gone-by-now.wav")
    assert "is not there" in said(voice(own, "creek.wav"))


def test_a_voice_without_a_file_and_a_score_that_names_one_are_told(own: Path, tmp_path: Path) -> None:
    path = own / "bare.toml"
    path.write_text('kind = "clip"\n')
    assert 'has no "file"' in said(path)
    kept(own, creek(8))
    voice(own, "creek.wav")
    score = tmp_path / "night.toml"
    score.write_text(
        alone_text("my-creek").replace('"my-creek"', '{ voice = "my-creek", file = "/etc/passwd" }')
    )
    assert ["voice file" in str(mistake) for mistake in check_score(score, KINDS)] == [True]


CHANCE = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("sound", "rate"),
    [
        (np.zeros((5 * RATE, 2)), RATE),
        (creek(0.1), RATE),
        (creek(0.05, 8_000, 1), 8_000),
        (np.full((5 * RATE, 2), 0.3), RATE),
        (np.full((5 * RATE, 1), -0.9), 44_100),
        (0.3 + np.round(CHANCE.standard_normal((5 * RATE, 1))) / 32768, RATE),
    ],
    ids=["silence", "a click", "a shorter one", "a voltage", "another", "a converter's noise"],
)
def test_what_is_nothing_is_said_when_it_is_to_be_heard(own: Path, sound: Floats, rate: int) -> None:
    kept(own, sound, rate=rate)
    night = night_of(alone_text(voice(own, "creek.wav").stem))
    with pytest.raises(
        CouldNot, match=r"creek.wav: (nothing in it is loud enough|only 0.\d+ s of sound are in it)"
    ):
        night.render(Span(PAGE, PAGE + RATE))


@pytest.mark.parametrize("value", [1e30, -1e30, np.nan, np.inf, 3_000.0])
@pytest.mark.parametrize("form", ["FLOAT", "DOUBLE"])
def test_values_that_are_no_sound_are_answered_with_one_line(own: Path, value: float, form: str) -> None:
    sound = creek(3)
    sound[::50] = value
    kept(own, sound, form=form)
    assert "has values in it that are no sound" in said(voice(own, "creek.wav"))


def test_a_value_that_is_no_sound_among_many_that_are_is_left_out(own: Path) -> None:
    sound = creek(8)
    sound[3 * RATE] = np.nan
    kept(own, sound, form="FLOAT")
    voice(own, "creek.wav")
    assert np.isfinite(endless(10)).all()


@pytest.mark.parametrize("rate", [1, 100, 3_999, 768_001, 2**31 - 1])
def test_a_sample_rate_that_nobody_records_at_is_refused(own: Path, rate: int) -> None:
    kept(own, creek(1), rate=rate)
    assert f"has a sample rate of {rate} Hz" in said(voice(own, "creek.wav"))


def matroska(path: Path, samples: int, rate: int) -> None:
    """One frame, as long as you like: a byte a sample."""
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_u8", rate=rate, layout="mono")
        noise = CHANCE.integers(0, 255, (1, samples)).astype(np.uint8)
        frame = av.AudioFrame.from_ndarray(noise, "u8", "mono")
        frame.sample_rate, frame.pts = rate, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def test_a_long_frame_is_taken_in_slices_and_a_longer_one_not_at_all(own: Path) -> None:
    matroska(own / "long.mkv", 1_000_000, 4_000)
    with (own / "long.mkv").open("rb") as file, clip_decoding.opened(file) as container:
        lengths = [len(piece) for piece in clip_decoding.pieces(container)]
    assert sum(lengths) == pytest.approx(12_000_000, abs=2_000)
    assert max(lengths) <= 50_000
    matroska(own / "longer.mkv", 2_000_000, 4_000)
    assert "not a sound that can be decoded" in said(voice(own, "longer.mkv"))


@pytest.mark.parametrize(("first", "what"), [(22, "channels"), (24, "rate"), (34, "bits")])
def test_a_header_with_a_nought_in_it_is_answered_with_one_line(own: Path, first: int, what: str) -> None:
    header = bytearray(kept(own, creek(2)).read_bytes())
    header[first : first + 2] = bytes(2)
    (own / "creek.wav").write_bytes(header)
    assert "not a sound that can be decoded" in said(voice(own, "creek.wav"))


@pytest.mark.parametrize("channels", [9, 40])
def test_more_channels_than_can_be_made_two_are_refused(own: Path, channels: int) -> None:
    kept(own, np.repeat(creek(1, 8_000, 1), channels, axis=1), rate=8_000)
    assert f"has {channels} channels" in said(voice(own, "creek.wav"))


@pytest.mark.parametrize(
    ("name", "form", "rate", "channels"),
    [
        ("a.wav", "PCM_U8", 8_000, 1), ("a.wav", "ALAW", 8_000, 1), ("a.wav", "PCM_24", RATE, 2),
        ("a.wav", "DOUBLE", 96_000, 2), ("a.wav", "", RATE, 6), ("a.flac", "", 4_000, 2),
        ("a.aiff", "", 22_050, 2), ("a.ogg", "", 44_100, 2), ("a.mp3", "", 44_100, 2), ("a.caf", "", RATE, 2),
    ],
)  # fmt: skip
def test_whatever_people_record_with_is_as_loud_as_every_voice(
    own: Path, name: str, form: str, rate: int, channels: int
) -> None:
    sides = np.stack([creek(8, rate, 1, seed)[:, 0] for seed in range(channels)], axis=1)
    kept(own, sides, name, rate, form)
    voice(own, name)
    meter = Meter()
    meter.feed(endless(20).astype(np.float32))
    assert meter.integrated == pytest.approx(-27, abs=1)


def test_what_follows_a_damaged_place_is_heard(own: Path) -> None:
    content = bytearray(kept(own, creek(12), "creek.mp3").read_bytes())
    middle = len(content) // 3
    content[middle : middle + 2_000] = CHANCE.bytes(2_000)
    (own / "creek.mp3").write_bytes(content)
    assert clip_reading.recording(brought(own, "creek.mp3"), 0.0, 0.0).length > 10 * RATE


def test_a_file_of_two_parts_with_two_rates_keeps_its_pitch(own: Path) -> None:
    parts = []
    for rate in (48_000, 22_050):
        tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(4 * rate) / rate)
        parts.append(kept(own, np.stack([tone, tone], axis=1), "part.mp3", rate).read_bytes())
    (own / "both.mp3").write_bytes(b"".join(parts))
    one = clip_reading.recording(brought(own, "both.mp3"), 0.0, 0.0)
    assert one.length / RATE == pytest.approx(8, abs=0.3)
    for second in (1, 6):
        hz, power = textures.power_spectrum(one.sound[second * RATE : (second + 1) * RATE, 0] / 32768)
        assert hz[np.argmax(power)] == pytest.approx(440, abs=3)


def test_a_file_that_is_written_to_while_it_is_read_is_told(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(own, creek(8))
    told = brought(own)
    whole = clip_reading.pieces

    def slowly(container: Any) -> Any:
        yield from whole(container)
        with path.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(clip_reading, "pieces", slowly)
    with pytest.raises(CouldNot, match="changed while it was read"):
        clip_reading.recording(told, 0.0, 0.0)


def test_a_pipe_in_the_place_of_a_recording_keeps_nobody_waiting(own: Path) -> None:
    path = kept(own, creek(8))
    told = brought(own)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CouldNot, match="cannot be read"):
        clip_reading.recording(told, 1.0, 0.0)


GROWTH = """
import sys
from pathlib import Path
from lullaby.score.attached_files import AttachedFile, content
from lullaby.voices.clips import clip

def most():
    # what getrusage tells is at first the parent's
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1_000

def read(name):
    path = Path(sys.argv[1]) / name
    facts = path.stat()
    named = AttachedFile(path, content(path, facts.st_size, facts.st_mtime_ns, facts.st_ino)).address
    return clip.ready(named, 0.0, 0.0)

read("short.flac")  # what decodes, trims and measures is there from now on
before = most()
one = read("long.flac")
assert one.length == 600 * 48_000
print(most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory was taken at the most is asked of Linux")
def test_ten_minutes_of_a_recording_stand_in_memory_once(own: Path) -> None:
    """As stereo they are 115 MB; reading them took 116 MB when this was written."""
    sound = creek(20)
    kept(own, sound, "short.flac")
    kept(own, np.tile(sound, (31, 1)), "long.flac")
    asked = [sys.executable, "-c", GROWTH, str(own)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1.3 * 116


def test_a_file_that_was_cut_off_gives_what_there_is(own: Path) -> None:
    whole = kept(own, creek(12), "creek.flac").read_bytes()
    (own / "cut.flac").write_bytes(whole[: len(whole) // 2])
    voice(own, "cut.flac")
    assert np.abs(endless(5)).max() > 0


def video(path: Path, with_sound: bool) -> None:
    import av

    with av.open(str(path), "w") as file:
        pictures = file.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sounds = file.add_stream("aac", rate=RATE, layout="stereo") if with_sound else None
        for _ in range(20):
            file.mux(pictures.encode(av.VideoFrame(64, 48, "yuv420p")))
        file.mux(pictures.encode(None))
        if sounds:
            data = np.ascontiguousarray(creek(8).T.astype(np.float32))
            for at in range(0, data.shape[1] - 1024, 1024):
                frame = av.AudioFrame.from_ndarray(data[:, at : at + 1024].copy(), "fltp", "stereo")
                frame.sample_rate, frame.pts = RATE, at
                file.mux(sounds.encode(frame))
            file.mux(sounds.encode(None))


def test_of_a_video_the_sound_is_taken_and_a_silent_one_refused(own: Path) -> None:
    video(own / "walk.mp4", True)
    voice(own, "walk.mp4")
    assert np.abs(endless(3)).max() > 0
    video(own / "mute.mp4", False)
    assert "has no sound in it" in said(voice(own, "mute.mp4", name="mute"))


def test_of_a_long_file_ten_minutes_are_used_and_that_is_said(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_reading, "LONGEST", 10)
    monkeypatch.setattr(clip, "LONGEST", 10)
    kept(own, creek(40, 16_000, 1), rate=16_000)
    score = score_of(alone_text(voice(own, "creek.wav").stem), "night.toml", KINDS)
    assert len(list(clip.remarks(score.voices))) == 1
    told = score.voices[0].voice.attached["file"].address
    assert clip_reading.recording(told, 5.0, 0.0).length <= 10 * RATE


# ---- nights, parcels and machines


def test_another_recording_is_another_night(own: Path) -> None:
    names = []
    for seed in (1, 2, 1):
        kept(own, creek(8, seed=seed))
        os.utime(own / "creek.wav", ns=(seed, seed))
        names.append(night_of(alone_text(voice(own, "creek.wav").stem)).fingerprint)
    assert names[0] == names[2] != names[1]


def test_a_parcel_carries_the_recording_by_name_and_refuses_another(own: Path) -> None:
    kept(own, creek(8))
    voice(own, "creek.wav")
    plan = night_of(alone_text("my-creek")).plan
    parcel = json.loads(json.dumps(packed(plan)))
    span = Span(PAGE, PAGE + 2 * RATE)

    def heard(what: object) -> NDArray[np.float32]:
        return np.concatenate([np.array(b) for b in before_the_limiter(unpacked(what), span)], axis=1)

    whole = np.concatenate([np.array(b) for b in before_the_limiter(plan, span)], axis=1)
    assert (heard(parcel) == whole).all()
    kept(own, creek(9, seed=3))
    clip_reading._recording.cache_clear()
    clip.ready.cache_clear()
    with pytest.raises(CouldNot, match="another recording"):
        heard(parcel)
    (own / "creek.wav").unlink()
    with pytest.raises(CouldNot, match="needs this recording"):
        heard(parcel)


def test_a_clip_to_be_avoided_is_left_out(own: Path) -> None:
    kept(own, creek(8), "dripping tap.wav")
    voice(own, "dripping tap.wav")
    score = score_of(alone_text("my-creek").replace("[scene", 'two = "pink-noise"\n[scene').replace(
        "one = { level = 0 }", "one = { level = 0 }\ntwo = -6"), "night.toml", KINDS)  # fmt: skip
    for avoid in (Avoid(clips=("dripping tap.wav",)), Avoid(clips=("dripping tap",)), Avoid(words=("tap",))):
        assert [part.name for part in without(score, avoid).voices] == ["two"]


def test_every_refusal_is_a_sentence(own: Path) -> None:
    with pytest.raises(LullabyError) as caught:
        clip_reading.recording("0" * 64 + f" {own / 'gone.wav'}", 0.0, 0.0)
    assert str(caught.value).endswith(".")
    assert "gone.wav" in str(caught.value)
