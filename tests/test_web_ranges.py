"""Byte ranges and conditions of RFC 9110: every form that a player may send, and every other."""

from __future__ import annotations

import random

import pytest

from lullaby.web.ranges import Answer, answer_to

TAG = '"7f3a"'
LENGTH = 1_000


def asked(range_: str | None = None, method: str = "GET", length: int = LENGTH, **more: str) -> Answer:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if range_ is not None:
        headers["range"] = range_
    return answer_to(method, headers, length, TAG)


@pytest.mark.parametrize(
    ("said", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-999", 0, 1_000),
        ("bytes=480-959", 480, 960),
        ("bytes=480-", 480, 1_000),
        ("bytes=999-", 999, 1_000),
        ("bytes=990-5000", 990, 1_000),
        ("bytes=0-99999999999999999", 0, 1_000),
        ("bytes=-1", 999, 1_000),
        ("bytes=-480", 520, 1_000),
        ("bytes=-5000", 0, 1_000),
        ("BYTES = 1-2", 1, 3),
        ("bytes=1 - 2", 1, 3),
        ("bytes=,1-2,", 1, 3),  # empty elements of a list are nothing
    ],
)
def test_a_part_is_sent_as_it_was_asked_for(said: str, start: int, stop: int) -> None:
    answer = asked(said)
    assert answer == Answer(206, start, stop)
    assert answer.content_range(LENGTH) == f"bytes {start}-{stop - 1}/1000"


@pytest.mark.parametrize("said", ["bytes=1000-", "bytes=1000-1000", "bytes=99999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused_with_the_length(said: str) -> None:
    assert asked(said).status == 416
    assert asked(said).content_range(LENGTH) == "bytes */1000"


@pytest.mark.parametrize(
    "said",
    ["", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=a-b", "bytes=0x0-1", "bytes=1", "bytes=--1",
     "items=0-1", "bytes=0-1,5-6", "bytes=1-2-3", "bytes=+1-2", "bytes=1.0-2", f"bytes={'9' * 40}-",
     "bytes=٣-٤", "bytes=1_0-20"],
)  # fmt: skip
def test_what_cannot_be_understood_is_not_said(said: str) -> None:
    answer = asked(said)
    assert answer == Answer(200, 0, LENGTH)
    assert answer.content_range(LENGTH) is None


def test_of_an_empty_file_there_is_no_part() -> None:
    assert asked("bytes=0-", length=0).status == 416
    assert asked("bytes=-1", length=0).status == 416
    assert asked(length=0) == Answer(200, 0, 0)


def test_only_a_get_asks_for_a_part() -> None:
    assert asked("bytes=1-2", method="HEAD") == Answer(200, 0, LENGTH)


@pytest.mark.parametrize("said", ['W/"7f3a"', '"other"', "Fri, 27 Nov 2026 20:00:00 GMT", "7f3a", "*", ""])
def test_a_part_of_another_file_is_the_whole_of_this(said: str) -> None:
    assert asked("bytes=1-2", if_range=said) == Answer(200, 0, LENGTH)
    assert asked("bytes=5000-", if_range=said) == Answer(200, 0, LENGTH)


def test_a_part_of_this_file_is_a_part() -> None:
    assert asked("bytes=1-2", if_range=TAG) == Answer(206, 1, 3)


@pytest.mark.parametrize("said", [TAG, f"W/{TAG}", f'"other", {TAG}', "*"])
def test_what_is_known_already_is_not_sent_again(said: str) -> None:
    assert asked(if_none_match=said).status == 304
    assert asked("bytes=1-2", if_none_match=said).status == 304


def test_what_is_not_known_is_sent() -> None:
    assert asked(if_none_match='"other"').status == 200
    assert asked(if_none_match="7f3a").status == 200


@pytest.mark.parametrize(("said", "status"), [(TAG, 200), ("*", 200), ('"other"', 412), (f"W/{TAG}", 412)])
def test_a_file_that_was_expected_is_the_one_or_nothing_is_sent(said: str, status: int) -> None:
    assert asked(if_match=said).status == status


def test_nothing_that_is_typed_at_it_breaks_it() -> None:
    """Whatever is asked: an answer, within the file."""
    chance = random.Random(7)
    letters = 'bytes=-,0123456789 \t"W/*;\x00é٣'
    for _ in range(20_000):
        said = "".join(chance.choices(letters, k=chance.randrange(24)))
        said = f"bytes={said}" if chance.random() < 0.7 else said
        found = asked(said, length=chance.choice([0, 1, 999]), if_range=chance.choice([TAG, said]))
        assert found.status in (200, 206, 416)
        assert 0 <= found.start <= found.stop <= 999
        assert found.status != 206 or found.start < found.stop
