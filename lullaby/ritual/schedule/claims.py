"""Exactly one start, however many watchers run: who begins a night claims its row, and there is one row for a
rule and a local time.

    claimed ── its process lives: it is being begun ── begun
       │                                            └─ invited
       └── its process is gone: within the grace it is claimed again

A row says "begun" before anything sounds, by the very process that then plays. So whoever is killed before
that has begun nothing, and another takes it up; whoever is killed after it has begun, and nobody does it
again."""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass

from lullaby.ritual.schedule.book import stamp
from lullaby.ritual.schedule.holders import Holder, lives, me

CLAIMED, BEGUN, INVITED, MISSED, FAILED = "claimed", "begun", "invited", "missed", "failed"
QUIET = "quiet"
"""Nothing was to be heard on that evening."""
MOST_TRIES = 5
"""How often one night is taken up again before it is given up."""


@dataclass(frozen=True)
class Claim:
    """A night that this process, or one that it hands it to, is beginning."""

    rule: int
    key: str
    tries: int

    def __str__(self) -> str:
        return f"{self.rule}|{self.key}|{self.tries}"


def claim_of(text: str) -> Claim:
    """The claim as another process was told it; a ValueError where it is none."""
    rule, key, tries = text.split("|")
    return Claim(int(rule), key, int(tries))


@dataclass(frozen=True)
class Known:
    """What is written of a night."""

    state: str
    tries: int
    holder: Holder | None
    said: str

    @property
    def is_open(self) -> bool:
        """May it still be begun? Nobody is at it, and it has not begun."""
        if self.state == MISSED:
            return True
        return self.state == CLAIMED and (self.holder is None or not lives(self.holder))


def known(db: sqlite3.Connection, rule: int, key: str) -> Known | None:
    row = db.execute(
        "select state, tries, pid, born, boot, said from nights where rule = ? and key = ?", (rule, key)
    ).fetchone()
    if row is None:
        return None
    state, tries, pid, born, boot, said = row
    return Known(state, tries, None if pid is None else Holder(pid, born, boot), said or "")


def claim(db: sqlite3.Connection, rule: int, key: str, due: datetime.datetime) -> Claim | None:
    """The claim of this process to begin a night; None where another begins it, or it has begun."""
    was = known(db, rule, key)
    if was is not None and not was.is_open:
        return None
    tries = 0 if was is None else was.tries
    holder = me()
    with db:
        # one statement: of all that saw the same row only the first changes it
        changed = db.execute(
            "insert into nights (rule, key, due, state, tries, pid, born, boot)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (rule, key) do update set state = excluded.state, tries = excluded.tries,"
            " pid = excluded.pid, born = excluded.born, boot = excluded.boot"
            " where nights.tries = ? and nights.state in (?, ?)",
            (rule, key, stamp(due), CLAIMED, tries + 1, holder.pid, holder.born, holder.boot, tries, CLAIMED,
             MISSED),
        ).rowcount  # fmt: skip
    return Claim(rule, key, tries + 1) if changed == 1 else None


def take_over(db: sqlite3.Connection, mine: Claim) -> bool:
    """From now on this process holds the claim; False where it is another's by now, or settled."""
    return hand_over(db, mine, me())


def hand_over(db: sqlite3.Connection, mine: Claim, to: Holder) -> bool:
    """From now on that process holds the claim: with it the night is lost, and taken up again."""
    with db:
        changed = db.execute(
            "update nights set pid = ?, born = ?, boot = ? where rule = ? and key = ? and tries = ?"
            " and state = ?",
            (to.pid, to.born, to.boot, mine.rule, mine.key, mine.tries, CLAIMED),
        ).rowcount
    return changed == 1


def settle(db: sqlite3.Connection, mine: Claim, state: str, said: str = "") -> bool:
    """Writes down what becomes of a claimed night; False where somebody else has the claim by now."""
    with db:
        changed = db.execute(
            "update nights set state = ?, said = ? where rule = ? and key = ? and tries = ? and state = ?",
            (state, said, mine.rule, mine.key, mine.tries, CLAIMED),
        ).rowcount
    return changed == 1


def let_pass(db: sqlite3.Connection, rule: int, key: str, due: datetime.datetime, said: str) -> bool:
    """Writes down that a night is missed; False where something is written of it already. One whose process
    died at it is missed, too, once its grace is over."""
    was = known(db, rule, key)
    if was is not None and (was.state != CLAIMED or not was.is_open):
        return False
    tries = 0 if was is None else was.tries
    with db:
        changed = db.execute(
            "insert into nights (rule, key, due, state, tries, said) values (?, ?, ?, ?, ?, ?)"
            " on conflict (rule, key) do update set state = excluded.state, said = excluded.said"
            " where nights.tries = ? and nights.state = ?",
            (rule, key, stamp(due), MISSED, tries, said, tries, CLAIMED),
        ).rowcount
    return changed == 1


def begun_by_hand(db: sqlite3.Connection, rule: int, key: str, due: datetime.datetime) -> None:
    """The listener began it themselves: nothing else is to."""
    with db:
        db.execute(
            "insert into nights (rule, key, due, state, tries) values (?, ?, ?, ?, 0)"
            " on conflict (rule, key) do update set state = excluded.state",
            (rule, key, stamp(due), BEGUN),
        )
