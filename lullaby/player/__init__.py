"""A night heard now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lullaby.player.device import devices
from lullaby.player.outlet import Outlet, Way

if TYPE_CHECKING:
    from lullaby.player.player import Player

__all__ = ["Outlet", "Player", "Way", "devices"]


def __getattr__(name: str) -> Any:
    """The player, once it is asked for: the process that plays needs no night."""
    if name == "Player":
        from lullaby.player.player import Player

        return Player
    raise AttributeError(f"lullaby.player has no {name}")
