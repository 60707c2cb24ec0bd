"""The narrator: speaks sentences in a process of its own, so that no crash, hang or leak of a speech engine
is anybody else's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.child import speech_head, spoken_of
from lullaby.narrator.messages import Message
from lullaby.narrator.process import Process
from lullaby.narrator.speech import Speech, Spoken, Unsayable

PATIENCE = 60.0
"""Seconds that a sentence may take: a slow machine loads the engine in them, too."""
_MODULE = "lullaby.narrator.child"


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
        self._child: Process | None = Process(module, self._engines)

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
                if self._closed:
                    raise CouldNot("the narrator was told to stop.")
                message = self._asked(speech)
                if message is not None:
                    head, pcm = message
                    if "error" in head:
                        if head.get("unsayable"):
                            raise Unsayable(head["error"])
                        raise (AskedWrongly if head["exit_code"] == 2 else CouldNot)(head["error"])
                    return spoken_of(head, pcm)
                if last:
                    break
        raise CouldNot(f"the narrator crashed twice over this sentence: “{_short(speech.text)}”")

    def _asked(self, speech: Speech) -> Message | None:
        if self._child is None or self._child.ended:
            self._put_away()
            self._child = Process(self._module, self._engines)
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

    def stop(self) -> None:
        """Ends the process at once, from any thread; a sentence that is asked for is not spoken."""
        self._closed = True
        child = self._child
        if child is not None:
            child.end(at_once=True)

    def close(self) -> None:
        """Ends the process. A sentence that another thread waits for is still spoken."""
        with self._turn:
            self._closed = True
            if self._child is not None:
                self._child.end()
                self._child = None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
