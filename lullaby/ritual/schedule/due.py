"""What is due now. The rule for nights that were missed, where the machine slept or was off:

- within the grace (30 minutes, unless the rule says otherwise) a night begins late, and ends when
  it would have;
- after it, or where its own end is over, it is left out, and that is said, once;
- a clock that was wrong for a while costs no night: what it made missed may still begin within its grace."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from lullaby.errors import LullabyError
from lullaby.ritual.schedule.book import KeptRule, rules, stamp
from lullaby.ritual.schedule.claims import FAILED, MOST_TRIES, Claim, claim, known, let_pass, settle
from lullaby.ritual.schedule.coming import Coming, coming
from lullaby.score.plain_text import plain

MOST_SAID = 14
"""Nights of a rule that are written down as missed at a time: the last ones."""
ASKS_AGAIN = datetime.timedelta(seconds=60)
"""While a night is being begun it is looked at so often whether its process lives."""
SETTLES_EVERY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A night that is claimed and has to be begun now."""

    rule: KeptRule
    start: Coming
    claim: Claim


@dataclass(frozen=True)
class Swept:
    due: tuple[Due, ...]
    next_at: datetime.datetime | None
    """When something is due next, as far as is known now; None: nothing comes."""


def sweep(db: sqlite3.Connection, now: datetime.datetime, note: Callable[[str], None]) -> Swept:
    """Claims what is due, writes down what was missed, and says when the next one comes. Rules that cannot be
    understood (a listener who is gone) are said, and stand in nobody's way."""
    due: list[Due] = []
    wakes: list[datetime.datetime] = []
    for rule in rules(db):
        try:
            _of_one(db, rule, now, note, due, wakes)
        except LullabyError as error:
            note(f"{plain(rule.name)}: {error}")
    return Swept(tuple(due), min(wakes, default=None))


def _of_one(
    db: sqlite3.Connection,
    rule: KeptRule,
    now: datetime.datetime,
    note: Callable[[str], None],
    due: list[Due],
    wakes: list[datetime.datetime],
) -> None:
    grace = datetime.timedelta(seconds=rule.grace)
    # one that was settled in a future that a wrong clock told of is looked at again
    since = (
        min(rule.settled, now - grace - datetime.timedelta(seconds=1)) if rule.settled > now else rule.settled
    )
    late: list[Coming] = []
    for start in coming(db, rule, since):
        if start.utc > now:
            wakes.append(start.utc)
            break
        if now - start.utc > grace or (start.ends is not None and start.ends <= now and rule.length is None):
            late.append(start)
            continue
        was = known(db, rule.number, start.key)
        if was is not None and was.is_open and was.tries >= MOST_TRIES:
            mine = Claim(rule.number, start.key, was.tries)
            if settle(db, mine, FAILED, "it could not be begun"):
                note(f"{plain(rule.name)}: the night of {start.local:%A %H:%M} could not be begun.")
            continue
        mine_or_none = claim(db, rule.number, start.key, start.utc)
        if mine_or_none is not None:
            due.append(Due(rule, start, mine_or_none))
        now_known = known(db, rule.number, start.key)
        if now_known is not None and now_known.state == "claimed":
            wakes.append(now + ASKS_AGAIN)
    _let_pass(db, rule, late, note)
    # never past what may still begin late; and seldom, since every change wakes every watcher
    settled = now - grace
    if settled - rule.settled > SETTLES_EVERY or rule.settled > now or (late and settled > rule.settled):
        with db:
            db.execute("update rules set settled = ? where number = ?", (stamp(settled), rule.number))


def _let_pass(
    db: sqlite3.Connection, rule: KeptRule, late: list[Coming], note: Callable[[str], None]
) -> None:
    said = [
        start
        for start in late[-MOST_SAID:]
        if let_pass(db, rule.number, start.key, start.utc, f"later than its {rule.grace // 60} min of grace")
    ]
    if not said:
        return
    count = len(said) + max(0, len(late) - MOST_SAID)
    if count == 1:
        note(f"{plain(rule.name)}: the night of {said[0].local:%A %d %B, %H:%M} was missed, and is left out.")
    else:
        note(f"{plain(rule.name)}: {count} nights were missed, the last on {said[-1].local:%A %d %B}.")
