"""The face: keys act and are heard, and at night there is nothing to see but what was asked for."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import importlib.util
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE
from players import NIGHT, TAKES_TERMINAL, playing
from terminals import BLACK, Drawn, watching
from test_player import Playing
from typed import Evening

from lullaby.cli import main
from lullaby.cli.playing import picture as pictures
from lullaby.cli.playing.face import Face
from lullaby.cli.playing.face_colours import BOUNDS
from lullaby.cli.playing.keeping import Keeping
from lullaby.cli.playing.key_words import KeyWords
from lullaby.cli.playing.lights import Light, Lights
from lullaby.cli.playing.picture import Picture, VoiceLevel
from lullaby.cli.playing.terminal import Terminal
from lullaby.cli.playing.textual_screen import TextualScreen
from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening import Evening as Prepared
from lullaby.evening import Request, prepared
from lullaby.night import Night
from lullaby.player import Player
from lullaby.player.levels import Levels
from lullaby.player.refused import Refused
from lullaby.player.words import Words
from lullaby.score import SILENT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows gets plain lines")

DAY = datetime.date(2026, 11, 30)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        monkeypatch.setenv("LULLABY_HOME", name)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLORTERM", "truecolor")
        monkeypatch.delenv("NO_COLOR", raising=False)
        (Path(name) / "scores").mkdir()
        (Path(name) / "scores/two-noises.toml").write_text(NIGHT)
        yield Path(name)


@dataclass
class Typed:
    """A keyboard."""

    waiting: list[str] = field(default_factory=list)
    ours: bool = True
    there: bool = True

    def pressed(self) -> list[str]:
        found, self.waiting = self.waiting, []
        return found

    def give_back(self) -> None:
        pass


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Watched:
    """A player at work on a device that nobody hears, its face, and the terminal that is drawn on."""

    one: Playing
    evening: Prepared
    words: Words
    keys: Typed
    drawn: Drawn
    clock: Clock
    bedside: Bedside
    terminal: Terminal
    looks: int = 0

    def press(self, *keys: str) -> None:
        """Presses keys, and waits until they have acted."""
        self.keys.waiting = [*keys]
        self.looked()

    def looked(self) -> None:
        """Waits until what there is was looked at."""
        until = self.looks + 2
        self.one.until(lambda: self.looks >= until)

    def later(self, seconds: float) -> None:
        self.clock.now += seconds
        self.looked()

    def sees(self, what: str | Callable[[], bool]) -> None:
        """Waits until it is drawn; the clock stands still meanwhile."""
        self.one.until(lambda: what in self.drawn.text if isinstance(what, str) else what())

    def comes_to_see(self, what: str) -> None:
        """Waits until it is there, though no key was pressed: time passes meanwhile."""

        def there() -> bool:
            self.clock.now += 0.01
            return what in self.drawn.text

        self.one.until(there)

    @property
    def blank(self) -> bool:
        """Is every cell of the terminal empty and black?"""
        backs = {back for row in self.drawn.colours for _, back in row}
        return not self.drawn.text.strip() and backs == {BLACK}


@contextlib.contextmanager
def watched(folder: Path, evening: Prepared | None = None) -> Iterator[Watched]:
    evening = evening or prepared(Request("two-noises", sleeper="none", date=DAY))
    one = Playing(evening.night, None, folder / "heard.f32", 1.0)
    read, write = os.pipe()
    with watching(read) as drawn:
        clock, keys, bedside, keeping = Clock(), Typed(), Bedside(Evening()), Keeping(evening)
        terminal = Terminal(write)
        words = Words(one.player, keep=keeping.keep)
        screen = TextualScreen(terminal, keys)  # type: ignore[arg-type]
        key_words = KeyWords(one.player, words, 60.0)
        face = Face(keys, bedside, screen, clock=clock)  # type: ignore[arg-type]
        face.look_at(one.player, words, key_words, keeping.free_name)
        found = Watched(one, evening, words, keys, drawn, clock, bedside, terminal)

        def look() -> None:
            face.look()
            found.looks += 1

        one.player.every_tick(look)
        with one:
            face.open()
            try:
                found.sees(evening.night.score.title)
                yield found
            finally:
                face.close()
        os.close(write)
        drawn.over.wait(PATIENCE)
    assert not drawn.is_face
    assert drawn.has_cursor


def bright(sound: np.ndarray) -> float:
    """The share of white noise in the sound: of what changes from frame to frame."""
    return float(np.std(np.diff(sound, axis=0)) / np.std(sound)) if sound.any() else 0.0


def test_keys_of_the_face_act_and_are_heard(home: Path) -> None:
    with watched(home) as face:
        one = face.one
        face.sees("› low")
        assert "first" in face.drawn.text
        one.heard(1.5)
        both = bright(one.sound[-12_000:])
        face.press("down", *["left"] * 30)
        face.sees("› high")
        face.sees("-30")
        one.until(lambda: bright(one.sound[-12_000:]) < 0.85 * both)
        face.press("x")
        face.sees("high: silent.")
        face.press("x")
        face.sees("high: -30 dB.")
        face.press(" ")
        face.sees("paused")
        one.until(lambda: not one.sound[-12_000:].any())
        face.press(" ", "-", "n")
        face.sees("volume -2 dB")
        face.comes_to_see("second")
        one.until(lambda: bool(one.sound[-12_000:].any()))
        face.press("?")
        face.sees("ten more minutes")
        face.press("q")
        one.wait()
    assert one.whole is False


def heard_levels(night: Night, levels: Levels, frame: int) -> dict[str, float]:
    return {track.name: levels.heard(track, frame) for track in night.plan.tracks}


def test_levels_that_were_moved_are_kept_as_a_score(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It checks; and when it is played, every voice and all of it are as loud as they were."""
    with watched(home) as face:
        face.press(*["left"] * 7, "down", *["right"] * 13)
        face.one.heard(2.0)
        frame = face.one.player.frame
        before = heard_levels(face.one.player.night, face.words.levels, frame)
        face.press("s")
        face.sees("Keep as my-two-noises")
        face.press(*["backspace"] * 10, "mine", "enter")
        face.press("s", *["backspace"] * 40, *"softly", "enter")
        face.sees("Kept as softly: lullaby play softly")
    kept = home / "scores/softly.toml"
    assert main(["check", str(kept)]) == 0, capsys.readouterr().err
    again = prepared(Request("softly", sleeper="none", date=DAY)).night
    after = heard_levels(again, Levels(lambda change: None), frame)
    assert before == pytest.approx(after, abs=1e-6)
    assert before == pytest.approx({"low": -17.0, "high": 2.0})
    db = 20 * np.log10(float(again.gain) / float(face.evening.night.gain))
    assert abs(db) < 0.1


