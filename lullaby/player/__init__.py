"""A night heard now."""

from lullaby.player.device import devices
from lullaby.player.listening import listen

__all__ = ["devices", "listen"]
