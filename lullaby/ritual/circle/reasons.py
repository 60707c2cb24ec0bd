"""Why it is somebody's turn, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lullaby.ritual.circle.member import Member
from lullaby.ritual.circle.rule import Next, Role
from lullaby.score.plain_text import counted, figure

DONE = {Role.TELL: "told", Role.PLAY: "played"}


def reason(role: Role, first: Next, order: Sequence[Next], teller: str) -> str:
    """Why this one, of those who might."""
    if len(order) == 1:
        return "nobody else can take this turn tonight"
    done = DONE[role]
    account = first.account
    had = f"{done} {counted(account.turns, 'time')}" if account.turns else f"has not {done} yet"
    even = figure(round(float(account.share), 2))
    says = f"{had}, where {even} would be even" if account.evenings else had
    before = order[0]
    if before is not first and before.member.name == teller:
        return f"{says}; {teller} tells tonight, and need not do both"
    others = [one for one in order if one is not first]
    if first.behind > others[0].behind:
        return f"{says}: the furthest behind"
    same = [one for one in others if one.behind == first.behind]
    if any(one.account.last != account.last for one in same):
        return f"{says}; others are as far behind, and {first.member.name} has waited longest"
    return f"{says}; others are as far behind, and {first.member.name} comes first by the seats"


def no_turn(role: Role, there: Sequence[Member], passing: Collection[str]) -> str:
    if not there:
        return "nobody of the circle is there"
    if role is Role.PLAY and not any(member.instrument for member in there):
        return "nobody who is there has an instrument"
    return "whoever could has said: not tonight" if passing else "nobody can"
