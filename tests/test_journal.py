"""The journal: nights that were heard, dreams, mornings; kept for their owner alone, and erased for good."""

from __future__ import annotations

import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from players import playing
from typed import EVENING, Say, is_asked_wrongly, plays, typing

from lullaby.cli import main
from lullaby.errors import AskedWrongly
from lullaby.journal import dreams, mornings
from lullaby.journal.book import SCHEMA, evening_of, journal, journal_file, keep_for, logs_folder, outlive
from lullaby.journal.exporting import exported
from lullaby.journal.mornings import Morning, keep_morning
from lullaby.journal.nights import NightPlayed, end_night, heard_so_far, nights_in, note_night
from lullaby.people.database import looked_into
from lullaby.people.listeners import add_person
from lullaby.people.person import Person

TODAY = EVENING.date()
CANARY = "a heron in a lift shaft"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def usual_zone() -> Any:
    yield
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def a_night(begun: str, **how: Any) -> NightPlayed:
    facts = {"title": "One", "asked": ("render", "one"), "fingerprint": "f", "engine": "1-e", "seed": 1}
    return NightPlayed(**{**facts, "date": None, "begun": moment(begun), **how})


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


# nights that are heard


def test_a_night_that_is_heard_is_written_down_and_can_be_had_again(tmp_path: Path, lullaby: Say) -> None:
    """What its log gives is what was heard, the key that was pressed and all."""
    home = tmp_path / "home"
    with playing(home, "--to", "64", "--volume", "0") as player:
        player.ask("skip")
        player.process.wait(60)
    (night,) = lullaby("journal", "--json").facts["nights"]
    assert (night["title"], night["seed"]) == ("Two Noises", 0)
    assert night["ended"] is not None
    assert stat.S_IMODE(Path(night["log"]).stat().st_mode) == 0o600
    said = lullaby("journal", "night")
    assert said.code == 0
    command = next(line.split() for line in said.out.splitlines() if "lullaby render" in line)
    assert main([*command[1:], "-o", str(tmp_path / "again.wav"), "--to", "61"]) == 0
    again, _ = soundfile.read(tmp_path / "again.wav", dtype="float32")
    assert np.abs(again).max() > 0.001
    assert night["fingerprint"] in said.out


def test_a_night_without_a_log_is_had_again_by_the_command_it_was_asked_with(
    home: Path, lullaby: Say
) -> None:
    words = ["rain", "sea:-6", "--length", "00:10:00", "--seed", "5", "--date", "2026-11-27"]
    played(*words)
    (night,) = lullaby("journal", "--json").facts["nights"]
    assert night["asked"][:3] == ["render", "rain", "sea:-6"]
    from lullaby.cli.options.nights import night_of
    from lullaby.cli.parser import parsed
    from lullaby.cli.terminal.bedside import Bedside
    from lullaby.time import WallClock

    again = night_of(parsed(night["asked"]), Bedside(WallClock()))
    assert again.fingerprint == night["fingerprint"]


def played(*words: str) -> str:
    """What is said by `lullaby play WORDS…`."""
    said = plays(*words, "--to", "3")
    assert said.code == 0, said.err
    return said.err


def test_rendering_writes_nothing_down(home: Path, lullaby: Say, tmp_path: Path) -> None:
    words = ["render", "rain", "--length", "00:01:00", "--to", "1", "-o", str(tmp_path / "a.wav")]
    assert lullaby(*words).code == 0
    assert not journal_file(None).exists()
    assert lullaby("journal", "--json").facts == {"nights": [], "dreams": [], "mornings": []}
    assert not journal_file(None).exists()


def test_a_night_is_not_written_down_where_nobody_wants_it(home: Path, lullaby: Say) -> None:
    played("rain", "--no-journal")
    assert lullaby("journal", "--json").facts["nights"] == []
    assert not logs_folder(None).exists()


