"""The narrator: speaks sentences in a process of its own, so that no crash, hang or leak of a speech engine
is anybody else's."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.child import received, send, speech_head, spoken_of
from lullaby.narrator.speech import Speech, Spoken

PATIENCE = 60.0
"""Seconds that a sentence may take: a slow machine loads the engine in them, too."""
_GOES = 2.0
"""Seconds that the process may take to go when it is told to."""
_MODULE = "lullaby.narrator.child"
_Message = tuple[dict[str, Any], bytes] | None


class Narrator:
    """Speaks until it is closed. The process starts with this object, and again where it crashed."""

    def __init__(
        self,
        engines: Sequence[str] = ("hibari",),
        patience: float = PATIENCE,
        module: str = _MODULE,
    ) -> None:
        """`engines` are loaded at once, before the first sentence is asked for."""
        self._engines, self._patience, self._module = tuple(engines), patience, module
        self._turn = threading.Lock()
        self._closed = False
        self._child: _Child | None = _Child(module, self._engines)

    def __enter__(self) -> Narrator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process's own number."""
        return self._child.pid if self._child else None

    def speak(self, speech: Speech) -> Spoken:
        """The sentence as sound; from any thread, one after another. A crash is tried once more. CouldNot
        says why there is none, AskedWrongly what is wrong with what was asked."""
        with self._turn:
            if self._closed:
                raise CouldNot("the narrator was told to stop.")
            for last in (False, True):
                message = self._asked(speech)
                if message is not None:
                    head, pcm = message
                    if "error" in head:
                        raise (AskedWrongly if head["exit_code"] == 2 else CouldNot)(head["error"])
                    return spoken_of(head, pcm)
                if last:
                    break
        raise CouldNot(f"the narrator crashed twice over this sentence: “{_short(speech.text)}”")

    def _asked(self, speech: Speech) -> _Message:
        if self._child is None or self._child.ended:
            self._put_away()
            self._child = _Child(self._module, self._engines)
        try:
            message = self._child.ask(speech_head(speech), self._patience)
        except queue.Empty:
            self._put_away()
            said = _short(speech.text)
            raise CouldNot(
                f"the narrator did not answer for {self._patience:.0f} seconds over this sentence: “{said}”"
            ) from None
        if message is None:
            self._put_away()
        return message

    def _put_away(self) -> None:
        if self._child is not None:
            self._child.end(at_once=True)
            self._child = None

    def close(self) -> None:
        """Ends the process. A sentence that another thread waits for is still spoken."""
        with self._turn:
            self._closed = True
            if self._child is not None:
                self._child.end()
                self._child = None


class _Child:
    """One process that speaks."""

    def __init__(self, module: str, engines: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *engines],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for who asks
            )
        except OSError as error:
            raise CouldNot(f"the narrator could not be started ({error.strerror}).") from None
        self._said: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, name="narrator", daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None or not self._reading.is_alive()

    def ask(self, head: dict[str, Any], patience: float) -> _Message:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, head)
        except OSError:
            return None
        return self._said.get(timeout=patience)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError), self._process.stdout as pipe:
            while (message := received(pipe)) is not None:
                self._said.put(message)
        self._said.put(None)

    def end(self, at_once: bool = False) -> None:
        assert self._process.stdin is not None
        if at_once:
            self._process.kill()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_GOES)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GOES)
        self._reading.join(_GOES)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
