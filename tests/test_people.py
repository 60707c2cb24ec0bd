"""A listener is one file that nobody else may read, and it says what is never heard."""

from __future__ import annotations

import datetime
import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from tomlkit.exceptions import ParseError
from typed import Say, typing

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.people.limits import CHILD, INFANT, kept_to, limits_at
from lullaby.people.listeners import (
    Person,
    add_person,
    avoided,
    find_person,
    keep_person,
    person_file,
)
from lullaby.people.person_file import person_from
from lullaby.people.person_writing import written
from lullaby.people.traits import Sex
from lullaby.score import Score, Telling, find_score, read_score, score_files, score_of
from lullaby.score.rewriting import rewritten
from lullaby.score.shorter import shorter
from lullaby.score.without import Avoid, without
from lullaby.sleep.listener import sleeper_of
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

TODAY = datetime.date(2026, 11, 30)
SCORES = {name: path for name, path in score_files().items()}

ANNA = Person(
    "anna",
    birth_year=1984,
    insomnia=0.25,
    chronotype=-1.5,
    sex=Sex.FEMALE,
    bedtime=22.5,
    latency=1.375,
    teller="old-keeper",
    names=("Anna", 'B"o', "Zoë"),
    avoid=Avoid(words=("spider",), kinds=("bell",), clips=("my dog",)),
    cap_dba=42.5,
    longest_min=90,
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_listener_comes_back_as_they_were_told():
    add_person(ANNA)
    assert find_person("anna") == ANNA
    assert person_from(written(ANNA), "anna.toml") == ANNA


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_a_listener_is_private_whatever_the_umask(umask: int, home: Path):
    home.mkdir()
    before = os.umask(umask)
    try:
        path = add_person(ANNA)
        keep_person("anna", lambda person: replace(person, latency=2.0))
    finally:
        os.umask(before)
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    assert [p.name for p in path.parent.iterdir()] == ["anna.toml"]


def test_a_file_that_others_could_read_is_closed_and_that_is_said(say: Say):
    path = add_person(ANNA)
    path.chmod(0o644)
    path.parent.chmod(0o755)
    said = say("people", "show", "anna")
    assert said.code == 0
    assert said.err.count("it is closed now") == 2
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    assert say("people", "show", "anna").err == ""


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "", ".hidden", "..", "a\nb", "a\x1b[2J", " a", "C:x", "x" * 300, "é" * 150, "\ud800"],
)
def test_a_name_stays_in_its_folder(name: str, say: Say, home: Path):
    with pytest.raises(AskedWrongly):
        person_file(name)
    for words in (("add", name), ("show", name), ("remove", name, "--yes")):
        said = say("people", *words)
        assert said.code == 2
        assert "\x1b" not in said.err
        assert "Traceback" not in said.err
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("birth_year = 1884", ": birth_year = 1884 is too low; it goes from 1900 to 2200."),
        ("birthyear = 1984", ': there is no "birthyear".'),
        ("[sleep]\ninsomnia = 2", ", [sleep]: insomnia = 2 is too high; it goes from 0 to 0.8."),
        ("[sleep]\ninsomnia = nan", ", [sleep]: insomnia = nan is not a number"),
        ('[sleep]\nsex = "x"', ', [sleep]: sex = "x" is not one of its words.'),
        ("[sleep]\nbedtime = 22", ", [sleep]: bedtime = 22 is a number, not a time of day."),
        ('[sleep]\nbedtime = "25:00:00"', ', [sleep]: bedtime = "25:00:00" is too much'),
        ('[avoid]\nword = ["x"]', ', [avoid]: there is no "word".'),
        ("[avoid]\nwords = [1]", ", [avoid]: words = [1]: 1 is a number"),
        ('[avoid]\nwords = "x"', ', [avoid]: words = "x" is a text, not a list.'),
        ("[limits]\ncap_dba = 120", ", [limits]: cap_dba = 120 is too high"),
        ("[device.a]\nmeter = 40", ", [device] a: meter says nothing without sounding"),
        ('teller = "../x"', ': teller = "../x" is not a name'),
        ("sleep = 1", ": sleep = 1 is a number, not a table."),
        ("device = [", "ends too early"),
        ("\0", "line 1"),
        ("", ": it is empty, and nobody is taken for an adult because of that."),
        ("# kid.toml, cut off\n", ": it is empty"),
    ],
)
def test_a_broken_file_says_where(text: str, says: str, say: Say):
    path = add_person(ANNA)
    add_person(Person("bo"))
    path.write_text(text)
    said = say("people", "show", "anna")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(str(path))
    assert says in said.err
    listed = say("people", "list")
    assert (listed.code, listed.out) == (2, "bo: adult\n")
    assert say("people", "remove", "anna", "--yes").code == 0


