"""What was spoken for a listener, taken from the shelf: there it lies as sound, with its words beside it."""

from __future__ import annotations

from lullaby.errors import LullabyError
from lullaby.evening.enough_gentle import forget_spoken_of
from lullaby.people.enough.book import looked
from lullaby.people.enough.evenings import chosen_facing


def forget_facing(listener: str) -> None:
    """The story that faces a fear. Where its file is gone nobody knows its words, and nothing is taken."""
    with looked(listener) as db:
        found = None if db is None else chosen_facing(db)
    if found is not None:
        forget_spoken_of(found.path)


def forget_what_was_spoken_for(listener: str) -> None:
    """That story, and the dreams of theirs that were told. A journal that cannot be read keeps nobody from
    going."""
    from lullaby.journal.dreams import told_dreams
    from lullaby.ritual.gentle_dreams import forget_spoken
    from lullaby.ritual.tonight import SharedDream

    try:
        forget_facing(listener)
        dreams = told_dreams(listener)
    except LullabyError:
        return
    forget_spoken([SharedDream(listener, dream.text, dream.date) for dream in dreams])
