"""Every format is read back by programs that have nothing of ours in them."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest
import soundfile
from conftest import Probe
from nights import night_of
from numpy.typing import NDArray
from PIL import Image

from lullaby.drawing.cover import cover
from lullaby.export import ENDINGS, USES, export
from lullaby.export.tag_reading import read_tags
from lullaby.night import ENGINE, Night
from lullaby.time import PAGE, RATE, Span

SCORE = """
title = "Drei Wellen — 三"
length = 00:05:00
fade_in = 1
fade_out = 20
[voices]
rain = "rain-on-slate"
bowl = "evening-bowl"
[scene.arriving]
at = 0
rain = -3
[scene.further-off]
at = 50
over = 10
rain = -8
bowl = -9
[scene.gone]
at = 66
rain = -20
"""
SPAN = Span(35 * RATE + 77, PAGE + 20 * RATE + 345)
CHAPTERS = [("Arriving", 0.0), ("Further off", 15 - 77 / RATE), ("Gone", 31 - 77 / RATE)]
LAG = {".opus": 312 / RATE + 1e-6, ".ogg": 312 / RATE + 1e-6, ".mp3": 0.045}
"""Seconds a codec's own padding adds to what ffprobe calls the duration of its container."""
PADDING = {".m4b": 1_023, ".mp4": 1_023, ".m4o": 959}
"""Frames that libav decodes of the last packet, though the file's tables say where its sound ends."""


@pytest.fixture(scope="module")
def night() -> Night:
    return Night(night_of(SCORE).score, seed=3, day=date(2026, 11, 30))


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """A cover is the same each time (test_cover): each is drawn once, and not for every format."""
    drawn: dict[tuple[str, Span, int], bytes] = {}

    def once(night: Night, span: Span, size: int) -> bytes:
        key = night.fingerprint, span, size
        if key not in drawn:
            drawn[key] = cover(night, span, size)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lullaby.drawing.cover.cover", once)
        yield


@pytest.fixture(scope="module")
def original(night: Night) -> NDArray[np.float32]:
    return night.render(SPAN)


class Kept(dict[str, Path]):
    """The night in every format, each kept as it is first asked for: workers share the tests of formats."""

    def __init__(self, night: Night, folder: Path) -> None:
        self._night, self._folder = night, folder

    def __missing__(self, ending: str) -> Path:
        assert ending in ENDINGS
        self[ending] = export(self._night, self._folder / f"night{ending}", span=SPAN)
        return self[ending]


