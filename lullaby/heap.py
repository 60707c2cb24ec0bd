"""Memory that a process has no more use for, given back: the system's own is slow to come back by itself."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys


def give_back() -> None:
    """What is free of the heap, between two pieces of sound or two sentences. glibc would keep all that one
    of them ever took: 10 to 20 MB for each process. Another C library does as it does."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def let_go_of(library: str) -> None:
    """What was read of this library's file as it was loaded: most of it is never looked at again, and what
    is, is there again. LLVM's is 45 MB. Only what is as it lies in the file is let go."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError, ValueError):
        advise = ctypes.CDLL(None, use_errno=True).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for start, stop in _unchanged(library):
            advise(start, stop - start, mmap.MADV_DONTNEED)


def _unchanged(library: str) -> list[tuple[int, int]]:
    """Where in memory those parts of the library's file lie that cannot be written, and never were."""
    found, span = [], ""
    with open("/proc/self/smaps", encoding="utf-8", errors="replace") as rows:
        for row in rows:
            name, *rest = row.split()
            if not name.endswith(":"):
                mine = rest[-1].rpartition("/")[2].startswith(library) and "w" not in rest[0]
                span = name if mine else ""
            elif span and name == "Anonymous:" and rest[0] == "0":
                start, stop = (int(end, 16) for end in span.split("-"))
                found.append((start, stop))
    return found
