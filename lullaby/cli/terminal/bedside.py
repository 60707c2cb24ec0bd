"""The surroundings of a command: the clock, its results (stdout) and its messages (stderr)."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lullaby.cli.terminal.line import Line
from lullaby.cli.terminal.progress import Progress, Tuning
from lullaby.errors import CouldNot
from lullaby.score.plain_text import plain
from lullaby.time import Clock


def let_go_of_output() -> None:
    """Stops all output, complaints included: whoever read it has gone."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        pass


class Bedside:
    """Facts go to stdout; how it is going goes to stderr, so that a pipe gets facts alone."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a terminal without our letters gets others, not an error
                stream.reconfigure(errors="replace")
        self._line = Line(sys.stderr)
        self._unkept_said = False

    @property
    def redraws(self) -> bool:
        """Is there a terminal whose last line may be drawn again and again?"""
        return self._line.redraws

    def say(self, text: str = "") -> None:
        self._line.clear()
        self._print(text)

    def facts(self, facts: Mapping[str, Any] | Sequence[Any]) -> None:
        """Prints facts as JSON, for programs."""
        self._print(json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False))

    def finish(self) -> None:
        """Flushes what was printed, or raises an error if it could not be written."""
        self._print(None)

    def _print(self, text: str | None) -> None:
        """Text, or with None what is still held back. A pipe that was closed is the caller's to meet."""
        if sys.stdout is None:
            if text is not None:
                raise CouldNot("there is nowhere to print to: standard output is closed.")
            return
        try:
            if text is None:
                sys.stdout.flush()
            else:
                print(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            let_go_of_output()
            said = (error.strerror or type(error).__name__).lower()
            raise CouldNot(f"what was to be printed could not be written ({said}).") from None

    def note(self, text: str) -> None:
        """A line for the person, not for the pipe."""
        self._line.note(text)

    def hand_notes(self, to: Callable[[str], None] | None) -> None:
        """From now on `to` is told what is noted, from whatever thread, and nothing is drawn here; None: as
        before."""
        self._line.clear()
        self._line.notes_to = to

    @contextlib.contextmanager
    def working(self, what: str) -> Iterator[Progress]:
        """While this lasts, progress is shown, and so is the tuning of instruments on a first run; and after
        it, once, why what was tuned could not be kept."""
        progress, tuning = Progress(what, self._line), Tuning(self._line)
        try:
            with tuning:
                yield progress
        finally:
            self._line.clear()
            if tuning.has_compiled:
                self.say_unkept()

    @contextlib.contextmanager
    def speaking(self) -> Iterator[Callable[[int, int], None]]:
        """While this lasts, how far a story is spoken; nothing is drawn where there is nothing to speak."""
        progress = Progress("Speaking the story", self._line)
        begun = False

        def spoken(done: int, whole: int) -> None:
            nonlocal begun
            begun = True
            progress(done, whole)

        try:
            yield spoken
        finally:
            if begun:
                self._line.clear()

    def say_unkept(self) -> None:
        """Says once why compiled instruments cannot be kept, where they cannot."""
        from lullaby.kernels import jit

        why = jit.not_kept()
        if why is not None and not self._unkept_said:
            self._unkept_said = True
            self.note(
                plain(
                    f"{jit.cache_folder()}: {why} What was tuned lasts for this once; LULLABY_CACHE names "
                    "another folder."
                )
            )
