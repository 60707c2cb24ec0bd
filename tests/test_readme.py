"""What the README and docs/ show is so: commands run, files check, programs run, paths and names are there.

Commands are cut to a second or two of sound, and stories to their beginnings; everything else about them is
as it stands there. A bare name of a command, or one with a word that stands for something (`lullaby check
FILE`), is held against the help.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from epubs import book
from epubs import page as epub_page
from hypnogram_samples import NIGHT
from manual import ALL, DOCS, PAGES, README, ROOT, Page, is_a_pattern, page
from nights import night_of
from recordings import PHRASES, kept, talk
from short_tales import cut_short
from typed import Say, typing

import benchmarks.__main__
import lullaby as library
from benchmarks.telling import write_book
from lullaby import export, load, places
from lullaby.cli import main
from lullaby.cli.playing import heard_now
from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening import Evening
from lullaby.night.night_log import head_line
from lullaby.people.person_file import person_from
from lullaby.sleep.hypnograms.edf import edf_bytes
from lullaby.time import RATE

SHORT = {
    "render": ("--to", "00:00:01", "--jobs", "1"),
    "hear": ("--seconds", "1"),
    "play": ("--null", "10", "--to", "1"),
    "check": ("--no-listen",),
    "alarm": ("--unrehearsed",),
}
"""What is said besides, so that it takes a moment."""

LASTS = {
    "serve": "it serves until it is ended: tests/test_serve.py",
    "cast": "it looks around the home, and plays on a box: tests/test_web_boxes.py",
}
"""Commands that are not run here, and why."""

ARCHITECTURE, COMMANDS = page("ARCHITECTURE.md"), page("commands.md")
TO_COME = "## Rooms to come"
each = functools.partial(pytest.mark.parametrize, "page", ids=lambda page: page.name)


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a night of sleep, the log of another, a book and a recording in it."""
    folder = tmp_path_factory.mktemp("things")
    (folder / "night.edf").write_bytes(edf_bytes(NIGHT))
    chapter = epub_page("<h1>One more</h1><p>It rained. They slept.</p>")
    book(folder / "book.epub", {f"{n}.xhtml": chapter for n in range(3)})
    kept(folder / "me.m4a", talk(PHRASES[:4]).sound)
    (folder / "night.jsonl").write_text(head_line(load("plain"), {"score": "plain"}))
    return folder


@pytest.fixture
def lullaby(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], things: Path
) -> Say:
    """Types a command in a folder with these things in it, by somebody who has nothing else yet."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    cut_short(tmp_path / "home", 25)
    shutil.copytree(things, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda *_: b"")  # it costs more than what is kept here
    monkeypatch.setattr("lullaby.drawing.spectrogram.MOST_PAGES", 4)
    return typing(capsys)


@pytest.fixture
def played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A night of each command that plays is heard to its end. Of every other the words are read, the evening
    is prepared and its stories are laid out, and no player is started: that one plays whatever it is given,
    test_play and test_tell prove, and each would be three processes and some five seconds."""
    real = heard_now.play

    def play(
        asked: argparse.Namespace, bedside: Bedside, evening_with: Callable[..., Evening], **more: Any
    ) -> int:
        what = "tell" if "narrator" in more else "play"
        if what not in HEARD:
            HEARD.add(what)
            return real(asked, bedside, evening_with, **more)
        heard_now.timer_of(asked, bedside.clock.now().date())
        heard_now.waking_of(asked, bedside.clock.now())
        heard_now.seen_of(asked)
        heard_now.way_of(asked)
        with heard_now.spoken_ahead(more.get("narrator")) as storytelling:
            evening = evening_with(storytelling)
            assert heard_now.cut(asked, evening.night.length) & evening.night.span
        return 0

    monkeypatch.setattr(heard_now, "play", play)


HEARD: set[str] = set()
"""The commands of which a night has been heard."""