def test_the_night_of_a_killed_player_is_there_without_its_end(home: Path, lullaby: Say) -> None:
    with playing(home) as player:
        player.process.send_signal(signal.SIGKILL)
        player.process.wait(60)
    (night,) = lullaby("journal", "--json").facts["nights"]
    assert night["ended"] is None
    assert "its end was not written down" in lullaby("journal").out


def test_of_a_night_that_is_killed_it_is_known_how_much_was_heard(home: Path, lullaby: Say) -> None:
    with playing(home, "--null", "300") as player:
        player.until(lambda: heard_of_the_last(lullaby) > 0, "nothing is written down")
        player.process.send_signal(signal.SIGKILL)
        player.process.wait(60)
    (night,) = lullaby("journal", "--json").facts["nights"]
    assert night["ended"] is None
    assert night["seconds"] >= 300


def heard_of_the_last(lullaby: Say) -> float:
    nights = lullaby("journal", "--json").facts["nights"]
    return float(nights[-1]["seconds"]) if nights else 0.0


def test_a_journal_that_cannot_be_written_stops_no_night(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "journal.db").write_bytes(b"nothing of ours" * 99)
    said = played("rain")
    assert "This night is not in the journal" in said
    assert "Traceback" not in said
    assert (home / "journal.db").read_bytes() == b"nothing of ours" * 99


def test_another_engine_is_said(home: Path, lullaby: Say) -> None:
    note_night(None, a_night("2026-11-29T23:00:00+01:00", engine="0-older"), TODAY)
    assert "it may sound otherwise" in lullaby("journal", "night").out
    (facts,) = lullaby("journal", "night", "--json").facts
    assert facts["same_engine"] is False


@pytest.mark.parametrize(
    ("begun", "evening"),
    [
        ("2026-11-29T23:00:00+01:00", date(2026, 11, 29)),
        ("2026-11-30T00:30:00+01:00", date(2026, 11, 29)),
        ("2026-11-30T11:59:00+01:00", date(2026, 11, 29)),
        ("2026-11-30T14:00:00+01:00", date(2026, 11, 30)),  # a nap
        ("2026-10-25T02:30:00+02:00", date(2026, 10, 24)),  # the hour that comes twice
        ("2026-10-25T02:30:00+01:00", date(2026, 10, 24)),
    ],
)
def test_a_night_belongs_to_its_evening(begun: str, evening: date) -> None:
    assert evening_of(moment(begun)) == evening


def test_an_end_comes_to_the_night_that_it_is_of(home: Path) -> None:
    first = note_night(None, a_night("2026-11-29T22:00:00+01:00"), TODAY)
    note_night(None, a_night("2026-11-29T23:00:00+01:00"), TODAY)
    end_night(None, first, moment("2026-11-29T22:40:00+01:00"), 2_400.0, TODAY)
    with journal(None, TODAY) as db:
        one, other = nights_in(db)
    assert (one.seconds, one.ended) == (2_400.0, moment("2026-11-29T22:40:00+01:00"))
    assert other.ended is None


def test_what_was_heard_so_far_comes_too_late_for_a_night_that_has_ended(home: Path) -> None:
    number = note_night(None, a_night("2026-11-29T22:00:00+01:00"), TODAY)
    end_night(None, number, moment("2026-11-29T22:40:00+01:00"), 2_400.0, TODAY)
    heard_so_far(None, number, 2_340.0, TODAY)
    with journal(None, TODAY) as db:
        assert [night.seconds for night in nights_in(db)] == [2_400.0]


# mornings


def test_a_morning_is_told_in_options(home: Path, lullaby: Say) -> None:
    words = "--rested 4 --in-bed 22:50 --lights-out 23:10 --asleep-after 20 --awake 15 --awakenings 2"
    facts = lullaby("morning", *words.split(), "--woke", "06:40", "--up", "07:00", "--json").facts
    assert facts["rested"] == "well"
    assert facts["lights_out"] == "2026-11-29T23:10+01:00"
    assert facts["woke"] == "2026-11-30T06:40+01:00"
    assert facts["time_in_bed_min"] == 490
    assert facts["asleep_min"] == 7.5 * 60 - 20 - 15
    assert facts["efficiency"] == pytest.approx(100 * 415 / 490, abs=0.05)