@pytest.fixture(scope="module")
def files(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(night, tmp_path_factory.mktemp("kept"))


def decoded(path: Path) -> NDArray[np.float32]:
    """As PyAV hears it: frames by channels."""
    with av.open(str(path)) as file:
        same = av.AudioResampler(format="fltp")
        pieces = [r.to_ndarray() for f in file.decode(audio=0) for r in same.resample(f)]
    return np.concatenate(pieces, axis=1).T


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_sound_is_all_there_and_in_its_place(
    original: NDArray[np.float32], files: Kept, ffprobe: Probe, ending: str
):
    told = ffprobe(files[ending])
    assert abs(float(told["format"]["duration"]) - SPAN.seconds) <= LAG.get(ending, 1 / RATE)
    sound = decoded(files[ending])
    assert 0 <= len(sound) - len(original) <= PADDING.get(ending, 0)
    sound = sound[: len(original)]
    inner = slice(PAGE // 60, -RATE)
    error = np.sqrt(np.mean((sound[inner] - original[inner]) ** 2) / np.mean(original[inner] ** 2))
    assert error < (0.01 if ENDINGS[ending].bits else 0.3)
    later = np.sqrt(np.mean((sound[inner][1:] - original[inner][:-1]) ** 2) / np.mean(original[inner] ** 2))
    assert later > 1.5 * error  # a frame late would be heard here


@pytest.mark.parametrize("ending", ENDINGS)
def test_ffprobe_reads_chapters_tags_and_cover(night: Night, files: Kept, ffprobe: Probe, ending: str):
    told = ffprobe(files[ending])
    chapters = [(c["tags"]["title"], float(c["start_time"])) for c in told["chapters"]]
    assert [title for title, _ in sorted(chapters, key=lambda c: c[1])] == [title for title, _ in CHAPTERS]
    for (_, start), (_, due) in zip(sorted(chapters, key=lambda c: c[1]), CHAPTERS, strict=True):
        assert abs(start - due) < 0.001
    tags = {name.lower(): text for name, text in told["format"].get("tags", {}).items()}
    for stream in (s for s in told["streams"] if s["codec_type"] == "audio"):
        tags |= {name.lower(): text for name, text in stream.get("tags", {}).items()}
    assert tags["title"] == "Drei Wellen — 三"
    assert tags["date"] == "2026-11-30"
    assert night.fingerprint in str(tags)
    assert f"engine {ENGINE}" in str(tags)
    assert "may be published" in str(tags)
    for name, text in tags.items():
        if "gain" in name:
            assert float(text.split()[0]) == 0
    pictures = [s for s in told["streams"] if s["disposition"]["attached_pic"]]
    assert [(p["codec_name"], p["width"], p["height"]) for p in pictures] == [("mjpeg", 1400, 1400)]


@pytest.mark.parametrize("ending", [e for e in ENDINGS if e != ".wav"])
def test_mutagen_reads_length_title_and_cover(files: Kept, ending: str):
    told: Any = mutagen.File(files[ending])
    assert abs(told.info.length - SPAN.seconds) < 0.05
    tags = told.tags
    if ending == ".flac":
        title, cover = tags["TITLE"][0], told.pictures[0].data
    elif ending in (".opus", ".ogg"):
        import base64

        from mutagen.flac import Picture

        title = tags["TITLE"][0]
        cover = Picture(base64.b64decode(tags["METADATA_BLOCK_PICTURE"][0])).data
    elif ending == ".mp3":
        title, cover = str(tags["TIT2"]), tags.getall("APIC")[0].data
        assert [str(c.sub_frames["TIT2"]) for c in tags.getall("CHAP")] == [t for t, _ in CHAPTERS]
        assert tags.getall("CHAP")[-1].end_time == round(SPAN.seconds * 1000)
    else:
        title, cover = tags["©nam"][0], bytes(tags["covr"][0])
        assert [(c.title, round(c.start, 3)) for c in told.chapters] == [
            (title, round(start, 3)) for title, start in CHAPTERS
        ]
    assert title == "Drei Wellen — 三"
    with Image.open(io.BytesIO(cover)) as image:
        assert image.size == (1400, 1400)


@pytest.mark.parametrize("ending", [".flac", ".wav", ".opus", ".ogg", ".mp3"])
def test_libsndfile_hears_as_many_frames(files: Kept, ending: str):
    sound, rate = soundfile.read(files[ending], dtype="float32")
    assert rate == RATE
    assert abs(len(sound) - len(SPAN)) <= (2_305 if ending == ".mp3" else 0)


def test_a_player_can_jump_in_a_flac(files: Kept):
    told: Any = mutagen.File(files[".flac"])
    points = told.seektable.seekpoints
    assert len(points) == -(-len(SPAN) // (4_608 * 104))
    data = files[".flac"].read_bytes()
    first = data.index(b"\xff\xf8", 100_000 if len(data) > 10**6 else 0)
    start = points[0].byte_offset
    assert start == 0
    sync = {data[i : i + 2] for i in _frame_places(data, [p.byte_offset for p in points])}
    assert sync == {b"\xff\xf8"}
    assert first > 0


def _frame_places(data: bytes, offsets: list[int]) -> list[int]:
    """Where frames begin that lie so many bytes after the first, which follows the last block of words."""
    at = 4
    while True:
        last, length = data[at] & 0x80, int.from_bytes(data[at + 1 : at + 4])
        at += 4 + length
        if last:
            return [at + offset for offset in offsets]


def test_tables_stand_before_the_sound_in_an_m4b(files: Kept):
    data = files[".m4b"].read_bytes()
    kinds, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        kinds.append(data[at + 4 : at + 8])
        at += size
    assert kinds == [b"ftyp", b"moov", b"mdat"]
    assert at == len(data)


def test_no_place_gets_peaks_that_a_codec_drives_over_what_it_allows():
    """A codec that loses something overshoots by up to 1.5 dB, and podcasts may reach -1 dBTP."""
    assert all(use.peak + 1.5 <= -1 for use in USES.values() if use.peak is not None)


def test_a_film_is_black_from_end_to_end(files: Kept, ffprobe: Probe):
    streams = {s["codec_name"]: s for s in ffprobe(files[".mp4"])["streams"]}
    assert (streams["h264"]["width"], streams["h264"]["height"]) == (1280, 720)
    assert abs(float(streams["h264"]["duration"]) - SPAN.seconds) < 1e-3
    with av.open(str(files[".mp4"])) as file:
        pictures = [(f.time, f.to_ndarray(format="gray").max()) for f in file.decode(video=0)]
    assert len(pictures) == -(-2 * len(SPAN) // RATE)
    assert max(brightest for _, brightest in pictures) <= 16
    np.testing.assert_allclose([time for time, _ in pictures], np.arange(len(pictures)) / 2, atol=1e-6)


def test_ffmpeg_decodes_all_of_them_without_a_word(files: Kept, ffprobe: Probe):
    for path in (files[ending] for ending in ENDINGS):
        command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "null", "-"]
        assert subprocess.run(command, capture_output=True, check=True, text=True).stderr == ""


def test_our_own_reader_knows_them(night: Night, files: Kept):
    kept = read_tags(files[".m4b"])
    assert (kept.fingerprint, kept.title, kept.date) == (night.fingerprint, night.score.title, night.date)


def test_long_names_lose_no_chapters(tmp_path: Path, ffprobe: Probe):
    long = SCORE.replace("further-off", '"' + "🌙" * 24 + '"').replace(
        "scene.gone", 'scene."' + "g" * 99 + '"'
    )
    night = Night(night_of(long).score, seed=3)
    for ending in ENDINGS:
        path = export(night, tmp_path / f"long{ending}", span=Span(49 * RATE, 67 * RATE))
        assert len(ffprobe(path)["chapters"]) == 3


def test_one_scene_is_no_chapter(night: Night, tmp_path: Path, ffprobe: Probe):
    path = export(night, tmp_path / "short.opus", span=Span(RATE, PAGE // 2))
    assert ffprobe(path)["chapters"] == []


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_a_place_gets_what_it_wants(night: Night, tmp_path: Path, ffprobe: Probe, use: Any):
    """Loudness by a meter that is not ours, of the file as it stands."""
    import pyloudnorm

    path = export(night, tmp_path / f"night{use.ending}", span=SPAN, use=use)
    told = ffprobe(path)
    sound = next(s for s in told["streams"] if s["codec_type"] == "audio")
    assert (int(sound["sample_rate"]), sound["channels"]) == (use.rate, use.channels)
    heard = decoded(path)
    assert 0 <= len(heard) - -(-len(SPAN) * use.rate // RATE) <= PADDING.get(use.ending, 0)
    loudness = pyloudnorm.Meter(use.rate).integrated_loudness(heard.astype(float))
    if use.lufs is not None:
        assert abs(loudness - use.lufs) < 0.7
        assert 20 * np.log10(np.abs(heard).max()) < use.peak + 1.5  # a codec overshoots a little
    pictures = [s["width"] for s in told["streams"] if s["disposition"]["attached_pic"]]
    assert pictures == ([use.cover] if use.cover else [])
