"""A night in fragments: a player that is not ours hears the .m4b of the same night, without a seam."""

from __future__ import annotations

import contextlib
import datetime
import subprocess
import threading
from collections.abc import Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
from nights import night_of
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly
from lullaby.export import ENDINGS, USES, Sampling, encode, export, rendering_of
from lullaby.export.fragments import Fragments
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded
from lullaby.night import Night
from lullaby.time import PAGE, RATE, Span
from lullaby.web.hls import AHEAD, BEHIND, INIT, MEDIA_TYPE, list_by_the_clock, name_of, whole_list

SCORE = """
title = "Two Minutes and Some"
length = 00:02:20
[voices]
rain = "rain-on-slate"
[scene.first]
at = 0
rain = -6
"""
BEGAN = datetime.datetime(2026, 11, 30, 22, 0, tzinfo=datetime.UTC)
EIGHT_HOURS = [Fraction(8 * (k + 1)) - Fraction(1_024, RATE) for k in range(3_600)] + [Fraction(8 * 3_600)]


@pytest.fixture(scope="module")
def night() -> Night:
    return Night(night_of(SCORE).score, seed=3, day=datetime.date(2026, 11, 30))


@pytest.fixture(scope="module", autouse=True)
def without_a_cover() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lullaby.drawing.cover.cover", lambda *_: b"")
        yield


def fragments(night: Night, span: Span, sampling: Sampling | None = None) -> Fragments:
    sampling = sampling or Sampling()
    return Fragments(rendering_of(night, span, ENDINGS[".m4b"], sampling, night.loudness(float(night.gain))))


class Once(dict[str, Encoded]):
    """Each segment is made once, as a server keeps them."""

    def __call__(self, recipe: Recipe) -> Encoded:
        if recipe.address not in self:
            self[recipe.address] = encode(recipe)
        return self[recipe.address]


@pytest.fixture(scope="module")
def once() -> Once:
    return Once()


