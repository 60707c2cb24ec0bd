"""Nothing of one listener reaches another's plan, shelf, log or export: each has words that are nobody
else's, and afterwards every byte is searched for them."""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from clocks import Jumping, at
from typed import Say, plays

from lullaby.people.bookmarks import Bookmark, keep_bookmark
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.people.story_wishes import StoryWishes
from lullaby.score.avoiding import Avoid

pytestmark = pytest.mark.usefixtures("without_covers")

KINDS = (
    "Name", "Fear", "Avoided", "Said", "Liked", "Bookmark", "Dream", "Mood", "Holder", "Title", "Facing",
    "Clip",
)  # fmt: skip
NAMES = ("mina", "ole")


def canary(name: str, kind: str) -> str:
    """A word that stands nowhere else."""
    return f"Zq{name.capitalize()}{kind}"


def canaries(name: str) -> set[bytes]:
    return {canary(name, kind).lower().encode() for kind in KINDS}


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jumping:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("lullaby.places.cache", lambda: tmp_path / "cache")  # what is spoken is put here
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    return at("2026-11-30T15:00")


@pytest.fixture
def lullaby(clock: Jumping, capsys: pytest.CaptureFixture[str]) -> Say:
    return clock.typing(capsys)


@pytest.fixture
def two(lullaby: Say, clock: Jumping, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two listeners, of each of whom everything is kept that can be."""
    for name in NAMES:
        said = {kind: canary(name, kind) for kind in KINDS}
        add_person(
            Person(
                name,
                names=(said["Name"],),
                avoid=Avoid(words=(said["Avoided"],), clips=(said["Clip"],), fears=(said["Fear"],)),
                say={said["Said"]: "SAID"},
                stories=StoryWishes(favourites=(said["Liked"],)),
            )
        )
        keep_bookmark(name, said["Bookmark"], Bookmark(3, 9, "abc", datetime.date(2026, 11, 29)))
        words = ("--rested", "well", "--mood", said["Mood"], "--dream", said["Dream"], "--share-dream")
        assert lullaby("morning", *words, "--for", name).code == 0
        assert lullaby("enough", "set", "--nightly", "45", "--for", name).code == 0
        monkeypatch.setattr("sys.stdin", io.StringIO("marmalade\n"))
        assert lullaby("enough", "pledge", "--with", said["Holder"], "--for", name).code == 0
        story = tmp_path / "own" / f"{said['Facing']}.md"
        story.parent.mkdir(exist_ok=True)
        story.write_text(f"# {said['Title']}\n\nIt was {said['Facing']}.\n")
        assert lullaby("consent", "facing", str(story), "--tonight", "--for", name).code == 0


def found_in(folder: Path, words: set[bytes]) -> set[str]:
    """The files in which one of these words stands, or in whose names."""
    found = set()
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        text = (content + b"\n" + os.fsencode(path.relative_to(folder))).lower()
        wide = content.replace(b"\0", b"").lower()
        if any(word in text or word in wide for word in words):
            found.add(path.relative_to(folder).as_posix())
    return found


OWN = ("people/{}.toml", "people/{}.bookmarks", "journal/{}.db", "enough/{}.db")


def is_own(path: str, name: str) -> bool:
    return any(path.startswith(own.format(name)) for own in OWN)


def asked_of(name: str, out: Path) -> dict[str, tuple[str, ...]]:
    """Everything that can be asked for somebody, and printed or kept."""
    date = ("--for", name, "--date", "2026-11-30")
    rain = ("rain", "--length", "00:01:00", "--to", "2")
    return {
        "plan": ("why", "harbour-rain", "00:05:00", "--json", *date),
        "render": ("render", *rain, *date, "-o", f"{out}/a.flac"),
        "woven": ("tell", "--new", "--minutes", "2", *date, "-o", f"{out}/b.opus", "--jobs", "1"),
        "people": ("people", "show", name, "--json"),
        "journal": ("journal", "--for", name, "--json"),
        "export": ("journal", "export", "--for", name, "-o", f"{out}/c.json"),
        "week": ("journal", "week", "--for", name, "--clinician", "-o", f"{out}/d.md"),
        "enough": ("enough", "--for", name, "--json"),
        "consent": ("consent", "--for", name, "--json"),
        "preview": ("consent", "preview", "--for", name),
        "everybody": ("people", "list"),
        "nobody's journal": ("journal", "--json"),
        "nobody's limits": ("enough", "--json"),
        "tonight": (),
        "doctor": ("doctor", "--json"),
    }  # fmt: skip


def test_nothing_of_one_listener_reaches_what_is_another_s(two: None, lullaby: Say, tmp_path: Path) -> None:
    mine, others = canaries("ole"), canaries("mina")
    heard = 0
    for what, words in asked_of("ole", tmp_path / "out").items():
        said = lullaby(*words)
        assert said.code == 0, (what, said.err)
        text = (said.out + said.err).lower().encode()
        assert not any(word in text for word in others), what
        heard += any(word in text for word in mine)
    assert heard >= 4, "or nothing would be proved: ole is told what is ole's own"
    assert found_in(tmp_path / "out", others) == set()
    assert found_in(tmp_path / "cache", others) == set()
    assert all(is_own(path, "mina") for path in found_in(tmp_path / "home", others))
    assert found_in(tmp_path / "home", others) != set()
    assert all(is_own(path, "ole") for path in found_in(tmp_path / "home", mine))


def test_what_is_printed_for_everybody_has_nobodys_words(two: None, lullaby: Say) -> None:
    """`people list --json` is the file of the one who keeps this machine; what it prints in plain is not."""
    for words in (("people", "list"), ("journal",), ("enough",), ("promises",), ()):
        said = lullaby(*words)
        text = (said.out + said.err).lower().encode()
        assert not any(word in text for name in NAMES for word in canaries(name)), words


def test_the_log_of_a_night_that_was_heard_holds_nothing_of_another(
    two: None, tmp_path: Path, lullaby: Say
) -> None:
    log = tmp_path / "out" / "night.log"
    done = plays("rain", "--for", "ole", "--to", "3", "--log", str(log))
    assert done.code == 0, done.err
    assert log.stat().st_size > 100
    others = canaries("mina")
    assert found_in(tmp_path / "out", others) == set()
    assert not any(word in (done.out + done.err).lower().encode() for word in others)
    assert all(is_own(path, "mina") for path in found_in(tmp_path / "home", others))
    assert all(is_own(path, "ole") for path in found_in(tmp_path / "home", canaries("ole")))


def test_a_dream_is_told_to_the_circle_only_with_consent(two: None, lullaby: Say) -> None:
    from lullaby.journal.dreams import told_dreams

    assert [dream.text for dream in told_dreams("mina")] == [canary("mina", "Dream")]
    number = told_dreams("mina")[0].number
    lullaby("journal", "withdraw", str(number), "--for", "mina")
    assert told_dreams("mina") == ()
    assert [dream.text for dream in told_dreams("ole")] == [canary("ole", "Dream")]


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    """The search itself: in the middle of bytes, in a name, in two bytes a letter."""
    word = {canary("mina", "Dream").lower().encode()}
    leaks: dict[str, Callable[[Path], object]] = {
        "a.bin": lambda path: path.write_bytes(b"\xff\x00" + canary("mina", "Dream").encode() + b"\x00"),
        "b.bin": lambda path: path.write_bytes(canary("mina", "Dream").encode("utf-16-le")),
        f"{canary('mina', 'Dream')}.txt": lambda path: path.write_text("x"),
    }
    for name, leak in leaks.items():
        leak(tmp_path / name)
    (tmp_path / "clean.bin").write_bytes(b"Zq")
    assert found_in(tmp_path, word) == set(leaks)
