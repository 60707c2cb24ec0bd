"""What lullaby has entered elsewhere on this machine, so that nights begin by themselves."""

from __future__ import annotations


def remove_installed() -> list[str]:
    """Takes the entries away, and says which. Whoever installs any does it here; so far nothing does."""
    return []
