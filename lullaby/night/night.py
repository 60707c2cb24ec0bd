"""A night is a function. Ask it for a span; it gives you that span."""

from __future__ import annotations

import hashlib
import json
import math
import os
import threading
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.kernels import exact
from lullaby.music.programme import Score as Written
from lullaby.night import mixer
from lullaby.night.engine import engine_name
from lullaby.night.faders import FaderMove
from lullaby.night.loudness import Loudness, gain_for
from lullaby.night.music import music_of
from lullaby.night.narration import Narration
from lullaby.night.opening import opening_heard
from lullaby.night.page_cache import PageCache
from lullaby.night.pages import fill, straight
from lullaby.night.plan import Plan, make_plan, root_key
from lullaby.night.splicing import spliced
from lullaby.people.caps import UNCAPPED, Caps
from lullaby.score import Score
from lullaby.score.plain_text import plain, quoted
from lullaby.sleep.course import Course, Known
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, Span, page_span
from lullaby.voices.core.unity import LUFS


@dataclass(frozen=True)
class Growth:
    """An entry in the log of a night that is heard live: what is new from a frame on."""

    frame: int
    runs: tuple[Known, ...] = ()
    """What is known of the sleeper from there on, in place of what was foreseen."""
    moves: tuple[FaderMove, ...] = ()
    narrations: tuple[Narration, ...] | None = None
    """What is told from there on; None: as it was to be told."""

    def __post_init__(self) -> None:
        lines = [line for narration in self.narrations or () for line in narration.lines]
        if any(
            start < self.frame
            for start in (
                *(k.run.start for k in self.runs),
                *(m.frame for m in self.moves),
                *(line.stop if line.is_cut else line.start for line in lines),
            )
        ):
            raise ValueError("nothing that is added to a plan may come before the frame it is added at")

    def put_off(self, frame: int) -> Growth:
        """The same, added at a later frame."""
        later = frame - self.frame
        runs = tuple(
            replace(k, run=replace(k.run, start=k.run.start + later, stop=k.run.stop + later))
            for k in self.runs
        )
        told = self.narrations and tuple(one.put_off(self.frame, later) for one in self.narrations)
        return Growth(frame, runs, tuple(replace(m, frame=m.frame + later) for m in self.moves), told)

    @property
    def facts(self) -> list[object]:
        runs = [[k.run.start, k.run.stop, int(k.run.stage), k.evidence.value, k.seen] for k in self.runs]
        facts = [self.frame, runs, [[m.frame, m.voice, m.gain_db] for m in self.moves]]
        return facts if self.narrations is None else [*facts, [n.facts for n in self.narrations]]


AWAKE = 5 * PAGE
"""Frames for which nearly everybody is still awake: half of all people take some fifteen minutes."""


