"""The one door to numba: how kernels, and what they call, are compiled."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numba
import numba.core.event
from numba.core.ccallback import CFunc
from numba.core.registry import cpu_target
from numba.extending import typeof_impl

from lullaby.kernels import jit
from lullaby.kernels.cache import KernelCache
from lullaby.kernels.deferred import Deferred
from lullaby.kernels.kernel import Kernel

for _name in ("simd", "lanes", "atomics", "arrays", "epochs"):  # numba is told there what kernels are made of
    import_module(f"lullaby.kernels.llvm.{_name}")

_STRICT: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy"}


def strictly(function: Callable[..., Any], cache: KernelCache | None = None, **options: bool) -> Any:
    made = numba.njit(**_STRICT, **options)(function)
    if cache is not None:
        made._cache = cache  # numba's own loads whatever it finds
    return made


_called: list[Any] = []
"""They may be called for as long as this process lasts."""


def called_by_c(
    returns: str, arguments: tuple[str, ...], function: Callable[..., Any], cache: KernelCache | None
) -> int:
    taken = tuple(getattr(numba.types, name) for name in arguments)
    made: Any = CFunc(function, (taken, getattr(numba.types, returns)), {}, {"_nrt": False})
    if cache is not None:
        made._cache = cache
    made.compile()
    _called.append(made)
    address: int = made.address
    return address


@typeof_impl.register(Kernel)
def _of_kernel(kernel: Kernel, _: Any) -> Any:
    """A kernel that another calls is numba's own."""
    return cpu_target.typing_context.resolve_value_type(kernel.compiled)


@typeof_impl.register(Deferred)
def _of_deferred(deferred: Deferred, _: Any) -> Any:
    return cpu_target.typing_context.resolve_value_type(deferred.made)


class _Tuning(numba.core.event.Listener):
    """Passes on what numba says of compiling. It is silent about what comes from the cache."""

    def on_start(self, event: Any) -> None:
        self._tell(event, jit.tuning)

    def on_end(self, event: Any) -> None:
        self._tell(event, jit.tuned)

    def _tell(self, event: Any, listeners: list[Callable[[str], None]]) -> None:
        name = jit.name_of(event.data["dispatcher"].py_func)
        if name in jit.kernels:
            for listener in tuple(listeners):
                listener(name)


numba.core.event.register("numba:compile", _Tuning())
