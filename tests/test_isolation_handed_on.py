"""Nothing private is in what may be handed on, nor in what is made for another: sound files and stems, tables
and subtitles, packs and lines, the shelf.

Each listener has a word of their own for every private thing: names, avoid-list, fears, spellings, bookmarks,
dreams and more. Whatever is then made is looked through, byte for byte, names of files included.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from canaries import PRIVATE, Canaries, add_listener, found_in, own_files
from circles import FRIENDS, friends
from packs import a_night
from typed import EVENING, Say, plays, typing

from lullaby.cli.options.mixes import mix_or_score
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.kernels import jit
from lullaby.people.listeners import find_person, keep_person
from lullaby.ritual.circle.member import Member
from lullaby.score import Score
from lullaby.score.avoiding import Avoid
from lullaby.time import WallClock

DAY = EVENING.date()
DATE = DAY.isoformat()
RITUAL = """bed = "room-hush:-6"
[[movement]]
do = "gather"
[[movement]]
do = "dreams"
[[movement]]
do  = "quiet"
for = 00:00:20
"""
SHORT = ("--from", "00:00:00", "--to", "00:00:12")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a shelf of their own; only what was compiled is shared."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    assert jit.folder is not None
    shutil.copytree(jit.folder, cache / "kernels" / jit.folder.name, copy_function=os.link)
    monkeypatch.setenv("LULLABY_HOME", str(home))
    monkeypatch.setenv("LULLABY_CACHE", str(cache))
    (home / "scores" / "rituals").mkdir(parents=True)
    (home / "scores" / "rituals" / "small.toml").write_text(RITUAL)
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    return home


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


@pytest.fixture
def ada(home: Path, tmp_path: Path) -> Canaries:
    return add_listener("ada", tmp_path / "texts", DAY)


@pytest.fixture
def bo(home: Path, tmp_path: Path) -> Canaries:
    return add_listener("bo", tmp_path / "texts", DAY)


def everything(tmp_path: Path, but: set[Path]) -> Iterator[bytes]:
    """All that was written: in the home, the cache and the folder one is in, with the names of files."""
    for top in ("home", "cache", "out"):
        for path in (tmp_path / top).rglob("*"):
            if "kernels" in path.parts:
                continue
            yield os.fsencode(path.name) if path not in but else b""
            if path.is_file() and not path.is_symlink() and path not in but:
                yield path.read_bytes()


def leaks(tmp_path: Path, home: Path, whose: str, words: Canaries, said: str = "") -> set[str]:
    """What of this listener's stands anywhere but in what is theirs alone."""
    found = found_in(said.encode(), words)
    for content in everything(tmp_path, own_files(home, whose)):
        found |= found_in(content, words)
    return found


MADE = (
    ("render", "NIGHT", "--for", "WHO", "--date", DATE, "-o", "night.flac", "--events", "night.tsv", *SHORT),
    ("render", "rain", "--for", "WHO", "--date", DATE, "-o", "rain.flac", "--stems", *SHORT),
    ("tell", "--new", "--minutes", "2", "--for", "WHO", "-o", "new.opus", "--subtitles", "new.srt"),
    ("tell", "STORY", "--for", "WHO", "-o", "told.opus", "--subtitles", "told.vtt"),
    ("journal", "export", "--for", "WHO", "-o", "all.csv"),
    ("enough", "month", "start", "--for", "WHO"),
    ("without", "--for", "WHO"),
    ("circle", "pack", "NIGHT", "--date", DATE, "-o", "a.night", "--with-recordings"),
    ("share", "plain", "--date", DATE),
    ("render", "small", "--circle", "friends", "--date", DATE, "-o", "small.opus", "--to", "00:00:20"),
    ("circle", "pack", "small", "--circle", "friends", "--date", DATE, "-o", "small.night"),
    ("circle", "turn", "--circle", "friends", "--date", DATE, "--json"),
    ("doctor", "--json"),
)
"""What is made, by the words after `lullaby`. WHO is the listener, NIGHT a score that tells, STORY a text."""
TO_HAND_ON = [words for words in MADE if words[0] in ("render", "share") or "pack" in words]
"""Files that may be given away, with whatever lies beside them."""
LEFT: dict[str, set[str]] = {}
"""What was found in all this, made once: of its own listener in what may be handed on, and of another."""


def made(lullaby: Say, who: str, what: Iterable[Sequence[str]]) -> str:
    """Made for `who`; all that was said on the way."""
    night = a_night(Path("../night"))
    stands_for = {"NIGHT": str(night), "STORY": str(night.parent / "stories" / "boat.md"), "WHO": who}
    text = ""
    for words in what:
        said = lullaby(*(stands_for.get(word, word) for word in words))
        assert said.code == 0, (words, said.err)
        text += said.out + said.err
    return text


def a_circle(*names: str) -> None:
    """Friends some of whom are listeners here."""
    members = [Member(name, listener=name, teller="lamp-keeper", instrument="harp") for name in names]
    friends(members=(*members, *(one for one in FRIENDS if one.name not in names)))


