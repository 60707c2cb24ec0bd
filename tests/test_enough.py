"""Enough is enough: limits that hold at once when they are lowered, and never make anything more."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from clocks import Jumping, at
from typed import Say, is_asked_wrongly

from lullaby.evening import Request, prepared
from lullaby.evening.enough import Allowance, Enough, left_now
from lullaby.evening.logged import asked_in, request_again
from lullaby.evening.request import Mix
from lullaby.journal.nights import NightPlayed, end_night, note_night
from lullaby.night.night_log import head_line, night_log_from
from lullaby.people.calibration import Calibration
from lullaby.people.caps import Caps
from lullaby.people.enough.book import enough_file, kept
from lullaby.people.enough.own_limits import change, limits_on, to_come
from lullaby.people.listeners import add_person, forget_person, keep_person
from lullaby.people.person import Person
from lullaby.time import RATE

TODAY = datetime.date(2026, 11, 30)  # a Monday
NOISE = Mix(("pink-noise:-6",), (), 7_200 * RATE)
WORD = "marmalade"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    add_person(Person("mina"))
    return tmp_path / "home"


@pytest.fixture
def clock(home: Path) -> Jumping:
    return at("2026-11-30T22:15")


@pytest.fixture
def lullaby(clock: Jumping, capsys: pytest.CaptureFixture[str]) -> Say:
    return clock.typing(capsys)


def heard(minutes: float, evening: datetime.date = TODAY, dba: float | None = None, hour: int = 21) -> None:
    begun = datetime.datetime.combine(evening, datetime.time(hour)).astimezone()
    night = NightPlayed("One", ("render", "one"), "f", "1-e", 1, evening, begun, dba=dba)
    number = note_night("mina", night, evening)
    ended = begun + datetime.timedelta(minutes=minutes)
    end_night("mina", number, ended, minutes * 60, evening)


def asked(**how: Any) -> Request:
    return Request(**{"what": NOISE, "listener": "mina", "date": TODAY, "sleeper": "none", **how})


def tonight(**how: Any) -> Any:
    return prepared(asked(heard_on=TODAY, **how))


def minutes(evening: Any) -> float:
    return float(evening.night.length / RATE / 60)


# limits, and when they hold


def test_a_lower_limit_holds_now_and_a_higher_one_from_noon_of_the_next_day(
    lullaby: Say, clock: Jumping
) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    assert lullaby("enough", "--for", "mina", "--json").facts["limits"]["nightly_min"] == 45
    said = lullaby("enough", "set", "--nightly", "90", "--for", "mina")
    assert "from 2026-12-01, noon" in said.out
    for moment, holds in (
        ("2026-11-30T22:16", 45),
        ("2026-12-01T03:00", 45),
        ("2026-12-01T11:59", 45),
        ("2026-12-01T12:00", 90),
    ):
        clock.to(moment)
        facts = lullaby("enough", "--for", "mina", "--json").facts
        assert facts["limits"]["nightly_min"] == holds, moment
    lullaby("enough", "set", "--nightly", "30", "--for", "mina")
    assert lullaby("enough", "--for", "mina", "--json").facts["limits"]["nightly_min"] == 30


def test_after_midnight_a_higher_limit_still_waits_for_the_noon_of_the_day_after(
    lullaby: Say, clock: Jumping
) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    clock.to("2026-12-01T01:30")
    lullaby("enough", "set", "--nightly", "none", "--for", "mina")
    clock.to("2026-12-01T22:00")
    assert lullaby("enough", "--for", "mina", "--json").facts["limits"]["nightly_min"] == 45
    clock.to("2026-12-02T12:00")
    assert lullaby("enough", "--for", "mina", "--json").facts["limits"]["nightly_min"] is None


def test_of_other_quiet_nights_those_that_are_more_hold_now(home: Path) -> None:
    with kept("mina") as db:
        later = TODAY + datetime.timedelta(1)
        assert change(db, {"quiet_nights": "sun"}, TODAY, later) == {"quiet_nights": None}
        assert change(db, {"quiet_nights": "mon,2026-12-24"}, TODAY, later) == {"quiet_nights": later}
        assert limits_on(db, TODAY).quiet_nights == {"sun", "mon", "2026-12-24"}
        assert limits_on(db, later).quiet_nights == {"mon", "2026-12-24"}
        change(db, {"quiet_nights": "sun,mon,tue,2026-12-24"}, TODAY, later)
        assert to_come(db, TODAY) == [], "what was decided before is overtaken"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "which limit?"),
        ("--nightly 4", "from 5 to 1440 minutes"),
        ("--nightly soon", "from 5 to 1440 minutes"),
        ("--weekly 10081", "from 5 to 10080 minutes"),
        ("--dose 90", "from 10 to 80 dBA"),
        ("--dose nan", "from 10 to 80 dBA"),
        ("--quiet-nights someday", "is no night"),
        ("--quiet-nights 2026-02-30", "is no night"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(lullaby: Say, words: str, says: str) -> None:
    is_asked_wrongly(lullaby, "enough", "set", *words.split(), "--for", "mina", says=says)


def test_one_of_two_limits_that_cannot_be_sets_neither(lullaby: Say) -> None:
    is_asked_wrongly(lullaby, "enough", "set", "--nightly", "45", "--weekly", "soon", says="from 5 to 10080")
    assert minutes(tonight(listener=None)) == 120


def test_whose_limits_are_of_nobody_are_nobodys(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "45")
    assert lullaby("enough", "--for", "mina", "--json").facts["limits"]["nightly_min"] is None
    assert minutes(tonight(listener=None)) == 45
    assert minutes(tonight()) == 120
    is_asked_wrongly(lullaby, "enough", "--for", "nobody-here", says="there is no listener")


# a pledge


def types(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{word}\n" for word in words)))


def test_with_a_pledge_a_higher_limit_takes_the_word_or_a_week(
    lullaby: Say, clock: Jumping, monkeypatch: pytest.MonkeyPatch
) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    types(monkeypatch, WORD)
    assert lullaby("enough", "pledge", "--with", "Jo", "--for", "mina").code == 0
    assert "from 2026-12-07, noon" in lullaby("enough", "set", "--nightly", "90", "--for", "mina").out
    types(monkeypatch, "jam")
    is_asked_wrongly(
        lullaby, "enough", "set", "--nightly", "90", "--word", "--for", "mina", says="not the word"
    )
    types(monkeypatch, WORD)
    said = lullaby("enough", "set", "--nightly", "90", "--word", "--for", "mina")
    assert "from 2026-12-01, noon" in said.out
    assert lullaby("enough", "set", "--nightly", "20", "--for", "mina").code == 0, "lowering never waits"


def test_the_word_of_a_pledge_is_kept_nowhere(
    home: Path, lullaby: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, WORD)
    lullaby("enough", "pledge", "--with", "Jo", "--for", "mina")
    assert all(WORD.encode() not in path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert enough_file("mina").stat().st_mode & 0o077 == 0


def test_a_pledge_ends_in_a_week_or_with_the_word(
    lullaby: Say, clock: Jumping, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked_wrongly(lullaby, "enough", "pledge", "--end", "--for", "mina", says="nobody holds")
    types(monkeypatch, WORD)
    lullaby("enough", "pledge", "--with", "Jo", "--for", "mina")
    is_asked_wrongly(
        lullaby, "enough", "pledge", "--with", "Al", "--for", "mina", says="holds a pledge already"
    )
    assert lullaby("enough", "pledge", "--end", "--for", "mina", "--json").facts["ends"] == "2026-12-07"
    clock.to("2026-12-03T20:00")
    assert lullaby("enough", "pledge", "--end", "--for", "mina", "--json").facts["ends"] == "2026-12-07"
    assert lullaby("enough", "--for", "mina", "--json").facts["pledge_with"] == "Jo"
    types(monkeypatch, WORD)
    lullaby("enough", "pledge", "--end", "--word", "--for", "mina")
    assert lullaby("enough", "--for", "mina", "--json").facts["pledge_with"] is None


# what a night may have


def test_a_night_lasts_what_is_left_of_the_nightly_limit(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    assert minutes(tonight()) == 45
    heard(30)
    evening = tonight()
    assert minutes(evening) == 15
    assert any("45 minutes a night (30 heard)" in note.says for note in evening.notes)
    heard(14.5, hour=22)
    with pytest.raises(Enough, match="The limit of 45 minutes a night is reached"):
        tonight()


def test_a_night_lasts_what_is_left_of_the_week(lullaby: Say) -> None:
    lullaby("enough", "set", "--weekly", "240", "--for", "mina")
    heard(100, TODAY - datetime.timedelta(7))  # the eighth evening back counts no more
    heard(100, TODAY - datetime.timedelta(6))
    heard(100, TODAY - datetime.timedelta(1))
    assert minutes(tonight()) == 40


def test_a_limit_never_makes_a_night_longer_or_louder(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "600", "--weekly", "6000", "--for", "mina")
    free, held = prepared(asked(listener=None)).night, tonight().night
    assert (held.length, held.score.level) == (free.length, free.score.level)
    assert held.score.sources == free.score.sources


def test_a_childs_own_limits_stay_above_all(lullaby: Say) -> None:
    keep_person("mina", lambda _: Person("mina", birth_year=2020))
    lullaby("enough", "set", "--nightly", "600", "--for", "mina")
    assert minutes(tonight()) == 45
    lullaby("enough", "set", "--nightly", "20", "--for", "mina")
    assert minutes(tonight()) == 20


def test_what_is_only_kept_as_a_file_keeps_to_the_night_and_not_to_what_was_heard(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "45", "--weekly", "60", "--for", "mina")
    heard(59)
    assert minutes(prepared(asked())) == 45


def test_a_quiet_night_is_quiet(lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    lullaby("enough", "set", "--quiet-nights", "mon", "--for", "mina")
    words = ("play", "pink-noise", "--for", "mina", "--null", "1000", "--to", "3", "--plain")
    said = lullaby(*words)
    assert (said.code, said.out) == (0, "")
    assert "one of mina's quiet nights" in said.err
    assert lullaby("journal", "--for", "mina", "--json").facts["nights"] == []
    assert minutes(tonight(anyway=True)) == 120
    types(monkeypatch, WORD)
    lullaby("enough", "pledge", "--with", "Jo", "--for", "mina")
    with pytest.raises(Enough, match="Jo holds the pledge"):
        tonight(anyway=True)


def test_another_date_on_the_command_line_gets_nobody_past_tonight(lullaby: Say) -> None:
    lullaby("enough", "set", "--quiet-nights", "mon", "--for", "mina")
    said = lullaby("play", "pink-noise", "--for", "mina", "--date", "2026-12-04", "--null", "1000", "--plain")
    assert "quiet nights" in said.err


def test_another_date_in_an_address_gets_no_phone_past_tonight(lullaby: Say, clock: Jumping) -> None:
    import argparse

    from lullaby.cli.serving.server import house_of
    from lullaby.cli.terminal.bedside import Bedside
    from lullaby.web.wanted import Wanted

    lullaby("enough", "set", "--quiet-nights", "mon", "--for", "mina")
    house = house_of(argparse.Namespace(night=["pink-noise"], listener="mina"), Bedside(clock))
    for date in ("", "~date=2026-11-30", "~date=2026-12-01", "~date=2020-01-01"):
        with pytest.raises(Enough, match="quiet nights"):
            house.nights.served(Wanted.read(f"pink-noise{date}~for=mina"))


def test_the_dose_lowers_the_opening_by_what_was_heard(lullaby: Say) -> None:
    """40 dBA over 40 hours: after 20 hours of it, two hours may have 50 dBA."""
    lullaby("enough", "set", "--dose", "40", "--for", "mina")
    keep_person("mina", lambda one: Person("mina", devices={"default": Calibration(0.0, 60.0, -20.0)}))
    for back in range(1, 6):
        heard(240, TODAY - datetime.timedelta(back), dba=40.0)
    caps = tonight().night.caps
    assert caps.aim == pytest.approx(50 - 80)
    assert caps.aim_is == "the dose of this week"
    heard(20 * 60, TODAY - datetime.timedelta(6), dba=40.0, hour=12)
    with pytest.raises(Enough, match="dose of this week"):
        tonight()


def test_a_dose_never_lets_a_device_be_louder_than_its_own_limit() -> None:
    known, own = Calibration(0.0, 60.0, -20.0), Caps(-30.0, -44.0, "the device", "the device")
    assert Allowance(loudest=70.0).capped(own, known) == own
    assert Allowance(loudest=30.0).capped(own, known).aim == pytest.approx(30 - 80)


def test_without_a_meter_the_dose_is_said_to_be_unknown(lullaby: Say) -> None:
    lullaby("enough", "set", "--dose", "40", "--for", "mina")
    heard(60)
    assert any("can neither be held nor counted" in note.says for note in tonight().notes)
    facts = lullaby("enough", "--for", "mina", "--json").facts["heard"]
    assert (facts["dose_dba"], facts["unmeasured_min"]) == (None, 60)
    assert "60 of these minutes are in no dose" in lullaby("enough", "--for", "mina").out


def test_a_night_under_limits_is_had_again_from_its_log_whatever_the_limits_are_then(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    evening = tonight()
    log = night_log_from(head_line(evening.night, asked_in(evening.request)).encode(), "a log")
    lullaby("enough", "set", "--nightly", "10", "--for", "mina")
    again = prepared(request_again(log)).night
    assert again.fingerprint == evening.night.fingerprint
    assert minutes(evening) == 45


def test_softer_is_another_night_by_its_name_and_only_softer(home: Path) -> None:
    score = prepared(asked()).night.score
    soft = Allowance(softer_db=-3.0).applied(score)
    assert soft.level == score.level - 3
    assert soft.sources != score.sources


# tonight without


def test_tonight_without_is_one_command_and_a_good_night(lullaby: Say, clock: Jumping) -> None:
    said = lullaby("without", "--for", "mina")
    assert said.code == 0
    assert "good night" in said.out
    lullaby("without", "--for", "mina")
    nights = lullaby("journal", "--for", "mina", "--json").facts["nights"]
    assert [night["without"] for night in nights] == [True]
    words = ("play", "pink-noise", "--for", "mina", "--null", "1000", "--to", "3", "--plain")
    said = lullaby(*words)
    assert said.code == 0
    assert "Tonight is one without" in said.err
    assert len(lullaby("journal", "--for", "mina", "--json").facts["nights"]) == 1
    assert minutes(tonight(anyway=True)) == 120
    clock.to("2026-12-01T22:15")
    assert lullaby("enough", "--for", "mina", "--json").facts["without"] is False


# leaning on it


def a_month(minutes: list[float]) -> None:
    for back, many in enumerate(reversed(minutes), 1):
        if many:
            heard(many, TODAY - datetime.timedelta(back))


def test_leaning_on_it_is_said_once_and_kindly(lullaby: Say, clock: Jumping) -> None:
    a_month([30 + day for day in range(30)])
    clock.to("2026-11-30T09:00")
    assert "Nothing is wrong with that" in lullaby("morning", "--rested", "well", "--for", "mina").out
    assert "Nothing is wrong" not in lullaby("enough", "--for", "mina").out


def test_leaning_is_not_said_again_for_ninety_days(home: Path) -> None:
    from lullaby.evening.enough_leaning import leaning
    from lullaby.journal.book import journal, keep_for

    with journal("mina", TODAY) as db:
        keep_for(db, None)
    for day in range(-30, 95):
        heard(60 + day, TODAY + datetime.timedelta(day))
    said = [day for day in range(95) if leaning("mina", TODAY + datetime.timedelta(day))]
    assert said == [0, 90]


@pytest.mark.parametrize(
    "minutes",
    [[40.0] * 30, [30.0 + day for day in range(29)], [30.0 + day if day != 14 else 0.0 for day in range(30)]],
    ids=["as long as ever", "29 nights", "a night without"],
)
def test_who_does_not_lean_on_it_hears_nothing_of_it(home: Path, minutes: list[float]) -> None:
    from lullaby.evening.enough_leaning import leaning

    a_month(minutes)
    assert leaning("mina", TODAY) is None


def test_with_a_listener_goes_what_was_enough(lullaby: Say) -> None:
    lullaby("enough", "set", "--nightly", "45", "--for", "mina")
    forget_person("mina")
    assert not enough_file("mina").exists()


def test_what_others_sent_is_heard_within_the_limits_too(lullaby: Say, home: Path) -> None:
    """A line, and so a pack and a log: they are no way around an evening without."""
    line = lullaby("share", "rain", "--length", "60").out.strip()
    assert lullaby("without").code == 0
    said = lullaby("open", line, "--play", "--now", "--null", "500")
    assert said.code == 0
    assert "Tonight is one without" in said.out + said.err
    assert "plays for" not in said.out
    lullaby("enough", "set", "--nightly", "20")
    left, why = left_now(None, TODAY, anyway=True)
    assert left == 20
    assert "20 minutes a night" in why
