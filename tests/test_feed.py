"""A folder of nights is a podcast that players understand, whatever its files are called."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import av
import feedparser
import numpy as np
import pytest
import soundfile
from PIL import Image

from lullaby.cli import main
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.feed import feed
from lullaby.export.rss import ITUNES, PODCAST, Channel

URL = "https://example.org/nights/"
CODECS = {
    ".m4a": ("mp4", "aac"),
    ".m4b": ("mp4", "aac"),
    ".mp3": ("mp3", "libmp3lame"),
    ".opus": ("ogg", "libopus"),
    ".flac": ("flac", "flac"),
    ".wav": ("wav", "pcm_s16le"),
}
PRINT = "0123456789ab"


def kept(
    path: Path,
    title: str = "A Night",
    date: str = "2026-03-01",
    fingerprint: str = PRINT,
    cover: tuple[int, int, int] | None = None,
    chapters: tuple[str, ...] = (),
    seconds: int = 2,
    besides: str = "",
) -> Path:
    """A short silence, tagged as a night is."""
    container, codec = CODECS[path.suffix.lower()]
    tags = {"title": title, "date": date, "comment": f"lullaby {fingerprint} made of nothing{besides}"}
    with av.open(str(path), "w", format=container) as file:
        file.metadata.update({**tags, "description": "Voices of lullaby: hush."})
        if chapters:
            file.set_chapters(
                [
                    {"id": k, "start": k, "end": k + 1, "time_base": Fraction(1), "metadata": {"title": name}}
                    for k, name in enumerate(chapters)
                ]
            )
        sound: Any = file.add_stream(codec, rate=48_000, layout="stereo")
        picture: Any = None
        if cover:
            picture = file.add_stream("mjpeg")
            picture.width = picture.height = 32
            picture.pix_fmt = "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        file.start_encoding()
        if picture:
            packet = av.Packet(jpeg(cover or (0, 0, 0)))
            packet.stream, packet.pts, packet.dts, packet.is_keyframe = picture, 0, 0, True
            file.mux(packet)
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 48_000), np.float32), "fltp", "stereo")
        resampler = av.AudioResampler(sound.format.name, "stereo", 48_000, sound.frame_size or None)
        for k in range(seconds):
            silence.sample_rate, silence.pts = 48_000, k * 48_000
            for frame in resampler.resample(silence):
                file.mux(sound.encode(frame))
        for frame in resampler.resample(None):
            file.mux(sound.encode(frame))
        file.mux(sound.encode(None))
    return path


def jpeg(colour: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(made, "JPEG")
    return made.getvalue()


def heard(folder: Path, **channel: str) -> Any:
    """The feed as a player reads it."""
    fed = feed(folder, Channel(URL, **channel))
    ElementTree.parse(fed.path)
    read = feedparser.parse(fed.path.read_bytes())
    assert not read.bozo, read.get("bozo_exception")
    return read


def test_a_player_finds_each_night(tmp_path: Path):
    kept(tmp_path / "one.m4b", "The First", "2026-03-01", seconds=3)
    kept(tmp_path / "two.mp3", "The Second", "2026-03-02", "ba9876543210")
    read = heard(tmp_path, title="Our Nights", author="Ann", language="en-GB")
    assert (read.version, read.feed.title, read.feed.language) == ("rss20", "Our Nights", "en-GB")
    assert (read.feed.link, read.feed.author) == (URL, "Ann")
    second, first = read.entries
    assert (first.title, second.title) == ("The First", "The Second")
    assert (first.published, first.itunes_duration) == ("Sun, 01 Mar 2026 12:00:00 +0000", "3")
    assert first.description == "Voices of lullaby: hush."
    sound = first.enclosures[0]
    assert (sound.href, sound.type) == (URL + "one.m4b", "audio/mp4")
    assert int(sound.length) == (tmp_path / "one.m4b").stat().st_size
    assert (first.id, first.guidislink) == (f"{PRINT}.m4b", False)


def test_every_kind_of_file_is_listed_with_its_type(tmp_path: Path):
    for ending in CODECS:
        if ending != ".wav":  # keeps no such tags
            kept(tmp_path / f"night{ending}")
    (tmp_path / "notes.txt").write_text("not a night")
    (tmp_path / ".night.m4b.part").write_bytes(b"half")
    types = {Path(e.enclosures[0].href).suffix: e.enclosures[0].type for e in heard(tmp_path).entries}
    assert types == {
        ".m4a": "audio/mp4",
        ".m4b": "audio/mp4",
        ".mp3": "audio/mpeg",
        ".opus": "audio/ogg",
        ".flac": "audio/flac",
    }
    assert all("lullaby" in entry.description for entry in heard(tmp_path).entries)


def test_the_same_folder_is_the_same_feed(tmp_path: Path):
    kept(tmp_path / "one.m4b")
    kept(tmp_path / "two.m4a")
    one = feed(tmp_path, Channel(URL)).path.read_bytes()
    assert feed(tmp_path, Channel(URL)).path.read_bytes() == one
    assert sorted(os.listdir(tmp_path)) == ["feed.xml", "one.m4b", "two.m4a"]


def test_a_night_rendered_again_is_the_same_episode(tmp_path: Path):
    path = kept(tmp_path / "one.m4b")
    before = heard(tmp_path).entries[0].id
    kept(path, seconds=4)
    assert heard(tmp_path).entries[0].id == before


def test_two_pieces_of_one_night_are_two_episodes(tmp_path: Path):
    kept(tmp_path / "one.m4b")
    kept(tmp_path / "rest.m4b")
    assert len({entry.id for entry in heard(tmp_path).entries}) == 2


def test_a_night_without_a_date_has_that_of_its_file(tmp_path: Path):
    path = kept(tmp_path / "one.m4b", date="some day")
    os.utime(path, (1_772_323_200, 1_772_323_200))
    assert heard(tmp_path).entries[0].published == "Sun, 01 Mar 2026 00:00:00 +0000"


@pytest.mark.parametrize("ending", [".mp3", ".m4a"])
def test_the_newest_nights_cover_is_the_podcasts(tmp_path: Path, ending: str):
    kept(tmp_path / f"old{ending}", date="2026-03-01", cover=(200, 0, 0))
    kept(tmp_path / f"new{ending}", date="2026-03-02", cover=(0, 0, 200), fingerprint="c" * 12)
    read = heard(tmp_path)
    assert read.feed.image.href == URL + "lullaby-cover.jpg"
    assert (tmp_path / "lullaby-cover.jpg").read_bytes() == jpeg((0, 0, 200))


def test_chapters_stand_beside_the_night(tmp_path: Path):
    kept(tmp_path / "one.m4b", chapters=("Arriving", "Settling"))
    root = ElementTree.parse(feed(tmp_path, Channel(URL)).path).getroot()
    chapters = root.find(f"channel/item/{{{PODCAST}}}chapters")
    assert chapters is not None
    assert chapters.get("type") == "application/json+chapters"
    written = json.loads((tmp_path / str(chapters.get("url")).removeprefix(URL)).read_text())
    assert [(one["startTime"], one["title"]) for one in written["chapters"]] == [
        (0.0, "Arriving"),
        (1.0, "Settling"),
    ]


def test_hostile_titles_and_names_survive(tmp_path: Path):
    title = '<script>&"]]>\x01\x1b[2J 雨 \U0001f327 </item>'
    name = "a&b <c> 'd' #1?% é 雨.m4a"
    kept(tmp_path / name, title)
    entry = ElementTree.parse(feed(tmp_path, Channel(URL, title=title)).path).find("channel/item")
    assert entry is not None
    assert entry.findtext("title") == title.replace("\x01", "").replace("\x1b", "")
    sound = entry.find("enclosure")
    assert sound is not None
    parts = urlsplit(str(sound.get("url")))
    assert (unquote(parts.path), parts.query, parts.fragment) == ("/nights/" + name, "", "")
    assert heard(tmp_path).entries[0].enclosures[0].href.isascii()


def test_what_podcast_players_ask_of_a_channel_is_there(tmp_path: Path):
    kept(tmp_path / "one.mp3")
    channel = ElementTree.parse(feed(tmp_path, Channel(URL), tmp_path / "ours.xml").path).find("channel")
    assert channel is not None
    itself = channel.find("{http://www.w3.org/2005/Atom}link")
    assert itself is not None
    assert (itself.get("href"), itself.get("rel")) == (URL + "ours.xml", "self")
    assert channel.findtext(f"{{{ITUNES}}}explicit") == "false"
    assert channel.findtext("description")
    assert len(str(channel.findtext(f"{{{PODCAST}}}guid"))) == 36


def test_what_is_no_night_is_left_out_with_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    kept(tmp_path / "one.m4b")
    (tmp_path / "broken.mp3").write_bytes(b"\0" * 64)
    (tmp_path / "empty.flac").write_bytes(b"")
    soundfile.write(tmp_path / "song.wav", np.zeros(480), 48_000)
    assert main(["feed", str(tmp_path), "--url", URL]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'feed.xml'}: 1 night.\n"
    assert [line.split(":")[0] for line in err.splitlines()] == ["broken.mp3", "empty.flac", "song.wav"]


@pytest.mark.parametrize("ending", [".m4b", ".mp3", ".opus", ".flac"])
def test_a_night_for_a_listener_is_left_out_unless_it_is_asked_for_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
):
    kept(tmp_path / f"ours{ending}")
    kept(tmp_path / f"Harbour 2026-11-26 for kim{ending}")
    kept(tmp_path / f"tonight{ending}", besides=", for headphones, for a listener")
    assert main(["feed", str(tmp_path), "--url", URL]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'feed.xml'}: 1 night.\n"
    assert [line.split(": ")[:2] for line in said.err.splitlines()] == [
        [f"{name}{ending}", "left out"] for name in ("Harbour 2026-11-26 for kim", "tonight")
    ]
    assert "kim" not in (tmp_path / "feed.xml").read_text()
    assert main(["feed", str(tmp_path), "--url", URL, "--with", "* for kim*"]) == 0
    assert "kim" in (tmp_path / "feed.xml").read_text()
    assert "tonight" not in (tmp_path / "feed.xml").read_text()
    assert main(["feed", str(tmp_path), "--url", URL, "--with", f"tonight{ending}"]) == 0
    assert "tonight" in (tmp_path / "feed.xml").read_text()
    assert main(["feed", str(tmp_path), "--url", URL, "--with", "bo"]) == 2
    assert "no night" in capsys.readouterr().err


def test_files_say_that_they_were_made_for_a_listener_and_not_for_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda *_: b"")
    nights = tmp_path / "nights"
    nights.mkdir()
    assert main(["people", "add", "kimberley", "--birth-year", "2019"]) == 0
    short = ["--to", "1", "--jobs", "1"]
    for ending in (".m4b", ".mp3", ".opus", ".flac"):
        for name, more in (("ours", []), ("theirs", ["--for", "kimberley"])):
            assert main(["render", "rain", *more, *short, "-o", str(nights / f"{name}{ending}")]) == 0
        assert b"kimberley" not in (nights / f"theirs{ending}").read_bytes()
    assert main(["hear", "pink-noise", "--seconds", "1", "-o", str(nights / "noise.wav")]) == 0
    capsys.readouterr()
    assert main(["feed", str(nights), "--url", URL, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {Path(night["file"]).stem for night in facts["nights"]} == {"ours"}
    assert any(line.startswith("noise.wav: left out: these are voices alone") for line in facts["left_out"])


def test_files_that_are_no_sound_are_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    kept(tmp_path / "one.m4b", chapters=("A", "B"), cover=(9, 9, 9))
    for name in ("black.mp4", "notes.txt", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    for _ in range(2):  # what the feed itself made is not among them
        assert main(["feed", str(tmp_path), "--url", URL]) == 0
        assert capsys.readouterr().err == "Left out, for a feed lists sound: black.mp4, notes.txt.\n"


def test_facts_are_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    kept(tmp_path / "one.m4b", "Mine")
    assert main(["feed", str(tmp_path), "--url", URL, "-o", str(tmp_path / "x.xml"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["file"] == str(tmp_path / "x.xml")
    assert facts["nights"] == [{"file": "one.m4b", "title": "Mine", "date": "2026-03-01"}]


def test_no_nights_at_all_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["feed", str(tmp_path), "--url", URL]) == 1
    assert main(["feed", str(tmp_path / "none"), "--url", URL]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "there is no night in it" in lines[0]
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "ftp://example.org/",
        "https://",
        "https://a b/",
        "https://x/?q=1",
        "https://me:pw@x/",
        "é",
        "",
    ],
)
def test_a_wrong_address_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
):
    kept(tmp_path / "one.m4b")
    assert main(["feed", str(tmp_path), f"--url={url}"]) == 2
    assert "--url" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["one.m4b"]


def test_a_wrong_language_is_said():
    with pytest.raises(AskedWrongly, match="not a language"):
        Channel(URL, language="english, please")


@pytest.mark.parametrize("where", ["none/feed.xml", "one.m4b/feed.xml", "."])
def test_a_feed_that_cannot_be_written_leaves_nothing(tmp_path: Path, where: str):
    kept(tmp_path / "one.m4b")
    with pytest.raises(CouldNot, match="folder"):
        feed(tmp_path, Channel(URL), tmp_path / where)
    assert os.listdir(tmp_path) == ["one.m4b"]


def test_an_interrupted_feed_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept(tmp_path / "one.m4b")
    old = feed(tmp_path, Channel(URL)).path.read_bytes()

    def refuses(*_: Any) -> Callable[..., None]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lullaby.export.file_writing.os.replace", refuses)
    with pytest.raises(CouldNot, match="the disk is full"):
        feed(tmp_path, Channel(URL, title="New"))
    assert (tmp_path / "feed.xml").read_bytes() == old
    assert sorted(os.listdir(tmp_path)) == ["feed.xml", "one.m4b"]