@pytest.fixture(scope="module")
def helps() -> dict[str, set[str]]:
    """Every command that can be typed, by its words, and the options its own help lists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        return dict(_helps(()))


def _helps(words: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    said = _help(*words)
    options = {
        o for o in re.findall(r"^  (-[a-zA-Z]|--[a-z][a-z-]*)\b", said, re.M) if o not in ("-h", "--version")
    }
    within = re.findall(r"^    ([a-z]+(?:-[a-z]+)*)(?= |$)", said, re.M)
    yield " ".join(("lullaby", *words)), options
    for word in within:
        yield from _helps((*words, word))


def _help(*words: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main([*words, "--help"]) == 0
    return said.getvalue()


def test_the_readme_is_short() -> None:
    assert len(README.path.read_bytes()) <= 6_000


def test_after_make_night_the_readme_says_how_the_program_is_called(tmp_path: Path) -> None:
    """Make puts it into .venv of the checkout; here something stands there that says that it was called."""
    assert ".venv/bin/lullaby" in README.spans
    assert ".venv/bin/lullaby render" in (ROOT / "Makefile").read_text("utf-8")
    program = tmp_path / ".venv/bin/lullaby"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho called "$@"\n')
    program.chmod(0o755)
    (line,) = (line for line in README.typed if line.startswith("export "))
    first = next(line for line in README.typed if line.startswith("lullaby "))
    assert README.typed.index(line) < README.typed.index(first)
    said = subprocess.run(["sh", "-ec", f"{line}\n{first}"], cwd=tmp_path, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, f"called {first.removeprefix('lullaby ')}\n"), said.stderr


@each(PAGES)
@pytest.mark.usefixtures("played_once")
def test_the_commands_of_a_page_can_be_run(page: Page, lullaby: Say, helps: dict[str, set[str]]) -> None:
    """One after the other, as somebody would who follows it from top to bottom."""
    shown = [*page.typed, *page.spans]
    for line in dict.fromkeys(line for line in shown if line.startswith("lullaby ")):
        if is_a_pattern(line) or line in helps:
            continue
        command, *words = shlex.split(line)[1:]
        if command in LASTS:
            continue
        more = list(SHORT.get(command, ()))
        if command == "hear" and "-o" not in words:  # it plays on no machine's loudspeakers
            more += ["-o", "heard.wav"]
        if command == "tell":
            more += ["--jobs", "1"] if "-o" in words else ["--null", "60"]
            more += ["--minutes", "2"] if "--new" in words and "--minutes" not in words else []
        if "book.epub" in words:
            write_book(Path("book.epub"), 60)
        if command == "feed":
            Path(words[0]).mkdir()
            lullaby("render", "rain", "-o", f"{words[0]}/rain.opus", *SHORT["render"])
        said = lullaby(command, *words, *more)
        assert said.code == 0, f"{line}\n{said.err}"
    for made in re.findall(r" (?:-o|--events|--csv|--picture) (\S+)", "\n".join(page.typed)):
        assert Path(made).is_file(), made


@each(PAGES)
def test_a_page_names_no_command_and_no_option_that_is_not_there(
    page: Page, helps: dict[str, set[str]]
) -> None:
    everything = set().union(*helps.values(), _options_of_benchmarks()) | {"--help", "--version"}
    others = ("pip", "pipx", "uvx", "systemctl")
    for text in [*page.typed, *page.spans]:
        if text.startswith(others):
            continue
        assert {*re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)} <= everything, text
        words = text.split()
        if words[:1] == ["lullaby"]:
            known = [name for name in helps if f"{text} ".startswith(f"{name} ")]
            named = words[1:2] and words[1].isalpha() and words[1].islower()
            assert not named or max(map(len, known)) > len("lullaby"), text
            options = {*re.findall(r"(?<![\w-])-{1,2}[a-z][a-z-]*", text)} - {"--help", "--version"}
            assert options <= helps[max(known, key=len)], text


def _options_of_benchmarks() -> set[str]:
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
        benchmarks.__main__.main(["--help"])
    return {*re.findall(r"^  (--[a-z][a-z-]*)\b", said.getvalue(), re.M)}


def test_every_command_and_every_option_is_documented(helps: dict[str, set[str]]) -> None:
    shared = set(_options("## Which night"))
    for name, options in helps.items():
        if not options:  # `lullaby people` and `lullaby sleep` only lead on
            continue
        told = _options(f"## {name}")
        if "(#which-night)" in COMMANDS.section(f"## {name}"):
            assert not shared & {*told}, name
            told += [option for option in shared if name != "lullaby"]
        assert sorted(told) == sorted(options), name


def _options(heading: str) -> list[str]:
    return [row[0].strip("`").split()[0] for row in COMMANDS.rows(heading)]


STANDS_IN = """length = 09:00:00
[voices]
rain = "rain"
bell = "bell"
[scene.all]
at = 0
rain = 0
bell = 0
"""
TOMLS = [text for page in PAGES for text in page.written_in("toml")]


@pytest.mark.parametrize("text", TOMLS, ids=lambda text: text.split("\n")[0][:40])
def test_the_files_they_show_are_right(lullaby: Say, text: str) -> None:
    """A whole one is checked as it is. A part of one stands in the smallest score it can stand in."""
    keys, path = tomllib.loads(text), Path("shown.toml")
    if text.startswith("# in a listener's file"):
        assert person_from(text, path)
        return
    if not {"kind", "voices", "movement"} & keys.keys():
        text = STANDS_IN + text
    for brought in re.findall(r'^file *= "(.*?)"', text, re.M):
        soundfile.write(brought, 0.1 * np.random.default_rng(1).standard_normal((8 * RATE, 2)), RATE)
    path.write_text(text, "utf-8")
    said = lullaby("check", str(path), "--no-listen")
    assert said.code == 0, said.err
    if not {"kind", "movement"} & keys.keys():
        assert night_of(text).plan.tracks


def test_the_night_they_show_whole_is_the_one_that_is_shipped() -> None:
    (name,) = re.findall(r"^`scores/(.*?)\.toml`, whole:", page("scores.md").text, re.M)
    assert (places.shipped("scores") / f"{name}.toml").read_text("utf-8") in TOMLS


def test_the_mistake_they_show_is_told_so(lullaby: Say) -> None:
    """Made in the file, the scene, the voice and the setting that the message names."""
    (mistake,) = (text for text in page("scores.md").written_in("") if " has no " in text)
    path, scene, voice, wrong = re.match(r'(.*), scene "(.*)": (.*) has no "(.*)"\.', mistake).groups()  # type: ignore[union-attr]
    right = (places.shipped("scores") / Path(path).name).read_text("utf-8")
    before, at, after = right.partition(f"[scene.{scene}]\n")
    line = re.search(rf"^{voice} *= .*$", after, re.M)
    assert at
    assert line
    Path(path).parent.mkdir()
    Path(path).write_text(before + at + after.replace(line[0], f"{voice} = {{ {wrong} = 4 }}", 1), "utf-8")
    said = lullaby("check", path)
    assert said.code == 2
    assert said.out == mistake


def test_the_programs_they_show_run(lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the listener they name; of a night that is kept, the first second."""
    assert lullaby("people", "add", "kim", "--birth-year", "2019").code == 0
    monkeypatch.setattr(export, "export", functools.partial(export.export, span=library.span(0, 1), jobs=1))
    driving = page("playing.md")  # tests/test_play.py runs its program beside something that plays
    blocks = [text for each in PAGES if each is not driving for text in each.written_in("python")]
    assert len(blocks) >= 3
    for text in blocks:
        here: dict[str, object] = {}
        exec(text, here)
        sound = here.get("sound")
        assert sound is None or np.any(sound)  # type: ignore[arg-type]
    assert Path("tonight.m4b").is_file()