def test_who_wakes_before_midnight_gets_up_after_it(lullaby: Say) -> None:
    facts = lullaby("morning", "--woke", "23:50", "--up", "00:20", "--date", "2026-11-28", "--json").facts
    assert facts["woke"] == "2026-11-29T23:50+01:00"
    assert facts["got_up"] == "2026-11-30T00:20+01:00"


@pytest.mark.parametrize(
    ("evening", "hours"),
    [("2026-10-24", 9), ("2026-03-28", 7), ("2026-06-01", 8)],
    ids=["25 h", "23 h", "24 h"],
)
def test_hours_are_counted_over_the_change_of_clocks(
    home: Path, lullaby: Say, evening: str, hours: int
) -> None:
    lullaby("journal", "keep-for", "always")
    words = [
        "--date",
        evening,
        "--lights-out",
        "23:00",
        "--woke",
        "07:00",
        "--asleep-after",
        "0",
        "--awake",
        "0",
    ]
    assert lullaby("morning", *words, "--json").facts["asleep_min"] == hours * 60


def test_an_hour_that_there_is_not_comes_as_late_as_it_would(home: Path, lullaby: Say) -> None:
    lullaby("journal", "keep-for", "always")
    facts = lullaby("morning", "--date", "2026-03-28", "--woke", "02:30", "--json").facts
    assert facts["woke"] == "2026-03-29T03:30+02:00"


def test_what_is_not_answered_is_blank_and_never_guessed(home: Path, lullaby: Say) -> None:
    lullaby("morning", "--rested", "fairly")
    (facts,) = lullaby("journal", "--json").facts["mornings"]
    said = {name for name, value in facts.items() if value is not None}
    assert said == {"evening", "rested"}


def test_another_answer_takes_the_place_of_the_old_and_leaves_the_rest(home: Path, lullaby: Say) -> None:
    lullaby("morning", "--rested", "fairly", "--woke", "06:00")
    facts = lullaby("morning", "--rested", "well", "--json").facts
    assert (facts["rested"], facts["woke"]) == ("well", "2026-11-30T06:00+01:00")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--rested splendid", "There are: very poorly, poorly, fairly, well, very well"),
        ("--woke 25:00", "no time of day"),
        ("--lights-out 23:00 --woke 07:00 --asleep-after 400 --awake 100", "500 minutes awake are more than"),
        ("--awake -3", "no part of a night"),
        ("--date 2027-01-01 --rested well", "still to come"),
        ("--share-dream --rested well", "is about a --dream"),
        ("--for nobody-here --rested well", "there is no listener"),
        ("", "there is no terminal to ask in"),
        ("--date 2026-10-20 --dream old", "longer ago than the 30 days that this journal keeps"),
        ("--woke 06:40 --up 06:20", "getting up at 06:20 comes before waking at 06:40"),
        ("--in-bed 23:30 --lights-out 23:10", "lights out at 23:10 comes before bed at 23:30"),
    ],
)
def test_a_morning_that_cannot_be_is_refused_whole(home: Path, lullaby: Say, words: str, says: str) -> None:
    is_asked_wrongly(lullaby, "morning", *words.split(), says=says)
    assert lullaby("journal", "--json").facts["mornings"] == []


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str | type[BaseException]) -> list[str]:
    asked: list[str] = []
    left = list(answers)

    def said(question: str) -> str:
        asked.append(question)
        answer = left.pop(0) if left else ""
        if isinstance(answer, str):
            return answer
        raise answer

    monkeypatch.setattr("builtins.input", said)
    monkeypatch.setattr("sys.stdin", type("Terminal", (io.StringIO,), {"isatty": lambda _: True})())
    return asked


