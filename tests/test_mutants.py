"""The mutation tests do what they say: faults are real programs, drawn alike each time, met by the tests that
run them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.mutants import survivors, verdicts
from benchmarks.mutants.choosing import Chosen, Reached
from benchmarks.mutants.draw import Mutant, draw, made
from benchmarks.mutants.mapping import Map
from benchmarks.mutants.running import Bench
from benchmarks.mutants.sites import sites_of
from benchmarks.mutants.source import Source
from benchmarks.mutants.tree import Tree
from benchmarks.mutants.uses import Uses
from benchmarks.mutants.verdicts import Verdict

PACKAGE = Path(__file__).parents[1] / "lullaby"

LAMP = b'''"""A lamp."""

BRIGHT = 7
"""Of ten."""


def level(pressed: int) -> int:
    if pressed > BRIGHT:
        return BRIGHT
    return pressed * 2


def forgotten(pressed: int) -> int:
    return pressed - 1


def patient(pressed: int) -> int:
    while pressed > 0:
        pressed -= 1
    return pressed
'''
TESTS = """
import subprocess
import sys

from toy.night.lamp import level, patient


def test_a_stack_without_an_end_is_noticed():  # it leaves no room for those who watch, either
    def deeper():
        patient(0)
        deeper()

    try:
        deeper()
    except RecursionError:
        return
    raise AssertionError


def test_a_lamp_pressed_hard_is_bright():
    assert level(9) == 7


def test_a_lamp_pressed_gently_is_dim():
    assert level(2) in (4, 5)


def test_patience_ends():
    assert patient(3) == 0


def test_a_child_sees_the_same_lamp():
    code = "from toy.night.lamp import level; print(level(8))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "7\\n"
