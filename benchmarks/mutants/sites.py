"""Where in a file a fault can be put: every place with the edits that each make one, and where it is reached
from.

Left alone is what decides nothing: docstrings, annotations, decorators, `if TYPE_CHECKING`, `__all__`, what
an error says, formatted text, assertions, and whatever asks which platform this is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.mutants.operators import edits_of
from benchmarks.mutants.source import Edit, Source


@dataclass(frozen=True)
class Site:
    """One place with one kind of fault; `edits` are the ways to make it."""

    file: str
    """Below the package, `night/plan.py`."""
    scope: str
    """The outermost function, dotted with its class, or the class it stands in; "" in a module."""
    inside: bool
    """Whether it is in a function's body: run when that is called, not when the module is imported."""
    lines: tuple[int, int]
    """First and last line of the statement (of its head, where others stand below it)."""
    edits: tuple[Edit, ...]


def sites_of(file: str, text: bytes) -> list[Site]:
    """All of a file's, in the order they stand in."""
    source = Source(text)
    source = Source(text)
    found = list(_below(source, file, source.tree, _Place("", False, None)))
    return sorted(found, key=lambda site: (site.edits[0].start, site.edits[0].operator))


@dataclass(frozen=True)
class _Place:
    scope: str
    inside: bool
    statement: ast.stmt | None


def _below(source: Source, file: str, node: ast.AST, place: _Place) -> Iterator[Site]:
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _left_alone(child):
                continue
            scope, inside, statement = place.scope, place.inside, place.statement
            if isinstance(child, ast.stmt):
                statement = child
                inside = inside or isinstance(node, ast.FunctionDef)  # its defaults are not in its body
            if isinstance(child, ast.ClassDef | ast.FunctionDef) and not inside:
                scope = f"{scope}.{child.name}".lstrip(".")
            here = _Place(scope, inside, statement)
            yield from _at(source, file, child, here)
            if not isinstance(child, ast.Raise):
                yield from _below(source, file, child, here)


def _at(source: Source, file: str, node: ast.AST, place: _Place) -> Iterator[Site]:
    by_kind: dict[str, list[Edit]] = {}
    for edit in edits_of(source, node):
        by_kind.setdefault(edit.operator, []).append(edit)
    assert place.statement is not None
    for edits in by_kind.values():
        yield Site(file, place.scope, place.inside, _lines(place.statement), tuple(edits))


def _lines(statement: ast.stmt) -> tuple[int, int]:
    below = getattr(statement, "body", None) or getattr(statement, "cases", None)
    last = statement.end_lineno or statement.lineno
    if below:
        first = below[0]
        line = first.pattern.lineno if isinstance(first, ast.match_case) else first.lineno
        last = max(statement.lineno, line - 1)
    return statement.lineno, last


def _left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.JoinedStr() | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.If() | ast.IfExp():
            return _asks_the_platform(node.test) or "TYPE_CHECKING" in ast.unparse(node.test)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("__") or (isinstance(node, ast.AnnAssign) and node.value is None)
        case ast.Compare():
            return _asks_the_platform(node) or "__name__" in ast.unparse(node)
        case ast.Call(func=ast.Name(id=name)):
            return name in ("cast", "TypeVar", "NewType", "overload")
    return False


def _asks_the_platform(test: ast.expr) -> bool:
    return "sys.platform" in ast.unparse(test)
