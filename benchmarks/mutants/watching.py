"""Which lines of the package run, told apart by who asked for them.

Python calls us for every call and, within the package, for every line until nothing new is seen: a function
that runs hot in a test counts as run wholly, which errs on the safe side.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

QUIET = 400
"""Lines run without a new one among them before a function counts as run wholly."""
IN_A_FUNCTION = 1
"""The flag of code that is neither a module's nor a class's."""


class _Seen:
    """The lines of one function that ran."""

    __slots__ = ("done", "lines", "local", "quiet", "whole")

    def __init__(self, whole: frozenset[int]) -> None:
        self.whole, self.lines = whole, set[int]()
        self.quiet, self.done = 0, False
        self.local = self._local

    def _local(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event == "line":
            line = frame.f_lineno
            if line in self.lines:
                self.quiet += 1
                if self.quiet > QUIET:
                    self.lines |= self.whole
                    self.done = True
            else:
                self.lines.add(line)
                self.quiet = 0
                self.done = len(self.lines) >= len(self.whole)
            if self.done:
                frame.f_trace_lines = False
        return self.local


class Lines(dict[CodeType, _Seen]):
    """What ran, function by function, and what it cost."""

    _numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.number = next(self._numbers)
        self.cpu_s = 0.0
        self.within_s = 0.0
        """CPU seconds of results made meanwhile that others may share."""
        self.shares: dict[int, float] = {}
        """Results it was handed: by number, what each cost to make."""
        self.in_children: dict[str, set[int]] = {}

    def take(self, other: Lines) -> None:
        """Whoever ran these was handed the other's result: all of its lines, once."""
        if other.number not in self.shares:
            self.shares[other.number] = other.cpu_s
            for code, seen in other.items():
                self.setdefault(code, _Seen(seen.whole)).lines |= seen.lines


class Watch:
    """Watches every thread of this process; lines go to whoever is at the top of `asking`."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._root = os.path.dirname(package.rstrip("/")) + "/"
        self._whole: dict[CodeType, frozenset[int] | None] = {}
        self.asking = [Lines()]
        self._begun = False

    def begin(self) -> None:
        self._begun = True
        functools.lru_cache = self._cached
        threading.settrace(self._called)
        sys.settrace(self._called)

    @contextmanager
    def told_to(self, lines: Lines) -> Iterator[Lines]:
        """Counts what runs meanwhile for these lines, and what it costs as within the former's."""
        if self._begun and sys.gettrace() is None:  # Python drops a tracer that the stack has no room for
            sys.settrace(self._called)
        outer, before = self.asking[-1], _cpu_s()
        self.asking.append(lines)
        try:
            yield lines
        finally:
            lines.cpu_s = _cpu_s() - before
            outer.within_s += lines.cpu_s
            place = max(i for i, one in enumerate(self.asking) if one is lines)  # threads may have added more
            del self.asking[place]

    def by_file(self, lines: Lines) -> dict[str, set[int]]:
        found = {file: set(more) for file, more in lines.in_children.items()}
        for code, seen in lines.items():
            found.setdefault(code.co_filename[len(self._package) :], set()).update(seen.lines)
        return found

    def _called(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        code = frame.f_code
        try:
            whole = self._whole[code]
        except KeyError:
            whole = self._whole[code] = self._lines_of(code)
        if whole is None:
            return None
        lines = self.asking[-1]
        seen = lines.get(code)
        if seen is None:
            seen = lines[code] = _Seen(whole)
        return None if seen.done else seen.local

    def _lines_of(self, code: CodeType) -> frozenset[int] | None:
        ours = code.co_filename.startswith(self._package)
        if ours and "/kernels/" not in code.co_filename and code.co_flags & IN_A_FUNCTION:
            return frozenset(line for _, _, line in code.co_lines() if line is not None)
        return None

    def _cached(self, maxsize: Any = 128, typed: bool = False) -> Any:
        """In place of functools.lru_cache: who is handed a kept result counts as having run what made it."""
        if callable(maxsize):
            decorated: Callable[..., Any] = self._cached()(maxsize)
            return decorated

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            code = getattr(function, "__code__", None)  # C has none
            if code is None or not code.co_filename.startswith(self._root):
                plain: Callable[..., Any] = _lru_cache(maxsize, typed)(function)
                return plain
            made_by: dict[Any, Lines] = {}

            @functools.wraps(function)
            def making(*args: Any, **told: Any) -> Any:
                with self.told_to(Lines()) as lines:
                    result = function(*args, **told)
                made_by[_key(args, told)] = lines
                return result

            kept = _lru_cache(maxsize, typed)(making)

            @functools.wraps(function)
            def asking(*args: Any, **told: Any) -> Any:
                result = kept(*args, **told)
                self.asking[-1].take(made_by[_key(args, told)])
                return result

            for name in ("cache_info", "cache_clear", "cache_parameters"):
                setattr(asking, name, getattr(kept, name))
            return asking

        return decorate


_lru_cache = functools.lru_cache


def _cpu_s() -> float:
    return sum(os.times()[:4])


def _key(args: tuple[Any, ...], told: dict[str, Any]) -> Any:
    return args, tuple(told.items())