def test_every_question_may_be_left_out(home: Path, lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    said = lullaby("morning")
    assert (said.code, len(asked)) == (0, 7)
    assert "Nothing was kept." in said.out
    assert lullaby("journal", "--json").facts["mornings"] == []


def test_what_cannot_be_is_asked_again(home: Path, lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "9", "2", "", "soon", "20")
    assert lullaby("morning").code == 0
    (facts,) = lullaby("journal", "--json").facts["mornings"]
    assert (facts["rested"], facts["latency_min"]) == ("poorly", 20)


def test_ctrl_c_keeps_what_was_answered(home: Path, lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "4", "23:00", KeyboardInterrupt)
    assert lullaby("morning").code == 0
    (facts,) = lullaby("journal", "--json").facts["mornings"]
    assert (facts["rested"], facts["lights_out"]) == ("well", "2026-11-29T23:00+01:00")


def test_a_dream_is_shared_only_by_a_plain_yes(
    home: Path, lullaby: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(Person("mina"))
    for yes, shared in (("", False), ("n", False), ("y", True)):
        answering(monkeypatch, "", "", "", "", "", "", CANARY, "", yes)
        assert lullaby("morning", "--for", "mina").code == 0
        assert lullaby("journal", "dreams", "--for", "mina", "--json").facts[-1]["shared"] is shared
    assert [dream.consent for dream in dreams.told_dreams("mina")] == [True]


# what becomes of it


def test_withdrawing_a_dream_leaves_it_with_its_dreamer_alone(home: Path, lullaby: Say) -> None:
    add_person(Person("mina"))
    lullaby("morning", "--for", "mina", "--dream", CANARY, "--share-dream")
    (dream,) = dreams.told_dreams("mina")
    assert lullaby("journal", "withdraw", str(dream.number), "--for", "mina").code == 0
    assert dreams.told_dreams("mina") == ()
    assert lullaby("journal", "share", str(dream.number), "--for", "mina").code == 0
    assert [one.text for one in dreams.told_dreams("mina")] == [CANARY]
    is_asked_wrongly(lullaby, "journal", "share", "99", "--for", "mina", says="no dream 99 in mina's journal")
    is_asked_wrongly(lullaby, "journal", "share", "1", says="whose dream is it?")


def test_the_journal_is_for_its_owner_alone(home: Path, lullaby: Say) -> None:
    add_person(Person("mina"))
    lullaby("morning", "--for", "mina", "--dream", CANARY)
    lullaby("morning", "--rested", "well")
    for path in home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.name in ("voices", "scores")
    assert lullaby("journal", "dreams", "--json").facts == []
    assert CANARY not in lullaby("journal", "--json").out


@pytest.mark.parametrize("words", ["--dream 1", "--night 2026-11-29", "--all"])
def test_what_is_erased_is_in_no_file_any_more(home: Path, lullaby: Say, words: str) -> None:
    add_person(Person("mina"))
    lullaby("morning", "--for", "mina", "--dream", CANARY, "--rested", "well")
    log = logs_folder("mina") / "a.log"
    log.parent.mkdir(parents=True)
    log.write_text(CANARY)
    note_night("mina", a_night("2026-11-29T23:00:00+01:00", log=str(log), title=CANARY), TODAY)
    assert CANARY.encode() in everything(home)
    is_asked_wrongly(lullaby, "journal", "erase", *words.split(), "--for", "mina", says="--yes does it")
    if "dream" in words:
        lullaby("journal", "erase", "--night", "2026-11-28", "--yes", "--for", "mina")
        with looked_into(journal_file("mina"), SCHEMA) as db, db:
            db.execute("delete from nights")
        log.unlink()
    assert lullaby("journal", "erase", *words.split(), "--yes", "--for", "mina").code == 0
    assert CANARY.encode() not in everything(home)


@pytest.mark.parametrize("words", ["--dream 1", "--night 2026-11-29"])
def test_what_is_erased_while_a_night_has_the_journal_open_is_in_no_file(
    home: Path, lullaby: Say, words: str
) -> None:
    lullaby("morning", "--dream", CANARY)
    with contextlib.closing(sqlite3.connect(journal_file(None))) as playing_on:
        playing_on.execute("select number from nights").fetchall()
        assert lullaby("journal", "erase", *words.split(), "--yes").code == 0
        assert CANARY.encode() not in everything(home)


def test_with_a_listener_goes_their_journal(home: Path, lullaby: Say) -> None:
    add_person(Person("mina"))
    lullaby("morning", "--for", "mina", "--dream", CANARY)
    assert lullaby("people", "remove", "mina", "--yes").code == 0
    assert CANARY.encode() not in everything(home)


def test_an_export_is_whole_and_read_by_others(home: Path, lullaby: Say, tmp_path: Path) -> None:
    lullaby("morning", "--rested", "well", "--dream", "=1+1 and a comma, too", "--mood", "glad")
    note_night(None, a_night("2026-11-29T23:00:00+01:00"), TODAY)
    for ending in ("json", "csv", "md"):
        path = tmp_path / f"all.{ending}"
        assert lullaby("journal", "export", "-o", str(path)).code == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        is_asked_wrongly(lullaby, "journal", "export", "-o", str(path), says="is left as it is")
    facts = json.loads((tmp_path / "all.json").read_text())
    assert facts == lullaby("journal", "--json").facts
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text())))
    assert [row["what"] for row in rows] == ["night", "dream", "morning"]
    assert rows[1]["text"] == "'=1+1 and a comma, too"  # no spreadsheet reckons with it
    text = (tmp_path / "all.md").read_text()
    assert "a comma, too" in text
    assert "rested: well" in text


