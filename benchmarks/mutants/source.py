"""A Python file as bytes and as a syntax tree, with the way from a node to the bytes it stands in."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Edit:
    """Bytes [start, stop) of a file replaced by others."""

    start: int
    stop: int
    text: bytes
    operator: str
    """What kind of change this is, in one word or two."""


class Source:
    """One file's text; offsets are in bytes, as the syntax tree counts them."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in text.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def stop(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def words(self, node: ast.expr | ast.stmt) -> bytes:
        return self.text[self.start(node) : self.stop(node)]

    def replace(self, node: ast.expr | ast.stmt, text: bytes, operator: str) -> Edit:
        return Edit(self.start(node), self.stop(node), text, operator)

    def between(self, left: ast.expr, right: ast.expr, old: bytes, new: bytes, operator: str) -> Edit | None:
        """The operator between two operands, `old` as a pattern; None where it is not found."""
        start, stop = self.stop(left), self.start(right)
        gap = re.sub(rb"#[^\n]*", lambda comment: b" " * len(comment[0]), self.text[start:stop])
        found = re.search(old, gap)
        return Edit(start + found.start(), start + found.end(), new, operator) if found else None

    def after(self, edit: Edit) -> bytes:
        """The whole file with one edit made."""
        return self.text[: edit.start] + edit.text + self.text[edit.stop :]
