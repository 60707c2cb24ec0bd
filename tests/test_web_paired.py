"""Phones that are paired and how: the private file, the code of six digits, the picture of an address."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import sys
from pathlib import Path

import pytest
import segno
from web_who import JumpingClock

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.web.who import qr
from lullaby.web.who.addresses import addresses, in_url, is_at_home, is_this_machine, plain_address
from lullaby.web.who.paired import MOST_PHONES, Paired, Phone
from lullaby.web.who.pairing import ALL_TRIES, LASTS, TRIES, Pairing

NIGHT = "/night/rain~date=2026-11-27~for=kim.mp3"
ZEROS = "0" * 64


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    return tmp_path


def test_a_phone_is_known_by_its_token_and_by_nothing_else(home: Path) -> None:
    paired = Paired.load()
    token = paired.add("Kim's phone", listener="kim")
    assert paired.phone(token) == Phone("Kim's phone", "kim")
    for wrong in ("", token[:-1], f"{token} ", token.swapcase(), "x" * 10_000, "\udcff", "own"):
        assert paired.phone(wrong) is None


def test_the_file_is_its_owners_alone_and_holds_no_token_and_no_date(home: Path) -> None:
    token = Paired.load().add("Kim's phone", listener="kim", child=True)
    file = home / "web" / "paired.json"
    text = file.read_text("utf-8")
    assert token not in text
    table = json.loads(text)
    assert set(table) == {"secret", "phones"}
    assert [set(row) for row in table["phones"]] == [{"token", "name", "listener", "child", "kind"}]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_server_notices_that_another_process_has_forgotten_everybody(home: Path) -> None:
    serving, other = Paired.load(), Paired.load()
    token = serving.add("phone")
    key = serving.key_for(NIGHT)
    assert other.phone(token) is not None
    other.forget()
    assert serving.phone(token) is None
    assert serving.phones == ()
    assert not serving.opens(NIGHT, key)
    assert serving.opens(NIGHT, other.key_for(NIGHT))


def test_a_file_that_is_taken_away_is_begun_anew(home: Path) -> None:
    paired = Paired.load()
    token, key = paired.add("phone"), paired.key_for("/feed.xml")
    (home / "web" / "paired.json").unlink()
    assert paired.phone(token) is None
    assert not paired.opens("/feed.xml", key)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"secret": "", "phones": []}',
        '{"secret": 7, "phones": []}',
        '{"phones": []}',
        f'{{"secret": "{ZEROS}", "phones": {{"a": 1}}}}',
        f'{{"secret": "{ZEROS}", "phones": [7]}}',
        f'{{"secret": "{ZEROS}", "phones": [{{"token": "x", "name": "y"}}]}}',
        f'{{"secret": "{ZEROS}", "phones": [{{"token": "{ZEROS}", "name": "y", "kind": "own"}}]}}',
        f'{{"secret": "{ZEROS}", "phones": [{{"token": "{ZEROS}", "name": "y", "child": 1}}]}}',
        f'{{"secret": "{ZEROS}", "phones": [{{"token": "{ZEROS}", "name": "y", "rank": 1}}]}}',
    ],
)
def test_a_damaged_file_is_said_and_left_as_it_is(home: Path, damage: str) -> None:
    paired = Paired.load()
    token = paired.add("phone")
    file = home / "web" / "paired.json"
    file.write_text(damage)
    for asked in (Paired.load, lambda: paired.phone(token), lambda: paired.add("another")):
        with pytest.raises(CouldNot, match="damaged"):
            asked()
    assert file.read_text() == damage
    paired.forget()  # which was asked for in so many words
    assert Paired.load().phones == ()


def _adds(home: str, name: str) -> None:
    os.environ["LULLABY_HOME"] = home
    for number in range(8):
        Paired.load().add(f"{name} {number}")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks there")
def test_processes_that_pair_at_the_same_time_lose_no_phone(home: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children_ = [context.Process(target=_adds, args=(str(home), name)) for name in ("a", "b", "c")]
    for child in children_:
        child.start()
    for child in children_:
        child.join()
        assert child.exitcode == 0
    assert sorted(phone.name for phone in Paired.load().phones) == sorted(
        f"{name} {number}" for name in "abc" for number in range(8)
    )


def test_a_name_is_shown_as_one_short_line(home: Path) -> None:
    paired = Paired.load()
    paired.add("a\nb\x1b[2J\u202e" + "c" * 500)
    paired.add("  ", kind="room")
    first, second = paired.phones
    assert first.name.isprintable()
    assert len(first.name) <= 40
    assert second.name == "room"


def test_there_is_an_end_to_the_phones(home: Path) -> None:
    paired = Paired.load()
    for _ in range(MOST_PHONES):
        paired.add("phone")
    with pytest.raises(CouldNot, match="--forget"):
        paired.add("one more")
    with pytest.raises(AskedWrongly, match="whose"):
        paired.add("a child's", child=True)


def test_a_key_opens_its_own_path_alone(home: Path) -> None:
    paired = Paired.load()
    key = paired.key_for(NIGHT)
    assert paired.opens(NIGHT, key)
    assert Paired.load().opens(NIGHT, key)  # a server that was started again knows it still
    for path in ("/feed.xml", NIGHT.replace("kim", "ida"), NIGHT + "/", NIGHT[:-1], ""):
        assert not paired.opens(path, key)
    for wrong in ("", key[:-1], key + "A", "ü" * 24, "x" * 10_000):
        assert not paired.opens(NIGHT, wrong)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_works_once() -> None:
    pairing = Pairing(JumpingClock())
    code = pairing.code()
    assert len(code) == 6
    assert pairing.takes(f" {code[:3]}-{code[3:]} ")
    assert not pairing.takes(code)
    assert not pairing.seconds_left


def test_a_code_works_for_two_minutes() -> None:
    clock = JumpingClock()
    pairing = Pairing(clock)
    code = pairing.code()
    clock.now += LASTS
    assert not pairing.takes(code)
    code = pairing.code()
    clock.now += LASTS - 0.001
    assert pairing.takes(code)


def test_a_code_has_five_tries() -> None:
    pairing = Pairing(JumpingClock())
    code = pairing.code()
    assert [pairing.takes(wrong(code)) for _ in range(TRIES - 1)] == [False] * (TRIES - 1)
    assert pairing.takes(code)
    pairing = Pairing(JumpingClock())  # another: of that one, all codes together have no try left
    code = pairing.code()
    assert [pairing.takes(wrong(code)) for _ in range(TRIES)] == [False] * TRIES
    assert not pairing.seconds_left
    assert not pairing.takes(code)


def test_what_is_no_code_is_no_try() -> None:
    pairing = Pairing(JumpingClock())
    code = pairing.code()
    for text in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "²²²²²²", "1" * 10_000, "-" * 40) * 5:
        assert not pairing.takes(text)
    assert pairing.takes(code)


def test_the_next_code_ends_the_one_before() -> None:
    pairing = Pairing(JumpingClock())
    first = pairing.code()
    second = pairing.code()
    while second == first:
        second = pairing.code()
    assert not pairing.takes(first)
    assert pairing.takes(second)


def test_guessing_over_many_codes_is_slow() -> None:
    clock = JumpingClock()
    pairing = Pairing(clock)
    tried = 0
    for _ in range(600):  # ten minutes in which every second brings a new code, and its five tries
        code = pairing.code()
        for _ in range(TRIES):
            left = pairing._tries
            pairing.takes(wrong(code))
            tried += left != pairing._tries
        clock.now += 1
    assert tried <= ALL_TRIES.burst + 600 * ALL_TRIES.a_second + 1


def test_before_there_is_a_code_nothing_is_one() -> None:
    pairing = Pairing(JumpingClock())
    assert not pairing.takes("000000")
    assert not pairing.takes("")


def test_addresses_are_those_of_home_networks() -> None:
    assert all(is_at_home(address) for address in addresses())
    assert [
        is_at_home(one) for one in ("192.168.0.9", "10.1.2.3", "172.31.0.1", "169.254.3.4", "fd12::1")
    ] == [True] * 5
    for one in ("8.8.8.8", "127.0.0.1", "172.32.0.1", "fe80::1", "::1", "2001:db8::1", "100.64.0.1", "x", ""):
        assert not is_at_home(one)
    assert in_url("fd12::1", 8000) == "http://[fd12::1]:8000"
    assert in_url("10.1.2.3", 80) == "http://10.1.2.3"
    assert plain_address("::ffff:10.1.2.3") == "10.1.2.3"
    assert plain_address("FD12:0::1%eth0") == "fd12::1"
    assert [is_this_machine(one) for one in ("127.9.9.9", "::1", "10.0.0.1", "")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_qr_code_says_the_address() -> None:
    address = "http://192.168.1.20:8000/pair"
    drawn = qr.picture(address, colours=False).splitlines()
    squares = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = [[squares[letter][half] for letter in line] for line in drawn for half in (0, 1)]
    expected = [list(row) for row in segno.make(address, error="l", micro=False).matrix]
    size = len(expected)
    assert [row[2 : 2 + size] for row in rows[2 : 2 + size]] == expected
    assert not any(any(row) for row in (*rows[:2], *rows[2 + size :]))
    coloured = qr.picture(address).splitlines()
    assert all(line.startswith("\x1b[") and line.endswith("\x1b[0m") for line in coloured)
    assert len(drawn[0]) <= 80
    assert len(drawn) <= 20


def test_who_listens_to_the_screen_is_told_the_digits() -> None:
    said = qr.line("http://192.168.1.20:8000/pair", "123456")
    assert said == "On the phone, open http://192.168.1.20:8000/pair and type the code 1 2 3 4 5 6."
