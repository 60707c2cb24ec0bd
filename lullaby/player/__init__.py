"""A night heard now. Driving a player that runs elsewhere (`lullaby.player.client`) needs no sound, so the
player itself is imported only where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lullaby.player.device import devices
    from lullaby.player.outlet import Way
    from lullaby.player.player import Player

__all__ = ["Player", "Way", "devices"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lullaby.player import device, outlet, player

    return {"Player": player.Player, "Way": outlet.Way, "devices": device.devices}[name]
