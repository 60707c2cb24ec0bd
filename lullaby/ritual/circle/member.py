"""A circle and its members, as their file says."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.errors import AskedWrongly, choices
from lullaby.ritual.tonight import Present
from lullaby.score.plain_text import plain, quoted


@dataclass(frozen=True)
class Member:
    """One of the friends. They need not be a listener on this machine."""

    name: str
    teller: str = ""
    """The voice that speaks for them; "" where the ritual's own does."""
    instrument: str = ""
    """The voice that they play; who has none takes no turn to play."""
    tunes: tuple[str, ...] = ()
    seat: float = 0.0
    """From -1 left to 1 right."""
    likes: tuple[str, ...] = ()
    """Stories by name, the dearest first."""
    listener: str = ""
    """Their name as a listener on this machine; "" where they are none, and have no journal here."""
    share: bool = False
    """May their name, their turns and what they bring go into a pack, to other machines?"""

    @property
    def present(self) -> Present:
        return Present(self.name, self.teller, self.instrument, self.tunes, self.seat, self.likes)


@dataclass(frozen=True)
class Circle:
    name: str
    members: tuple[Member, ...] = ()
    """In the order in which they came."""
    story: str = ""
    """The story that is told in parts, evening after evening; "" where none is."""
    series: str = ""
    """The row of woven stories that goes on instead; "" where none does."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)

    @property
    def seated(self) -> tuple[Member, ...]:
        """The members from left to right; on one seat in the order in which they came."""
        return tuple(sorted(self.members, key=lambda member: member.seat))

    def member(self, name: str) -> Member:
        """The member of this name; an AskedWrongly where there is none."""
        for member in self.members:
            if member.name == name:
                return member
        hint = choices(name, self.names, "There are") or f"lullaby circle add {plain(name)}"
        raise AskedWrongly(f"{quoted(name)} is not in the circle {quoted(self.name)}.\n    {plain(hint)}")
