"""The one door to numba: where compiled kernels are kept, and the one set of rules they obey.

Rationale. `nogil`: pages are rendered side by side by threads. `cache`: a night must not begin with
compiling. Strict arithmetic: no fastmath and no fused multiply-add, so that SSE2, AVX2 and AVX-512
code give the same bits. `boundscheck` off: loops are bounded by their arrays.

numba keys its cache by the file a kernel stands in, not by the files it calls, so a changed callee
would leave a stale caller behind. The cache therefore lives in a folder named by a hash of every
kernel source: a change anywhere starts a fresh one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from lullaby.places import cache
from lullaby.sources import hash_of

SOURCES = ("kernels/**/*.py", "time.py")
"""What a compiled kernel is made of: the kernels, and the units of time frozen into them."""

tuning: list[Callable[[str], None]] = []
"""Told the name of each kernel just before it is compiled anew (not when it comes from the cache)."""

tuned: list[Callable[[str], None]] = []
"""Told the same name when that kernel is ready; others may have been compiled within it."""


def sources_hash() -> str:
    """Twelve letters that change whenever any kernel source does."""
    return hash_of(Path(__file__).parent.parent, SOURCES)


def cache_folder() -> Path:
    return cache() / "kernels" / sources_hash()


def cache_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _choose_folder() -> Path:
    """The cache folder; where it cannot be written, one that lasts as long as this process does."""
    folder = cache_folder()
    if cache_writable(folder):
        _forget_old(folder)
        return folder
    import atexit

    passing = Path(tempfile.mkdtemp(prefix="lullaby-kernels-"))
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    return passing


def _forget_old(current: Path) -> None:
    """Drop caches of engines long gone: all but the four newest."""
    try:
        old = sorted(
            (f for f in current.parent.iterdir() if f != current),
            key=lambda f: f.stat().st_mtime,
            reverse=True,
        )
        for folder in old[3:]:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # another process is tidying the same folder


folder = _choose_folder()
os.environ["NUMBA_CACHE_DIR"] = str(folder)

import numba  # noqa: E402  (only after its cache has a place)
import numba.core.event  # noqa: E402

numba.config.CACHE_DIR = str(folder)  # where something else had imported numba before us

F = TypeVar("F", bound=Callable[..., Any])

kernels: dict[str, Any] = {}
"""Every kernel loaded so far, by name."""


def kernel(function: F) -> F:
    """Compile a function of floats and arrays, strictly, on its first call."""
    compiled = numba.njit(nogil=True, cache=True, fastmath=False, error_model="numpy")(function)
    kernels[_name(function)] = compiled
    return cast(F, compiled)


def part(function: F) -> F:
    """A piece of a kernel, always laid out where it is called: a call would cost as much as its work."""
    return cast(F, numba.njit(nogil=True, fastmath=False, error_model="numpy", forceinline=True)(function))


def _name(function: Any) -> str:
    return f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"


class _Tuning(numba.core.event.Listener):  # type: ignore[misc]
    """Passes on what numba says of compiling. It is silent about what comes from the cache."""

    def on_start(self, event: Any) -> None:
        self._tell(event, tuning)

    def on_end(self, event: Any) -> None:
        self._tell(event, tuned)

    def _tell(self, event: Any, listeners: list[Callable[[str], None]]) -> None:
        name = _name(event.data["dispatcher"].py_func)
        if name in kernels:
            for listener in tuple(listeners):
                listener(name)


numba.core.event.register("numba:compile", _Tuning())


def processor() -> tuple[str, list[str]]:
    """The name of the processor kernels are compiled for, and what it can do, in LLVM's words."""
    import llvmlite.binding as llvm

    asked = numba.config.CPU_FEATURES
    if numba.config.CPU_NAME is not None or asked is not None:
        found = [f.removeprefix("+") for f in (asked or "").split(",") if f.startswith("+")]
        return numba.config.CPU_NAME or llvm.get_host_cpu_name(), sorted(found)
    features = llvm.get_host_cpu_features()
    return llvm.get_host_cpu_name(), sorted(name for name, has in features.items() if has)
