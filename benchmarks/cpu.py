"""CPU seconds of a whole process: what counts where other work shares the machine."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from resource import struct_rusage
from statistics import median
from time import process_time
from typing import IO

ROOT = Path(__file__).parent.parent
"""The checkout: children start here, so that they find `lullaby` and `benchmarks`."""

NULL = Path(os.devnull)


class Failed(Exception):
    """A program that ended badly, and the last it said."""


def of_child(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """User and system seconds of this command, from its first instruction to its last.

    Its standard output goes to /dev/null, for programs that write their sound there.
    """
    used = used_by(command, env)
    return used.ru_utime + used.ru_stime


def used_by(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    told: int | IO[bytes] = subprocess.DEVNULL,
) -> struct_rusage:
    """What this command used of the machine until it ended. Its standard output goes to `told`."""
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.PIPE
    ) as child:
        assert child.stderr is not None
        said = child.stderr.read().decode(errors="replace").strip()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if not stat.S_ISCHR(NULL.stat().st_mode):
        # a program run by root may put a file in the device's place, and then everybody's output is kept
        raise Failed(f"{NULL} is no longer a device: {command[0]} replaced it")
    if child.returncode:
        raise Failed(f"{command[0]} ended with {child.returncode}: {said[-300:]}")
    return used


def of_call(work: Callable[[int], object], times: int) -> float:
    """The median CPU seconds of `times` calls, each told its number."""
    taken = []
    for number in range(times):
        before = process_time()
        work(number)
        taken.append(process_time() - before)
    return median(taken)
