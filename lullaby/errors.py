"""The errors of lullaby, as a tree. Every message says where, what, and what to do.

LullabyError            anything lullaby says no to
├── AskedWrongly        exit 2: a file, a name or an option that cannot be understood
│   ├── NoSuchValue     … of a program: a span, a seed, a date that cannot be; a ValueError, too
│   └── WrittenWrongly  … located in a file a person wrote
└── CouldNot            exit 1: asked rightly, but the machine would not
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LullabyError(Exception):
    """The base class of lullaby's own errors. `str(error)` is made to be read by a person."""

    exit_code = 1


class AskedWrongly(LullabyError):
    """A name, an option or a file that cannot be understood."""

    exit_code = 2


class NoSuchValue(AskedWrongly, ValueError):
    """A value that a program gave and that cannot be: a span that runs backward, a seed below 0."""


class CouldNot(LullabyError):
    """The error of a right request that this machine could not carry out."""

    exit_code = 1


class WrittenWrongly(AskedWrongly):
    """A mistake in a file: where it is, what is wrong, and what would be right."""

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where, self.what, self.hint = where, what, hint
        super().__init__(f"{where}: {what}" + (f"\n    {hint}" if hint else ""))


_LISTED, _NEAREST = 32, 4
"""Names that are listed, all of them; and of more than that, those nearest to the one that was written."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one name clearly meant by a slip of the fingers; None where two would do, or none."""
    found = difflib.get_close_matches(name.lower(), {n.lower(): n for n in names}, n=2, cutoff=0.66)
    if not found:
        return None
    lowered = {n.lower(): n for n in names}
    if len(found) == 2:
        first, second = (difflib.SequenceMatcher(None, name.lower(), f).ratio() for f in found)
        if first - second < 0.08:
            return None
    return lowered[found[0]]


def choices(name: str, names: Iterable[str], says: str = "It has", many: str = "") -> str:
    """ "It has: level, drops, pitch.  Did you mean "drops"?" — the hint under a misspelled name.

    Of more names than anybody reads the nearest are told, and `many`: their number, and what lists them.
    """
    names = list(names)
    if not names:
        return ""
    guess = nearest(name, names)
    meant = f'  Did you mean "{guess}"?' if guess else ""
    if len(names) <= _LISTED:
        return f"{says}: {', '.join(names)}.{meant}"
    lowered = {n.lower(): n for n in names}
    near = [lowered[n] for n in difflib.get_close_matches(name.lower(), lowered, n=_NEAREST, cutoff=0.5)]
    such = f"  Nearest: {', '.join(near)}." if near else ""
    return f"{says} {many or len(names)}.{such}{meant}"
