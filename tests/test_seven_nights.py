"""A circle's evenings, typed at the prompt, rendered to files, and told from their sound alone: what was done
in which order, whose voice it was, never two at once, in cross-fades, and silence at the end."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from ritual_ear import (
    ONE_VOICE,
    Listened,
    Portrait,
    Stretch,
    heard,
    listened,
    listened_to,
    portrait,
    unexplained,
    whose,
)

from lullaby.cli import main

TELLERS = {"anna": "lamp-keeper", "bo": "uncle", "cleo": "grandmother", "dov": "aunt"}
PLAY = {"anna": "harp", "bo": "kalimba", "cleo": "breathy-flute", "dov": "music-box"}
FIRST = datetime.date(2026, 6, 1)
SMALL = """
title = "Small"
bed = "brook:-4"

[[movement]]
do = "gather"

[[movement]]
do = "music"
for = 00:01:00

[[movement]]
do = "story"
story = "the-lamp"

[[movement]]
do = "dreams"

[[movement]]
do = "quiet"
for = 00:01:00
"""


STORY = """# The Lamp

An old woman lived beside the road to the sea, and every evening she put a lamp in her window. Nobody had
asked her to do it. There was hardly anybody on that road after dark, only the carter, who came home late
from the market, and now and then a cat.

The carter had never spoken of it. But in autumn, when the fog came in from the water and the road was
gone, he saw a small yellow light where the house must be, and knew that the bridge was behind it, and
after that his own gate.

One evening the window stayed dark. He stopped, and climbed down, and knocked. The lamp was out of oil,
she said, and her knee was bad. So he went home and came back with a can, and they filled the lamp
together, and looked at it for a while, and neither said very much.
"""
OTHER = """# The Garden

Behind the school there was a garden that belonged to no class and to every child. Beans grew in it, and
one pumpkin, and a great many snails. In the morning somebody watered it, and it was never found out who
that was. When the holidays came the children were worried, but the rain was kind that year, and in
September the pumpkin was as large as a chair. They carried it to the kitchen, all eleven of them, and
there was soup until Friday.
"""
"""What a teller's portrait is taken from."""


