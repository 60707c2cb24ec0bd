"""What drives a player: keys in its terminal, media keys, and the door for other programs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lullaby.cli.playing.key_words import listened_to
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.errors import CouldNot

if TYPE_CHECKING:
    from lullaby.player import Player
    from lullaby.player.door import Door
    from lullaby.player.relay import Relay
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


class Driven:
    """All that drives the players of one night, which follow one another."""

    def __init__(self, door: Door | None, keys: Keys, bedside: Bedside, fade: float) -> None:
        """`fade`: seconds of one that is asked for by a key."""
        self._door, self._keys, self._bedside, self._fade = door, keys, bedside, fade
        self._relay: Relay | None = None

    @contextlib.contextmanager
    def by(self, player: Player, words: Words) -> Iterator[None]:
        """This player is driven from now on."""
        if self._keys.there:
            player.every_tick(listened_to(self._keys, player, words, self._bedside, self._fade))
        if self._relay is not None:
            self._relay.hand_over(player, words)
        elif self._door is not None:
            from lullaby.player.relay import Relay

            self._relay = Relay(player, words)
            self._door.serve(self._relay.ask, self._relay.do)
        with _media_keys(player, words):
            yield


@contextlib.contextmanager
def _media_keys(player: Player, words: Words) -> Iterator[None]:
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
