"""A night heard now."""

from lullaby.player.device import devices
from lullaby.player.outlet import Way
from lullaby.player.player import Player

__all__ = ["Player", "Way", "devices"]
