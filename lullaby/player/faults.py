"""What goes wrong while sound is made: said once, and given up where it does not end."""

from __future__ import annotations

import time
from collections.abc import Callable

from lullaby.errors import CouldNot
from lullaby.player.maker import MakerGone, NotMade
from lullaby.player.producer import AGAIN
from lullaby.score.plain_text import plain

MOST = 60
"""Faults in a row, a second apart, after which a night is given up."""
IN_A_ROW = 5 * AGAIN
"""Seconds within which a fault follows another."""


class Faults:
    """The faults of one player. The producer tells them, from its own thread."""

    def __init__(
        self,
        note: Callable[[str], None],
        happened: Callable[..., None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`happened` logs; `seconds` is a clock that counts while somebody waits."""
        self._note, self._happened, self._seconds = note, happened, seconds
        self._in_a_row, self._last = 0, 0.0
        self._noted = ""
        self.error: BaseException | None = None
        """Why the night cannot go on."""

    def failed(self, error: BaseException) -> None:
        """Sound could not be made; the producer tries again in a second."""
        now = self._seconds()
        if now - self._last > IN_A_ROW:
            self._in_a_row = 0
        self._in_a_row, self._last = self._in_a_row + 1, now
        self._happened("fault", why=_why(error))
        if self._in_a_row >= MOST or isinstance(error, CouldNot):
            self.error = error
        elif self._in_a_row == 1:
            self._note(f"The sound could not be made ({plain(_why(error))}); it is tried again.")

    def left_out(self, error: BaseException) -> None:
        """A change could not be made. One that comes again and again for the same reason is noted once."""
        why = _why(error)
        self._happened("fault", why=why)
        if why != self._noted:
            self._note(f"A change is left out ({plain(why)}); the night goes on as it was.")
            self._noted = why

    def stumbled(self, error: Exception) -> None:
        """Something beside the sound went wrong: a key, a look at the clock. Each reason is noted once."""
        why = _why(error)
        if why != self._noted:
            self._happened("fault", why=why)
            self._note(f"Something went wrong ({plain(why)}); the night goes on.")
            self._noted = why


def _why(error: BaseException) -> str:
    if isinstance(error, CouldNot | MakerGone | NotMade):  # what they say is said in words
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