@each(ALL)
def test_every_link_leads_somewhere(page: Page) -> None:
    for link in page.links:
        assert "://" not in link, f"{link}: nothing here is checked by a network"
        target, _, anchor = link.partition("#")
        path = page.path.parent / target if target else page.path
        assert path.exists(), link
        assert not anchor or anchor in Page(path).anchors, link


@each(ALL)
def test_every_path_and_every_name_of_ours_is_there(page: Page) -> None:
    """But for the packages that are still to come, which stand in a table of their own."""
    to_come = {word for row in ARCHITECTURE.rows(TO_COME) for word in re.findall(r"`([^`]+)`", row[1])}
    shown = set(page.spans)
    names = {span for span in shown if re.fullmatch(r"lullaby(\.\w+)+", span)}
    paths = {
        span
        for span in shown - to_come
        if re.fullmatch(r"(lullaby|docs|tests|scores|voices|benchmarks|scripts)/[\w./*-]*", span)
        or re.fullmatch(r"[A-Z]+\.md", span)
    }
    missing = [p for p in paths if not is_a_pattern(Path(p).stem) and not [*ROOT.glob(p.rstrip("/"))]]
    assert sorted([*missing, *(name for name in names if found(name) is None)]) == []
    if page is ARCHITECTURE:
        assert len(names) > 50
        assert to_come


def found(name: str) -> object:
    """What a dotted name means: a module, or something in one."""
    words = name.split(".")
    for cut in range(len(words), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(words[:cut]))
        except ModuleNotFoundError:
            continue
        return functools.reduce(lambda a, word: getattr(a, word, None), words[cut:], thing)
    return None


def test_what_is_to_come_is_not_there_yet_or_belongs_to_a_layer() -> None:
    """Who builds such a room takes it into the table of the layers."""
    layers = " ".join(" ".join(row) for row in ARCHITECTURE.rows("## The layers"))
    for row in ARCHITECTURE.rows(TO_COME):
        for path in re.findall(r"`([^`]+)`", row[1]):
            assert f"`{path}`" in layers or not (ROOT / path).exists(), path


def test_the_keys_of_a_score_are_those_that_check_knows(lullaby: Say) -> None:
    Path("odd.toml").write_text('odd = 1\n[voices]\nrain = "rain"\n[scene.all]\nat = 0\nrain = 0\n')
    known = re.search(r"(?:It has|There are): (.*?)\.", lullaby("check", "odd.toml").out)
    assert known
    shown = [word for row in page("scores.md").rows("## A score") for word in re.findall(r"`(\w+)`", row[0])]
    assert sorted(shown) == sorted(known[1].split(", "))


def test_what_is_made_and_measured_by_a_command_has_that_command() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    benchmarks = (ROOT / "benchmarks" / "__main__.py").read_text("utf-8")
    for each_page in ALL:
        for line in [*each_page.typed, *each_page.spans]:
            if line.startswith("make "):
                assert line.split()[1] in targets, line
            if line.startswith("python -m benchmarks "):
                assert f'"{line.split()[3]}"' in benchmarks, line


def test_the_docs_are_part_of_what_is_handed_on() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "/docs" in told["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {f"docs/{one.path.name}" for one in DOCS} <= {link.partition("#")[0] for link in README.links}