@pytest.fixture(scope="module")
def kept(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(night, tmp_path_factory.mktemp("kept") / "night.m4b")


@contextlib.contextmanager
def served(files: dict[str, bytes]) -> Iterator[str]:
    """The address of a server of these files."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(urlsplit(self.path).path.lstrip("/"))
            self.send_response(200 if data is not None else 404)
            if self.path.endswith(".m3u8"):
                self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def packets(place: str | Path) -> list[tuple[bytes, int, int]]:
    with av.open(str(place)) as file:
        return [(bytes(one), one.pts, one.duration) for one in file.demux(audio=0) if one.size]


def heard(place: str | Path, seconds: float) -> NDArray[np.float32]:
    """What ffmpeg decodes of it between lights-out and so many seconds."""
    command = ["ffmpeg", "-v", "error", "-copyts", "-i", str(place), "-map", "0:a"]
    command += ["-af", f"atrim=start=0:end={seconds}", "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


@pytest.fixture(scope="module")
def files(night: Night, once: Once) -> dict[str, bytes]:
    made = fragments(night, night.span)
    files = {f"night/{name_of(number)}": made.fragment(number, once) for number in range(len(made))}
    files["night/" + INIT] = made.init
    files["night.m3u8"] = whole_list(made.ends, lambda name: f"night/{name}?key=abc").encode()
    return files


def test_a_player_hears_the_m4b_of_the_same_night_to_the_sample(kept: Path, files: dict[str, bytes]):
    with served(files) as address:
        listed = heard(address + "night.m3u8", 140)
    assert listed.shape == (140 * RATE, 2)
    np.testing.assert_array_equal(listed, heard(kept, 140))
    assert np.abs(listed).max() > 0.001


def test_every_packet_is_that_of_the_m4b_and_in_its_place(
    kept: Path, files: dict[str, bytes], tmp_path: Path
):
    joined = tmp_path / "all.mp4"
    numbers = range(len(files) - 2)
    joined.write_bytes(b"".join([files["night/" + INIT], *(files[f"night/{name_of(k)}"] for k in numbers)]))
    assert packets(joined) == packets(kept)


def test_a_fragment_is_eight_seconds_to_the_frame(files: dict[str, bytes], tmp_path: Path):
    alone = tmp_path / "five.mp4"
    alone.write_bytes(files["night/" + INIT] + files["night/5.m4s"])
    found = packets(alone)
    assert sum(length for _, _, length in found) == 8 * RATE
    assert found[0][1] == 5 * 8 * RATE - 1_024


def test_another_program_knows_how_long_it_lasts(files: dict[str, bytes]):
    with served(files) as address:
        asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
        said = subprocess.run([*asked, address + "night.m3u8"], capture_output=True, text=True, check=True)
    assert float(said.stdout) == 140.0


@pytest.mark.parametrize(
    "frames", [1, 1_024, 375 * 1_024 - 1_024, 375 * 1_024, 375 * 1_024 + 1, 2 * PAGE + 12_800]
)
def test_the_fragments_of_any_span_are_its_packets(night: Night, once: Once, tmp_path: Path, frames: int):
    span = Span(777, 777 + frames)
    made = fragments(night, span)
    assert made.ends[-1] == Fraction(frames, RATE)
    assert all(a < b for a, b in pairwise([Fraction(0), *made.ends]))
    joined = tmp_path / "all.mp4"
    joined.write_bytes(made.init + b"".join(made.fragment(number, once) for number in range(len(made))))
    assert packets(joined) == packets(export(night, tmp_path / "night.m4b", span=span))


def test_in_one_channel_at_half_the_rate_too(night: Night, tmp_path: Path):
    use = USES["toy"]
    span = Span(0, 20 * RATE)
    made = fragments(night, span, Sampling(use.rate, 16, use.channels))
    joined = tmp_path / "all.mp4"
    joined.write_bytes(made.init + b"".join(made.fragment(number) for number in range(len(made))))
    assert len(made) == 2
    with av.open(str(joined)) as file:
        sound = file.streams.audio[0]
        assert (sound.rate, sound.channels) == (use.rate, use.channels)
    assert sum(length for _, _, length in packets(joined)) == 20 * use.rate + 1_024


def test_only_the_minutes_of_a_fragment_are_made(night: Night):
    made: list[Span] = []

    def noted(recipe: Recipe) -> Encoded:
        made.append(recipe.heard)
        return encode(recipe)

    fragments(night, night.span).fragment(16, noted)
    (heard,) = made
    assert heard.start >= 2 * PAGE - RATE


def test_what_is_no_fragment_is_refused(night: Night):
    made = fragments(night, night.span)
    for number in (-1, len(made)):
        with pytest.raises(AskedWrongly, match="from 0 to 17"):
            made.fragment(number)
    rendering = rendering_of(night, night.span, ENDINGS[".mp3"], Sampling(), night.loudness(1.0))
    with pytest.raises(AskedWrongly, match=r"\.m4b"):
        Fragments(rendering)


def numbers(text: str) -> list[int]:
    return [int(line.removesuffix(".m4s")) for line in text.splitlines() if line.endswith(".m4s")]


def by_the_clock(seconds: float) -> str:
    return list_by_the_clock(
        EIGHT_HOURS, lambda name: name, BEGAN, BEGAN + datetime.timedelta(seconds=seconds)
    )


def test_a_whole_list_says_how_long_each_fragment_is_heard():
    lines = whole_list(EIGHT_HOURS, lambda name: f"x/{name}").splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines[-1] == "#EXT-X-ENDLIST"
    assert {"#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-TARGETDURATION:8", '#EXT-X-MAP:URI="x/init.mp4"'} <= set(
        lines
    )
    lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]
    assert len(lengths) == len(EIGHT_HOURS)
    assert lengths[:2] == [7.978667, 8.0]
    assert abs(sum(lengths) - 8 * 3_600) < 1e-5


def test_who_joins_late_joins_where_the_night_is():
    """A player begins three lengths before the end of what is listed."""
    for at in (0, 1, 100, 3_600, 20_000.5):
        listed = numbers(by_the_clock(at))
        where = listed[-1 - AHEAD]
        assert float(EIGHT_HOURS[where - 1] if where else 0) <= at < float(EIGHT_HOURS[where])
        assert listed == list(range(max(0, where - BEHIND), where + AHEAD + 1))


def test_a_list_goes_on_and_never_back():
    before = by_the_clock(1_000)
    for at in range(1_001, 1_100):
        after = by_the_clock(at)
        first = int(after.split("#EXT-X-MEDIA-SEQUENCE:")[1].split()[0])
        assert first == numbers(after)[0]
        assert numbers(before)[0] <= first <= numbers(before)[-1]
        assert "#EXT-X-ENDLIST" not in after
        assert "#EXT-X-PLAYLIST-TYPE" not in after
        before = after
    assert by_the_clock(1_000) == by_the_clock(1_000)


def test_a_list_says_by_the_wall_clock_when_its_first_fragment_is_heard():
    said = by_the_clock(100).split("#EXT-X-PROGRAM-DATE-TIME:")[1].split()[0]
    first = numbers(by_the_clock(100))[0]
    since = datetime.datetime.fromisoformat(said) - BEGAN
    assert abs(since.total_seconds() - float(EIGHT_HOURS[first - 1])) < 0.001


def test_a_list_before_the_night_and_after_it():
    assert numbers(by_the_clock(-3_600)) == list(range(AHEAD + 1))
    for at in (8 * 3_600 - 8, 8 * 3_600, 9 * 3_600):
        over = by_the_clock(at)
        assert over.endswith("#EXT-X-ENDLIST\n")
        assert numbers(over)[-1] == len(EIGHT_HOURS) - 1


def test_a_player_that_joins_by_the_clock_hears_the_night_from_there(night: Night, files: dict[str, bytes]):
    made = fragments(night, night.span)
    now = BEGAN + datetime.timedelta(seconds=130)
    listed = list_by_the_clock(made.ends, lambda name: f"night/{name}", BEGAN, now)
    with served({**files, "now.m3u8": listed.encode()}) as address:
        found = packets(address + "now.m3u8")
    first = numbers(listed.replace("night/", ""))[0]
    assert (found[0][1] + 1_024) % (375 * 1_024) == 0
    assert len(found) == -(-(140 * RATE + 1_024) // 1_024) - 375 * first
