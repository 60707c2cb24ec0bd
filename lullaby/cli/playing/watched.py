"""A night that is watched in the terminal it plays in: by the face where there can be one, in plain lines
elsewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lullaby.cli.playing.key_words import KeyWords, listened_to
from lullaby.cli.playing.terminal import Terminal
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys

if TYPE_CHECKING:
    from types import FrameType

    from lullaby.cli.playing.keeping import Keeping
    from lullaby.player import Player
    from lullaby.player.words import Words


@contextlib.contextmanager
def watched(
    player: Player,
    words: Words,
    keys: Keys,
    bedside: Bedside,
    keeping: Keeping,
    *,
    fade: float,
    is_plain: bool,
    idle: float,
) -> Iterator[None]:
    """While this lasts, keys act and what happens is shown. `fade`: how long a fade lasts that a key asks
    for. `idle`: seconds without a key until the view is dimmed."""
    if not keys.there:
        yield
        return
    key_words = KeyWords(player, words, fade)
    if is_plain or not can_be_drawn(bedside):
        bedside.note("? shows the keys.")
        player.every_tick(listened_to(keys, key_words, bedside))
        yield
        return

    from lullaby.cli.playing.face import Face
    from lullaby.cli.playing.textual_screen import TextualScreen

    terminal = Terminal(sys.stderr.fileno())
    screen = TextualScreen(terminal, keys)
    face = Face(player, words, keys, key_words, bedside, screen, free_name=keeping.free_name, idle=idle)
    player.every_tick(face.look)
    with _stopped_by_hand(player, terminal, keys):
        face.open()
        try:
            yield
        finally:
            face.close()


def can_be_drawn(bedside: Bedside) -> bool:
    """Is there a terminal whose colours can be kept dark, and Textual? Of 16 colours nobody knows how bright
    they are."""
    name, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    dark = colours.lower() in ("truecolor", "24bit") or name.endswith(("-256color", "-kitty", "-direct"))
    return (
        bedside.redraws and dark and sys.stdout.isatty() and importlib.util.find_spec("textual") is not None
    )


@contextlib.contextmanager
def _stopped_by_hand(player: Player, terminal: Terminal, keys: Keys) -> Iterator[None]:
    """Ctrl-Z: the shell gets the terminal as it was. `fg` brings the face back, at the next look."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        terminal.leave()
        keys.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # it stands still here
        signal.signal(number, stop)
        player.ask(lambda: None)  # a wait that a signal has outlasted would go on for ever in CPython 3.11

    before = signal.signal(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)
