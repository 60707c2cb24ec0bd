"""A listener's file: private, written whole, changed line by line, and refused with its place if broken."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import tomlkit
from persons import ANNA
from tomlkit.exceptions import ParseError
from typed import Say, typing

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.people.calibration import Calibration
from lullaby.people.listeners import (
    Person,
    add_person,
    find_person,
    keep_person,
    person_file,
)
from lullaby.people.person_file import person_from
from lullaby.people.person_writing import written
from lullaby.score.avoiding import Avoid
from lullaby.score.rewriting import rewritten


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


def test_whoever_opens_the_file_reads_what_a_number_is_of():
    measured = replace(ANNA, devices={"default": Calibration(-10, 40, -46)})
    lines = [line.partition("=") for line in written(measured).splitlines()]
    explained = {key.strip(): value.partition("# ")[2] for key, _, value in lines}
    of_units = ("insomnia", "chronotype", "latency", "cap_dba", "longest_min", "words", "after")
    for key in (*of_units, "comfortable", "meter", "sounding"):
        assert explained[key], key


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
        ("[timer]\nbetween = [22:00:00, 06:00:00]", ', [timer]: it has no "after".'),
        ("[timer]\nafter = 00:45:00\nbetween = [22:00:00]", "is not two hours."),
        ("[timer]\nafter = 00:45:00\nbetween = [22, 6]", "is a number, not a time of day."),
        ("[timer]\nafter = 0", "is too little; it goes from 00:00:01 to 24:00:00."),
        ('[sleep]\nbedtime = "25:00:00"', ', [sleep]: bedtime = "25:00:00" is too much'),
        ('[stories]\nplace = "hrbour"', ', [stories]: place = "hrbour" is not one of its words.'),
        ('[stories]\nfavourites = ["9 trains"]', '"9 trains" cannot be spoken within a sentence.'),
        ("[stories]\nbegins = 2026", ", [stories]: begins = 2026 is not a day."),
        ('[stories]\nhero = "x"', ', [stories]: there is no "hero".'),
        ('[avoid]\nword = ["x"]', ', [avoid]: there is no "word".'),
        ("[avoid]\nwords = [1]", ", [avoid]: words = [1]: 1 is a number"),
        ('[avoid]\nwords = "x"', ', [avoid]: words = "x" is a text, not a list.'),
        ("[limits]\ncap_dba = 120", ", [limits]: cap_dba = 120 is too high"),
        ("[device.a]\nmeter = 40", ", [device] a: meter says nothing without sounding"),
        ("[device.a]\nmeter = 40\nsounding = 0.5", ", [device] a: sounding = 0.5 is too high"),
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
