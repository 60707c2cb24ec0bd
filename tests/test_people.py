"""A listener is one file that nobody else may read, and it says what is never heard."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from persons import ANNA
from typed import Say, typing

from lullaby.errors import AskedWrongly
from lullaby.people.listeners import (
    Person,
    find_person,
)
from lullaby.people.traits import Sex
from lullaby.sleep.listener import sleeper_of

TODAY = datetime.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


@pytest.mark.parametrize(
    ("born", "age", "profile"),
    [
        (2027, 0, "infant"),
        (2026, 0, "infant"),
        (2024, 1, "infant"),
        (2023, 2, "child"),
        (2008, 17, "child"),
        (2007, 18, "adult"),
        (1900, 125, "adult"),
        (None, None, "adult"),
    ],
)
def test_of_a_birth_only_the_year_is_known_so_nobody_is_taken_for_older(
    born: int | None, age: int | None, profile: str
):
    person = Person("x", birth_year=born)
    assert person.age(TODAY) == age
    assert person.limits(TODAY).profile == profile
    if profile == "adult":
        assert sleeper_of(person, TODAY).age == min(age or 35, 120)
    else:
        with pytest.raises(AskedWrongly, match="adults only: a timer of"):
            sleeper_of(person, TODAY)


def test_the_sleeper_is_the_listener():
    sleeper = sleeper_of(ANNA, TODAY, hours_awake=14)
    assert (sleeper.age, sleeper.sex, sleeper.bedtime, sleeper.hours_awake) == (41, Sex.FEMALE, 22.5, 14)
    assert (sleeper.hyper, sleeper.chronotype, sleeper.latency) == (0.25, -1.5, 1.375)


def test_listeners_are_added_listed_shown_and_removed(say: Say, home: Path):
    assert say("people").code == 2
    assert say("people", "list").out == "Nobody yet: lullaby people add NAME\n"
    assert not home.exists()
    words = ["--birth-year", "1984", "--insomnia", "0.25", "--chronotype", "-1.5", "--sex", "female"]
    words += ["--bedtime", "22:30", "--teller", "old-keeper", "--called", "Anna", "--avoid", "kind:bell"]
    added = say(
        "people", "add", "anna", *words, "--avoid", "spider", "--cap", "42.5", "--longest", "90", "--json"
    )
    assert added.code == 0, added.err
    assert added.facts["age"] == 41
    assert added.facts["avoid"]["words"] == ["spider"]
    assert added.facts["avoid"]["kinds"] == ["bell"]
    assert say("people", "show", "anna", "--json").facts == added.facts
    assert say("people", "list", "--json").facts == [added.facts]
    again = say("people", "add", "anna")
    assert (again.code, "is left as it is" in again.err) == (2, True)
    assert say("people", "remove", "anna").code == 2
    assert find_person("anna").birth_year == 1984
    removed = say("people", "remove", "anna", "--yes", "--json").facts
    assert removed == {"name": "anna", "file": added.facts["file"], "removed": True}
    assert say("people", "show", "anna").code == 2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--birth-year", "2030"),
        ("--insomnia", "inf"),
        ("--insomnia", "0.9"),
        ("--bedtime", "25:00"),
        ("--avoid", "ghost:x"),
        ("--avoid", "voice:"),
        ("--teller", "../x"),
        ("--teller", "\ud800"),
        ("--called", "\x1b[2J"),
        ("--cap", "nan"),
        ("--longest", "0"),
        ("--sex", "x"),
    ],
)
def test_what_is_told_wrongly_is_not_kept(option: str, value: str, say: Say, home: Path):
    said = say("people", "add", "anna", option, value)
    assert (said.code, said.out) == (2, "")
    assert "should not have happened" not in said.err
    assert not (home / "people" / "anna.toml").exists()


def test_a_home_that_cannot_be_written_is_one_line(say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "file"))
    said = say("people", "add", "anna")
    assert (said.code, said.err.count("\n")) == (1, 1)


def test_what_is_named_and_is_not_there_is_said_and_kept(say: Say):
    words = ["--teller", "nobody", "--avoid", "voice:opn-rain", "--avoid", "voice:Rain", "--avoid", "kind:x"]
    said = say("people", "add", "anna", *words)
    assert said.code == 0
    assert 'there is no voice "nobody" yet' in said.err
    assert 'there is no voice "opn-rain" yet; it is kept all the same.  Did you mean "open-rain"?' in said.err
    assert said.err.count("\n") == 3
    assert find_person("anna").avoid.voices == ("opn-rain", "Rain")
    assert "tells no stories" in say("people", "add", "bo", "--teller", "shore").err
