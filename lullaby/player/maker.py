"""The maker: a process that makes pages, so that nothing in the player's own process can make sound late.

    player ── a plan, as data ──────────────► maker
           ── "these frames of that page" ──►
           ◄─ "made": they lie in memory that both can see

The same `GrowingPage` makes them, here as everywhere. A thread that hogs Python, or garbage that is
collected, holds up no more than one line each second. A maker that is killed, or stands still, is replaced by
a fresh one. The process itself is `lullaby.player.making`; what is here loads nothing heavy, so that it is
started before anything else.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lullaby.player.child_process import ChildProcess, CopiedProcess
from lullaby.player.shared_memory import Shared
from lullaby.time import PAGE, RATE, STEP, Span, page_span

if TYPE_CHECKING:
    from lullaby.night.loudness import Loudness
    from lullaby.night.plan import Plan

Frames = NDArray[np.float32]

LONGEST = 2 * RATE
"""Frames that can be asked for at once."""
SIZE = LONGEST * 8
"""Bytes of them: two float32 each."""
PATIENCE, STARTS = 6.0, 120.0
"""Seconds without a word after which a maker is given up, and one that has said nothing yet: it says every
second that it is at work, once it has loaded all it takes."""
PIPE = 4_096
"""Bytes that every pipe holds."""
WAITS = 0.1
"""Seconds of waiting between two looks at what else there is to do."""


class MakerGone(Exception):
    """The error of pages whose maker is gone: asked for again, another makes them."""


class NotMade(Exception):
    """The error of a page that cannot be made, and why."""


class Maker:
    """The process, as the player sees it. One thread asks for its pages; any may close it."""

    def __init__(self, *, forks: bool = False) -> None:
        """`forks`: the first process is a copy of this one, where that can be."""
        self._shared = Shared(SIZE)
        self._sound = np.frombuffer(self._shared.memory, np.float32).reshape(LONGEST, 2)
        self._child: ChildProcess | None = None
        self._has_answered = False
        self._asking, self._opening = threading.Lock(), threading.Lock()
        self._closed = False
        self._numbers = itertools.count(1)
        self.meanwhile: Callable[[], object] | None = None
        """Called again and again by the thread that waits for a page: what is at hand plays on."""
        self.open(forks=forks)

    def open(self, *, forks: bool = False) -> None:
        """Starts it, where it does not run: that takes a moment, which nobody need wait for."""
        with self._opening:
            if self._child is None and not self._closed:
                facts = {"memory": self._shared.handle}
                kind = CopiedProcess if forks else ChildProcess
                self._child = kind("lullaby.player.making", facts, self._shared.fds)
                self._has_answered = False

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    def page(self, plan: Plan, loudness: Loudness, number: int) -> PageElsewhere:
        """A page of this plan, made there."""
        return self._page(plan, loudness, number, self.meanwhile)

    def warm(self, plan: Plan, ceiling: float, frame: int) -> None:
        """Has it load what a page of this plan takes, while it is still worked out how loud that is to be."""

        def make() -> None:
            from lullaby.night.loudness import Loudness

            with contextlib.suppress(MakerGone, NotMade):  # whoever wants the page will see
                self._page(plan, Loudness(1.0, ceiling), frame // PAGE, None).make(frame + STEP)

        threading.Thread(target=make, name="warming", daemon=True).start()

    def _page(
        self, plan: Plan, loudness: Loudness, number: int, meanwhile: Callable[[], object] | None
    ) -> PageElsewhere:
        from lullaby.night.parcel import narrowed, packed

        request = {
            "page": next(self._numbers),
            "number": number,
            "plan": packed(narrowed(plan, plan.needed(page_span(number)))),
            "loudness": asdict(loudness),
        }
        return PageElsewhere(self, number, request, meanwhile)

    def ask(self, request: dict[str, Any], meanwhile: Callable[[], object] | None = None) -> dict[str, Any]:
        """Has it do this; a MakerGone where it has ended or stands still, a NotMade where it cannot."""
        with self._asking:
            self.open()
            child = self._child
            answer = None if child is None else self._answer(child, request, meanwhile)
            if answer is None or self._closed:
                self._end()
                self.open()  # a fresh one comes up while what is at hand plays on
                raise MakerGone("the process that makes the sound has ended or stands still")
        if "error" in answer:
            raise NotMade(str(answer["error"]))
        return answer

    def _answer(
        self, child: ChildProcess, request: dict[str, Any], meanwhile: Callable[[], object] | None
    ) -> dict[str, Any] | None:
        """What it says to this; None where it has ended, or has said nothing for too long."""
        line = json.dumps(request)
        # only a plan, once a minute, is longer than a pipe holds: where it is not read, writing would not end
        watch = threading.Timer(STARTS, child.kill) if len(line) > PIPE else None
        if watch is not None:
            watch.start()
        child.tell(line)
        if watch is not None:
            watch.cancel()
        since = time.monotonic()
        while True:
            answer = child.waits(WAITS)
            if answer is not None and "alive" not in answer:
                return answer
            if meanwhile is not None:
                meanwhile()
            if answer is not None:
                self._has_answered, since = True, time.monotonic()
            elif child.ended or time.monotonic() - since > (PATIENCE if self._has_answered else STARTS):
                return None

    def sound(self, frames: int) -> Frames:
        """What lies in the memory, as an array of its own."""
        return self._sound[:frames].copy()

    def close(self) -> None:
        self._closed = True
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end(patience=0.0)  # it keeps nothing


class PageElsewhere:
    """A page that a maker makes as it is asked for."""

    def __init__(
        self,
        maker: Maker,
        number: int,
        request: dict[str, Any],
        meanwhile: Callable[[], object] | None,
    ) -> None:
        self.span = page_span(number)
        self._maker, self._request, self._meanwhile = maker, request, meanwhile
        self._made_by: int | None = None
        """The process that knows of it."""

    def sound(self, wanted: Span) -> Frames:
        if len(wanted) > LONGEST:
            raise ValueError(f"at most {LONGEST} frames at once, not {len(wanted)}")
        self._ask({"start": wanted.start, "stop": wanted.stop})
        return self._maker.sound(len(wanted))

    def make(self, frame: int) -> None:
        self._ask({"until": frame})

    def _ask(self, what: dict[str, Any]) -> None:
        pid = self._maker.pid
        if pid is None or pid != self._made_by:
            self._tell()
        request = {"of": self._request["page"], **what}
        if "forgotten" in self._maker.ask(request, self._meanwhile):  # many others were made since
            self._tell()
            self._maker.ask(request, self._meanwhile)

    def _tell(self) -> None:
        """Tells the process which page it is."""
        self._maker.ask(self._request, self._meanwhile)
        self._made_by = self._maker.pid
