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
        at_once: int = 1,
        patience: float = PATIENCE,
        module: str = _MODULE,
    ) -> None:
        """`engines` are loaded now, before the first sentence is asked for. `at_once`: sentences that are
        spoken side by side."""
        self._patience, self._module = patience, module
        self._words = (str(at_once), *engines)
        self._turns = threading.Semaphore(at_once)
        self._at_once = at_once
        self._starting = threading.Lock()
        self._closed = False
        self._child: Process | None = Process(module, self._words)

    def __enter__(self) -> Narrator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process's own number."""
        return self._child.pid if self._child else None

    def speak(self, speech: Speech) -> Spoken:
        """The sentence as sound; from any thread. A crash is tried once more. CouldNot says why there is
        none, AskedWrongly what is wrong with what was asked."""
        with self._turns:
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
        with self._starting:
            if self._closed:
                return None
            child = self._child
            if child is None or child.ended:
                self._put_away(child)
                child = self._child = Process(self._module, self._words)
        try:
            message = child.ask(speech_head(speech), self._patience)
        except queue.Empty:
            with self._starting:
                self._put_away(child)
            said = _short(speech.text)
            raise CouldNot(
                f"the narrator did not answer for {self._patience:.0f} seconds over this sentence: “{said}”"
            ) from None
        if message is None:
            with self._starting:
                self._put_away(child)
        return message

    def _put_away(self, child: Process | None) -> None:
        """Ends a process that is of no use any more. Another may have been started in its place."""
        if child is not None:
            child.end(at_once=True)
        if self._child is child:
            self._child = None

    def stop(self) -> None:
        """Ends the process at once, from any thread; a sentence that is asked for is not spoken."""
        self._closed = True
        with self._starting:
            child = self._child
        if child is not None:
            child.end(at_once=True)

    def close(self) -> None:
        """Ends the process. Sentences that other threads wait for are still spoken."""
        for _ in range(self._at_once):
            self._turns.acquire()
        self._closed = True
        if self._child is not None:
            self._child.end()
            self._child = None
        self._turns.release(self._at_once)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
