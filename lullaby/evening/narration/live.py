"""A story told while the night is heard: sentences are spoken a minute ahead, and the night grows by them.

    text ── Tale ── lines ── a Growth ── player.change
              ▲
        the sleeper as known by now: pace, level, and whether anything more is said

Before a sentence begins its pace can still change; once it has begun it is finished, unless the listener has
it hushed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import takewhile

from lullaby.errors import LullabyError
from lullaby.evening.narration.gathering import GAP
from lullaby.evening.narration.telling import Tale
from lullaby.night.narration import TURNS, Narration
from lullaby.night.night import Growth, Night
from lullaby.time import RATE

AHEAD = 60 * RATE
"""Frames ahead of what is heard that sentences are laid out."""
MORE = 30 * RATE
"""Frames of them that are left when more are laid out."""
SOON = 3 * RATE
"""Frames within which a change is put into the night."""
LOOKS = 0.5
"""Seconds between two looks."""
PATIENCE = 40
"""Looks after which lines that the night has not grown by are laid out again."""
HUSHED = RATE // 2
"""Frames in which a sentence that is hushed fades."""
Change = Callable[[Callable[[Night, int], Growth | None]], None]


@dataclass(frozen=True)
class Place:
    """Where a story is by now."""

    title: str
    sentence: int
    """Sentences that have begun."""
    sentences: int
    telling: bool
    """Is it being told, or about to be, rather than hushed?"""


class LiveStory:
    """The stories of a night that is heard now."""

    def __init__(
        self,
        tales: list[Tale],
        night: Callable[[], Night],
        heard: Callable[[], int],
        change: Change,
        *,
        marks: Callable[[Tale, int | None], None] = lambda tale, sentence: None,
        note: Callable[[str], None] = lambda line: None,
        grows: Callable[[], bool] = lambda: True,
        rests: Callable[[], None] = lambda: None,
    ) -> None:
        """`marks` is told the sentence to go on with, and None when a story is over; `change` is the
        player's. Where a story cannot be spoken, `note` says why, once, and the night goes on. `rests` is
        called when nothing more is to be spoken."""
        self._tales, self._night, self._heard, self._change = tales, night, heard, change
        self._marks, self._note, self._grows, self._rests = marks, note, grows, rests
        self._rested = False
        self._wake, self._ended = threading.Event(), False
        self._hushed = self._waits = False
        self._asked_again = self._anew = False
        self._noted = ""
        self._marked: dict[int, int] = {}
        self._waited = 0
        self._first = heard()
        self._grown = threading.Event()
        self._grown.set()
        self._thread = threading.Thread(target=self._run, name="story", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """No other sentence is begun, and what cannot be spoken any more is nobody's concern."""
        self._ended = True
        self._wake.set()

    def close(self) -> None:
        """Nothing more is said; where it stopped is marked."""
        self.end()
        if self._thread.is_alive():
            self._thread.join()
        self._mark(done=True)

    # what a listener may ask for, from any thread

    @property
    def hushed(self) -> bool:
        return self._hushed

    def hush(self) -> None:
        """The story is silent at once, and waits."""
        self._hushed = True
        self._wake.set()

    def go_on(self) -> None:
        """It goes on, with the sentence at which it was hushed; also where it waits for another reason."""
        self._hushed = False
        self._anew = True
        self._wake.set()

    def again(self) -> None:
        """The paragraph before the one that is told is told once more."""
        self._asked_again = self._anew = True
        self._hushed = False
        self._wake.set()

    @property
    def place(self) -> Place | None:
        heard = self._heard()
        for tale in self._tales:
            begun = [one for one in tale.laid if one.line.start <= heard]
            if tale.over and begun and begun[-1].line.stop < heard and len(begun) == len(tale.laid):
                continue
            sentence = begun[-1].number + 1 if begun else tale.told.first
            telling = not (self._hushed or self._waits)
            return Place(tale.told.text.title, sentence, len(tale.told.beats), telling)
        return None

    @property
    def facts(self) -> dict[str, object] | None:
        """The same as data, for whoever shows it."""
        place = self.place
        return None if place is None else asdict(place)

    # its own thread

    def _run(self) -> None:
        while not self._ended:
            try:
                self.look()
            except LullabyError as error:
                self._give_up(str(error))
            except Exception as error:  # whatever it is, the night goes on
                self._give_up(f"{type(error).__name__}: {error}")
            self._wake.wait(LOOKS)
            self._wake.clear()

    def _give_up(self, why: str) -> None:
        """What was laid out is told, and no more, unless it is asked for."""
        if self._ended:
            return
        if why != self._noted:
            self._note(f"The story waits, and the night goes on without it: {why}")
        self._noted, self._waits = why, True
        for tale in self._tales:
            tale.over = True
        self._grow(lambda night, frame: self._growth(frame))

    def look(self) -> None:
        """Lays out what is to be heard within a minute, and takes back what is not to be heard any more."""
        if not (self._grown.is_set() and self._grows()):
            return
        heard, night = self._heard(), self._night()
        if not self._follow(night):
            return
        self._mark()
        if self._anew:
            self._anew = self._waits = False
            for tale in self._tales:
                tale.take_up(night.course)
        if self._asked_again:
            self._asked_again = False
            self._go_back(heard)
            return
        if self._hushed:
            self._take_back(heard)
            return
        for tale in self._tales:
            tale.hushed = False
        if heard == self._first and any(tale.next > heard + RATE for tale in self._tales):
            return  # nothing is heard yet, and there is enough to begin with: the cores are the player's
        over = all(tale.over for tale in self._tales)
        if over and not self._rested:
            self._rests()
        self._rested = over
        free = heard + SOON
        for tale in self._tales:
            if not tale.asleep and self._is_asleep(tale, night):
                self._grow(lambda night, frame, tale=tale: self._fallen_asleep(frame, tale))  # type: ignore[misc]
                return
            if not tale.over:
                self._lay(tale, night, heard, free)
                return
            if tale.laid:
                free = max(free, tale.laid[-1].line.stop + GAP)

    def _lay(self, tale: Tale, night: Night, heard: int, free: int) -> None:
        if tale.next >= heard + AHEAD - MORE:
            return
        known, frame = len(tale.laid), max(free, tale.next)
        while tale.next < heard + AHEAD and not self._ended:
            if tale.lay(night.course, frame) is None:
                break
            frame = 0
        if len(tale.laid) > known or tale.over:
            self._grow(lambda night, frame: self._lengthened(night, frame, tale, known))

    def _lengthened(self, night: Night, frame: int, tale: Tale, known: int) -> Growth | None:
        """The sentences from this one on, put off where the night is past their beginning already."""
        new = tale.laid[known:]
        if new and new[0].line.start < frame:
            late = frame - new[0].line.start
            tale.laid[known:] = [replace(one, line=one.line.put_off(late)) for one in new]
        first = tale.laid[known].line.start if new else frame
        # the others begin to make room before the first of them. What the night has already is not new: it
        # would be put off with the rest, and said twice
        known_until = tale.laid[known - 1].line.start + 1 if known else 0
        return self._growth(max(frame, first - TURNS - 1, min(known_until, first)))

    def _is_asleep(self, tale: Tale, night: Night) -> bool:
        """Is there evidence of sleep, and would more be said?"""
        asleep = tale.asleep_from(night.course)
        return asleep is not None and any(one.line.start >= asleep for one in tale.laid)

    def _fallen_asleep(self, frame: int, tale: Tale) -> Growth:
        """Nothing that has not begun is said; what is being said is finished."""
        tale.cut_after(sum(one.line.start < frame for one in tale.laid), asleep=True)
        return self._growth(frame)

    def _take_back(self, heard: int) -> None:
        """What is being said fades out, and nothing else is said."""
        coming = [one for tale in self._tales for one in tale.laid if one.line.stop > heard + SOON]
        if coming or not all(tale.hushed for tale in self._tales):
            self._grow(lambda night, frame: self._shortened(frame))

    def _shortened(self, frame: int) -> Growth:
        for tale in self._tales:
            kept = [one for one in tale.laid if one.line.start < frame]
            tale.cut_after(len(kept), asleep=False)
            if kept and kept[-1].line.stop > frame + HUSHED:
                tale.hold(frame + HUSHED)  # said again from its beginning
            tale.hushed = True
        return self._growth(frame)

    def _go_back(self, heard: int) -> None:
        self._grow(lambda night, frame: self._repeated(frame))

    def _repeated(self, frame: int) -> Growth:
        for tale in self._tales:
            begun = [one for one in tale.laid if one.line.start < frame]
            if begun and begun[-1].line.stop > frame - 30 * RATE:
                tale.cut_after(len(begun), asleep=False)
                if begun[-1].line.stop > frame + HUSHED:
                    tale.hold(frame + HUSHED)
                tale.go_back(begun[-1].number)
        return self._growth(frame)

    def _growth(self, frame: int) -> Growth:
        return Growth(frame, narrations=tuple(_from(tale.narration, frame) for tale in self._tales))

    def _grow(self, growth: Callable[[Night, int], Growth | None]) -> None:
        """Has the night grow, and waits with anything else until it has."""
        self._grown.clear()

        def asked(night: Night, frame: int) -> Growth | None:
            try:
                return growth(night, frame)
            finally:
                self._grown.set()

        self._change(asked)

    def _follow(self, night: Night) -> bool:
        """Takes over what the night made of the lines: where making took too long they come later, and what
        could not be made is laid out again. False while the night has not grown by them yet."""
        told = [[line.name for line in narration.lines] for narration in night.narrations]
        laid = [[one.line.name for one in tale.laid] for tale in self._tales]
        if told != laid and self._waited < PATIENCE:
            self._waited += 1
            return False
        self._waited = 0
        for tale, narration in zip(self._tales, night.narrations, strict=True):
            both = zip(tale.laid, narration.lines, strict=False)
            same = takewhile(lambda pair: pair[0].line.name == pair[1].name, both)
            kept = [replace(one, line=line) for one, line in same]
            lost, tale.laid = tale.laid[len(kept) :], kept
            if lost:
                tale.laying.number, tale.over = lost[0].number, False
        return True

    def _mark(self, done: bool = False) -> None:
        heard = self._heard()
        for number, tale in enumerate(self._tales):
            said = [one for one in tale.laid if one.line.stop <= heard]
            over = bool(said) and said[-1].number == len(tale.told.beats) - 1
            sentence = -1 if over else tale.from_before(said[-1].number) if said else 0
            if said and self._marked.get(number) != sentence:
                self._marked[number] = sentence
                self._marks(tale, None if over else sentence)


def _from(narration: Narration, frame: int) -> Narration:
    """What of it is heard from this frame on."""
    lines = (line for line in narration.lines if line.start >= frame or (line.is_cut and line.stop >= frame))
    return replace(narration, lines=tuple(lines))