def test_of_two_at_once_one_is_kept_whole():
    people = [replace(ANNA, birth_year=1950 + k) for k in range(8)]
    kept, refused = [], []

    def one(person: Person) -> None:
        try:
            add_person(person)
            kept.append(person)
        except AskedWrongly:
            refused.append(person)

    threads = [threading.Thread(target=one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(kept), len(refused)) == (1, 7)
    assert find_person("anna") == kept[0]


def test_two_changes_at_once_are_both_kept():
    add_person(replace(ANNA, longest_min=1))

    def longer() -> None:
        for _ in range(5):
            keep_person("anna", lambda p: replace(p, longest_min=(p.longest_min or 0) + 1))

    threads = [threading.Thread(target=longer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert find_person("anna").longest_min == 21


OWN = """# my own words
birth_year = 1984   # I think

# about sleep
[sleep]
insomnia = 0.2      # bad in spring
latency  = 1.1      # hm = # yes

[avoid]
words = [
    "a",  # not this
    "[b]",
]
# the end
"""


def test_what_is_learned_leaves_every_comment_where_it_was():
    path = add_person(ANNA)
    path.write_text(OWN)
    keep_person("anna", lambda person: replace(person, latency=1.5, cap_dba=40.0))
    wanted = OWN.replace("latency  = 1.1 ", "latency  = 1.5 ") + "\n[limits]\ncap_dba = 40\n"
    assert path.read_text() == wanted
    keep_person("anna", lambda person: replace(person, chronotype=1.0, teller="old-keeper"))
    assert path.read_text() == wanted.replace("# hm = # yes\n", "# hm = # yes\nchronotype = 1\n").replace(
        "I think\n", 'I think\nteller = "old-keeper"\n'
    )
    person = find_person("anna")
    assert (person.latency, person.cap_dba, person.chronotype, person.avoid.words) == (
        1.5,
        40,
        1,
        ("a", "[b]"),
    )


def test_a_list_over_many_lines_is_changed_as_one():
    changed = rewritten(OWN, ["avoid"], "words", '["c"]')
    assert changed.endswith('[avoid]\nwords = ["c"]\n# the end\n')


def test_a_value_is_changed_in_whatever_way_it_is_written():
    awkward = 'names = [\n"""\n[sleep]\n"""\n]\n[sleep]\nlatency = 1.5\n'
    assert rewritten(awkward, ["sleep"], "latency", "2") == awkward.replace("1.5", "2")
    dotted = "sleep.latency = 1.5  # by now\n"
    assert rewritten(dotted, ["sleep"], "latency", "2") == dotted.replace("1.5", "2")
    on_one_line = "sleep = { latency = 1.5 }  # by now\n"
    assert rewritten(on_one_line, ["sleep"], "latency", "2") == on_one_line.replace("1.5", "2")
    windows = OWN.replace("\n", "\r\n")
    changed = rewritten(rewritten(windows, ["sleep"], "bedtime", "22:00:00"), ["limits"], "cap_dba", "40")
    assert changed.replace("\r\n", "\n") == rewritten(
        rewritten(OWN, ["sleep"], "bedtime", "22:00:00"), ["limits"], "cap_dba", "40"
    )
    assert changed.count("\n") == changed.count("\r\n")


def test_what_is_no_longer_so_goes_and_every_comment_stays():
    path = add_person(ANNA)
    path.write_text(OWN)
    keep_person("anna", lambda person: replace(person, latency=1.0, avoid=Avoid()))
    words = 'words = [\n    "a",  # not this\n    "[b]",\n]\n'
    assert path.read_text() == OWN.replace("latency  = 1.1      # hm = # yes\n", "").replace(words, "")


def test_a_file_that_cannot_be_changed_line_by_line_is_left_as_it_is_and_says_where(
    monkeypatch: pytest.MonkeyPatch,
):
    def refuse(text: str) -> None:
        raise ParseError(6, 1)

    path = add_person(ANNA)
    path.write_text(OWN)
    monkeypatch.setattr(tomlkit, "parse", refuse)
    with pytest.raises(WrittenWrongly, match=r"anna\.toml, line 6: this can be read"):
        keep_person("anna", lambda person: replace(person, latency=2.0))
    assert path.read_text() == OWN


def test_where_the_library_slips_the_file_is_written_anew_and_nothing_said_in_it_is_lost(
    monkeypatch: pytest.MonkeyPatch,
):
    path = add_person(ANNA)
    path.write_text(OWN)
    before = find_person("anna")
    monkeypatch.setattr(tomlkit, "dumps", lambda document: "birth_year = 1984\n")
    keep_person("anna", lambda person: replace(person, latency=2.0))
    assert find_person("anna") == replace(before, latency=2.0)


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


def test_children_keep_their_limits_whatever_their_file_says():
    assert (INFANT.cap_dba, INFANT.aim_dba, INFANT.usual_min, INFANT.longest_min) == (50, 40, 30, 60)
    loud = limits_at(1, cap_dba=80, longest_min=1440)
    assert loud == INFANT
    quiet = limits_at(1, cap_dba=35, longest_min=20)
    assert (quiet.cap_dba, quiet.aim_dba, quiet.longest_min, quiet.usual_min) == (35, 35, 20, 20)
    for limits in (INFANT, CHILD):
        assert (limits.beats, limits.all_night) == (False, False)
        assert "dBA" not in limits.says(False)
        assert "nobody has measured" in limits.says(False)
        assert f"At most {limits.cap_dba:g} dBA" in limits.says(True)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("limits", [INFANT, CHILD], ids=["infant", "child"])
def test_every_shipped_score_is_cut_to_a_childs_night(name: str, limits: Any):
    score = replace(find_score(name, KINDS), all_night="it may", length=8 * 3600 * RATE)
    kept = kept_to(limits, score)
    assert kept.length == 3600 * RATE
    assert kept.all_night is None
    assert kept.fade_in + kept.fade_out <= kept.length
    assert all(scene.at < kept.length for scene in kept.scenes)
    assert kept.sources != score.sources


def test_a_child_hears_no_beats():
    both = score_of('[voices]\na = "rain"\nb = "beats"\n[scene.a]\nat = 0\na = -3\nb = -9\n', "x.toml", KINDS)
    kid = Person("kid", birth_year=2018)
    assert [part.name for part in avoided(kid, both, TODAY).voices] == ["a"]
    assert avoided(kid, both) is both
    alone = without(both, Avoid(voices=("a",)))
    with pytest.raises(AskedWrongly, match="Nothing is left"):
        avoided(kid, alone, TODAY)


@pytest.mark.parametrize("name", SCORES)
def test_every_voice_of_every_shipped_score_can_be_avoided(name: str):
    score = find_score(name, KINDS)
    for part in score.voices:
        ways = [
            Avoid(voices=(part.name.upper(),)),
            Avoid(voices=(part.voice.name,)),
            Avoid(kinds=(part.kind.name,)),
            Avoid(words=(part.voice.name.replace("-", " "),)),
        ]
        for way in ways:
            try:
                left = without(score, way)
            except AskedWrongly as error:
                assert "Nothing is left" in str(error)  # noqa: PT017
                continue
            names = {p.name for p in left.voices}
            assert part.name not in names
            assert all(names >= scene.changes.keys() | scene.silent for scene in left.scenes)
            assert names >= left.follow.keys()
            assert all(telling.voice in names for telling in left.tellings)
            assert left.sources != score.sources
            assert {p.name: p for p in left.voices}.items() <= {p.name: p for p in score.voices}.items()
    everything = Avoid(voices=tuple(part.name for part in score.voices))
    with pytest.raises(AskedWrongly, match="Nothing is left of"):
        without(score, everything)
    assert without(score, Avoid(words=("nowhere",), tunes=("none",))) is score


def told(tmp_path: Path, story: str) -> Score:
    (tmp_path / "stories").mkdir(exist_ok=True)
    (tmp_path / "stories" / "lamp.md").write_text(story)
    (tmp_path / "voices").mkdir(exist_ok=True)
    (tmp_path / "voices" / "keeper.toml").write_text('kind = "teller"\n')
    path = tmp_path / "night.toml"
    path.write_text(
        '[voices]\na = "rain"\nwho = "keeper"\n[scene.a]\nat = 0\na = -3\n'
        '[[tell]]\nat = 10\nstory = "lamp"\nvoice = "who"\n'
    )
    return read_score(path, KINDS)


@pytest.mark.parametrize(
    ("word", "gone"),
    [
        ("spider", True),
        ("SPIDER", True),
        ("spid", False),
        ("tall man", True),
        ("man tall", False),
        ("蜘蛛", True),
        ("lamp", True),
    ],
)
def test_a_story_with_a_word_on_the_list_is_not_told(word: str, gone: bool, tmp_path: Path):
    score = told(tmp_path, "# A walk\n\nTwo spiders met a tall\nman. 大蜘蛛来了。\n")
    left = avoided(replace(ANNA, avoid=Avoid(words=(word,))), score)
    assert (left.tellings == ()) is gone
    assert [part.name for part in left.voices] == ["a", "who"]
    assert (left.sources == score.sources) is not gone


def test_without_its_teller_a_story_is_not_told(tmp_path: Path):
    left = without(told(tmp_path, "# A walk\n\nOn.\n"), Avoid(kinds=("teller",)))
    assert (left.tellings, [part.name for part in left.voices]) == ((), ["a"])


def test_tunes_and_clips_are_avoided_by_name():
    from lullaby.score.settings import Form, Kind, Setting

    clip = Kind("clip", "", (Setting("file", "file", "", "", 0, 0, "", Form.NAME, moves=False),))
    score = find_score("harbour-rain", KINDS)
    part = score.voices[0]
    mine = replace(part, voice=replace(part.voice, kind=clip), values={"level": 0.0, "file": "my dog"})
    score = replace(score, voices=(mine, *score.voices[1:]))
    for way in (Avoid(clips=("My Dog",)), Avoid(tunes=("my dog",)), Avoid(words=("dog",))):
        assert mine.name not in [p.name for p in without(score, way).voices]


@pytest.mark.parametrize("avoid", ["mix", "An Evening", "noice"])
def test_an_import_is_avoided_by_name_title_or_program(avoid: str):
    score = replace(
        find_score("plain", KINDS), name="mix", title="An Evening", description="My mix, a mix made in Noice."
    )
    with pytest.raises(AskedWrongly, match="import on the avoid-list"):
        without(score, Avoid(imports=(avoid,)))
    shipped = find_score("plain", KINDS)
    assert without(shipped, Avoid(imports=(avoid,))) is shipped


def test_what_ends_sooner_tells_no_longer():
    score = replace(
        find_score("harbour-rain", KINDS),
        tellings=(
            Telling(0, "a", Path("a.md"), "rain", 3000 * RATE),
            Telling(1000 * RATE, "b", Path("b"), "rain"),
        ),
    )
    short = shorter(score, 600 * RATE)
    assert [telling.until for telling in short.tellings] == [600 * RATE]


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
    assert say("people", "remove", "anna", "--yes").code == 0
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


def test_the_first_mistake_is_located():
    with pytest.raises(WrittenWrongly) as found:
        person_from("[sleep]\nlatency = 0\n", "people/anna.toml")
    assert found.value.where == "people/anna.toml, [sleep]"


def test_a_listener_of_whom_nothing_is_told_is_no_empty_file():
    assert "bedtime = 23:00:00" in add_person(Person("bo")).read_text()
    assert keep_person("bo", lambda person: replace(person, latency=2.0)) == find_person("bo")
    keep_person("bo", lambda person: replace(person, latency=1.0))
    assert find_person("bo") == Person("bo")


def drafts(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(".*.part")}


def test_what_a_killed_write_left_is_taken_away(say: Say):
    """Of a process that is gone at once; of one that may still be writing, only after an hour."""
    folder = add_person(ANNA).parent
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    alive = os.getppid()
    for process in (gone.pid, alive):
        (folder / f".{process}-1-0.part").write_text("anna")
    (folder / f".{alive}-1-1.part").write_text("anna")
    os.utime(folder / f".{alive}-1-1.part", (0, 0))
    keep_person("anna", lambda person: replace(person, latency=2.0))
    assert drafts(folder) == {f".{alive}-1-0.part"}
    assert say("people", "remove", "anna", "--yes").code == 0
    assert drafts(folder) == set()


def test_a_draft_of_somebody_who_was_never_kept_goes_too(say: Say):
    folder = add_person(ANNA).parent
    (folder / f".{os.getppid()}-1-0.part").write_text("bo")
    assert say("people", "remove", "bo", "--yes").code == 2
    assert drafts(folder) == set()


def test_what_is_named_and_is_not_there_is_said_and_kept(say: Say):
    words = ["--teller", "nobody", "--avoid", "voice:opn-rain", "--avoid", "voice:Rain", "--avoid", "kind:x"]
    said = say("people", "add", "anna", *words)
    assert said.code == 0
    assert 'there is no voice "nobody" yet' in said.err
    assert 'there is no voice "opn-rain" yet; it is kept all the same.  Did you mean "open-rain"?' in said.err
    assert said.err.count("\n") == 3
    assert find_person("anna").avoid.voices == ("opn-rain", "Rain")
    assert "tells no stories" in say("people", "add", "bo", "--teller", "shore").err
