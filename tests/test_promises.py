"""Each promise names a test, and each of these tests is there and runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PATIENCE
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


def test_each_of_these_tests_is_collected_whenever_all_are() -> None:
    """pytest itself says so, by the project's own settings: none is left out by a mark."""
    asked = [f"tests/{promise.test}" for promise in PROMISES]
    command = [sys.executable, "-P", "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *asked]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    assert found == set(asked)


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
