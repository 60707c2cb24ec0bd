"""Stopped at any moment, the same call goes on and makes the same bytes; never half a file under its name."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import itertools
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE, _patiently, _running
from nights import night_of

from lullaby.chance import Key
from lullaby.cli import main
from lullaby.drawing.cover import cover
from lullaby.errors import CouldNot
from lullaby.export import ENDINGS, LeftUnfinished, begun, export, left_of, unfinished_like
from lullaby.export.encoding import encode
from lullaby.export.file_request import Beginning, FileRequest
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded
from lullaby.export.tag_reading import read_tags
from lullaby.export.threads import on_threads
from lullaby.export.unfinished import Unfinished, claimed, journal_file, partial_file
from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.time import RATE, Span

SCORE = """
title = "Six Minutes"
length = 00:06:00
fade_in = 1
fade_out = 10
[voices]
rain = "rain-on-slate"
hush = "pink-noise"
[scene.arriving]
at = 0
hush = -3
[scene.wet]
at = 00:02:00
rain = -6
"""
FOUR = SCORE.replace("Six Minutes", "Four Minutes").replace("00:06:00", "00:04:00")
QUICK = FOUR.replace("rain-on-slate", "brown-noise")
"""Most of this is about files: what is in them may be made quickly."""
LOSSLESS, LOSSY = ".flac", ".opus"


class Stopped(BaseException):
    """Ctrl-C, or whatever else ends a process that may still tidy up."""


@pytest.fixture(scope="module")
def night() -> Night:
    return night_of(QUICK, seed=11)


class EncodedOnce:
    """Encodes what it is asked for, but nothing twice: a recipe holds all that its segment depends on."""

    def __init__(self) -> None:
        self._known: dict[str, Encoded] = {}
        self.asked = 0

    def __call__(self, recipes: Iterable[Recipe]) -> Iterator[Encoded]:
        for recipe in recipes:
            self.asked += 1
            if recipe.address not in self._known:
                self._known[recipe.address] = encode(recipe)
            yield self._known[recipe.address]


@pytest.fixture(scope="module")
def encoded_once() -> EncodedOnce:
    return EncodedOnce()


@pytest.fixture(scope="module", autouse=True)
def _covers_are_drawn_once() -> Iterator[None]:
    drawn: dict[Any, bytes] = {}

    def once(night: Night, *how: Any) -> bytes:
        which = (night.fingerprint, *how)
        if which not in drawn:
            drawn[which] = cover(night, *how)
        return drawn[which]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lullaby.drawing.cover.cover", once)
        yield


@pytest.fixture(scope="module")
def whole(
    night: Night, encoded_once: EncodedOnce, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    return {
        ending: export(night, folder / f"night{ending}", encode_all=encoded_once).read_bytes()
        for ending in (LOSSLESS, LOSSY)
    }


@pytest.fixture
def keep(night: Night, whole: Mapping[str, bytes], encoded_once: EncodedOnce) -> Callable[..., int]:
    """Exports the night, or goes on with it; how many segments were asked for."""

    def kept(path: Path, night: Night = night, **how: Any) -> int:
        before = encoded_once.asked
        export(night, path, encode_all=encoded_once, **how)
        return encoded_once.asked - before

    return kept


@contextlib.contextmanager
def stopping_after(segments: int) -> Iterator[None]:
    add = Unfinished.add

    def stopped(self: Unfinished, *part: Any) -> None:
        if self.segments == segments:
            raise Stopped
        add(self, *part)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Unfinished, "add", stopped)
        with pytest.raises(Stopped):
            yield


def test_what_was_made_is_not_made_again(night: Night, whole: Mapping[str, bytes], tmp_path: Path):
    path, asked = tmp_path / "night.flac", []

    def encode_all(recipes: Any) -> Any:
        asked.extend(recipes)
        return on_threads(iter(asked), 2)

    with stopping_after(3):
        export(night, path)
    assert not path.exists()
    export(night, path, encode_all=encode_all)
    assert len(asked) == 1
    assert path.read_bytes() == whole[LOSSLESS]
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", [LOSSLESS, LOSSY])
def test_after_a_power_cut_only_what_is_there_is_believed(
    keep: Callable[..., int], whole: Mapping[str, bytes], tmp_path: Path, ending: str
):
    """A disk may hold less than was written, or leavings of something else, or a torn journal."""
    path = tmp_path / f"night{ending}"
    with stopping_after(3):
        keep(path)
    part, journal = partial_file(path).read_bytes(), journal_file(path).read_bytes()
    chance, asked = Key.root(1, "power"), set()
    for draw in range(6):
        cut = [int(chance.draw(3 * draw + k) * size) for k, size in enumerate((len(part), len(journal)))]
        leavings = whole[ending] if draw % 2 else b""
        partial_file(path).write_bytes(part[: cut[0]] + leavings)
        journal_file(path).write_bytes(journal[: cut[1]] if draw % 3 else journal[:-2] + b"\0\0" + leavings)
        asked.add(keep(path))
        assert path.read_bytes() == whole[ending]
        assert os.listdir(tmp_path) == [path.name]
    assert min(asked) < 4  # some of what was made was believed
    partial_file(path).write_bytes(bytes(len(part)))  # as long as it was, and empty
    journal_file(path).write_bytes(journal)
    assert keep(path) == 4
    assert path.read_bytes() == whole[ending]


@pytest.mark.parametrize(
    "leavings",
    [
        b"",
        b"\n",
        b"[]\n",
        b"{}\n",
        b"nonsense\n",
        b'{"request": 3}\n',
        b"\xff" * 5000,
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_journal_that_is_none_is_no_journal(
    keep: Callable[..., int], whole: Mapping[str, bytes], tmp_path: Path, leavings: bytes
):
    path = tmp_path / "night.flac"
    journal_file(path).write_bytes(leavings)
    assert keep(path) == 4
    assert path.read_bytes() == whole[LOSSLESS]
    assert os.listdir(tmp_path) == [path.name]


def test_a_journal_that_lies_is_not_believed(
    keep: Callable[..., int], whole: Mapping[str, bytes], tmp_path: Path
):
    path = tmp_path / "night.flac"
    with stopping_after(3):
        keep(path)
    part = partial_file(path).read_bytes()
    first, *rest = journal_file(path).read_bytes().splitlines(keepends=True)
    lies = [
        b'{"segment": 2, "bytes": 99999999999, "digest": "", "sizes": ""}\n',
        b'{"segment": 2, "bytes": Infinity, "digest": "", "sizes": ""}\n',
        b'{"segment": 2, "bytes": 1e999, "digest": "", "sizes": ""}\n',
        b'{"segment": 2, "bytes": -1}\n',
        b'{"segment": 2, "bytes": 3, "digest": 4, "sizes": "AAA"}\n',
        rest[2].split(b'"sizes"')[0] + b'"sizes": ""}\n',
        rest[1],
    ]
    journals = [first + b"".join(rest[:2]) + lie for lie in lies]
    loud = [b"[null, 1.0, 0.0, null]", b"[1e999, 1.0, 0.0, null]", b'[1.0, "x", 0.0, null]', b"[1.0]", b"7"]
    for lie in [b'"cover": "%"', b'"cover": 3', *(b'"loudness": ' + lie for lie in loud)]:
        told = re.sub(lie.split(b":")[0] + rb': ("[^"]*"|\[[^]]*\]|[^,}]*)', lie, first)
        assert told != first
        journals.append(told + b"".join(rest))
    for number, journal in enumerate(journals):
        partial_file(path).write_bytes(part)
        journal_file(path).write_bytes(journal)
        assert keep(path) == (2 if number < len(lies) else 4)
        assert path.read_bytes() == whole[LOSSLESS]


def test_another_version_starts_over_and_says_so(
    keep: Callable[..., int], whole: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path, notes = tmp_path / "night.flac", []
    with monkeypatch.context() as patched:
        patched.setattr("lullaby.export.file_request.version", lambda: "1.2.3")
        with stopping_after(2):
            keep(path)
    assert keep(path, note=notes.append) == 4
    assert notes == ["night.flac was begun by another version of lullaby; starting over."]
    assert path.read_bytes() == whole[LOSSLESS]
    with stopping_after(1):
        keep(path, night_of(QUICK, seed=12))
    assert keep(path, note=notes.append) == 4
    assert notes[1:] == ["night.flac was begun as something else; starting over."]
    assert path.read_bytes() == whole[LOSSLESS]


def test_going_on_is_said_where_it_is_done_and_not_for_another_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    score, path = tmp_path / "quick.toml", tmp_path / "night.flac"
    score.write_text(QUICK)
    words = typed(score, path, "--to", "00:02:10")

    def stopped() -> None:
        with stopping_after(1):
            main(words)

    def said() -> str:
        capsys.readouterr()
        assert main(words) == 0
        return capsys.readouterr().err

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lullaby.export.file_request.version", lambda: "1.2.3")
        stopped()
    err = said()
    assert "was begun by another version of lullaby; starting over" in err
    assert "Going on" not in err
    stopped()
    assert "Going on with night.flac." in said()


def test_the_second_of_two_says_so_and_stops(night: Night, tmp_path: Path):
    path = tmp_path / "night.flac"
    path.write_text("an old one")
    with claimed(path), pytest.raises(CouldNot, match="another render is making this file"):
        export(night, path)
    assert path.read_text() == "an old one"
    export(night, path, span=Span(0, RATE))


@pytest.mark.parametrize("of", [journal_file, partial_file])
def test_a_link_where_our_files_would_be_leads_nowhere(night: Night, tmp_path: Path, of: Any):
    (tmp_path / "theirs").write_text("precious")
    path = tmp_path / "night.flac"
    of(path).symlink_to(tmp_path / "theirs")
    with pytest.raises(CouldNot, match="a link"):
        export(night, path, span=Span(0, RATE))
    assert (tmp_path / "theirs").read_text() == "precious"


def test_a_disk_too_small_is_not_begun_on(night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("lullaby.export.disk_space.shutil.disk_usage", lambda _: usage(9, 9, 1_000_000))
    with pytest.raises(CouldNot, match=r"takes about 1\d\.\d MB, and only 1\.0 MB are free"):
        export(night, tmp_path / "night.flac")
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_keeps_what_is_made(
    keep: Callable[..., int], whole: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    add = Unfinished.add

    def full(self: Unfinished, body: bytes, *rest: Any) -> None:
        if self.segments == 2:
            assert self._file is not None
            self._file.write(body[:1000])
            self._file.flush()
            raise OSError(28, "No space left on device")
        add(self, body, *rest)

    path = tmp_path / "night.opus"
    with monkeypatch.context() as patched:
        patched.setattr(Unfinished, "add", full)
        with pytest.raises(CouldNot) as could_not:
            keep(path)
    said = str(could_not.value)
    assert len(said.splitlines()) == 1
    assert "the disk is full" in said
    assert "goes on when there is space" in said
    assert not path.exists()
    assert keep(path) == 2
    assert path.read_bytes() == whole[LOSSY]


STAGES = {
    "before anything": ("lullaby.export.exporting", "file_request", 0),
    "before it is begun": ("lullaby.drawing.cover", "cover", 0),
    "when it is begun": ("lullaby.export.unfinished", "emptied", 0),
    "before its first segment": (Unfinished, "add", 0),
    "after some segments": (Unfinished, "add", 1),
    "between a segment and the line that says so": (Unfinished, "_note", 1),
    "before it takes its place": ("os", "replace", 0),
    "when it has taken its place": (Unfinished, "forget", 0),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), OSError(28, "full")], ids=repr)
@pytest.mark.parametrize("segments", [0, 2])
def test_whatever_is_left_of_a_stopped_render_is_named(
    keep: Callable[..., int],
    whole: Mapping[str, bytes],
    tmp_path: Path,
    stage: str,
    error: BaseException,
    segments: int,
):
    """And however it was stopped, whether it was new or gone on with, the next call makes the file."""
    path = tmp_path / f"night{LOSSY}"
    if segments:
        with stopping_after(segments):
            keep(path)
    where, what, after = STAGES[stage]
    target = importlib.import_module(where) if isinstance(where, str) else where
    real, calls = getattr(target, what), itertools.count()

    def stopped(*words: Any) -> Any:
        if next(calls) >= after:
            raise error
        return real(*words)

    ended: BaseException | None = None
    with pytest.MonkeyPatch.context() as stopping:
        stopping.setattr(target, what, stopped)
        try:
            keep(path)
        except BaseException as caught:
            ended = caught
    left = left_of(path)
    assert {*os.listdir(tmp_path)} - {path.name} == {place.name for place in left}
    if ended not in (None, error):  # a disk's error, said in a line
        assert isinstance(ended, LeftUnfinished if left else CouldNot)
    keep(path)
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == whole[LOSSY]


def test_a_render_that_finds_another_at_it_leaves_its_files_to_that(tmp_path: Path, night: Night):
    path = tmp_path / "night.flac"
    with claimed(path) as theirs:
        theirs.begin(Beginning(FileRequest("theirs", 1, None, "0"), Loudness(1.0, 1.0), b""), 10)
        with pytest.raises(CouldNot) as could_not:
            export(night, path)
        assert not isinstance(could_not.value, LeftUnfinished)
        assert len(left_of(path)) == 2


def test_what_another_disk_says_is_not_said_of_the_file(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "/home/kim/cache")

    monkeypatch.setattr("lullaby.export.encoding.Encoder", full)
    with pytest.raises(CouldNot, match=r"its sound could not be made \(/home/kim/cache: no space left"):
        export(night, tmp_path / "night.flac")


# killed from outside


def typed(score: Path, path: Path, *more: str) -> list[str]:
    return ["render", str(score), "-o", str(path), *more]


def render(score: Path, path: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "lullaby", *typed(score, path, *more)]


def killed_at(command: list[str], path: Path, bytes_there: int, env: Mapping[str, str] | None = None) -> bool:
    """Starts this, and kills it once so many bytes are there. Did it come to that?"""
    with _running(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env) as child:
        try:
            for _ in _patiently(child, "render", 60):
                with contextlib.suppress(FileNotFoundError):
                    if partial_file(path).stat().st_size >= bytes_there:
                        child.send_signal(signal.SIGKILL)
                        child.wait()
                        return True
        except RuntimeError:
            return False  # it was done before we came
    return False


@pytest.fixture
def score(tmp_path: Path) -> Path:
    (tmp_path / "six.toml").write_text(SCORE)
    return tmp_path / "six.toml"


@pytest.mark.parametrize("ending", [".m4b", ".flac"])
def test_a_killed_render_goes_on(score: Path, ending: str, capsys: pytest.CaptureFixture[str]):
    path, twin = score.with_name(f"night{ending}"), score.with_name(f"twin{ending}")
    cut = ("--to", "00:02:10")
    assert main(typed(score, twin, *cut)) == 0
    assert killed_at(render(score, path, *cut, "--jobs", "1"), path, twin.stat().st_size // 3)
    assert not path.exists()
    assert begun(path)
    capsys.readouterr()
    assert main(typed(score, path, *cut)) == 0
    assert f"Going on with night{ending}" in capsys.readouterr().err
    assert path.read_bytes() == twin.read_bytes()


def test_a_stopped_render_names_all_that_is_left(
    score: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    add, calls = Unfinished.add, itertools.count()

    def stopped(self: Unfinished, *part: Any) -> None:
        if next(calls):
            raise KeyboardInterrupt
        add(self, *part)

    monkeypatch.chdir(score.parent)
    monkeypatch.setattr(Unfinished, "add", stopped)
    asked = ["render", "six.toml", "--sleeper", "none", "--to", "70", "--stems", "-o", "night.flac"]
    assert main(asked) == 130
    said = capsys.readouterr().err.splitlines()
    assert said[-3] == "What is made of night.flac is kept: the same command goes on from there."
    assert said[-2].startswith("    To forget it, delete ")
    left = {str(path.relative_to(score.parent)) for path in score.parent.rglob(".*")}
    assert len(left) == 4
    assert all(name in said[-2] for name in left)


def test_after_midnight_it_is_still_the_same_night(score: Path, monkeypatch: pytest.MonkeyPatch):
    """Without a name the file is called by its date, and without a date the night is today's."""
    from lullaby.evening.sleepers import followed

    class Clock:
        def __init__(self, day: int) -> None:
            self.day = day

        def now(self) -> datetime.datetime:
            return datetime.datetime(2026, 11, self.day, 23, 59, tzinfo=datetime.UTC)

    monkeypatch.chdir(score.parent)
    asked = ["render", "six.toml", "--to", "00:02:10"]
    with stopping_after(1):
        main(asked, Clock(20))
    assert main(asked, Clock(21)) == 0
    assert [p.name for p in score.parent.glob("*.m4b")] == ["Six Minutes 2026-11-20 to 00.02.10.m4b"]
    twin = followed(night_of(SCORE).score, day=date(2026, 11, 20))
    path = Path("Six Minutes 2026-11-20 to 00.02.10.m4b")
    assert begun(path) is None
    assert read_tags(path).fingerprint == twin.fingerprint
    # of one whose last step was to take its place, the journal alone may be left: that is no beginning
    journal_file(path).write_text("{}\n")
    # and a new one is a new night
    assert main(asked, Clock(22)) == 0
    journal_file(path).unlink()
    assert Path("Six Minutes 2026-11-22 to 00.02.10.m4b").exists()


