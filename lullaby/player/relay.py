"""One door for the players of one night, which follow one another: the night's, and the dawn's."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from lullaby.player.player import Player
from lullaby.player.words import Words


class Relay:
    """Passes what is asked for on to whichever player plays now. What one of them no longer got to is done
    by the next."""

    def __init__(self, player: Player, words: Words) -> None:
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.hand_over(player, words)

    def hand_over(self, player: Player, words: Words) -> None:
        self._player, self._words = player, words
        player.ask(self._do_all)

    def ask(self, what: Callable[[], None]) -> None:
        """Has this done by the player's own thread; from any thread."""
        self._asked.put(what)
        self._player.ask(self._do_all)

    def do(self, request: object) -> dict[str, Any]:
        """What a request asks for, in the player's own thread."""
        return self._words.do(request)

    def _do_all(self) -> None:
        for _ in range(self._asked.qsize()):
            self._asked.get_nowait()()
