"""A code of six digits, read from the screen and typed on the phone: it works once, for two minutes, and five
tries are all it has. However many codes are made, guessing stays slow: at ten tries a minute for all of them
together, half of a million codes take more than a month."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lullaby.web.who import secret as chance
from lullaby.web.who.rates import Bucket, Rate

LASTS = 120.0
"""Seconds."""
TRIES = 5
ALL_TRIES = Rate(10 / 60, burst=10)
"""Of all codes together."""


class Pairing:
    """One code at a time. The clock gives seconds that never run backward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._code, self._until, self._tries = "", 0.0, 0
        self._all = Bucket(ALL_TRIES, clock())
        self._one_at_a_time = threading.Lock()

    def code(self) -> str:
        """A new code; the one before it works no more."""
        with self._one_at_a_time:
            self._code, self._until, self._tries = chance.six_digits(), self._clock() + LASTS, TRIES
            return self._code

    @property
    def seconds_left(self) -> float:
        """For how long the code works still; 0 where there is none, and a new one is to be shown."""
        with self._one_at_a_time:
            return self._left()

    def takes(self, text: str) -> bool:
        """Is it the code? Then it is used up. Blanks and hyphens between the digits are nothing; what is not
        six digits is no try."""
        digits = text[:32].replace(" ", "").replace("-", "")
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            return False
        with self._one_at_a_time:
            if not self._left() or not self._all.gives(self._clock()):
                return False
            right = chance.same(digits, self._code)
            self._tries = 0 if right else self._tries - 1
            return right

    def _left(self) -> float:
        return max(0.0, self._until - self._clock()) if self._tries > 0 else 0.0
