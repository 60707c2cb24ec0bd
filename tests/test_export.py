"""A night kept as a file is the night: to the frame, to the bit, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from nights import night_of
from numpy.typing import NDArray

import lullaby
from lullaby.chance import Key
from lullaby.cli import main
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export import ENDINGS, Sampling, codecs, export, rendering_of
from lullaby.export.containers import container
from lullaby.export.file_tags import tags_of
from lullaby.kernels.dither import fill_dithered_16, fill_dithered_24
from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.time import PAGE, RATE, Span

pytestmark = pytest.mark.usefixtures("without_covers")

SCORE = """
title = "Two Minutes"
length = 00:02:00
fade_in = 1
fade_out = 10
[voices]
rain = "rain-on-slate"
hush = "pink-noise"
[scene.arriving]
at = 0
hush = -3
[scene.silence]
at = 00:01:00
over = 1
hush = "silent"
[scene.again]
at = 00:01:10
over = 1
rain = -6
[room]
level = "silent"
"""


@pytest.fixture(scope="module")
def night() -> Night:
    return night_of(SCORE, seed=11)


def whole(night: Night, span: Span, bits: int) -> NDArray[Any]:
    """The span as whole numbers, without any edge fades, made in one go."""
    out: NDArray[Any] = np.zeros((len(span), 2), np.int16 if bits == 16 else np.int32)
    fill = fill_dithered_16 if bits == 16 else fill_dithered_24
    fill(night.render(span), *(Key.root(night.seed) / "dither").words, span.start, out)
    return out


EXACT = [".flac", ".wav"]


def read(path: Path, bits: int) -> NDArray[Any]:
    sound: NDArray[Any] = soundfile.read(path, dtype="int16" if bits == 16 else "int32")[0]
    return sound


@pytest.mark.parametrize("ending", EXACT)
@pytest.mark.parametrize("bits", [16, 24])
def test_a_file_holds_the_night_to_the_bit(night: Night, tmp_path: Path, ending: str, bits: int):
    path = export(night, tmp_path / f"night{ending}", bits=bits)
    assert os.listdir(tmp_path) == [path.name]
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.frames) == (RATE, 2, night.length)
    assert info.subtype == f"PCM_{bits}"
    np.testing.assert_array_equal(read(path, bits), whole(night, night.span, bits))


def test_silence_stays_exact_in_a_file(night: Night, tmp_path: Path):
    # a second after its last sound, the high cut has rung out
    path = export(night, tmp_path / "night.flac", span=Span(63 * RATE, 69 * RATE))
    assert not read(path, 16).any()


@pytest.mark.parametrize("span", [Span(7, 100_003), Span(PAGE - 5_001, PAGE + 7_777), Span(PAGE, 2 * PAGE)])
def test_a_cut_has_the_nights_own_frames_between_soft_edges(night: Night, tmp_path: Path, span: Span):
    kept = read(export(night, tmp_path / "cut.wav", span=span), 16)
    assert len(kept) == len(span)
    expected = whole(night, span, 16)
    np.testing.assert_array_equal(kept[960:-960], expected[960:-960])
    assert np.abs(kept[:20]).max() < 40
    assert np.abs(kept[-20:]).max() < 40


def test_the_nights_own_edges_are_not_faded_again(night: Night, tmp_path: Path):
    kept = read(export(night, tmp_path / "start.wav", span=Span(0, 5 * RATE)), 16)
    np.testing.assert_array_equal(kept[:-960], whole(night, Span(0, 5 * RATE - 960), 16))


def test_a_span_shorter_than_its_edges_is_still_soft(night: Night, tmp_path: Path):
    kept = read(export(night, tmp_path / "blink.wav", span=Span(RATE, RATE + 100)), 16)
    assert len(kept) == 100


def test_a_span_past_the_end_stops_with_the_night(night: Night, tmp_path: Path):
    path = export(night, tmp_path / "end.flac", span=Span(119 * RATE, 900 * RATE))
    assert soundfile.info(path).frames == RATE


def test_a_cut_comes_and_goes_slowly_where_one_may_be_asleep(tmp_path: Path):
    night = Night(night_of(SCORE.replace("00:02:00", "00:20:00")).score, seed=3)
    kept = read(export(night, tmp_path / "late.wav", span=Span(10 * PAGE, 10 * PAGE + 6 * RATE)), 16)
    expected = whole(night, Span(10 * PAGE, 10 * PAGE + 6 * RATE), 16)
    np.testing.assert_array_equal(kept[2 * RATE : -2 * RATE], expected[2 * RATE : -2 * RATE])
    levels = [np.sqrt(np.mean(kept[i : i + RATE // 4].astype(float) ** 2)) for i in (0, RATE // 2, RATE)]
    assert levels[0] < 0.1 * levels[2]
    assert levels[1] < 0.6 * levels[2]


def test_progress_is_told_to_the_last_frame(night: Night, tmp_path: Path):
    told: list[tuple[int, int]] = []
    export(night, tmp_path / "night.wav", span=Span(10, PAGE + 10), progress=lambda *t: told.append(t))
    assert told[0] == (0, PAGE)
    assert told[-1] == (PAGE, PAGE)
    assert told == sorted(told)


def test_a_loaded_night_keeps_itself(tmp_path: Path):
    (tmp_path / "two.toml").write_text(SCORE)
    night = lullaby.load(tmp_path / "two.toml", seed=11)
    told: list[int] = []
    path = night.export(tmp_path / "two.flac", progress=lambda done, of_all: told.append(done))
    assert told[-1] == soundfile.info(path).frames == night.length


def test_a_night_without_a_keeper_says_so(night: Night, tmp_path: Path):
    with pytest.raises(CouldNot, match=r"lullaby\.load"):
        night.export(tmp_path / "night.flac")


def test_a_file_of_that_name_is_replaced_whole(night: Night, tmp_path: Path):
    path = tmp_path / "night.flac"
    path.write_text("an old one")
    export(night, path, span=Span(0, RATE))
    assert soundfile.info(path).frames == RATE


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_interrupted_leaves_what_was_there(night: Night, tmp_path: Path, ending: str):
    path = tmp_path / f"night{ending}"
    path.write_text("an old one")

    def stop(done: int, of_all: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        export(night, path, progress=stop)
    assert path.read_text() == "an old one"
    assert os.listdir(tmp_path) == [path.name]  # nothing was made yet, so nothing is kept


@pytest.mark.parametrize(
    ("span", "says"),
    [(Span(500 * RATE, 600 * RATE), "outside the night"), (Span(RATE, RATE), "no time at all")],
)
def test_nothing_is_not_kept(night: Night, tmp_path: Path, span: Span, says: str):
    with pytest.raises(AskedWrongly, match=says):
        export(night, tmp_path / "night.flac", span=span)
    assert os.listdir(tmp_path) == []


def test_an_unknown_ending_lists_the_known(night: Night, tmp_path: Path):
    with pytest.raises(AskedWrongly, match=r"There are: \.m4b, \.opus, \.ogg"):
        export(night, tmp_path / "night.xyz")
    with pytest.raises(AskedWrongly, match="16 or 24 bits, not 20"):
        export(night, tmp_path / "night.wav", bits=20)
    with pytest.raises(AskedWrongly, match=r"only \.flac and \.wav have bits"):
        export(night, tmp_path / "night.opus", bits=24)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_one_line(night: Night, tmp_path: Path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.flac").mkdir()
    for path, says in (
        (tmp_path / "file" / "night.flac", "there is no folder"),
        (tmp_path / "none" / "night.flac", "there is no folder"),
        (tmp_path / "folder.flac", "a folder, not a file"),
        (tmp_path / ("long" * 80 + ".flac"), "too long"),
    ):
        with pytest.raises(CouldNot) as could_not:
            export(night, path)
        assert says in str(could_not.value)
        assert len(str(could_not.value).splitlines()) == 1
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.flac"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_disk_that_says_no_is_one_line(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    def refuses(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "night.wav"
    with monkeypatch.context() as patched:
        patched.setattr("lullaby.export.unfinished.os.fsync", refuses)
        with pytest.raises(CouldNot) as could_not:
            export(night, path, span=Span(0, RATE))
    assert len(str(could_not.value).splitlines()) == 1
    assert not path.exists()
    assert number == errno.EACCES or "the same command goes on" in str(could_not.value)
    assert len(read(export(night, path, span=Span(0, RATE)), 16)) == RATE
    assert os.listdir(tmp_path) == [path.name]


@contextlib.contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """This process can write none that is larger."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_one_line_and_nothing_is_left(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    with no_file_above(400_000):
        code = main(["hear", "pink-noise", "--seconds", "40", "-o", f"night{ending}"])
    said = capsys.readouterr().err
    assert code == 1
    assert "may not grow that large. Nothing was kept." in said.splitlines()[-1]
    assert "Traceback" not in said
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("minutes", "starts"), [(2, b"RIFF"), (24 * 60, b"RF64")])
def test_a_wav_above_four_gigabytes_is_rf64(minutes: int, starts: bytes):
    """24 bits and 24 hours are 25 GB; the head is all that changes."""
    long = night_of(f'length = {60 * minutes}\n[voices]\na = "pink-noise"\n[scene.all]\nat = 0\na = 0\n')
    sampling = Sampling(bits=24)
    wav = rendering_of(long, long.span, ENDINGS[".wav"], sampling, Loudness(1.0, 1.0))
    head = container(wav, tags_of(long, long.span, b"", 0)).head(np.zeros(0, np.uint32))
    assert head[:4] == starts
    assert head[8:12] == b"WAVE"
    size = long.length * 6
    if starts == b"RF64":
        assert head[12:16] == b"ds64"
        assert int.from_bytes(head[20:28], "little") == size + len(head) - 8
        assert int.from_bytes(head[28:36], "little") == size
        assert int.from_bytes(head[36:44], "little") == long.length
    else:
        assert int.from_bytes(head[4:8], "little") == size + len(head) - 8
        assert int.from_bytes(head[-4:], "little") == size