def test_more_than_a_level_can_say_is_kept_in_proportion(home: Path) -> None:
    """A score's levels end at 12 dB. The voices keep their proportion, and all of it its loudness."""
    text = NIGHT.replace("high = -10", "high = 9")
    (home / "scores/two-noises.toml").write_text(text)
    evening = prepared(Request("two-noises", sleeper="none", date=DAY))
    Keeping(evening).keep("louder", False, {"high": 12.0, "low": SILENT})
    Keeping(evening).keep("softer", False, {"high": 12.0})
    for name in ("louder", "softer"):
        again = prepared(Request(name, sleeper="none", date=DAY)).night
        low, high = (track.level.value_at(0) for track in again.plan.tracks)
        assert high == 12.0
        assert low == (SILENT if name == "louder" else -19.0)
        loud = float(again.gain) * 10 ** (high / 20)
        was = float(evening.night.gain) * 10 ** (21 / 20)
        assert abs(20 * np.log10(loud / was)) < 0.1


def test_a_score_is_replaced_only_where_somebody_says_so_twice(home: Path) -> None:
    (home / "scores/mine.toml").write_text("# another\n")
    with watched(home) as face:
        face.press("left")
        face.press("s", *["backspace"] * 40, *"mine", "enter")
        face.sees("enter replaces it")
        face.press("escape")
        assert (home / "scores/mine.toml").read_text() == "# another\n"
        face.press("s", *["backspace"] * 40, *"mine", "enter")
        face.sees("enter replaces it")
        face.press("enter")
        face.sees("Kept as mine")
        face.press("s", *["backspace"] * 40, *"rain", "enter")
        face.sees("is the name of a voice")
    assert "level = -11" in (home / "scores/mine.toml").read_text()
    assert not (home / "scores/rain.toml").exists()


