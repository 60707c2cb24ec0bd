"""A fault put into functions that are loaded already, so that nothing has to be imported anew."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

_CACHED = type(functools.lru_cache(int))


class Unswappable(Exception):
    """The fault is in no function's body, or in one that cannot be exchanged in place."""


class Loaded:
    """The functions of the package that live in this process, and the caches of results."""

    def __init__(self, package: str) -> None:
        checkout = os.path.dirname(package.rstrip("/")) + "/"
        self._by_file: dict[str, list[FunctionType]] = {}
        self._caches: list[Any] = []
        for thing in gc.get_objects():
            if type(thing) is FunctionType:
                if thing.__code__.co_filename.startswith(package):
                    self._by_file.setdefault(thing.__code__.co_filename, []).append(thing)
            elif type(thing) is _CACHED:
                made_by = getattr(thing.__wrapped__, "__code__", None)
                if made_by is not None and made_by.co_filename.startswith(checkout):
                    self._caches.append(thing)

    def swap(self, path: str, before: bytes, after: bytes) -> None:
        """Every function of this file whose code differs gets the other's. A file that is not loaded yet will
        be read from the disk."""
        if path not in self._by_file:
            return
        old, new = (compile(text, path, "exec", dont_inherit=True) for text in (before, after))
        changed = list(_changed(old, new))
        left = [code for code, _ in changed if "<locals>" not in code.co_qualname]
        for function in self._by_file[path]:
            for code, other in changed:
                if _is_same(function.__code__, code):
                    if code.co_freevars != other.co_freevars:
                        raise Unswappable(path)
                    function.__code__ = other
                    left = [one for one in left if one is not code]
        if not changed or left:
            raise Unswappable(path)

    def forget(self) -> None:
        """What was kept of results: the fault may change them."""
        for cache in self._caches:
            cache.cache_clear()


def _changed(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Pairs of functions' code that differ, from the outermost in."""
    inner, others = _codes(old), _codes(new)
    if [code.co_name for code in inner] != [code.co_name for code in others]:
        raise Unswappable(old.co_name)
    for a, b in zip(inner, others, strict=True):
        if a != b:
            if a.co_flags & 1:  # a function's, not a class's
                yield a, b
            yield from _changed(a, b)


def _codes(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _is_same(a: CodeType, b: CodeType) -> bool:
    return (a.co_qualname, a.co_firstlineno) == (b.co_qualname, b.co_firstlineno) and a == b
