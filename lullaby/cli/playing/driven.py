"""What drives a player: keys in its terminal, media keys, and the door for other programs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lullaby.cli.playing.watched import Watched
from lullaby.cli.terminal.bedside import Bedside
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

    def __init__(self, door: Door | None, view: Watched, fade: float) -> None:
        """`fade`: seconds of one that is asked for by a key."""
        self._door, self._view, self._fade = door, view, fade
        self._relay: Relay | None = None

    @contextlib.contextmanager
    def by(self, player: Player, words: Words, free_name: Callable[[], str] | None = None) -> Iterator[None]:
        """This player is driven from now on. `free_name`: a name it can be kept under, where it can."""
        self._view.look_at(player, words, self._fade, free_name)
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
    from lullaby.player.refused import Refused

    def skip() -> None:
        with contextlib.suppress(Refused):  # there is no scene after this one
            words.do({"do": "skip"})

    keys = MediaKeys(player, skip)
    keys.start()
    try:
        yield
    finally:
        keys.close()
