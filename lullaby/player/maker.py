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
import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lullaby.player.child_process import ChildProcess
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
PATIENCE = 10.0
"""Seconds without a word after which a maker is given up."""


class MakerGone(Exception):
    """The error of pages whose maker is gone: asked for again, another makes them."""


class NotMade(Exception):
    """The error of a page that cannot be made, and why."""


class Maker:
    """The process, as the player sees it. One thread asks; any may close it."""

    def __init__(self) -> None:
        self._shared = Shared(SIZE)
        self._sound = np.frombuffer(self._shared.memory, np.float32).reshape(LONGEST, 2)
        self._child: ChildProcess | None = None
        self._asking = threading.Lock()
        self._closed = False
        self._number = 0
        self.open()

    def open(self) -> None:
        """Starts it, where it does not run: that takes a moment, which nobody need wait for."""
        if self._child is None:
            facts = {"memory": self._shared.handle}
            self._child = ChildProcess("lullaby.player.making", facts, self._shared.fds)

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    def page(self, plan: Plan, loudness: Loudness, number: int) -> PageElsewhere:
        """A page of this plan, made there."""
        from lullaby.night.parcel import narrowed, packed

        self._number += 1
        request = {
            "page": self._number,
            "number": number,
            "plan": packed(narrowed(plan, plan.needed(page_span(number)))),
            "loudness": asdict(loudness),
        }
        return PageElsewhere(self, number, request)

    def warm(self, plan: Plan, ceiling: float, frame: int) -> None:
        """Has it load what a page of this plan takes, while it is still worked out how loud that is to be."""

        def make() -> None:
            from lullaby.night.loudness import Loudness

            with contextlib.suppress(MakerGone, NotMade):  # whoever wants the page will see
                self.page(plan, Loudness(1.0, ceiling), frame // PAGE).make(frame + STEP)

        threading.Thread(target=make, name="warming", daemon=True).start()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Has it do this; a MakerGone where it has ended or stands still, a NotMade where it cannot."""
        with self._asking:
            if self._closed:
                raise MakerGone("the maker was closed")
            self.open()
            child = self._child
            answer = None
            if child is not None:
                child.tell(json.dumps(request))
                answer = child.waits(PATIENCE)
                while answer is not None and "alive" in answer:
                    answer = child.waits(PATIENCE)
            if answer is None:
                self._end()
                raise MakerGone("the process that makes the sound has ended or stands still")
        if "error" in answer:
            raise NotMade(str(answer["error"]))
        return answer

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

    def __init__(self, maker: Maker, number: int, request: dict[str, Any]) -> None:
        self.span = page_span(number)
        self._maker, self._request = maker, request
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
            self._maker.ask(self._request)
            self._made_by = self._maker.pid
        self._maker.ask({"of": self._request["page"], **what})
