"""The machine is kept awake while it plays, and only then.

wakepy holds off the sleep that comes by itself. A lid that is closed is another matter: on Linux logind can
be asked to leave it alone; elsewhere, and where that is refused, the listener is told beforehand.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

HELD_BY_LOGIND = (
    "--what=sleep:idle:handle-lid-switch",
    "--who=lullaby",
    "--why=a night is playing",
    "--mode=block",
)

Note = Callable[[str], None]


class Awake:
    """What keeps the machine awake. `hold` may be asked for again and again."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._held: contextlib.ExitStack | None = None
        self._warned = self._works = False

    @property
    def keeps(self) -> bool:
        """Is the machine kept awake, as far as can be told?"""
        return self._held is not None and self._works

    @property
    def holds(self) -> bool:
        return self._held is not None

    def hold(self, wanted: bool) -> None:
        if wanted and self._held is None:
            self._held = contextlib.ExitStack()
            lid = self._lid(self._held)
            idle = self._idle(self._held)
            self._works = idle or lid
            if not self._warned:
                self._warned = True
                self._warn(idle=idle or lid, lid=lid)
        elif not wanted and self._held is not None:
            self.close()

    def close(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            with contextlib.suppress(Exception):  # a session that ended took its holds along
                held.close()

    def _warn(self, *, idle: bool, lid: bool) -> None:
        if not idle:
            self._note("Nothing here can keep this machine awake: it may fall asleep before you do.")
        elif not lid:
            self._note("Leave the lid open: closing it may end the sound.")

    @staticmethod
    def _idle(held: contextlib.ExitStack) -> bool:
        try:
            from wakepy import keep

            mode: Any = held.enter_context(keep.running(on_fail="pass"))
            return bool(mode.active)
        except Exception:  # a bus that hangs up, a desktop that answers nonsense: it plays all the same
            return False

    @staticmethod
    def _lid(held: contextlib.ExitStack) -> bool:
        inhibit = shutil.which("systemd-inhibit") if sys.platform == "linux" else None
        if inhibit is None:
            return sys.platform not in ("linux", "darwin", "win32")
        # it holds for as long as `cat` reads, so it lets go also where this process is killed
        child = subprocess.Popen(
            [inhibit, *HELD_BY_LOGIND, "cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

        def let_go() -> None:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(2)
            if child.poll() is None:
                child.kill()
                child.wait()

        held.callback(let_go)
        assert child.stdin is not None
        assert child.stdout is not None
        try:  # `cat` answers once the hold is there; where it is refused, nobody does
            child.stdin.write(b"held\n")
            child.stdin.flush()
            return child.stdout.readline() == b"held\n"
        except OSError:
            return False
