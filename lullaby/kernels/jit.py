"""How a kernel is compiled, and where the compiled ones are kept.

A kernel that is kept is called without numba, which is loaded where one is to be compiled (`compiling`).

Rationale. `nogil`: pages are rendered side by side by threads. A cache: a night must not begin with
compiling. Strict arithmetic: no fastmath and no fused multiply-add, so that SSE2, AVX2 and AVX-512
code give the same bits. `boundscheck` off: loops are bounded by their arrays. No counting of references
(`_nrt`): whoever calls a kernel holds its arrays, and numba would count them, atomically and with all vectors
put aside, at every call of an inlined function.

A kernel's machine code holds that of the kernels it calls, so a change in any of them makes it stale. The
cache therefore lives in a folder named by a hash of every kernel source: a change anywhere starts anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from lullaby import places
from lullaby.kernels import without_numba
from lullaby.kernels.cache import SUFFIX, KernelCache, private, unkept
from lullaby.kernels.deferred import Deferred
from lullaby.kernels.kernel import Kernel
from lullaby.sources import hash_of

SOURCES = ("kernels/**/*.py", "time.py")
"""The source files of a compiled kernel: the kernels, and the units of time frozen into them."""

tuning: list[Callable[[str], None]] = []
"""Told the name of each kernel just before it is compiled anew (not when it comes from the cache)."""

tuned: list[Callable[[str], None]] = []
"""Told the same name when that kernel is ready; others may have been compiled within it."""


def sources_hash() -> str:
    """Twelve letters that change whenever any kernel source does."""
    return hash_of(Path(__file__).parent.parent, SOURCES)


def cache_folder() -> Path:
    """The folder in which compiled kernels are to be kept."""
    return places.cache() / "kernels" / sources_hash()


def _usable(folder: Path) -> bool:
    """Whether kernels can be kept in this folder and loaded from it: it is ours alone, and can be written."""
    root = folder.parent.parent
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # whoever made it, others may have things of theirs in it
            os.mkdir(root, 0o700)
        if not (private(folder.parent) and private(folder)):
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _choose_folder() -> Path | None:
    """The cache folder; None where it cannot be used: kernels then last as long as this process does."""
    folder = cache_folder()
    if not _usable(folder):
        return None
    _forget_old(folder)
    return folder


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
"""The folder in which this process keeps compiled kernels; None where it cannot."""


def kept() -> int:
    """The number of compiled kernels in the cache."""
    return len(list(folder.glob(f"*{SUFFIX}"))) if folder is not None else 0


def _all_kept() -> Path | None:
    """The file that says, once it is there, that every kernel was compiled for this processor and kept."""
    if folder is None:
        return None
    made_by = (processor(), without_numba.compiler())
    which = hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]
    return folder / f"all-{which}"


def all_are_kept() -> bool:
    """Is nothing left to be compiled here, but what plays own recordings?"""
    path = _all_kept()
    return path is not None and path.exists()


def say_all_are_kept() -> None:
    """Said by whoever has used every kernel. Where it cannot be noted, it is said another time."""
    path = _all_kept()
    if path is not None and not unkept:
        with contextlib.suppress(OSError):
            places.put(path, b"", 0o600)


def not_kept() -> str | None:
    """Why what is compiled here lasts no longer than this process; None where it is kept."""
    if folder is None:
        return "this folder cannot be written, or is not yours alone."
    return places.why_not(unkept[-1], "kept") if unkept else None


F = TypeVar("F", bound=Callable[..., Any])

kernels: dict[str, Any] = {}
"""Every kernel loaded so far, by name."""


def kernel(function: F) -> F:
    """Compile a function of floats and arrays, strictly, on its first call. It allocates no array."""
    return _kept(function, _nrt=False)


def inlined(function: F) -> F:
    """Compile a function into every kernel that calls it: a call would cost as much as its work."""

    def make() -> Any:
        from lullaby.kernels.compiling import strictly

        return strictly(function, _nrt=False, forceinline=True)

    return cast(F, Deferred(make))


def _kept(function: F, **options: bool) -> F:
    name = name_of(function)
    cache = None if folder is None else KernelCache(name, folder)
    kernels[name] = Kernel(function, options, cache)
    return cast(F, kernels[name])


def callback(returns: str, arguments: tuple[str, ...], function: Callable[..., Any]) -> int:
    """The address of a function that a library written in C calls, from a thread of its own."""
    cache = None if folder is None else KernelCache(name_of(function), folder)
    found = None if cache is None else cache.address(arguments)
    if found is not None:
        return found

    from lullaby.kernels.compiling import called_by_c

    return called_by_c(returns, arguments, function, cache)


def name_of(function: Any) -> str:
    return f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"


def processor() -> tuple[str, list[str]]:
    """The name of the processor kernels are compiled for, and what it can do, in LLVM's words."""
    if not without_numba.may:
        import numba

        asked = numba.config.CPU_FEATURES
        if numba.config.CPU_NAME is not None or asked is not None:
            found = [f.removeprefix("+") for f in (asked or "").split(",") if f.startswith("+")]
            return numba.config.CPU_NAME or without_numba.host()[0], sorted(found)
    return without_numba.host()