def test_what_a_listener_avoids_is_not_taken_out_of_the_score_that_is_kept(home: Path) -> None:
    main(["people", "add", "ada", "--birth-year", "1980", "--avoid", "white"])
    evening = prepared(Request("two-noises", listener="ada", sleeper="none", date=DAY))
    assert [track.name for track in evening.night.plan.tracks] == ["low"]
    Keeping(evening).keep("kept", False, {"low": -3.0})
    anybody = prepared(Request("kept", date=DAY)).night.score
    assert [part.name for part in anybody.voices] == ["low", "high"]
    assert [scene.changes["low"]["level"] for scene in anybody.scenes] == [-13.0, -13.0]


def test_saving_twice_without_a_change_leaves_one_score(home: Path) -> None:
    with watched(home) as face:
        names = []
        for moves in ({}, {}, {"low": -3.0}):
            for voice, db in moves.items():
                face.words.do({"do": "level", "voice": voice, "db": db})
            names.append(face.words.do({"do": "save"})["saved"])
    assert names == ["my-two-noises", "my-two-noises", "my-two-noises-2"]


TELLS_TIME = re.compile(r"\d:\d|left|min|sleep|awake,|REM|first|second")


def test_from_lights_out_there_is_no_time_but_while_its_key_is_held(home: Path) -> None:
    evening = prepared(Request("two-noises", sleeper="typical", date=DAY))
    with watched(home, evening) as face:
        face.press("l")
        face.sees(lambda: "scene" not in face.drawn.text and "lights out" not in face.drawn.text)
        assert "Two Noises" in face.drawn.text
        assert not TELLS_TIME.search(face.drawn.text)
        for _ in range(4):  # a key that repeats
            face.press("t")
            face.sees("22:15, ")
            face.later(0.5)
        for part in ("min left", ", awake", "first"):
            assert part in face.drawn.text
        face.later(2.0)
        face.sees(lambda: not TELLS_TIME.search(face.drawn.text))
        face.press("-")
        face.sees("Volume -2 dB.")
        assert not TELLS_TIME.search(face.drawn.text)


def test_a_minute_later_it_is_black_and_nothing_is_drawn_until_a_key(home: Path) -> None:
    with watched(home) as face:
        face.later(59.0)
        assert "lights out" in face.drawn.text
        face.later(2.0)
        face.sees(lambda: "lights out" not in face.drawn.text)
        face.later(60.0)
        face.sees(lambda: face.blank)
        assert not face.drawn.has_cursor
        written = face.terminal.written
        face.bedside.note("The sound device went away.")
        face.words.do({"do": "volume", "db": -3})
        for _ in range(10):
            face.later(30.0)
        assert face.terminal.written == written
        assert face.blank
        face.press(" ")  # somebody half asleep: it acts, and is no lost first press
        assert face.one.player.paused
        face.sees("paused")
        face.sees("The sound device went away.")
        assert "lights out" not in face.drawn.text
        face.later(61.0)
        face.sees(lambda: face.blank)
        face.press("l")
        face.sees("Two Noises")
        face.press("l")
        face.sees("lights out")


