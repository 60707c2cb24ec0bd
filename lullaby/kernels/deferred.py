"""What kernels call, known by name until one of them is compiled.

A kernel whose machine code is kept runs without numba, and numba takes longer to load than a night's first
sound to be made. So what it was compiled of stays a name until then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any


class Deferred:
    """Something of numba's that kernels call: made once, when the first of them is compiled."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:
        return self._make()

    def __call__(self, *arguments: Any) -> Any:
        return self.made(*arguments)


def primitive(module: str, name: str) -> Any:
    """The primitive of this name in `lullaby.kernels.llvm`."""
    return Deferred(lambda: getattr(import_module(f"lullaby.kernels.llvm.{module}"), name))
