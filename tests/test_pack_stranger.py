"""A stranger's pack can do no harm: whatever is in it, it is opened as it should be or refused in a sentence,
and nothing is written anywhere but in a passing folder of its own."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packs import BOAT, files_in, rewritten
from told import sentence_of_noise

from lullaby.chance import Key
from lullaby.errors import CouldNot, LullabyError, WrittenWrongly
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.prepare import prepared
from lullaby.evening.request import Request
from lullaby.night.narration import Narration
from lullaby.ritual.circle.pack.evening import evening_in
from lullaby.ritual.circle.pack.head import head_from
from lullaby.ritual.circle.pack.opening import opened
from lullaby.ritual.circle.pack.packing import packed_night
from lullaby.voices.speech.line import Line

STARTS = datetime.datetime(2026, 11, 30, 22, 30, tzinfo=datetime.UTC)
SCORE = """length = 60
fade_out = 5
sleeper = "none"
[voices]
hush = "pink-noise"
keeper = "lamp-keeper"
[scene.all]
at = 0
hush = -10
[[tell]]
at = 4
story = "boat"
voice = "keeper"
"""
TOP = tempfile.gettempdir()


def test_what_is_not_there_is_called_nothing():
    head = b'{"lullaby": "pack", "version": 1, "rate": 48000, "engine": null}'
    with pytest.raises(WrittenWrongly, match='"engine" is nothing, not a text'):
        head_from(head, "pack.json")


class Noise(Storytelling):
    """A story that is told as a second of noise."""

    def narrations(self, *_: Any) -> tuple[Narration, ...]:
        one = sentence_of_noise(1.0)
        return (Narration("keeper", "a story", (Line(5 * 48_000, one.samples, one.name, one.digest),)),)


@pytest.fixture(scope="module")
def a_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "stories").mkdir()
    (folder / "stories/boat.md").write_text(BOAT)
    (folder / "small.toml").write_text(SCORE)
    packed_night(
        prepared(Request(str(folder / "small.toml")), storytelling=Noise()), folder / "a.night", STARTS
    )
    return folder / "a.night"


@pytest.fixture(autouse=True)
def only_its_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Nothing is left in the folder for passing things, at home, or anywhere around."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "passing").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    yield
    assert list((tmp_path / "passing").iterdir()) == []
    assert not (tmp_path / "home").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"passing", "here"}
    assert all(path.suffix == ".night" for path in (tmp_path / "here").iterdir())


def open_it(path: Path) -> None:
    with opened(path) as pack:
        evening_in(pack)


def refused(path: Path, says: str) -> None:
    with pytest.raises(LullabyError, match=says) as caught:
        open_it(path)
    assert TOP not in str(caught.value).replace(str(path), "")
    assert "\x1b" not in str(caught.value)


def test_it_opens_as_it_was_packed(a_pack: Path):
    open_it(a_pack)
    open_it(rewritten(a_pack, Path("same.night")))


@pytest.mark.parametrize(
    "name",
    [
        *("../evil.wav", "stories/../../evil.md", "/etc/evil.wav", "//host/evil.wav", "C:/evil.wav"),
        *("c:evil.wav", "voices\\evil.toml", "..\\evil.wav", "~/evil.wav", "voices/.hidden.toml", ".wav"),
        *("voices//a.toml", "voices/./a.toml", "stories/a.md ", "con.wav", "voices/NUL.toml", "aux.mp3"),
        *("run.py", "voices/a.so", "a.pth", "stories/a.ssml", "speech/short.wav", "speech/a.wav", "x/a.toml"),
        *("a" * 300 + ".wav", "a\x1b[31m.wav", "a\nb.wav", "\u202egnp.wav", "a/b/c/d/e.wav", "evil"),
    ],
)
def test_a_name_that_leads_out_or_is_nothing_a_night_needs_is_refused(a_pack: Path, name: str):
    path = rewritten(a_pack, Path("evil.night"), lambda files: files.update({name: b"evil"}))
    with pytest.raises(LullabyError):
        open_it(path)


def test_a_link_is_not_followed(a_pack: Path):
    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    path = rewritten(
        a_pack,
        Path("link.night"),
        lambda files: files.update({"stories/boat.md": b"/etc/passwd"}),
        info={"stories/boat.md": link},
    )
    refused(path, "it is not followed")


def test_two_names_alike_but_for_capital_letters_are_refused(a_pack: Path):
    def twice(files: dict[str, bytes]) -> None:
        files["Stories/boat.wav"] = files["stories/boat.wav"] = b"x"
        files["voices/Pink-Noise.toml"] = files["voices/pink-noise.toml"]

    with pytest.raises(LullabyError):
        open_it(rewritten(a_pack, Path("twice.night"), twice))

    def alike(files: dict[str, bytes]) -> None:
        files["voices/Pink-Noise.toml"] = files["voices/pink-noise.toml"]

    refused(rewritten(a_pack, Path("alike.night"), alike), "but for capital letters")


def test_a_file_that_is_in_it_twice_is_refused(a_pack: Path):
    path = rewritten(a_pack, Path("twice.night"))
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("score.toml", b"another")
    refused(path, "in it twice")


def test_a_file_called_like_a_folder_is_refused(a_pack: Path):
    def clash(files: dict[str, bytes]) -> None:
        files["walks.mp3"] = files["walks.mp3/creek.mp3"] = b"x"

    refused(rewritten(a_pack, Path("clash.night"), clash), "called like a folder")


def test_nothing_that_is_packed_can_grow_in_it(a_pack: Path):
    def bomb(files: dict[str, bytes]) -> None:
        files["stories/boat.md"] = b"a" * (8 << 20)

    path = rewritten(a_pack, Path("bomb.night"), bomb, packed=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    refused(path, "stored as it is")
    refused(rewritten(a_pack, Path("large.night"), bomb), "larger than 1 MiB")


def test_files_that_lie_upon_one_another_are_refused(a_pack: Path):
    """The list at the end names the same bytes many times, as in the zip bombs that need no packing."""
    files = files_in(a_pack)
    with zipfile.ZipFile("over.night", "w") as file:
        file.writestr("pack.json", files["pack.json"])
        for name in ("night.jsonl", "score.toml"):
            file.writestr(name, files[name])
        file.writestr("a.wav", b"x" * 50_000)
        (one,) = (info for info in file.infolist() if info.filename == "a.wav")
        for number in range(20):
            twin = zipfile.ZipInfo(f"b{number}.wav")
            twin.header_offset, twin.CRC = one.header_offset, one.CRC
            twin.file_size = twin.compress_size = one.file_size
            file.filelist.append(twin)
            file.NameToInfo[twin.filename] = twin
    refused(Path("over.night"), "lie upon one another")


def test_far_too_many_files_are_refused_before_their_names_are_read(a_pack: Path):
    content = bytearray(a_pack.read_bytes())
    struct.pack_into("<HH", content, len(content) - 14, 40_000, 40_000)
    Path("many.night").write_bytes(content)
    refused(Path("many.night"), "far more files")


def test_what_was_changed_on_its_way_is_said(a_pack: Path):
    def louder(files: dict[str, bytes]) -> None:
        files["score.toml"] = files["score.toml"].replace(b"-10", b"-20")

    def other(files: dict[str, bytes]) -> None:
        files["extra.wav"] = b"x"

    def less(files: dict[str, bytes]) -> None:
        del files["voices/pink-noise.toml"]

    refused(rewritten(a_pack, Path("a.night"), louder, named=False), "not what it was")
    refused(rewritten(a_pack, Path("b.night"), other, named=False), "does not name this")
    refused(rewritten(a_pack, Path("c.night"), less, named=False), "which is not in it")
    refused(rewritten(a_pack, Path("d.night"), louder), "not the night that it says")


def test_a_pack_of_a_newer_lullaby_says_so(a_pack: Path):
    def newer(head: dict[str, Any]) -> None:
        head["version"] = 2

    with pytest.raises(CouldNot, match="a newer lullaby wrote this pack"):
        open_it(rewritten(a_pack, Path("newer.night"), head=newer))


@pytest.mark.parametrize(
    "key", ["engine", "starts", "title", "told", "turns", "files", "version", "rate", "lullaby"]
)
@pytest.mark.parametrize(
    "value", [None, True, -1, 1e300, "x" * 9_000, [[1]], {"a": []}, [["tell", 3]], "\x1b[2J"]
)
def test_a_head_with_a_value_of_another_sort_is_refused(a_pack: Path, key: str, value: object):
    with pytest.raises(LullabyError):
        open_it(rewritten(a_pack, Path("odd.night"), head=lambda head: head.update({key: value})))


def speech(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("speech/"))


def told(files: dict[str, bytes], change: Callable[[list[Any]], object]) -> None:
    log = json.loads(files["night.jsonl"])
    change(log["told"])
    files["night.jsonl"] = json.dumps(log).encode() + b"\n"


CHANGES: dict[str, Callable[[dict[str, bytes]], object]] = {
    "another sentence": lambda files: files.update(
        {speech(files): files[speech(files)][:-200] + b"\1" * 200}
    ),
    "no sound": lambda files: files.update({speech(files): b"RIFF" + os.urandom(200)}),
    "a sentence that is missing": lambda files: files.pop(speech(files)),
    "a teller that is none": lambda files: told(files, lambda rows: rows[0].__setitem__(0, "hush")),
    "a teller that is not there": lambda files: told(files, lambda rows: rows[0].__setitem__(0, "x")),
    "a line far longer than its sound": lambda files: told(
        files, lambda rows: rows[0][3][0].__setitem__(1, 10**9)
    ),
    "a line that lies elsewhere": lambda files: told(
        files, lambda rows: rows[0][3][0].__setitem__(3, "../../../etc")
    ),
    "more stories than are named": lambda files: told(files, lambda rows: rows.append(rows[0])),
    "a story still to come": lambda files: told(files, lambda rows: rows[0].__setitem__(2, -5)),
    "a night that grew": lambda files: files.update(
        {"night.jsonl": files["night.jsonl"] + b'{"grown": 48000, "runs": [], "moves": []}\n'}
    ),
    "a kind that is none": lambda files: files.update({"voices/pink-noise.toml": b'kind = "python"\n'}),
    "a voice of code": lambda files: files.update({"voices/pink-noise.toml": b"__import__('os')"}),
    "a score that names a file elsewhere": lambda files: files.update(
        {"score.toml": files["score.toml"].replace(b'story = "boat"', b'recording = "../../etc/passwd"')}
    ),
    "a voice that names a file elsewhere": lambda files: files.update(
        {"voices/pink-noise.toml": b'kind = "clip"\nfile = "/etc/passwd"\n'}
    ),
    "a score too deep": lambda files: files.update({"score.toml": b"a = " + b"[" * 5_000}),
    "no score": lambda files: files.pop("score.toml"),
    "no log": lambda files: files.pop("night.jsonl"),
    "a log of nothing": lambda files: files.update({"night.jsonl": b"{}\n"}),
    "a log too deep": lambda files: files.update({"night.jsonl": b"[" * 100_000}),
    "a score of no text": lambda files: files.update({"score.toml": b"\xff\xfe\x00"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_stranger_makes_of_it_with_care_is_refused_too(a_pack: Path, what: str):
    path = rewritten(a_pack, Path("evil.night"), CHANGES[what])
    with pytest.raises(LullabyError):
        open_it(path)


def test_an_entity_in_a_story_is_only_letters(a_pack: Path):
    def change(files: dict[str, bytes]) -> None:
        files["stories/boat.md"] = b'# A\n\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n\n&b;\n'

    open_it(rewritten(a_pack, Path("entity.night"), change))


def test_what_is_no_pack_at_all_is_said(tmp_path: Path):
    Path("empty.night").write_bytes(b"")
    Path("noise.night").write_bytes(os.urandom(5_000))
    with zipfile.ZipFile("other.night", "w") as file:
        file.writestr("pack.json", "{}")
    for name in ("empty.night", "noise.night", "other.night", "none.night"):
        with pytest.raises(WrittenWrongly):
            open_it(Path(name))
    with pytest.raises(WrittenWrongly, match="not an ordinary file"):
        open_it(tmp_path)


def mutated(content: bytes, key: Key) -> bytes:
    """The pack with bytes changed, cut out, doubled, or the end torn off."""
    found = bytearray(content)
    how = int(key.draw(0) * 5)
    at = int(key.draw(1) * len(found))
    if how == 0:
        return bytes(found[:at])
    if how == 1:
        for n in range(1 + int(key.draw(2) * 8)):
            found[int(key.draw(10 + n) * len(found))] = int(key.draw(50 + n) * 256)
    if how == 2:
        del found[at : at + 1 + int(key.draw(3) * 64)]
    if how == 3:
        found[at:at] = found[at : at + 1 + int(key.draw(3) * 64)]
    if how == 4:  # near the end, where the list of its files stands
        for n in range(3):
            found[-1 - int(key.draw(10 + n) * min(900, len(found)))] = int(key.draw(50 + n) * 256)
    return bytes(found)


@pytest.mark.parametrize("part", range(4))
def test_hundreds_of_damaged_packs_are_refused_in_a_sentence_or_are_the_same_night(a_pack: Path, part: int):
    content, opens = a_pack.read_bytes(), 0
    for number in range(100):
        Path("bad.night").write_bytes(mutated(content, Key.root(part, "damaged") / number))
        try:
            open_it(Path("bad.night"))
            opens += 1
        except LullabyError:
            continue
    assert opens < 60


@pytest.mark.parametrize(
    "name", ["night.jsonl", "score.toml", "voices/pink-noise.toml", "voices/lamp-keeper.toml"]
)
def test_files_that_a_stranger_has_written_anew_are_read_with_care(a_pack: Path, name: str):
    """Here hashes and sizes are right: what is wrong is inside."""
    for number in range(30):
        key = Key.root(number, name)

        def change(files: dict[str, bytes], key: Key = key) -> None:
            text = files[name].decode()
            words = re.findall(r"[\w.]+|\S", text)
            one = words[int(key.draw(1) * len(words))]
            other = ("-1", "1e999", "[]", "{}", '""', "null", "9" * 400, "true", "\u202e", "x")
            files[name] = text.replace(one, other[int(key.draw(2) * len(other))], 1).encode()

        with contextlib.suppress(LullabyError):
            open_it(rewritten(a_pack, Path("bad.night"), change))