class Home:
    """A machine on which four friends have a circle; everything is typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scores/rituals").mkdir(parents=True)
        (folder / "scores/stories").mkdir()
        (folder / "scores/stories/the-lamp.md").write_text(STORY)
        (folder / "the-garden.md").write_text(OTHER)
        (folder / "scores/rituals/small.toml").write_text(SMALL)
        self.type("circle", "new", "friends")
        for number, (name, teller) in enumerate(TELLERS.items()):
            self.type("people", "add", name)
            seat = f"--seat={-0.6 + 0.4 * number:.1f}"
            self.type(
                "circle",
                "add",
                name,
                "--teller",
                teller,
                "--instrument",
                PLAY[name],
                seat,
                "--listener",
                name,
            )

    def type(self, *words: str) -> str:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as here, redirect_stdout(out), redirect_stderr(err):
            here.setenv("LULLABY_HOME", str(self.folder))
            here.chdir(self.folder)
            here.setattr("lullaby.drawing.cover.cover", lambda *_: b"")  # which nobody looks at
            code = main(words)
        assert code == 0, err.getvalue()
        return out.getvalue()

    def evening(self, ritual: str, day: datetime.date, *more: str) -> tuple[Listened, str]:
        """What a night of this ritual sounds like, and whose turn to tell it is."""
        turn: Any = json.loads(self.type("circle", "turn", "--date", day.isoformat(), "--json"))
        name = f"{ritual}-{day}.flac"
        words = ["--circle", "friends", "--date", day.isoformat(), "--sleeper", "none", "-o", name]
        self.type("render", ritual, *words, *more)
        return listened_to(self.folder / name), turn["tells"]["who"]

    def dreams(self, day: datetime.date) -> None:
        """Two of them dreamed something, and want it told."""
        for name, dream in {"bo": "There was a boat in the attic.", "dov": "I could fly a little."}.items():
            said = (
                f"{dream} The window was open, and nobody was astonished. Down in the garden somebody had "
                "hung out the washing, and every shirt waved as if it knew me. Then I was at the sea, and it "
                "was warm, and I walked along it for a long time until I found my own front door."
            )
            self.type("journal", "keep-for", "always", "--for", name)
            words = ["--date", day.isoformat(), "--dream", said, "--share-dream"]
            self.type("morning", "--for", name, *words)

    def portraits(self) -> dict[str, Portrait]:
        """How each teller sounds, from another story."""
        found = {}
        for teller in TELLERS.values():
            self.type("tell", "the-garden.md", "--by", teller, "-o", f"{teller}.wav")
            found[teller] = portrait(listened_to(self.folder / f"{teller}.wav"))
        return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def known(home: Home) -> dict[str, Portrait]:
    return home.portraits()


def order(found: Sequence[Stretch]) -> str:
    return " ".join(stretch.kind for stretch in found)


def is_an_evening(found: Sequence[Stretch], *, breathes: bool) -> bool:
    """Somebody speaks, (breathes,) plays, tells, tells dreams; then it is quiet, and silent."""
    breath = r"(?:(?:bed |speech )*breath (?:bed |speech |breath )*)" if breathes else r"(?:bed )?"
    return bool(
        re.fullmatch(rf"(?:bed )?speech {breath}music (?:bed )?speech bed speech bed silence", order(found))
    )


def is_told_by(sound: Listened, found: Sequence[Stretch], known: dict[str, Portrait], teller: str) -> None:
    """All that is said is said by this teller, and by one voice at a time. A few words between breaths are
    too little to know anybody by."""
    for stretch in (one for one in found if one.kind == "speech" and one.lasts >= 15):
        voices = whose(sound, stretch, known)
        assert voices.count(teller) >= 0.8 * len(voices), (stretch, voices)
        assert unexplained(sound.between(stretch.start, stretch.stop)) < ONE_VOICE, stretch


def test_an_evening_is_told_from_its_sound(home: Home, known: dict[str, Portrait]) -> None:
    home.dreams(FIRST)
    sound, teller = home.evening("small", FIRST)
    found = heard(sound)
    assert is_an_evening(found, breathes=False), order(found)
    is_told_by(sound, found, known, TELLERS[teller])
    assert found[-1].lasts >= 2
    text = (home.folder / "scores/rituals/small.toml").read_text()
    first, gather, music, story, dreams, quiet = text.split("[[movement]]")
    shuffled = "[[movement]]".join([first, music, story, gather, quiet, dreams])
    (home.folder / "scores/rituals/shuffled.toml").write_text(shuffled)
    sound, _ = home.evening("shuffled", FIRST)
    assert not is_an_evening(heard(sound), breathes=False), "another order is heard as this one"
    other = next(one for one in TELLERS.values() if one != TELLERS[teller])
    with pytest.raises(AssertionError):
        is_told_by(sound, heard(sound), known, other)


def test_two_voices_at_once_are_noticed(home: Home, known: dict[str, Portrait]) -> None:
    one, other = (listened_to(home.folder / f"{teller}.wav") for teller in ("lamp-keeper", "aunt"))
    assert unexplained(one) < ONE_VOICE
    length = min(len(one.sound), len(other.sound))
    assert unexplained(listened(one.sound[:length] + other.sound[:length])) > ONE_VOICE


def test_each_movement_comes_and_goes_in_a_cross_fade(home: Home) -> None:
    """In the stem of each voice but the tellers': a second after it comes, and a second before it goes, it is
    softer than some seconds further in."""
    home.evening("small", FIRST + datetime.timedelta(days=30), "--stems")
    stems = sorted((home.folder / "small-2026-07-01 stems").glob("*.wav"))
    turns = 0
    for path in stems:
        if not any(teller in path.stem for teller in (*TELLERS.values(), "mix")):
            turns += _comes_and_goes_softly(path)
    assert turns >= 4, [path.name for path in stems]


def _comes_and_goes_softly(path: Path) -> int:
    """How many times this stem comes and goes; an AssertionError where that is too sudden."""
    read, rate = soundfile.read(path, dtype="float32", always_2d=True)
    step = rate // 4
    power = (read[: len(read) // step * step].astype(np.float64) ** 2).reshape(-1, step * read.shape[1])
    levels = 10 * np.log10(power.mean(axis=1) + 1e-20)
    found = 0
    for one in (levels, levels[::-1]):
        there = one > -85
        lately = np.array([there[max(0, at - 40) : at].any() for at in range(len(there))])
        for at in np.flatnonzero(there & ~lately):  # after ten seconds of nothing
            if at + 60 > len(one):
                continue
            early = np.max(one[at : at + 4])
            later = np.max(one[at + 24 : at + 60])
            assert early < later - 4, (path.name, at / 4, early, later)
            found += 1
    return found


@pytest.mark.soak
def test_seven_nights_under_the_stars_are_told_from_their_sound(
    home: Home, known: dict[str, Portrait]
) -> None:
    told = []
    for number in range(7):
        day = FIRST + datetime.timedelta(days=60 + number)
        home.dreams(day)
        sound, teller = home.evening("under-the-stars", day)
        found = heard(sound)
        assert is_an_evening(found, breathes=True), (day, order(found))
        is_told_by(sound, found, known, TELLERS[teller])
        assert found[-1].lasts >= 2
        told.append(teller)
        home.type("circle", "held", "--date", day.isoformat())
    assert set(told) == set(TELLERS)
    assert max(map(told.count, told)) == 2