def test_a_carriage_return_ends_no_row_of_the_table() -> None:
    table = exported({"dreams": [{"text": "One.\rTwo.\r\nThree."}, {"text": "Four."}]}, "csv")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["text"] for row in rows] == ["One.\nTwo.\nThree.", "Four."]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t"])
def test_no_spreadsheet_takes_a_dream_for_a_formula(mark: str) -> None:
    table = exported({"dreams": [{"text": f"{mark}cmd()"}]}, "csv")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["text"] == f"'{mark}cmd()"


def test_a_clinicians_page_has_the_terms_and_no_dreams(home: Path, lullaby: Say, tmp_path: Path) -> None:
    words = "--lights-out 23:00 --asleep-after 30 --awake 30 --woke 07:00 --up 07:30 --rested fairly"
    lullaby("morning", *words.split(), "--dream", CANARY, "--mood", "sad")
    lullaby("morning", "--date", "2026-11-28", "--asleep-after", "10")
    page = tmp_path / "week.md"
    assert lullaby("journal", "week", "--clinician", "-o", str(page)).code == 0
    rows = {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in map(_cells, _table(page))}
    assert rows["3 Sleep onset latency, min"][-3:] == ["10", "30", "20.0 (2)"]
    assert rows["Total sleep time, min"][-3:] == ["", "420", "420.0 (1)"]
    assert rows["Sleep efficiency, %"][-3:] == ["", "82", "82.4 (1)"]
    assert rows["5 Wake after sleep onset, min"][:-2] == [""] * 6
    text = page.read_text()
    assert CANARY not in text
    assert "sad" not in text


def _table(page: Path) -> list[str]:
    return [line for line in page.read_text().splitlines() if line.startswith("| ")]


def _cells(line: str) -> list[str]:
    return line.split("|")


# what it forgets


def kept(day: date, evenings: Callable[[], Any] | None = None) -> list[date]:
    with journal(None, day) as db:
        return [morning.evening for morning in mornings.mornings_in(db)]


def filled(days: int) -> date:
    """A morning for each of so many days, opened each day; gives the last day."""
    first = date(2026, 1, 1)
    for number in range(days):
        keep_morning(None, Morning(first + timedelta(number), rested="well"), first + timedelta(number))
    return first + timedelta(days - 1)