def test_how_far_before_a_place_an_m4b_is_decoded_stands_in_a_table_of_its_own_size():
    """Of one group for all of the sound, and the group says: one packet before (-1, in 16 bits)."""
    night = night_of('length = 20\n[voices]\na = "pink-noise"\n[scene.all]\nat = 0\na = 0\n')
    rendering = rendering_of(night, night.span, ENDINGS[".m4b"], Sampling(), Loudness(1.0, 1.0))
    packets = -(-rendering.frames // rendering.packet_frames) + 1
    head = container(rendering, tags_of(night, night.span, b"", 0)).head(np.full(packets, 300, np.uint32))
    at = head.index(b"sgpd") - 4
    size = int.from_bytes(head[at : at + 4])
    assert (head[at + 8], head[at + 12 : at + 16]) == (1, b"roll")
    each, count = (int.from_bytes(head[at + k : at + k + 4]) for k in (16, 20))
    assert size == 24 + each * count
    assert int.from_bytes(head[at + 24 : at + size], signed=True) == -1


def test_a_chapter_is_called_as_its_scene_is_read_aloud():
    scenes = "[scene.still_raining]\nat = 0\na = 0\n[scene.further-off]\nat = 40\na = -6\n"
    night = night_of(f'length = 100\n[voices]\na = "pink-noise"\n{scenes}')
    tags = tags_of(night, night.span, b"", 0)
    assert [chapter.title for chapter in tags.chapters] == ["Still raining", "Further off"]


def test_codecs_are_told(monkeypatch: pytest.MonkeyPatch):
    assert codecs()["flac"]
    assert codecs()["aac"]
    really = av.Codec

    def without_aac(name: str, mode: str) -> Any:
        return really("no such codec" if name == "aac" else name, mode)

    monkeypatch.setattr(av, "Codec", without_aac)
    assert codecs() == {**dict.fromkeys(codecs(), True), "aac": False}
