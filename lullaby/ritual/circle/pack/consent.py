"""Nothing of a member leaves this machine unless they have agreed: `share` in their circle's file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from lullaby.errors import AskedWrongly
from lullaby.ritual.circle.book import book_read
from lullaby.ritual.circle.circles import find_circle, folder, names
from lullaby.ritual.circle.evening import Evening
from lullaby.score.plain_text import plain


def turns_to_share(evening: Evening) -> tuple[tuple[str, str], ...]:
    """Who tells and who plays, of those members who have agreed to be named."""
    agreed = {member.name for member in evening.there if member.share}
    deals = (evening.tells, evening.plays)
    return tuple((deal.role.value, deal.did) for deal in deals if deal.did in agreed)


def only_what_may_leave(files: Mapping[str, bytes | Path], sounds: Mapping[str, Path], agreed: bool) -> None:
    """Refused where something in a pack is a member's who has not agreed to that; and where a recording is
    nobody's here, unless whoever packs says that those who are heard have `agreed`."""
    theirs, sharing = dict(_brought()), _sharing()
    for name, content in files.items():
        source = content if isinstance(content, Path) else sounds.get(name)
        whole = content.read_bytes() if isinstance(content, Path) else content
        whose = theirs.get(hashlib.sha256(whole).hexdigest()) or _by_place(source)
        if whose is not None and whose not in sharing:
            circle, member = whose
            raise AskedWrongly(
                f"{plain(name)} is {plain(member)}'s, who has not agreed that it leaves this machine.\n"
                f"    If they do: lullaby circle change {plain(member)} --share yes --circle {plain(circle)}"
            )
        if whose is None and name in sounds and not agreed:
            raise AskedWrongly(
                f"{plain(name)} is a recording of your own. --with-recordings packs it: it says that "
                "whoever is heard in it has agreed."
            )


def _sharing() -> set[tuple[str, str]]:
    """Circle and name of every member who has agreed."""
    return {(name, member.name) for name in names() for member in find_circle(name).members if member.share}


def _brought() -> Iterator[tuple[str, tuple[str, str]]]:
    """The hash of everything that was brought, and whose it is."""
    for name in names():
        with book_read(name) as db:
            for digest, member in db.execute("select sha256, member from brought").fetchall():
                yield digest, (name, member)


def _by_place(path: Path | None) -> tuple[str, str] | None:
    """Whose it is by the folder it lies in."""
    if path is None:
        return None
    try:
        circle, member, *rest = path.resolve().relative_to(folder().resolve()).parts
    except ValueError:
        return None
    return (circle, member) if rest else None
