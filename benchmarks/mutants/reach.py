"""A plug-in of pytest that writes down which lines of the package each test runs, and how long it takes.

    MUTANTS_PACKAGE=…/lullaby/ MUTANTS_REACH=FILE python -m pytest -p benchmarks.mutants.reach tests/test_x.py

Lines run by a fixture or a cached function count for every test that is handed its result, and those of a
child process for the test that ran meanwhile. "" stands for what runs as the test file is imported. Lines are
written as the bits of a number.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants.watching import Lines, Watch

SHARED = 0.02
"""CPU seconds; what is made more quickly is not worth noting."""
HOOK = Path(__file__).with_name("children")
"""On the path of children, who run its sitecustomize.py."""


class Recorder:
    def __init__(self) -> None:
        self._package, self._out = os.environ["MUTANTS_PACKAGE"], Path(os.environ["MUTANTS_REACH"])
        self.watch = Watch(self._package)
        self._children = Path(tempfile.mkdtemp(prefix="mutants-children-"))
        os.environ["MUTANTS_CHILDREN"] = str(self._children)
        self._of_fixtures: dict[Any, Lines] = {}
        self._outcomes: list[str] = []
        self.watch.begin()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        with self.watch.told_to(Lines()) as lines:
            result = yield
        self._write("", "passed", lines)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        if fixturedef.scope == "function":
            return (yield)
        with self.watch.told_to(Lines()) as lines:
            result = yield
        self._of_fixtures[fixturedef] = lines
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._outcomes = []
        with self.watch.told_to(Lines()) as lines:
            result = yield
        for definitions in item._fixtureinfo.name2fixturedefs.values():  # type: ignore[attr-defined]
            for fixture in definitions:
                if fixture in self._of_fixtures:
                    lines.take(self._of_fixtures[fixture])
        self._ask_children(lines)
        outcome = next((o for o in self._outcomes if o != "passed"), "passed")
        self._write(item.nodeid, outcome, lines)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._outcomes.append(report.outcome)

    def _ask_children(self, lines: Lines) -> None:
        """A child that lives on, a cluster's worker, say, counts for the next tests too."""
        for path in self._children.iterdir():
            for told in path.read_text().splitlines():
                file, _, numbers = told.partition("\t")
                lines.in_children.setdefault(file, set()).update(map(int, numbers.split()))
            if not _is_alive(int(path.name)):
                path.unlink()

    def _write(self, test: str, outcome: str, lines: Lines) -> None:
        found = {file: f"{sum(1 << n for n in seen):x}" for file, seen in self.watch.by_file(lines).items()}
        row = {
            "test": test,
            "outcome": outcome,
            "cpu_s": round(max(0.0, lines.cpu_s - lines.within_s), 3),
            "shares": {number: round(cpu_s, 3) for number, cpu_s in lines.shares.items() if cpu_s >= SHARED},
            "lines": found,
        }
        with self._out.open("a") as out:
            out.write(json.dumps(row) + "\n")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder())
