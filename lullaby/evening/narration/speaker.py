"""Who speaks: the shelf first, and a narrator for what is not on it yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from lullaby.errors import CouldNot
from lullaby.narrator import shelf
from lullaby.narrator.engines import engine_for, engine_name
from lullaby.narrator.narrator import Narrator
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import Manner, Speech


class Speaker:
    """Sentences from the shelf, spoken where they are not there. From any thread."""

    def __init__(self, narrator: Narrator | None = None, at_once: int = 1) -> None:
        """`narrator`: one that was started already, for one sentence at a time. `at_once`: sentences that are
        spoken side by side."""
        self._narrator, self._at_once = narrator, at_once
        self._lock = threading.RLock()
        self._coming: dict[str, Future[Shelved]] = {}
        self._pool = ThreadPoolExecutor(at_once, "speaker")
        self._closed = False
        self.spoken = 0
        """Sentences that were not on the shelf."""

    def __enter__(self) -> Speaker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def shelved(self, speech: Speech) -> Shelved:
        """The sentence, from the shelf or spoken now. A CouldNot says why it cannot be had."""
        return self._ask(speech).result()

    def ahead(self, speeches: Iterable[Speech]) -> None:
        """Has these spoken, in this order, while others are laid out."""
        for speech in speeches:
            self._ask(speech)

    def _ask(self, speech: Speech) -> Future[Shelved]:
        speech = with_engine(speech)
        name = speech.address(engine_name(speech.manner, speech.lang))
        with self._lock:
            coming = self._coming.get(name)
            if coming is None:
                coming = self._coming[name] = self._pool.submit(self._get, name, speech)
                coming.add_done_callback(lambda done: self._forget(name, done))
                while len(self._coming) > _REMEMBERED:
                    self._coming.pop(next(iter(self._coming)))
            return coming

    def _forget(self, name: str, done: Future[Shelved]) -> None:
        """What could not be spoken is tried anew when it is asked for again."""
        if done.cancelled() or done.exception() is not None:
            with self._lock:
                self._coming.pop(name, None)

    def _get(self, name: str, speech: Speech) -> Shelved:
        found = shelf.found(name)
        if found is not None:
            return found
        with self._lock:
            if self._closed:
                raise CouldNot("nothing more is spoken.")
            if self._narrator is None:
                self._narrator = Narrator((speech.manner.engine,), self._at_once)
            narrator = self._narrator
        spoken = narrator.speak(speech)
        with self._lock:
            self.spoken += 1
        return shelf.put(name, spoken)

    def rest(self) -> None:
        """Lets go of the process that speaks; where there is more to say, another is started."""
        with self._lock:
            narrator, self._narrator = self._narrator, None
        if narrator is not None:
            narrator.close()

    def close(self) -> None:
        """Nothing more is spoken. Who waits for a sentence is told so at once."""
        with self._lock:
            self._closed = True
            narrator, self._narrator = self._narrator, None
        if narrator is not None:
            narrator.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


_REMEMBERED = 64


def with_engine(speech: Speech) -> Speech:
    """The same, by an engine that is here and speaks its language."""
    manner: Manner = engine_for(speech.manner, speech.lang)
    return speech if manner == speech.manner else replace(speech, manner=manner)
