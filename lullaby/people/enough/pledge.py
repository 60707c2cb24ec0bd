"""A pledge: a friend or a parent chooses a word, and without it a limit is raised only after a week. The word
itself is kept nowhere; what is kept of it costs a guesser time."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import sqlite3
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.people.enough.book import DAY
from lullaby.score.plain_text import quoted

WAITS = 7 * DAY
"""How long a looser limit waits for somebody who does not know the word."""
LEAST_LETTERS = 4
_COST = {"n": 2**14, "r": 8, "p": 1}
"""Of scrypt: 16 MiB, and some 50 ms a guess."""


@dataclass(frozen=True)
class Pledge:
    holder: str
    kept: str
    ends: datetime.date | None = None
    """The evening on which it is over, where somebody has asked for that without the word."""

    def opened_by(self, word: str) -> bool:
        facts = json.loads(self.kept)
        digest = _digest(word, bytes.fromhex(facts["salt"]), facts)
        return hmac.compare_digest(digest, bytes.fromhex(facts["hash"]))


def make_pledge(db: sqlite3.Connection, holder: str, word: str, evening: datetime.date) -> Pledge:
    """Keeps a pledge; there is one at a time."""
    if not holder.strip() or len(holder) > 80:
        raise AskedWrongly("--with says who holds it: a name of up to 80 letters.")
    if (held := pledge_on(db, evening)) is not None:
        raise AskedWrongly(
            f"{quoted(held.holder)} holds a pledge already.\n    lullaby enough pledge --end ends it first."
        )
    if len(word) < LEAST_LETTERS:
        raise AskedWrongly(f"the word has at least {LEAST_LETTERS} letters.")
    salt = os.urandom(16)
    kept = json.dumps({"salt": salt.hex(), "hash": _digest(word, salt, _COST).hex(), **_COST})
    with db:
        db.execute("delete from pledges")
        db.execute("insert into pledges (holder, word) values (?, ?)", (holder.strip(), kept))
    return Pledge(holder.strip(), kept)


def pledge_on(db: sqlite3.Connection, evening: datetime.date) -> Pledge | None:
    """The pledge that holds on this evening."""
    row = db.execute("select holder, word, ends from pledges").fetchone()
    if row is None:
        return None
    ends = None if row[2] is None else datetime.date.fromisoformat(row[2])
    return Pledge(row[0], row[1], ends) if ends is None or evening < ends else None


def end_pledge(
    db: sqlite3.Connection, evening: datetime.date, word: str | None
) -> tuple[Pledge, datetime.date] | None:
    """Lets the pledge end: now for who says the word, else in a week; and the evening of its end."""
    pledge = pledge_on(db, evening)
    if pledge is None:
        return None
    ends = evening if word is not None else min(pledge.ends or evening + WAITS, evening + WAITS)
    if word is not None:
        proved(pledge, word)
    with db:
        db.execute("update pledges set ends = ?", (ends.isoformat(),))
    return pledge, ends


def proved(pledge: Pledge, word: str) -> None:
    if not pledge.opened_by(word):
        raise AskedWrongly(f"that is not the word that {quoted(pledge.holder)} chose. Nothing is changed.")


def _digest(word: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return hashlib.scrypt(word.encode(), salt=salt, n=cost["n"], r=cost["r"], p=cost["p"], dklen=32)
