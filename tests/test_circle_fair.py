"""A month of evenings on a clock that jumps: turns are fair whoever is away, passes, swaps or comes; and
neither two processes nor a kill at any moment counts an evening twice or loses one."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from circles import FRIENDS, day, friends, held_for

from lullaby.chance import Key
from lullaby.people.bookmarks import Bookmark
from lullaby.ritual.circle import sayings
from lullaby.ritual.circle.book import accounts, book_read
from lullaby.ritual.circle.evening import Deal
from lullaby.ritual.circle.held import Held, held
from lullaby.ritual.circle.member import Member
from lullaby.ritual.circle.rule import NONE, Account, Next, Role, dealt_to, in_turn, next_player
from lullaby.ritual.circle.serial import serial_of

MONTH = 30


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def lively(nights: int, seed: int) -> list[Held]:
    """Evenings on which somebody leaves for days, somebody passes, guests come and turns are swapped."""
    key = Key.root(seed, "circle")
    found = []
    for number in range(nights):
        chance = key / number
        names = [member.name for member in FRIENDS]
        for name in names:
            if (chance / "away" / name).draw() < 0.06:
                days = 1 + int((chance / "days" / name).draw() * 6)
                sayings.away("friends", name, day(number), day(number + days))
            if (chance / "passes" / name).draw() < 0.1:
                sayings.not_tonight("friends", name, day(number))
        if (chance / "guest").draw() < 0.1:
            sayings.guest("friends", "mia", day(number), tells=(chance / "tells").draw() < 0.5)
        with book_read("friends") as db:
            open_swaps = db.execute("select count(*) from swaps").fetchone()[0]
        if not open_swaps and (chance / "swap").draw() < 0.1:
            first = int((chance / "who").draw() * 4)
            sayings.swap("friends", names[first], names[(first + 1) % 4], Role.TELL)
        found.append(held("friends", day(number)))
    return found


def off_by(deals: list[Deal]) -> dict[str, tuple[Fraction, int]]:
    """For each, what was dealt to them and the turns that were theirs."""
    names = {name for deal in deals for name in deal.among}
    return {
        name: (
            sum((Fraction(1, len(deal.among)) for deal in deals if name in deal.among), Fraction(0)),
            sum(deal.due == name for deal in deals),
        )
        for name in names
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("role", list(Role))
def test_over_any_month_everybody_has_had_their_share_but_for_one_turn(seed: int, role: Role):
    friends()
    deals = [one.evening.deal(role) for one in lively(2 * MONTH, seed)]
    assert any(deal.by_guest or deal.due != deal.did for deal in deals) or role is Role.PLAY
    for first in range(len(deals) - MONTH + 1):
        for name, (share, turns) in off_by(deals[first : first + MONTH]).items():
            assert floor(share) - 1 <= turns <= ceil(share) + 1, (first, name, share)
    for night in range(1, len(deals) + 1):
        for share, turns in off_by(deals[:night]).values():
            assert abs(turns - share) < Fraction(3, 2)


def test_over_a_month_with_everybody_there_nobody_has_had_two_turns_more_than_another():
    friends()
    deals = [one.evening for one in held_for(MONTH)]
    for role in Role:
        had = [sum(one.deal(role).did == name for one in deals) for name in ("anna", "bo", "cleo", "dov")]
        assert max(had) - min(had) <= 1
    assert all(one.tells.did != one.plays.did for one in deals)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
def test_the_rule_is_fair_in_a_circle_of_any_size(size: int):
    members = [Member(f"m{number}", instrument="harp", seat=number / 10) for number in range(size)]
    had = {role: dict.fromkeys((member.name for member in members), NONE) for role in Role}
    key, both = Key.root(size, "size"), 0
    for night in range(300):
        teller = ""
        there = [one for one in members if size < 3 or (key / night / one.name).draw() > 0.2]
        for role in Role:
            order = in_turn(role, there, had[role])
            first = next_player(order, teller) if role is Role.PLAY else next(iter(order), None)
            if first is None:
                continue
            both += first.member.name == teller
            teller = first.member.name
            for name in dealt_to(there, [], had[role]):
                one = had[role][name]
                had[role][name] = replace(one, share=one.share + Fraction(1, len(there)))
            one = had[role][teller]
            had[role][teller] = replace(one, turns=one.turns + 1, last=day(night))
            assert all(abs(one.share - one.turns) < 2 for one in had[role].values())
    assert size in (1, 3) or both < 60


@pytest.mark.parametrize(("behind", "plays"), [("1/2", "bo"), ("49/100", "anna")])
def test_the_teller_need_not_play_where_another_is_half_a_turn_less_far_behind(behind: str, plays: str):
    order = [Next(FRIENDS[0], NONE, Fraction(1)), Next(FRIENDS[1], NONE, Fraction(behind))]
    found = next_player(order, "anna")
    assert found is not None
    assert found.member.name == plays


@pytest.mark.parametrize(("share", "dealt"), [("1/2", ("bo", "anna")), ("51/100", ("bo",))])
def test_who_passes_is_dealt_their_share_until_they_are_owed_a_whole_turn(share: str, dealt: tuple[str, ...]):
    assert dealt_to([FRIENDS[1]], [FRIENDS[0]], {"anna": Account(1, Fraction(share))}) == dealt


def test_somebody_new_begins_as_everybody_did_and_has_no_turns_to_make_up_for():
    friends(members=FRIENDS[:2])
    held_for(20)
    from lullaby.ritual.circle.circles import keep_circle

    keep_circle("friends", lambda circle: replace(circle, members=(*circle.members, FRIENDS[2])))
    told = [one.evening.tells.did for one in held_for(9, first=20)]
    assert [told.count(name) for name in ("anna", "bo", "cleo")] == [3, 3, 3]


def test_a_month_of_a_serial_is_told_in_order_from_where_it_stopped():
    friends(story="rabbit-on-the-line")
    sentence, heard = 0, []
    for number in range(MONTH):
        serial = serial_of("friends")
        assert serial is not None
        assert serial.number == number
        first = serial.stopped.sentence if serial.stopped else 0
        assert first == sentence
        heard.append(first)
        sentence = first + 5
        held("friends", day(number), stopped=Bookmark(sentence, 161, "9c1e"))
        held("friends", day(number), stopped=Bookmark(150, 161, "9c1e"))
    assert heard == list(range(0, 5 * MONTH, 5))


HOLDS = """
import datetime, sys
from lullaby.ritual.circle.held import held
for number in range(int(sys.argv[1])):
    print(held("friends", datetime.date(2026, 11, 1) + datetime.timedelta(days=number)).is_new, flush=True)
"""


def holding(nights: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDS, str(nights)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def counted(role: Role = Role.TELL) -> int:
    with book_read("friends") as db:
        return sum(one.turns for one in accounts(db, role).values())


def test_two_processes_at_once_count_every_evening_once():
    friends()
    children = [holding(10) for _ in range(3)]
    said = [child.communicate()[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert sum(words.count("True") for words in said) == 10
    assert counted() == 10


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such kill")
def test_a_kill_at_any_moment_loses_no_evening_and_halves_none():
    friends()
    for turn in range(12):
        child = holding(40)
        assert child.stdout is not None
        for _ in range(turn % 5 + 1):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.communicate()
        with book_read("friends") as db:
            (evenings,) = db.execute("select count(*) from evenings").fetchone()
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
            (shares,) = db.execute("select count(*) from shares where role = 'tell'").fetchone()
        assert (counted(), counted(Role.PLAY), shares) == (evenings, evenings, 4 * evenings)
    again = [one.evening.tells.did for one in held_for(40)]
    assert again == ["anna", "bo", "cleo", "dov"] * 10
    assert datetime.date(2026, 11, 1) == day(0)
