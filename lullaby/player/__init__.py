"""A night heard now. Each part is imported once it is asked for: the process that plays needs no night, and
driving a player that runs elsewhere (`lullaby.player.client`) needs no sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lullaby.player.device import devices
    from lullaby.player.outlet import Outlet, Way
    from lullaby.player.player import Player

__all__ = ["Outlet", "Player", "Way", "devices"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    where = {"Outlet": "outlet", "Player": "player", "Way": "outlet", "devices": "device"}
    if name not in where:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"lullaby.player.{where[name]}"), name)