class Keeper(Protocol):
    """A function that keeps a night as a file. Its package is in a higher layer, so it is handed in."""

    def __call__(
        self,
        night: Night,
        path: str | os.PathLike[str],
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Path: ...


class Night:
    """A score bound to a seed and a date. `render` any span, in any order, on any thread.

    With `gain`, the mixer multiplies by exactly that, and the opening is not measured: a voice heard
    alone is as loud as it is, and only -1 dBTP holds its peaks.
    """

    def __init__(
        self,
        score: Score,
        *,
        seed: int | None = None,
        day: date | None = None,
        course: Course | None = None,
        follows: str = "none",
        gain: float | None = None,
        caps: Caps = UNCAPPED,
        headphones: bool = False,
        for_listener: bool = False,
        narrations: tuple[Narration, ...] = (),
        keeper: Keeper | None = None,
    ) -> None:
        """`narrations`: what is told in it, one for each of its score's tellings that is heard."""
        self.score = score
        self.seed = score.seed if seed is None else seed
        self.date = day
        self.course = course
        """The sleeper's night, where somebody sleeps."""
        self.follows = follows
        """The sleeper as a word: asking for it again means the same sleeper, on whatever date."""
        self.plan: Plan = replace(make_plan(score, self.seed, day, course), headphones=headphones)
        self.caps = caps
        """The levels it keeps below, where a listener has limits and the device was measured."""
        self.for_listener = for_listener
        """Was it made for somebody who was named? Their files say so, without the name."""
        self._pages = PageCache()
        self._given = None if gain is None else np.float32(gain)
        self._listening = threading.Lock()
        self._heard: tuple[float, float] | None = None
        self._keeper = keeper
        self.grown: tuple[Growth, ...] = ()
        """What was added to its plan while it was heard."""
        self.narrations = self._told = narrations
        """What is told in it, as far as it is known by now."""
        self._speech_db = 0.0
        if narrations:
            if gain is None:
                self._speech_db = self._opening_heard()[0] - LUFS
            self.plan = self._planned(course)

    def _planned(self, course: Course | None) -> Plan:
        """The plan of all that is known by now."""
        moves = [move for each in self.grown for move in each.moves]
        plan = make_plan(self.score, self.seed, self.date, course, moves, self.narrations, self._speech_db)
        return replace(plan, headphones=self.headphones)

    def from_frame(self, growth: Growth) -> Night:
        """The same night up to a frame, and another after it: its sleeper sleeps otherwise from there on, or
        a fader is moved. Its loudness stays as it was measured, whatever comes."""
        course = self.course
        if growth.runs:
            course = (course or Course()).until(growth.frame)
            course = replace(course, known=(*course.known, *growth.runs))
        found = copy(self)
        found.grown = (*self.grown, growth)
        found.course = course
        if growth.narrations is not None:
            found.narrations = tuple(
                before.then(growth.frame, after)
                for before, after in zip(self.narrations, growth.narrations, strict=True)
            )
        found.plan = replace(
            spliced(self.plan, found._planned(course), growth.frame), headphones=self.headphones
        )
        found._heard = self._opening_heard() if self._given is None else self._heard
        found._pages = PageCache()
        return found

    @property
    def music(self) -> Written | None:
        """What its instruments are given to play, bar by bar; None where its score asks for none."""
        return music_of(self.score, root_key(self.seed, self.date), self.course)

    @property
    def length(self) -> int:
        """Frames from lights-out to the end."""
        return self.plan.length

    @property
    def span(self) -> Span:
        return Span(0, self.length)

    @property
    def fingerprint(self) -> str:
        """Twelve letters that are the same exactly where the night is: score, voices, seed, date, engine."""
        facts = [engine_name(), self.seed, self.date.isoformat() if self.date else None]
        if self.unmeasured:
            facts.append(float(self.gain))
        if self.course:
            known = self.course.known
            facts.append(
                [[k.run.start, k.run.stop, int(k.run.stage), k.evidence.value, k.seen] for k in known]
            )
            facts.append(self.course.foreseen)
        if self.caps != UNCAPPED:
            facts.append([self.caps.hard, self.caps.aim])
        if self.headphones:
            facts.append("headphones")
        # lines follow from what is told and how: a night is the same however far it is laid out
        facts += [[narration.voice, narration.of] for narration in self._told]
        facts += [growth.facts for growth in self.grown]
        text = json.dumps([*facts, *self.score.sources])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def headphones(self) -> bool:
        """Is it made for two ears, rather than for two loudspeakers?"""
        return self.plan.headphones

    @property
    def unmeasured(self) -> bool:
        """Was its gain given, rather than found by listening?"""
        return self._given is not None

    def awake_at(self, frame: int) -> bool:
        """May one count on the listener being awake here? Where nobody knows, for the first minutes only."""
        return frame < AWAKE and (self.course is None or self.course.stage(frame) is Stage.AWAKE)

    @property
    def ceiling(self) -> float:
        """The true peak nothing passes: -7.5 dBTP, or for a night louder than -27 LUFS up to -1 dBTP."""
        if self.unmeasured:
            return float(exact.gain(-1.0))
        return float(exact.gain(min(-1.0, max(-7.5, self.score.level + 19.5))))

    @property
    def opening(self) -> Span:
        """The minute whose loudness is the score's `level`: from when the first voices to sound have come
        up to their own levels."""
        return Span(self.plan.opening, self.plan.opening + PAGE)

    @property
    def gain(self) -> np.float32:
        """The factor that the mixer multiplies by, found by measuring the opening once."""
        if self._given is not None:
            return self._given
        loudness, level = self._opening_heard()
        wished = gain_for(loudness, self.score.level)
        # as loud as the score asks for, unless that is more than this listener may hear
        return min(wished, gain_for(level, self.caps.aim)) if self.caps.aim < math.inf else wished

    @property
    def measured(self) -> float:
        """LUFS of the opening minute, before any gain."""
        return self._opening_heard()[0]

    @property
    def measured_a(self) -> float:
        """LAeq of the same minute in dBFS(A), before any gain."""
        return self._opening_heard()[1]

    def loudness(self, gain: float | None = None, ceiling: float | None = None) -> Loudness:
        """The loudness at which the mixer plays it; a file may have another gain and another ceiling."""
        gain = float(self.gain) if gain is None else gain
        opening = 0.0
        if self.course:
            level = gain * float(exact.gain(self._opening_heard()[1]))
            opening = level * level
        cap = float(exact.gain(2 * self.caps.hard)) if self.caps.hard < math.inf else None
        return Loudness(gain, self.ceiling if ceiling is None else ceiling, opening, cap)

    def _opening_heard(self) -> tuple[float, float]:
        """LUFS and LAeq of the opening minute, before any gain."""
        with self._listening:
            if self._heard is None:
                self._heard = opening_heard(self.plan)
            return self._heard

    def page(self, number: int) -> NDArray[np.float32]:
        """One minute, float32[frames, 2], not to be written to. The last few stay at hand."""
        found = self._pages.get(number)
        if found is not None:
            return found
        blank = self._pages.blank()
        fill(self.plan, self.loudness(), page_span(number), blank)
        return self._pages.keep(number, blank)

    def render(self, span: Span) -> NDArray[np.float32]:
        """The span as float32[frames, 2]. Past the night's end there is silence."""
        out = np.zeros((len(span), 2), np.float32)
        for part, sound in self.pieces(span):
            out[part.start - span.start : part.stop - span.start] = sound
        return out

    def pieces(self, span: Span) -> Iterator[tuple[Span, NDArray[np.float32]]]:
        """The span in pieces of a page at the most, without copying: (which frames, their sound). A piece may
        be used until the next one is asked for."""
        for number in span.pages():
            whole = page_span(number)
            part = span & whole
            if whole.start >= self.length:
                continue
            if part == whole and self._pages.get(number) is None:
                flowing = straight(self.plan, self.loudness(), number)
                if flowing is not None:
                    yield from flowing
                    continue
            yield part, self.page(number)[part.start - whole.start : part.stop - whole.start]

    def stem(self, voice: str, span: Span) -> NDArray[np.float32]:
        """One voice alone, placed and levelled but dry, before the mixer's gain."""
        names = [track.name for track in self.plan.tracks]
        if voice not in names:
            says = f"this night has no voice {quoted(str(voice))}."
            hint = choices(str(voice), names, "Its voices are")
            raise AskedWrongly(f"{says}\n    {plain(hint)}" if hint else says)
        out = np.zeros((len(span), 2), np.float32)
        for number in span.pages():
            whole = page_span(number)
            part = span & whole
            made = mixer.stem(self.plan, voice, number)
            out[part.start - span.start : part.stop - span.start] = made[
                part.start - whole.start : part.stop - whole.start
            ]
        return out

    def export(
        self, path: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Keep the whole night as the file its ending asks for; `progress(frames done, of all)`."""
        if self._keeper is None:
            raise CouldNot("this night was made without a keeper: lullaby.load makes one that can be kept.")
        return self._keeper(self, path, progress=progress)
