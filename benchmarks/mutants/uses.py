"""Who reads what a module sets up as it is imported: the functions that name it or what is made of it."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

DEEP = 4
"""From a name to one made of it, so many times."""

Lines = set[tuple[str, int]]


class Uses:
    """Every name of a package, with the places it is read in."""

    def __init__(self, package: Path) -> None:
        self._in_functions: dict[str, Lines] = defaultdict(set)
        self._made_of: dict[str, set[str]] = defaultdict(set)
        """Names set up at import, by a name that is read for it."""
        self._set_at: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._bodies: dict[tuple[str, str], Lines] = defaultdict(set)
        for path in sorted(package.rglob("*.py")):
            self._read(path.relative_to(package).as_posix(), ast.parse(path.read_bytes()))

    def of(self, file: str, scope: str, line: int) -> Lines:
        """Lines within functions that depend on what is set up at this line, a default or a constant."""
        found = set(self._bodies[file, scope])
        names = self._set_at[file, line] | ({scope.split(".")[0]} if scope else set())
        for _ in range(DEEP):
            for name in names:
                found |= self._in_functions[name]
            names = names | {more for name in names for more in self._made_of[name]}
        return found

    def _read(self, file: str, tree: ast.Module) -> None:
        for statement in tree.body:
            self._set_up(file, statement, "")

    def _set_up(self, file: str, statement: ast.stmt, scope: str) -> None:
        """A statement run at import."""
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(file, statement, scope)
            return
        if isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                self._set_up(file, inner, statement.name)
        below = [s for s in ast.iter_child_nodes(statement) if isinstance(s, ast.stmt)]
        if below and not isinstance(statement, ast.ClassDef):
            for inner in below:
                self._set_up(file, inner, scope)
            return
        names = {scope} if scope else _stored(statement)
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            self._set_at[file, line] |= names
        for name in _loaded(statement):
            self._made_of[name] |= names

    def _function(self, file: str, function: ast.FunctionDef | ast.AsyncFunctionDef, scope: str) -> None:
        body = {
            (file, line) for s in function.body for line in range(s.lineno, (s.end_lineno or s.lineno) + 1)
        }
        self._bodies[file, f"{scope}.{function.name}".lstrip(".")] |= body
        if scope:
            self._bodies[file, scope] |= body
        for node in ast.walk(function):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                self._in_functions[name].add((file, node.lineno))


def _stored(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _loaded(statement: ast.stmt) -> set[str]:
    found = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return found | {n.attr for n in ast.walk(statement) if isinstance(n, ast.Attribute)}
