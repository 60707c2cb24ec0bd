"""A night that is watched in the terminal it plays in: by the face where there can be one, in plain lines
elsewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lullaby.cli.playing.face_options import Seen
from lullaby.cli.playing.terminal import Terminal
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys

if TYPE_CHECKING:
    from types import FrameType

    from lullaby.cli.playing.face import Face
    from lullaby.player import Player
    from lullaby.player.words import Words


class Watched:
    """What is seen of the players of one night, which follow one another, and the keys that drive them."""

    def __init__(self, keys: Keys, bedside: Bedside, terminal: Terminal | None, face: Face | None) -> None:
        self._keys, self._bedside, self._terminal, self._face = keys, bedside, terminal, face
        self._player: Player | None = None

    def look_at(
        self, player: Player, words: Words, fade: float, free_name: Callable[[], str] | None = None
    ) -> None:
        """This player is driven by the keys from now on, and seen. `fade`: seconds of one that a key asks
        for. `free_name`: a name it can be kept under, where it can."""
        from lullaby.cli.playing.key_words import KeyWords, listened_to

        if not self._keys.there:
            return
        is_first, self._player = self._player is None, player
        key_words = KeyWords(player, words, fade)
        if self._face is not None:
            self._face.look_at(player, words, key_words, free_name)
            player.every_tick(self._face.look)
            if is_first:
                self._face.open()
            return
        player.every_tick(listened_to(self._keys, key_words, self._bedside))
        if is_first:
            self._bedside.note("? shows the keys.")

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets the terminal as it was. `fg` brings the face back, at the next look."""
        if self._terminal is not None:
            self._terminal.leave()
        self._keys.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # it stands still here
        signal.signal(number, self.stop)
        if self._player is not None:
            # a wait that its signal has outlasted would go on for ever in CPython 3.11
            self._player.ask(lambda: None)


@contextlib.contextmanager
def watched(keys: Keys, bedside: Bedside, seen: Seen) -> Iterator[Watched]:
    """While this lasts, players can be watched; the terminal is the shell's until the first of them is."""
    if not keys.there or seen.is_plain or not can_be_drawn(bedside):
        yield Watched(keys, bedside, None, None)
        return

    from lullaby.cli.playing.face import Face
    from lullaby.cli.playing.textual_screen import TextualScreen

    terminal = Terminal(sys.stderr.fileno())
    face = Face(keys, bedside, TextualScreen(terminal, keys), idle=seen.idle)
    found = Watched(keys, bedside, terminal, face)
    with _stopped_by_hand(found):
        try:
            yield found
        finally:
            face.close()


def can_be_drawn(bedside: Bedside) -> bool:
    """Is there a terminal whose colours can be kept dark, and Textual? Of 16 colours nobody knows how bright
    they are."""
    name, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    dark = colours.lower() in ("truecolor", "24bit") or name.endswith(("-256color", "-kitty"))
    return (
        bedside.redraws and dark and sys.stdout.isatty() and importlib.util.find_spec("textual") is not None
    )


@contextlib.contextmanager
def _stopped_by_hand(found: Watched) -> Iterator[None]:
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        yield
        return
    before = signal.signal(signal.SIGTSTP, found.stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)
