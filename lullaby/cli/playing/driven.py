"""What drives a player from outside its terminal: the door for other programs, and media keys."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import CouldNot

if TYPE_CHECKING:
    from lullaby.player import Player
    from lullaby.player.door import Door
    from lullaby.player.words import Words


@contextlib.contextmanager
def door_of_its_own(bedside: Bedside) -> Iterator[Door | None]:
    """The door for other programs; a night plays on without one, but never beside another."""
    from lullaby.player.door import Door, PlaysAlready

    try:
        door = Door()
    except PlaysAlready:
        raise
    except CouldNot as error:
        bedside.note(f"No other program can drive this player: {error}")
        yield None
        return
    with door:
        yield door


@contextlib.contextmanager
def media_keys(player: Player, words: Words) -> Iterator[None]:
    """Keys of a keyboard or of headphones, where there is a desktop that passes them on."""
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        yield
        return

    from lullaby.player.media_keys import MediaKeys
    from lullaby.player.words import Refused

    def skip() -> None:
        with contextlib.suppress(Refused):  # there is no scene after this one
            words.do({"do": "skip"})

    keys = MediaKeys(player, skip)
    keys.start()
    try:
        yield
    finally:
        keys.close()
