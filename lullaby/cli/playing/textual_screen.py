"""Textual in a thread of its own, where it is told what to show."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

from lullaby.cli.playing.terminal import Terminal
from lullaby.cli.terminal.keys import Keys

if TYPE_CHECKING:
    from lullaby.cli.playing.picture import Picture
    from lullaby.cli.playing.screen import FaceApp

PATIENCE = 2.0
"""Seconds that it has for going."""


class TextualScreen:
    """The thread imports Textual, too: the night need not wait for that."""

    def __init__(self, terminal: Terminal, keys: Keys) -> None:
        self._terminal, self._keys = terminal, keys
        self._app: FaceApp | None = None
        self._picture: Picture | None = None
        self._size = terminal.size
        self._closing = False
        self.failure: BaseException | None = None
        self._streams = sys.stdout, sys.stderr
        self._thread = threading.Thread(target=self._run, name="face", daemon=True)

    def open(self) -> None:
        self._terminal.enter()

    def start(self) -> None:
        self._thread.start()

    def show(self, picture: Picture) -> None:
        self._picture = picture
        if self._app is not None:
            self._app.show(picture)

    def fit(self) -> None:
        if self._app is None or not self._app.is_running or not self._keys.ours:
            return
        if not self._terminal.entered:  # after Ctrl-Z and `fg`
            self._terminal.enter()
            self._app.draw_all()
        size = self._terminal.size
        if size != self._size:
            self._size = size
            self._app.fit(size)

    def close(self) -> None:
        self._closing = True
        if self._app is not None and self._app.is_running:
            self._app.call_later(self._app.exit)
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        self._terminal.leave()
        sys.stdout, sys.stderr = self._streams  # Textual catches what is printed while it is there

    def _run(self) -> None:
        try:
            from lullaby.cli.playing.screen import FaceApp

            self._app = app = FaceApp(self._terminal)
            if self._picture is not None:
                app.show(self._picture)
            if not self._closing:
                asyncio.run(app.run_async())
            if not self._closing:
                self.failure = app.failure or RuntimeError("it ended")
        except BaseException as error:
            self.failure = error