@pytest.fixture
def left(tmp_path: Path, home: Path, lullaby: Say, ada: Canaries, bo: Canaries) -> dict[str, set[str]]:
    """Bo is made what may be handed on, which is looked through for both; and then all the rest."""
    if not LEFT:
        a_circle("ada", "bo")
        said = made(lullaby, "bo", TO_HAND_ON)
        own = leaks(tmp_path, home, "bo", bo, said)
        said += made(lullaby, "bo", [words for words in MADE if words not in TO_HAND_ON])
        LEFT.update(own=own, other=leaks(tmp_path, home, "ada", ada, said))
    return LEFT


def test_nothing_of_one_is_in_what_is_made_for_another(left: dict[str, set[str]]) -> None:
    """Files, stems, tables, subtitles, packs, a line, the shelf, and all that was printed on the way."""
    assert left["other"] == set()


def test_what_is_handed_on_has_nothing_private_of_its_own_listener_either(left: dict[str, set[str]]) -> None:
    assert left["own"] == set()


def test_a_night_that_plays_for_one_says_nothing_of_another(
    tmp_path: Path, home: Path, ada: Canaries, bo: Canaries
) -> None:
    """Its log, its journal and its shelf; nor where both have played, first one and then the other."""
    night = a_night(tmp_path / "night")
    for who in ("ada", "bo"):
        done = plays(str(night), "--for", who, "--to", "12", "--log", f"{who}.log")
        assert done.code == 0, done.err
        own = {**ada, **{f"bo {what}": word for what, word in bo.items()}}
        assert found_in((done.out + done.err).encode(), own) == set()
    assert leaks(tmp_path, home, "ada", ada) == set()
    assert leaks(tmp_path, home, "bo", bo) == set()


def test_what_one_avoids_changes_nothing_for_another(
    tmp_path: Path, home: Path, lullaby: Say, ada: Canaries, bo: Canaries
) -> None:
    """The same file to the last byte, whatever another listener fears, avoids or is called."""
    words = ["tell", "--new", "--minutes", "2", "--for", "bo", "--date", DATE]
    assert lullaby(*words, "-o", "before.opus").code == 0
    afraid = Avoid(words=("door", "tea", "cat"), fears=("dog", "rain", "boat"))
    keep_person("ada", lambda one: replace(one, avoid=afraid, names=("Somebody",), say={"Bo": "BOO"}))
    assert lullaby(*words, "-o", "after.opus").code == 0
    assert Path("before.opus").read_bytes() == Path("after.opus").read_bytes()


def test_a_dream_reaches_the_circle_by_consent_and_no_longer_when_that_is_withdrawn(
    tmp_path: Path, home: Path, lullaby: Say, ada: Canaries
) -> None:
    """The one door there is, and what goes through it: so the searching finds what there is."""
    a_circle("ada")
    evening = ("small", "--circle", "friends", "--date", DATE)

    def packed() -> set[str]:
        """What of hers is in the circle's plan, with the speech that was made for it."""
        said = lullaby("circle", "pack", *evening, "-o", "friends.night")
        assert said.code == 0, said.err
        found = found_in(Path("friends.night").read_bytes(), ada)
        Path("friends.night").unlink()
        return found

    def told() -> set[str]:
        given = parsed(["render", *evening])
        score = mix_or_score(given, Bedside(WallClock()), given.date)
        assert isinstance(score, Score)
        return found_in(" ".join(one.text for one in score.tellings).encode(), ada)

    assert told() == packed() == set()
    assert lullaby("journal", "share", "1", "--for", "ada").code == 0
    assert told() == {"dream"}, "here, in the evening"
    assert packed() == set(), "and on no other machine, before that is agreed to as well"
    assert lullaby("circle", "change", "ada", "--share", "yes").code == 0
    assert packed() == {"dream"}
    assert lullaby("journal", "withdraw", "1", "--for", "ada").code == 0
    assert told() == packed() == set()
    assert leaks(tmp_path, home, "ada", ada) == set()


def test_the_searching_finds_what_is_there(tmp_path: Path, home: Path, lullaby: Say, ada: Canaries) -> None:
    """Each word, where it is kept; and a name in a story that is woven for whoever is called so."""
    private = b"".join(path.read_bytes() for path in own_files(home, "ada") if path.is_file())
    assert found_in(private, ada) == set(PRIVATE) - {"facing"}, "a facing story stays in its writer's file"
    made(lullaby, "ada", [words for words in MADE if "--new" in words])
    assert "name" in found_in(Path("new.srt").read_bytes(), ada)


def test_the_searching_sees_through_what_is_packed(ada: Canaries) -> None:
    text = f"so {ada['fear']} came".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", text)
    forms = [text, text.upper(), packed.getvalue(), gzip.compress(text), text.decode().encode("utf-16-le")]
    forms += [base64.b64encode(b"." * n + text) for n in range(3)]
    for content in forms:
        assert found_in(content, ada) == {"fear"}
    assert found_in(b"nothing of it", ada) == set()


def test_with_a_listener_goes_every_trace_of_them(
    tmp_path: Path, home: Path, lullaby: Say, ada: Canaries, bo: Canaries
) -> None:
    a_circle("ada", "bo")
    made(lullaby, "ada", [words for words in MADE if words[0] in ("journal", "enough", "without")])
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "out").mkdir()
    assert lullaby("people", "remove", "ada", "--yes").code == 0
    assert not own_files(home, "ada")
    assert leaks(tmp_path, home, "ada", ada) == set()
    assert find_person("bo").names == (bo["name"].capitalize(),), "and nobody else goes with them"
