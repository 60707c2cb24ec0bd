"""This machine: whatever plays here is asked through the player's own door, and a night is begun as anybody
would type it, by a process of its own that plays on whatever becomes of this one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.player.client import NothingPlays, ask
from lullaby.player.place import boot_time
from lullaby.score.plain_text import plain, short
from lullaby.web.rooms.room import RoomState
from lullaby.web.rooms.typed import words_of
from lullaby.web.wanted import Wanted

NAME = "here"
"""How this machine is called in an address."""
ANSWERS = 0.8
"""Seconds in which a player that plays answers; one whose night is still made does not."""
BEGINS, ENDS = 12.0, 8.0
"""Seconds that are waited for a night to begin, and for the one before it to end."""
LOOKS = 0.05
"""Seconds between two looks meanwhile."""
_MOST_SAID = 1 << 14


class Here:
    """The player of this machine. `typed` is what is typed with every night: the device, say."""

    name = NAME

    def __init__(self, typed: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self._typed, self._env = list(typed), env
        self._begun: Begun | None = None
        self._begins = threading.Lock()

    def state(self) -> RoomState:
        try:
            return RoomState.read(ask({"do": "state"}, ANSWERS))
        except NothingPlays:
            if self._is_there:
                return RoomState("opening")
            return RoomState("idle", why=None if self._begun is None else self._begun.why_not)
        except CouldNot:  # it is there, and busy: it makes its night
            return RoomState("opening")

    def begin(self, wanted: Wanted) -> None:
        """In a fade, in the place of what plays."""
        self._begin([*words_of(wanted), *self._typed])

    def ready(self, wanted: Wanted) -> None:
        self._begin([*words_of(wanted), *self._typed, "--ready"])

    def sound(self, at: float) -> None:
        """A night that plays already is left as it is."""
        if self.state().state != "ready":
            raise CouldNot("no night is ready here.")
        ask({"do": "play", "at": at}, ANSWERS)

    def stop(self) -> None:
        """Where nothing plays there is nothing to stop."""
        try:
            ask({"do": "stop"}, ANSWERS)
        except CouldNot as error:
            if self._begun is not None and self._is_there:
                self._begun.process.terminate()  # it makes its night still, or ends in a fade
            elif not isinstance(error, NothingPlays):
                raise

    def more(self) -> None:
        ask({"do": "more"}, ANSWERS)

    def awake(self) -> None:
        ask({"do": "awake"}, ANSWERS)

    def volume(self, gain_db: float) -> None:
        ask({"do": "volume", "db": gain_db}, ANSWERS)

    @property
    def _is_there(self) -> bool:
        """Is there still the process that was begun here?"""
        return self._begun is not None and self._begun.process.poll() is None

    def _begin(self, words: list[str]) -> None:
        with self._one_at_a_time():
            if self.state().plays:
                self.stop()
                if not _until(lambda: not self.state().plays, ENDS):
                    raise CouldNot("what plays here does not end.")
            try:
                self._begun = begun = Begun(words, self._env)
            except OSError as error:
                raise CouldNot(
                    f"no night can be begun here ({(error.strerror or str(error)).lower()})."
                ) from None
            if _until(lambda: not self._is_there or self._plays(), BEGINS) and not self._is_there:
                why = begun.why_not or "the night ended before it began."
                raise AskedWrongly(why) if begun.process.returncode == 2 else CouldNot(why)

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if not self._begins.acquire(blocking=False):
            raise CouldNot("another night is just beginning here.")
        try:
            yield
        finally:
            self._begins.release()

    def _plays(self) -> bool:
        return self.state().state not in ("opening", "idle")


class Begun:
    """The process of a night that was begun here, and what it said."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str] | None) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  nameless: it goes with its users
        self._why: str | None = None
        self._reads = threading.Lock()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lullaby", "play", *words, "--plain"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,
                env=None if env is None else dict(env),
            )
        except OSError:
            self._said.close()
            raise

    @property
    def why_not(self) -> str | None:
        """Why it ended by itself, where that was no good end: the last thing that it said."""
        if self.process.poll() is None:
            return None
        with self._reads:
            if not self._said.closed:
                self._why = self._last_line()
        return self._why

    def _last_line(self) -> str | None:
        with self._said as said:
            said.seek(max(0, os.fstat(said.fileno()).st_size - _MOST_SAID))
            lines = said.read(_MOST_SAID).decode(errors="replace").splitlines()
        whole = [line for line in lines if line.strip() and not line[0].isspace()]
        return plain(short(whole[-1], 300)) if self.process.returncode in (1, 2) and whole else None


def _until(so: Callable[[], Any], seconds: float) -> bool:
    """Is it so, within these seconds?"""
    ends, pause = boot_time() + seconds, threading.Event()
    while not so():
        if boot_time() >= ends:
            return False
        pause.wait(LOOKS)
    return True
