"""How often somebody may ask: a bucket that fills by itself, from which every request takes one drop. Only so
many clients are remembered: who has not asked for longest is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_CLIENTS = 512


@dataclass(frozen=True)
class Rate:
    a_second: float
    burst: int
    """How many may come at once."""


class Bucket:
    def __init__(self, rate: Rate, now: float) -> None:
        self._rate, self._drops, self._at = rate, float(rate.burst), now

    def gives(self, now: float) -> bool:
        """Is there a drop left? Then it is taken."""
        self._drops = min(self._rate.burst, self._drops + max(0.0, now - self._at) * self._rate.a_second)
        self._at = now
        if self._drops < 1:
            return False
        self._drops -= 1
        return True


@dataclass(frozen=True)
class Rates:
    """What is given to whom, each address by itself."""

    known: Rate = Rate(100, burst=600)
    """The owner and paired phones. A player that seeks asks for some ranges a second."""
    stranger: Rate = Rate(4, burst=40)
    pairing: Rate = Rate(5 / 60, burst=5)
    """Codes that are tried."""
    known_at_once: int = 32
    """Requests that are being answered at the same moment."""
    stranger_at_once: int = 6
    own_at_once: int = 128


class Turns:
    """Who asked how often of late, and how many answers each is being given now."""

    def __init__(self, rates: Rates, clock: Callable[[], float]) -> None:
        self._rates, self._clock = rates, clock
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._at_once: dict[str, int] = {}

    def may_ask(self, client: str, what: str) -> bool:
        """May this address ask once more? `what`: "known", "stranger" or "pairing"."""
        now, rate = self._clock(), getattr(self._rates, what)
        bucket = self._buckets.setdefault((client, what), Bucket(rate, now))
        self._buckets.move_to_end((client, what))
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return bucket.gives(now)

    def begin(self, client: str, what: str) -> bool:
        """May one more answer to this address begin? Then its end is to be said, too. `what`: "own", "known"
        or "stranger"."""
        now = self._at_once.get(client, 0)
        if now >= getattr(self._rates, f"{what}_at_once"):
            return False
        self._at_once[client] = now + 1
        return True

    def end(self, client: str) -> None:
        left = self._at_once[client] - 1
        if left:
            self._at_once[client] = left
        else:
            del self._at_once[client]