def test_what_was_noted_at_night_can_be_read_afterwards(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(home) as face:
        face.later(200.0)
        face.bedside.note("The sound device went away.")
        face.looked()
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err == "The sound device went away.\n"


@pytest.mark.parametrize("colours", ["truecolor", ""])
def test_no_cell_is_ever_brighter_than_it_may_be(
    home: Path, monkeypatch: pytest.MonkeyPatch, colours: str
) -> None:
    """Bright and dim, with notes, questions and the time: on terminals of 16 million colours and of 256."""
    monkeypatch.setenv("COLORTERM", colours)
    with watched(home) as face:
        for keys in (["down", "left"], ["t"], ["?"], ["s"], ["escape"], ["x"], ["l"]):
            face.press(*keys)
        face.sees(lambda: face.drawn.brightest_now <= BOUNDS[Light.DIM])
        assert 0.05 < face.drawn.brightest <= BOUNDS[Light.BRIGHT] <= 0.2
        assert face.drawn.letters
        face.drawn.brightest = 0.0
        for keys in (["up", "right"], ["t"], ["?"], ["s"], ["escape"], ["x"]):
            face.press(*keys)
        face.sees("low: silent.")
        assert 0.005 < face.drawn.brightest <= BOUNDS[Light.DIM] <= 0.05
        face.drawn.brightest = 0.0
        face.later(61.0)
        face.sees(lambda: face.blank)
        assert face.drawn.brightest == 0


def test_a_face_that_fails_leaves_the_night_playing_in_plain_lines(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(home) as face:

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(pictures, "lines", broken)
        face.press("-")
        face.one.until(lambda: not face.drawn.is_face)
        face.one.heard(0.5)
        assert face.one.player.state == "playing"
        face.press("-")
        assert face.one.player.volume_db == -4
        said = capsys.readouterr().err.splitlines()
        assert said == [
            "The view has failed (ZeroDivisionError); it goes on in plain lines. ? shows the keys.",
            "Volume -4 dB.",
        ]
        assert face.drawn.has_cursor
        assert "Traceback" not in face.drawn.all
        assert "\x07" not in face.drawn.all


def test_lights_go_by_keys_and_time() -> None:
    clock = Clock(0.0)
    lights = Lights(clock, idle=90.0)
    seen = []
    for seconds, key in (
        (89, ""),
        (1, ""),
        (59, ""),
        (1, ""),
        (500, "m"),
        (59, "m"),
        (60, "l"),
        (1, "l"),
        (59, ""),
    ):
        clock.now += seconds
        seen.append(lights.light.value)
        if key:
            lights.press(key)
            seen[-1] += f" {lights.light.value}"
    assert seen == [
        "bright",
        "dim",
        "dim",
        "black",
        "black dim",
        "dim dim",
        "black dim",
        "dim bright",
        "bright",
    ]
    assert Lights(clock, idle=0.0).light is Light.DIM


SIZES = [(1, 1), (9, 3), (20, 10), (40, 12), (80, 24), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_into_any_terminal(size: tuple[int, int]) -> None:
    """With names of wide letters, many voices and long titles; the chosen voice is always among them."""
    from lullaby.cli.playing.screen import FaceApp

    voices = tuple(VoiceLevel(f"海の声 {k}" if k % 2 else f"v{k}", -6.0 - k, -3.0) for k in range(40))
    picture = Picture(
        Light.BRIGHT, "A very long title " * 9, "scene", "A line of a story.", "paused", -2.0, voices, "v30"
    )

    async def drawn() -> list[str]:
        app = FaceApp()
        async with app.run_test(size=size) as pilot:
            app.show(picture)
            await pilot.pause()
            (view,) = app.screen.children
            strips = [view.render_line(y) for y in range(size[1])]
            assert {strip.cell_length for strip in strips} == {size[0]}
            return [strip.text.strip() for strip in strips]

    rows = asyncio.run(drawn())
    assert any(rows)
    if size[0] >= 40:
        assert any("v30" in row for row in rows)


@contextlib.contextmanager
def in_a_terminal() -> Iterator[tuple[int, int, Drawn]]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with watching(ours) as drawn:
        yield ours, theirs, drawn
    os.close(theirs)


ENDS = {"q": (b"q", 0), "ctrl-c": (b"\x03", 130), "term": (signal.SIGTERM, 143), "hup": (signal.SIGHUP, 129)}


@pytest.mark.parametrize("end", ENDS)
def test_however_it_ends_the_terminal_is_as_it_was(home: Path, end: str) -> None:
    how, code = ENDS[end]
    with in_a_terminal() as (ours, theirs, drawn):
        before = termios.tcgetattr(theirs)
        with playing(home, terminal=theirs, drawn=True) as player:
            player.until(lambda: drawn.is_face and "Two Noises" in drawn.text, "there is no face")
            full = player.comes_up()
            os.write(ours, b"\x1b[B-")
            player.until(lambda: "› high" in drawn.text, "an arrow does nothing")
            assert player.ask("state")["volume"] == -2
            if isinstance(how, bytes):
                os.write(ours, how)
            else:
                player.process.send_signal(how)
            assert player.process.wait(PATIENCE) == code
            player.until(lambda: drawn.has_cursor, "the cursor does not come back")
            assert not drawn.is_face
            assert termios.tcgetattr(theirs) == before
            loud = np.sqrt(np.mean(player.sound(0.1) ** 2))
            assert 20 * np.log10(loud + 1e-9) < full - 20, "it did not fade"
            assert ("Stopped" in drawn.all) is (end != "q")


def test_ctrl_z_gives_the_terminal_back_and_the_face_comes_again(home: Path) -> None:
    with in_a_terminal() as (ours, theirs, drawn), playing(home, terminal=theirs, drawn=True) as player:
        player.until(lambda: "Two Noises" in drawn.text, "there is no face")
        os.write(ours, b"\x1a")  # nobody is there to say `fg`, so it goes on at once
        player.until(lambda: drawn.all.count("\x1b[?1049l") == 1, "the shell does not get its screen")
        player.until(lambda: drawn.all.count("\x1b[?1049h") == 2, "the face does not come again")
        os.write(ours, b"-")
        player.until(lambda: "volume -2 dB" in drawn.text, "it is not drawn again")
        os.write(ours, b"q")
        assert player.process.wait(PATIENCE) == 0


RUN = """
import sys
if "hidden" in sys.argv[1]:
    import importlib.util
    found = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *more: None if name == "textual" else found(name, *more)
    sys.modules["textual"] = None
from lullaby.cli import main
code = main(sys.argv[2:])
assert not sys.modules.get("textual") and "rich" not in sys.modules
sys.exit(code)
"""
PLAIN = ["hidden", "--plain", "NO_COLOR=1", "TERM=dumb", "TERM=linux", "piped"]


@pytest.mark.parametrize("why", PLAIN)
def test_elsewhere_there_are_plain_lines_and_textual_is_never_imported(home: Path, why: str) -> None:
    words = ["play", "two-noises", "--sleeper", "none", "--from", "0", "--to", "3", "--null", "1"]
    words += [why] if why.startswith("--") else []
    with in_a_terminal() as (_, theirs, drawn):
        env = {name: value for name, value in os.environ.items() if name != "COLORTERM" or "TERM=" not in why}
        env |= dict([why.split("=")]) if "=" in why else {}
        said = subprocess.run(
            [sys.executable, "-c", TAKES_TERMINAL, "-c", RUN, why, *words],
            env=env, stdin=theirs, stdout=subprocess.PIPE if why == "piped" else theirs, stderr=theirs,
            start_new_session=True, timeout=PATIENCE,
        )  # fmt: skip
        assert said.returncode == 0, drawn.all
        assert "\x1b[?1049h" not in drawn.all
        assert "? shows the keys." in drawn.all


def test_help_needs_no_textual() -> None:
    assert importlib.util.find_spec("textual") is not None
    code = "import sys; from lullaby.cli import main; main(['play', '--help'])"
    code += "; assert not {'textual', 'rich'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=PATIENCE)


WRONG = [
    ({"name": 3}, '"name" wants a name'),
    ({"over": "yes"}, '"over" is true or false'),
    ({"name": "../x"}, '"../x" '),
    ({"name": "rain"}, '"rain" is the name of a voice'),
    ({"name": "harbour-rain"}, 'lullaby comes with a score called "harbour-rain"'),
    ({"as": "x"}, 'save takes no "as"'),
]


@pytest.mark.parametrize(("more", "says"), WRONG)
def test_what_cannot_be_saved_is_refused_in_words(home: Path, more: dict[str, object], says: str) -> None:
    evening = prepared(Request("two-noises", sleeper="none", date=DAY))
    words = Words(Player(evening.night), keep=Keeping(evening).keep)
    with pytest.raises(Refused, match=re.escape(says)):
        words.do({"do": "save", **more})
    with pytest.raises(Refused, match="cannot be kept"):
        Words(Player(evening.night)).do({"do": "save"})
    assert [path.name for path in (home / "scores").iterdir()] == ["two-noises.toml"]


def test_a_plain_key_and_a_program_keep_a_score_as_well(home: Path) -> None:
    ours, theirs = pty.openpty()
    with playing(home, terminal=theirs) as player:
        os.write(ours, b"\x1b[B\x1b[D\x1b[Ds")
        player.until((home / "scores/my-two-noises.toml").exists, "it is not kept")
        assert player.ask("save", name="by-a-program")["saved"] == "by-a-program"
        os.write(ours, b"q")
        code, _, err = player.ends()
    os.close(ours)
    os.close(theirs)
    assert code == 0
    assert "high: -2 dB." in err
    assert "Kept as my-two-noises: lullaby play my-two-noises" in err
    texts = [(home / "scores" / name).read_text() for name in ("my-two-noises.toml", "by-a-program.toml")]
    assert texts[0] == texts[1]
    assert "high = { level = -12 }" in texts[0]