def test_what_is_older_than_thirty_days_is_forgotten(home: Path) -> None:
    last = filled(60)
    assert kept(last) == [last - timedelta(days) for days in range(30, -1, -1)]


def test_what_is_forgotten_takes_its_logs_along_and_no_other(home: Path) -> None:
    """Not that of the night that begins: its log is there before it is written down."""
    first, last = date(2026, 1, 1), date(2026, 2, 15)
    logs_folder("mina").mkdir(parents=True)
    old, new, elsewhere = logs_folder("mina") / "old.log", logs_folder("mina") / "new.log", home / "own.log"
    for path in (old, elsewhere):
        path.write_text("{}")
        note_night("mina", a_night("2026-01-01T23:00:00+01:00", log=str(path)), first)
    for number in range(1, 45):
        keep_morning("mina", Morning(first + timedelta(number)), first + timedelta(number))
    new.parent.mkdir(exist_ok=True)
    new.write_text("{}")
    note_night("mina", a_night("2026-02-15T23:00:00+01:00", log=str(new)), last)
    assert (old.exists(), new.exists(), elsewhere.exists()) == (False, True, True)


def test_a_dream_that_is_forgotten_leaves_no_trace_in_a_circle(home: Path) -> None:
    from circles import FRIENDS, friends

    from lullaby.cli.journal.traces import before_forgetting
    from lullaby.ritual.circle.circles import book_file
    from lullaby.ritual.circle.held import held

    first = date(2026, 1, 1)
    friends(members=(replace(FRIENDS[0], listener="anna"), *FRIENDS[1:]))
    dreams.keep_dream("anna", CANARY, first, first, shared=True)
    held("friends", first)

    def told() -> int:
        with sqlite3.connect(book_file("friends")) as db:
            (count,) = db.execute("select count(*) from dreams").fetchone()
        db.close()
        return int(count)

    assert told() == 1
    for number in (0, 20, 30, 40):
        before_forgetting("anna", first + timedelta(number))
        keep_morning("anna", Morning(first + timedelta(number), rested="well"), first + timedelta(number))
        assert told() == (number <= 30)  # as long as it is kept it is known that it was told
    with journal("anna", first + timedelta(40)) as db:
        assert dreams.dreams_in(db) == ()


def test_it_keeps_for_as_long_as_it_is_told_to(home: Path, lullaby: Say) -> None:
    assert lullaby("journal", "keep-for", "always").code == 0
    with journal(None, date(2026, 1, 1)) as db:
        db.execute("update settings set value = '2026-01-01' where name = 'seen'")
        db.commit()
    last = filled(60)
    assert len(kept(last)) == 60
    with journal(None, last) as db:
        keep_for(db, 7)
    assert len(kept(last)) == 8
    for words in ("0", "-1", "soon", "99999"):
        is_asked_wrongly(lullaby, "journal", "keep-for", words, says="always")


def test_a_running_month_outlives_the_thirty_days(home: Path) -> None:
    first = date(2026, 1, 1)
    with journal(None, first) as db:
        outlive(db, first, first + timedelta(50))
    last = filled(51)
    assert len(kept(last)) == 51
    assert len(kept(last + timedelta(1))) == 30


def test_a_clock_that_jumps_ahead_costs_nothing(home: Path) -> None:
    """Set back again, all of it is there still; if it was right, it is forgotten on a later day."""
    last = filled(20)
    far = last + timedelta(3_650)
    said: list[str] = []
    with journal(None, far, said.append) as db:
        assert len(mornings.mornings_in(db)) == 20
    assert "Nothing is forgotten yet" in said[0]
    assert len(kept(far)) == 20
    assert len(kept(last + timedelta(1))) == 20
    with journal(None, far, said.append) as db:
        assert len(mornings.mornings_in(db)) == 20
    assert kept(far + timedelta(1)) == []


# what may go wrong