"""


def mutants_of(text: bytes, file: str = "night/lamp.py") -> list[Mutant]:
    source = Source(text)
    found = [made(source, site, edit) for site in sites_of(file, text) for edit in site.edits]
    return [mutant for mutant in found if mutant is not None]


def changes(text: str) -> set[str]:
    """The lines that the faults of this program turn into."""
    return {
        line[1:].strip() for m in mutants_of(text.encode()) for line in m.diff.splitlines() if line[0] == "+"
    }


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("if a < b: f()", {"if a <= b: f()", "if a >= b: f()", "if not (a < b): f()", "if a < b: pass"}),
        ("x = (a) + (b)  # a - b", {"x = (a) - (b)  # a - b"}),
        ("x = a and not b", {"x = a or not b", "x = a and b"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = 0.5", {"x = 0.75", "x = (-0.5)"}),
        ("f(a, b)", {"f(b, a)", "pass"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = a is not None", {"x = a is None"}),
        ("x = at['sea']", {"x = at['sea_']"}),
        ("x.level = a", {"pass"}),
        ("x: int | None = f", set()),
        ("raise Wrong(f'{a + b}', 3)", {"pass"}),
        ("if TYPE_CHECKING: f()", set()),
        ("'''Told: 3 < 4.'''", set()),
        ("x = sys.platform == 'win32'", set()),
    ],
)
def test_a_fault_changes_what_decides_and_nothing_else(line: str, wanted: set[str]) -> None:
    assert changes(line) == wanted


def test_a_former_value_is_kept_only_where_there_is_one() -> None:
    assert "pass" not in changes("def f():\n    x = a\n    return x")
    assert "pass" in changes("def f(x):\n    x = a\n    return x")


def test_what_is_returned_keeps_its_type() -> None:
    assert {"return True", "return False"} <= changes("def f() -> bool:\n    return a")
    assert "return 0" in changes("def f() -> int:\n    return a")


def test_every_fault_is_a_program_that_differs_in_one_place() -> None:
    drawn = draw(PACKAGE, seed=3, count=40, only=["people", "night"])
    assert len({mutant.id for mutant in drawn}) == 40
    for mutant in drawn:
        before = (PACKAGE / mutant.site.file).read_bytes()
        assert ast.dump(ast.parse(mutant.text)) != ast.dump(ast.parse(before))
        assert len(mutant.diff.splitlines()) <= 40, "short enough to be read"


def test_a_draw_is_the_same_each_time_and_a_longer_one_begins_with_it() -> None:
    short, again, longer, other = (
        [mutant.id for mutant in draw(PACKAGE, seed, count, ["people"])]
        for seed, count in ((1, 10), (1, 10), (1, 20), (2, 10))
    )
    assert short == again == longer[:10]
    assert short != other


def test_a_fault_is_named_alike_when_its_function_moves_down() -> None:
    assert [m.id for m in mutants_of(b"import toy\n\n\n" + LAMP)] == [m.id for m in mutants_of(LAMP)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A toy checkout, its map recorded."""
    checkout = tmp_path_factory.mktemp("toy")
    (checkout / "toy" / "night").mkdir(parents=True)
    (checkout / "toy" / "night" / "lamp.py").write_bytes(LAMP)
    (checkout / "tests").mkdir()
    (checkout / "tests" / "test_lamp.py").write_text(TESTS)
    (checkout / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    tree = Tree(tmp_path_factory.mktemp("copies") / "tree", "toy")
    tree.take(checkout)
    kept = Map(tree.root.with_name("map"))
    assert kept.stale(tree) == ["tests/test_lamp.py"]
    kept.record([tree], kept.stale(tree), lambda line: None)
    assert kept.stale(tree) == []
    with closing(Bench(tree, Reached.read(kept.files(tree)), Uses(tree.package), budget=60)) as bench:
        yield bench


def lamp(changed: str) -> Mutant:
    """The one fault whose new line this is."""
    (found,) = {m.id: m for m in mutants_of(LAMP) if f"+{changed}" in m.diff.splitlines()}.values()
    return found


def test_a_fault_that_a_test_notices_is_caught_by_it(bench: Bench) -> None:
    verdict = bench.verdict(lamp("    return pressed / 2"))
    assert (verdict.verdict, verdict.by) == (
        "caught",
        "tests/test_lamp.py::test_a_lamp_pressed_gently_is_dim",
    )


def test_a_fault_in_what_is_set_up_on_import_is_caught_by_those_who_read_it(bench: Bench) -> None:
    verdict = bench.verdict(lamp("BRIGHT = 8"))
    assert (verdict.verdict, verdict.by) == (
        "caught",
        "tests/test_lamp.py::test_a_lamp_pressed_hard_is_bright",
    )


def test_a_fault_that_no_test_notices_survives(bench: Bench) -> None:
    verdict = bench.verdict(lamp("    if pressed >= BRIGHT:"))
    assert (verdict.verdict, verdict.ran, verdict.left_out) == ("survived", 3, 0)


def test_a_fault_that_no_test_runs_is_told_apart(bench: Bench) -> None:
    assert bench.verdict(lamp("    return pressed + 1")).verdict == "not reached"


def test_the_copy_is_whole_again_after_each(bench: Bench) -> None:
    bench.verdict(lamp("    return pressed / 2"))
    assert bench.failing(bench.chosen(lamp("    return pressed / 2")).tests) == []


def test_a_child_of_a_test_counts_for_it_and_meets_the_fault(bench: Bench) -> None:
    chosen = bench.chosen(lamp("        return 0"))
    child = [test for test in chosen.tests if "child" in test.name]
    assert len(child) == 1
    assert bench.verdict(lamp("        return 0"), Chosen(child)).by == child[0].name


def test_a_survivor_without_a_reason_is_refused() -> None:
    verdict = Verdict("0123456789", "night/lamp.py", 3, "integer", "-a\n+b", "survived", "", 3, 0, 1.0)
    todo = survivors.entry(verdict)
    assert survivors.missing([], [verdict]) == [verdict]
    assert survivors.missing(survivors.read(todo), [verdict]) == []
    assert survivors.wrong(survivors.read(todo)) == [
        "0123456789 night/lamp.py:3: say **equivalent**, **beyond reach**, **hole**, and why."
    ]
    done = todo.replace("**?**: survived (3 tests).", "**equivalent**: both round to the same frame.")
    assert survivors.wrong(survivors.read(done)) == []


def test_every_survivor_that_is_kept_has_a_reason() -> None:
    kept = survivors.FILE.read_text() if survivors.FILE.exists() else ""
    assert survivors.wrong(survivors.read(kept)) == []


def test_what_nobody_can_tell_apart_does_not_count() -> None:
    rows = [
        Verdict(f"{i}", "night/lamp.py", 3, "integer", "", verdict, "", 3, 0, 1.0)
        for i, verdict in enumerate(("caught", "timeout", "survived", "not reached"))
    ]
    assert verdicts.summary(rows, equivalent=["2"]).splitlines()[-1].split() == [
        "all",
        "2",
        "1",
        "1",
        "66.7%",
    ]
