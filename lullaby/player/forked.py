"""A process that is a copy of this one: what was loaded once is there, and lies in memory once.

All that a night is made with takes most of its start to load, and some 60 MB. Three processes play a night;
two of them are copies where the system can make such. A copy has no thread but its own, keeps no file that it
is not given, and leaves by `os._exit`, so nothing of its owner's is written or tidied up by it. Where other
threads run already, or a sound card is open, a process is started afresh instead.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import IO, NoReturn

READS = ("lullaby.player.", "lullaby.narrator.")
"""How the names of threads begin that only read what a process of the player or of the narrator says: they
hold nothing that a copy needs."""
STEP = 0.005
"""Seconds between two looks whether it has ended."""


def may_fork() -> bool:
    """Whether a copy of this process would work as a fresh one does."""
    at_work = [one for one in threading.enumerate() if not one.name.startswith(READS)]
    return sys.platform == "linux" and len(at_work) == 1 and "sounddevice" not in sys.modules


def load_for_copies() -> bool:
    """Loads what all processes of a player need, where they can be copies of this one, which is the
    program's own; says whether they can."""
    if not may_fork():
        return False
    from lullaby.kernels import cache

    if not cache.own:
        return False
    from lullaby.player import making, output, ways  # noqa: F401  (what the copies run)

    ways.compile_now()
    return may_fork()


class Forked:
    """The copy, running `main` of a module. It is watched and ended as `subprocess.Popen` is."""

    def __init__(self, module: str, words: Sequence[str], fds: Sequence[int]) -> None:
        run: Callable[[list[str]], int] = importlib.import_module(module).main
        its_input, to_it = os.pipe()
        from_it, its_output = os.pipe()
        self._reaping = threading.Lock()
        self._code: int | None = None
        gc.freeze()  # what is there stays where it is: to look through it would copy it all
        with warnings.catch_warnings():  # Python warns of every thread, also of those that only read
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            _be(run, list(words), its_input, its_output, fds)
        gc.unfreeze()
        os.close(its_input)
        os.close(its_output)
        self.stdin: IO[bytes] = os.fdopen(to_it, "wb")
        self.stdout: IO[bytes] = os.fdopen(from_it, "rb")

    def poll(self) -> int | None:
        with self._reaping:
            if self._code is None:
                try:
                    pid, status = os.waitpid(self.pid, os.WNOHANG)
                except ChildProcessError:  # somebody else has waited for it
                    pid, status = self.pid, 0
                if pid:
                    self._code = os.waitstatus_to_exitcode(status)
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired("lullaby", timeout or 0.0)
            time.sleep(STEP)
        return code

    def kill(self) -> None:
        with self._reaping:
            if self._code is None:
                os.kill(self.pid, signal.SIGKILL)


def _be(
    run: Callable[[list[str]], int], words: list[str], its_input: int, its_output: int, fds: Sequence[int]
) -> NoReturn:
    """In the copy: what a fresh process would have, then the module."""
    code = 1
    with contextlib.suppress(BaseException):
        os.setsid()  # Ctrl-C is for its owner
        gc.enable()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGCONT):
            signal.signal(name, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for number, place in ((its_input, 0), (its_output, 1), (nowhere, 2)):
            os.dup2(number, place)
        kept = {0, 1, 2, *fds}
        for number in map(int, os.listdir("/proc/self/fd")):
            if number not in kept:
                with contextlib.suppress(OSError):
                    os.close(number)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(i, mode) for i, mode in enumerate("rww"))
        code = run(words)
        sys.stdout.flush()
    os._exit(code)