def test_over_the_turn_of_a_year_it_is_still_this_listeners_night(
    score: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year older they sleep otherwise, but the file was begun for the sleeper of last year."""

    class Clock:
        def __init__(self, *date: int) -> None:
            self.date = date

        def now(self) -> datetime.datetime:
            return datetime.datetime(*self.date, tzinfo=datetime.UTC)  # type: ignore[arg-type]

    monkeypatch.chdir(score.parent)
    monkeypatch.setenv("LULLABY_HOME", str(score.parent))
    assert main(["people", "add", "ada", "--birth-year", "1980"], Clock(2026, 12, 1)) == 0
    asked = ["render", "six.toml", "--for", "ada", "--to", "00:02:10"]
    with stopping_after(1):
        main(asked, Clock(2026, 12, 31))
    assert main(asked, Clock(2027, 1, 1)) == 0
    found = [path.name for path in score.parent.glob("*.m4b")]
    assert found == ["Six Minutes 2026-12-31 for ada to 00.02.10.m4b"]


def test_nobody_goes_on_with_a_file_that_is_anothers(tmp_path: Path) -> None:
    """Its name may begin and end as one's own does: only the date between may be another."""
    mine, kims = "Rain 2026-11-20.m4b", "Rain 2026-11-20 for kim.m4b"
    for name in (mine, kims):
        journal_file(tmp_path / name).touch()
    assert unfinished_like(tmp_path, "Rain ", ".m4b") == [tmp_path / mine]
    assert unfinished_like(tmp_path, "Rain ", " for kim.m4b") == [tmp_path / kims]


@pytest.mark.parametrize("letters", [241, 245, 249])
def test_a_file_with_the_longest_name_there_is_goes_on_after_a_stop(
    night: Night, tmp_path: Path, letters: int, encoded_once: EncodedOnce
) -> None:
    path, other = (tmp_path / f"{'n' * letters}{last}.flac" for last in "ab")
    made: list[int] = []

    def stops(done: int, _: int) -> None:
        made.append(done)
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        export(night, path, encode_all=encoded_once, progress=stops)
    assert begun(path) is not None
    assert begun(other) is None
    assert all(len(place.name.encode()) <= 255 for place in left_of(path))
    already: list[int] = []
    export(night, path, encode_all=encoded_once, progress=lambda done, _: already.append(done))
    assert already[0] > 0
    assert [place.name for place in tmp_path.iterdir()] == [path.name]


def test_a_render_with_a_name_of_255_bytes_is_no_mishap(
    score: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(score.parent)
    cut = ["--to", "1", "--jobs", "1"]
    name = f"{'n' * 251}.wav"
    assert main(["render", str(score), *cut, "--stems", "-o", name]) == 0
    assert Path(name).is_file()
    assert main(["render", str(score), *cut, "-o", f"n{name}"]) == 1
    said = capsys.readouterr().err
    assert "this name is too long" in said
    assert "should not have happened" not in said


def test_two_at_once_make_one_file(score: Path, capsys: pytest.CaptureFixture[str]):
    path, cut = score.with_name("night.flac"), ("--to", "10")
    with _running(render(score, path, *cut), stderr=subprocess.DEVNULL) as first:
        for _ in _patiently(first, "the first render"):
            if partial_file(path).exists():
                first.send_signal(signal.SIGSTOP)  # so that it is not done before the second comes
                break
        second = main(typed(score, path, *cut))
        first.send_signal(signal.SIGCONT)
        assert first.wait(timeout=PATIENCE) == 0
    assert second == 1
    said = capsys.readouterr().err
    assert said.strip().endswith("another render is making this file. Nothing was touched.")
    assert path.exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.soak
def test_an_hour_on_a_disk_that_fills_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path):
    """There is room for it at the start, and then somebody else takes half of it."""
    path, filler, twin = small_disk / "night.flac", small_disk / "filler", tmp_path / "twin.flac"
    command = [sys.executable, "-m", "lullaby", "render", "harbour-rain", "--date", "2026-11-30", "-o"]
    subprocess.run([*command, str(twin)], check=True, capture_output=True)
    with _running([*command, str(path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        for _ in _patiently(child, "render", 60):
            if partial_file(path).exists() and partial_file(path).stat().st_size > 20_000_000:
                break
        filler.write_bytes(bytes(150_000_000))
        assert child.stderr is not None
        said = child.stderr.read().decode().splitlines()
        child.stderr.close()
        assert child.wait(timeout=PATIENCE) == 1
    assert "the disk is full. What is made is kept" in said[-1]
    assert not any("Traceback" in line for line in said)
    assert not path.exists()
    again = subprocess.run([*command, str(path)], capture_output=True, text=True)
    assert again.returncode == 1  # there is still too little room, and that is known at once
    assert "are free" in again.stderr
    filler.unlink()
    assert subprocess.run([*command, str(path)], capture_output=True).returncode == 0
    assert path.read_bytes() == twin.read_bytes()
    assert os.listdir(small_disk) == [path.name]


@pytest.mark.soak
def test_a_full_disk_under_the_programs_own_folder_stops_no_night(small_disk: Path, score: Path):
    """Compiled kernels cannot be kept there; the file has room where it is."""
    with contextlib.suppress(OSError), open(small_disk / "filler", "wb") as filler:
        while True:
            filler.write(bytes(1 << 16))
            filler.flush()
    env = {name: value for name, value in os.environ.items() if name != "LULLABY_CACHE"}
    env["LULLABY_HOME"] = str(small_disk)
    path = score.with_name("night.flac")
    done = subprocess.run(render(score, path, "--to", "5"), capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert path.exists()


@pytest.mark.soak
@pytest.mark.parametrize("ending", ENDINGS)
def test_ten_kills_at_random_moments(score: Path, ending: str):
    """Sixty over the formats. Each goes on from the one before, so they fall all along the file."""
    path, twin = score.with_name(f"night{ending}"), score.with_name(f"twin{ending}")
    subprocess.run(render(score, twin), check=True, capture_output=True)
    size, kills = twin.stat().st_size, 0
    dice = random.Random(ending)
    targets = sorted(dice.randrange(size) for _ in range(10))
    while kills < 10:
        if killed_at(render(score, path), path, targets[kills]):
            kills += 1
        elif path.exists():  # it was quicker than the killer: again from the start, and earlier
            path.unlink()
            targets[kills:] = sorted(dice.randrange(size // 2) for _ in targets[kills:])
    assert not path.exists()
    subprocess.run(render(score, path), check=True, capture_output=True)
    assert path.read_bytes() == twin.read_bytes()
    assert sorted(os.listdir(score.parent)) == sorted([path.name, twin.name, score.name])