def test_two_at_once_lose_nothing(home: Path) -> None:
    code = (
        "import sys, datetime; from lullaby.journal.dreams import keep_dream\n"
        "day = datetime.date(2026, 11, 29)\n"
        "for i in range(8): keep_dream(None, f'{sys.argv[1]} {i}', day, day)"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, str(n)]) for n in range(4)]
    assert [child.wait(120) for child in children] == [0] * 4
    with journal(None, TODAY) as db:
        assert len({dream.text for dream in dreams.dreams_in(db)}) == 32


def test_a_damaged_journal_is_said_and_left(home: Path, lullaby: Say) -> None:
    home.mkdir(parents=True)
    path = journal_file(None)
    path.write_bytes(b"no journal" * 100)
    before = hashlib.sha256(path.read_bytes()).digest()
    for words in (["journal"], ["morning", "--rested", "well"], ["journal", "dreams"]):
        said = lullaby(*words)
        assert (said.code, said.out) == (1, "")
        assert "damaged" in said.err
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_a_damaged_journal_can_be_erased(home: Path, lullaby: Say) -> None:
    home.mkdir(parents=True)
    journal_file(None).write_bytes(b"no journal" * 100)
    assert lullaby("journal", "erase", "--all", "--yes").code == 0
    assert not journal_file(None).exists()


def test_what_is_forgotten_is_in_no_file_any_more(home: Path) -> None:
    first = date(2026, 1, 1)
    dreams.keep_dream(None, CANARY, first, first)
    assert CANARY.encode() in everything(home)
    for number in range(1, 40):
        keep_morning(None, Morning(first + timedelta(number), rested="well"), first + timedelta(number))
    assert CANARY.encode() not in everything(home)


def test_nights_are_in_order_where_clocks_go_back(home: Path) -> None:
    for begun in ("2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+02:00"):
        note_night(None, a_night(begun, title=begun), date(2026, 10, 25))
    with journal(None, date(2026, 10, 25)) as db:
        assert [night.title[-6:] for night in nights_in(db)] == ["+02:00", "+01:00"]


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are Unix's")
def test_a_full_disk_is_said_and_nothing_that_was_there_is_lost(home: Path, lullaby: Say) -> None:
    """No file may grow beyond what the journal has by now."""
    lullaby("morning", "--rested", "well", "--dream", CANARY)
    code = (
        "import resource, sys; from lullaby.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.exit(main(['morning', '--dream', 'another ' * 400]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert "journal.db" in done.stderr
    (kept_one,) = lullaby("journal", "dreams", "--json").facts
    assert kept_one["text"] == CANARY


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are Unix's")
@pytest.mark.parametrize("words", [["journal"], ["journal", "week", "--json"], ["journal", "dreams"]])
def test_on_a_disk_without_any_room_a_journal_can_be_read(home: Path, lullaby: Say, words: list[str]) -> None:
    lullaby("morning", "--rested", "well", "--dream", CANARY)
    code = (
        "import resource, sys; from lullaby.cli import main\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        f"sys.exit(main({words}))"
    )
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_week_before_there_were_dates_is_asked_wrongly(lullaby: Say) -> None:
    is_asked_wrongly(lullaby, "journal", "week", "--to", "0001-01-01", says="ends in 1900 or later")


def test_a_dream_is_no_novel(home: Path) -> None:
    for text in ("", "  ", "x" * 4_001):
        with pytest.raises(AskedWrongly, match="characters"):
            dreams.keep_dream(None, text, TODAY, TODAY)


HEAVY = {"numpy", "numba", "llvmlite", "av", "sounddevice", "scipy", "PIL"}


@pytest.mark.parametrize(
    "words", [["morning", "--rested", "well"], ["journal"], ["journal", "week", "--clinician"]]
)
def test_it_needs_neither_sound_nor_numba(home: Path, words: list[str]) -> None:
    """Which is why it answers at once."""
    code = f"import sys; from lullaby.cli import main; main({words!r}); print(*sys.modules, file=sys.stderr)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in child.stderr.split()}
    assert "lullaby" in loaded
    assert not loaded & HEAVY
