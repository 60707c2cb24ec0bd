"""Each promise names a test, and each of these tests is there and runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from manual import page
from typed import typing

from lullaby.evening.facts.promises import PROMISES, Promise

TESTS = Path(__file__).parent


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.test)
def test_each_promise_names_a_test_that_is_there(promise: Promise) -> None:
    file, _, name = promise.test.partition("::")
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert len(found) == 1, "such a test there is not, or twice"
    marks = " ".join(ast.unparse(mark) for mark in found[0].decorator_list)
    assert "skip" not in marks
    assert "xfail" not in marks
    assert any(isinstance(node, ast.Assert | ast.With) for node in ast.walk(found[0])), "it asserts nothing"


def test_no_two_promises_say_the_same() -> None:
    assert len({one.says for one in PROMISES}) == len(PROMISES)


def test_they_are_printed_and_written_down_alike(capsys: pytest.CaptureFixture[str]) -> None:
    lullaby = typing(capsys)
    facts = lullaby("promises", "--json").facts
    assert [one["promise"] for one in facts] == [one.says for one in PROMISES]
    said = lullaby("promises").out
    assert all(one.says in said and one.test in said for one in PROMISES)
    told = [(row[0], row[1].strip("`")) for row in page("promises.md").rows("## What lullaby never does")]
    assert told == [(one.says, f"tests/{one.test}") for one in PROMISES]
