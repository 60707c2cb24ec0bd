"""Whose turn it is: the rule, and nothing else.

Every evening one turn is dealt out in equal shares to those who are there: a quarter each, where they are
four. Whoever has had the fewest turns beside their shares is next; among equals who waited longest; then by
the seats, to tell from the left, and to play from the right.

So who is away falls behind in nothing, and gains nothing. Who says "not tonight" is dealt their share all the
same, until they are owed a whole turn, and so comes soon, but never many times in a row. And nobody is ever
much more than one turn from their share.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from lullaby.ritual.circle.member import Member


class Role(Enum):
    TELL = "tell"
    PLAY = "play"


@dataclass(frozen=True)
class Account:
    """What a member has had of one role so far."""

    evenings: int = 0
    """Evenings on which a turn was dealt out that might have been theirs."""
    share: Fraction = Fraction(0)
    """The turns that would have been even."""
    turns: int = 0
    last: datetime.date | None = None
    """When it was their turn last."""


NONE = Account()
AT_MOST_BEHIND = Fraction(1, 2)
"""Turns by which somebody else may be less far behind, and yet play in place of tonight's teller."""


@dataclass(frozen=True)
class Next:
    """Somebody who might be next, and how far they are behind once tonight is dealt out."""

    member: Member
    account: Account
    behind: Fraction


def in_turn(role: Role, there: Sequence[Member], accounts: Mapping[str, Account]) -> list[Next]:
    """Those who may take this turn tonight, the next one first. `there`: from left to right."""
    if not there:
        return []
    tonight = Fraction(1, len(there))
    seats = there if role is Role.TELL else there[::-1]
    found = [
        Next(member, account, account.share + tonight - account.turns)
        for member in seats
        for account in [accounts.get(member.name, NONE)]
    ]
    return sorted(found, key=lambda one: (-one.behind, one.account.last or datetime.date.min))


def dealt_to(
    able: Sequence[Member], passing: Sequence[Member], accounts: Mapping[str, Account]
) -> tuple[str, ...]:
    """Those to whom tonight's turn is dealt out: who may take it, and who passes and is not owed one yet."""
    each = Fraction(1, max(1, len(able) + len(passing)))
    owed = {one.name: one_of.share + each - one_of.turns for one in passing
            for one_of in [accounts.get(one.name, NONE)]}  # fmt: skip
    return tuple(one.name for one in able) + tuple(name for name, behind in owed.items() if behind <= 1)


def next_player(order: Sequence[Next], teller: str) -> Next | None:
    """Who plays: the next one, or the one after where that is tonight's teller and the other is about as far
    behind. Nobody need do both."""
    if not order:
        return None
    first, *others = order
    if others and first.member.name == teller and first.behind - others[0].behind <= AT_MOST_BEHIND:
        return others[0]
    return first
