"""A kernel as the program calls it: by its machine code where that is kept, else through numba."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from numpy import ndarray

from lullaby.kernels import kinds
from lullaby.kernels.cache import KernelCache


class Kernel:
    """A function that is compiled once for each combination of kinds of arguments."""

    def __init__(
        self, function: Callable[..., Any], options: Mapping[str, bool], cache: KernelCache | None
    ) -> None:
        self.py_func, self._options, self._cache = function, options, cache
        self._ready: dict[tuple[object, ...], Callable[..., Any]] = {}
        self.alone: dict[tuple[str, ...], Callable[..., Any]] = {}
        """Its machine code, for these kinds of arguments."""

    def __call__(self, *arguments: Any) -> Any:
        seen: list[object] = []
        for one in arguments:
            if type(one) is ndarray:
                seen += (one.dtype, one.ndim, one.flags.num)
            else:
                seen.append(type(one))
        key = tuple(seen)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = self._found(arguments)
        try:
            return ready(*arguments)
        except OverflowError:  # a whole number that is no int64 is another kind to numba
            return self.compiled(*arguments)

    def _found(self, arguments: tuple[Any, ...]) -> Callable[..., Any]:
        of = tuple(kind for one in arguments if (kind := kinds.of_value(one)) is not None)
        if self._cache is None or len(of) < len(arguments) or "compiled" in self.__dict__:
            return self._numbas  # which has, or finds, what this process compiled
        if of not in self.alone:
            function = self._cache.function(of)
            if function is None:
                return self._numbas
            self.alone[of] = function
        return self.alone[of]

    def _numbas(self, *arguments: Any) -> Any:
        return self.compiled(*arguments)

    @cached_property
    def compiled(self) -> Any:
        """The same as numba has it, which is loaded for it: it finds by itself what is kept."""
        from lullaby.kernels.compiling import strictly

        return strictly(self.py_func, self._cache, **self._options)

    @property
    def signatures(self) -> list[Any]:
        """For which kinds of arguments it is ready."""
        through_numba = self.__dict__.get("compiled")
        return [*self.alone, *([] if through_numba is None else through_numba.signatures)]
