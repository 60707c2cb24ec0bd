"""Which process holds something, told such that another one with the same number later is not taken for it:
by its number, when it began, and which start of the machine that was."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "?"


@dataclass(frozen=True)
class Holder:
    pid: int
    born: str
    boot: str


def me() -> Holder:
    return holder(os.getpid())


def holder(pid: int) -> Holder:
    """The process of this number; one that has ended already lives no more."""
    return Holder(pid, _born(pid) or "", _boot())


def lives(holder: Holder) -> bool:
    """Is it still there? Where this system does not say when a process began, its number alone counts."""
    if holder.boot != _boot():
        return False
    born = _born(holder.pid)
    return born is not None and (UNKNOWN in (born, holder.born) or born == holder.born)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""  # elsewhere a process says the very second or tick at which it began


def _born(pid: int) -> str | None:
    """When the process of this number began; None where there is none, UNKNOWN where that is not told."""
    if sys.platform == "linux":
        try:
            said = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if said[0] in "ZX" else said[19]  # what has ended and was not fetched is gone, too
    if sys.platform == "win32":
        return _born_on_windows(pid)
    try:
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        told = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return UNKNOWN
    return told.stdout.strip() or None


def _born_on_windows(pid: int) -> str | None:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        times = [ctypes.c_uint64() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times)):
            return UNKNOWN
        return None if times[1].value else str(times[0].value)
    finally:
        kernel.CloseHandle(handle)
