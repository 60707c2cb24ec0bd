"""What is left of a dream elsewhere, once its journal does not have it any more: nothing."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Sequence

from lullaby.errors import LullabyError
from lullaby.journal.book import SCHEMA, forgets_before, journal_file
from lullaby.journal.dreams import KeptDream, dreams_in
from lullaby.people.database import looked_into


def told_nowhere(listener: str | None, dreams: Sequence[KeptDream]) -> None:
    """Leaves no trace of these dreams: neither in a circle's book nor, spoken, on the shelf."""
    if not dreams:
        return
    from lullaby.ritual.circle.dreams import forget_dream
    from lullaby.ritual.gentle_dreams import forget_spoken
    from lullaby.ritual.tonight import SharedDream

    forget_spoken([SharedDream(listener or "", dream.text, dream.date) for dream in dreams])
    if listener is not None:
        for dream in dreams:
            forget_dream(listener, dream.number)


def no_dream_was_told(listener: str | None) -> None:
    """No circle's book has a dream of this listener: their journal begins anew, and its numbers with it."""
    from lullaby.ritual.circle.dreams import forget_dream

    if listener is not None:
        forget_dream(listener, None)


def before_forgetting(listener: str | None, today: datetime.date) -> None:
    """Called before a journal is opened to be written: what it will forget is told nowhere any more."""
    if not os.path.lexists(journal_file(listener)):
        return
    with contextlib.suppress(LullabyError), looked_into(journal_file(listener), SCHEMA) as db:
        before = None if db is None else forgets_before(db, today)
        if db is not None and before is not None:
            told_nowhere(listener, [dream for dream in dreams_in(db) if dream.date < before])
