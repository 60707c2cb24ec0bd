"""Nights as they are served: each prepared once, and a few kept at hand. Any other is prepared again."""

from __future__ import annotations

import datetime
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from lullaby.errors import AskedWrongly, choices
from lullaby.evening import Evening
from lullaby.evening.pressed import pressed
from lullaby.export import ENDINGS, Sampling, rendering_of
from lullaby.export.delivery import STREAM
from lullaby.export.exporting import exported_span
from lullaby.export.file_request import file_request
from lullaby.export.file_tags import tags_of
from lullaby.export.formats import Format
from lullaby.export.fragments import Fragments
from lullaby.export.known_file import KNOWN, KnownFile
from lullaby.export.segments import Rendering
from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth
from lullaby.score.plain_text import quoted
from lullaby.time import RATE, Span, clock
from lullaby.web.wanted import Wanted

if TYPE_CHECKING:
    from lullaby.night import Night

EVENINGS, NIGHTS = 8, 24
"""How many whole nights, and how many of their parts, are kept at hand."""

PICTURE = 800
"""Pixels along an edge of the picture of a night."""

Ask = Callable[[Wanted], Evening]
"""Makes an evening of an address, as the command line makes one of what was typed."""
May = Callable[[Wanted], None]
"""Raises an Enough where its listener has decided that nothing is to be heard."""

T = TypeVar("T")


@dataclass
class Served:
    """A night, or a part of it, that has been prepared: any bytes of any of its files can be had."""

    wanted: Wanted
    evening: Evening
    span: Span
    """The frames of the night that are served."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _drawing: threading.Lock = field(default_factory=threading.Lock)
    """Another one: nobody waits for a picture who only wants to hear."""
    _files: dict[str, KnownFile] = field(default_factory=dict)
    _fragments: Fragments | None = None

    @property
    def night(self) -> Night:
        return self.evening.night

    @cached_property
    def cover(self) -> bytes:
        """The picture of the whole night, a JPEG. To draw it takes as long as to make minutes of sound."""
        from lullaby.drawing.cover import cover

        with self._drawing:
            return cover(self.night, self.night.span, PICTURE)

    def rendering(self, format: Format) -> Rendering:
        """Its sound as a file of this format has it: what `render` would keep."""
        night, bits = self.night, (format.bits or (Sampling.bits,))[0]
        sampling = Sampling(STREAM.rate, bits, STREAM.channels)
        found = rendering_of(night, self.span, format, sampling, night.loudness(float(night.gain)))
        return replace(found, fades=self._fades(found.fades))

    def file(self, ending: str) -> KnownFile:
        """Its file of this ending; an AskedWrongly where no length is known before such a one is made."""
        if ending not in KNOWN:
            raise AskedWrongly(f"a night is served as {', '.join(KNOWN)} or as .m3u8, not as {ending}.")
        with self._lock:
            if ending not in self._files:
                rendering = self.rendering(ENDINGS[ending])
                tags = tags_of(self.night, self.span, b"", STREAM.cover)
                self._files[ending] = KnownFile(rendering, tags)
            return self._files[ending]

    def fragments(self) -> tuple[Fragments, str]:
        """The same as pieces for HLS, and a name for them."""
        with self._lock:
            if self._fragments is None:
                self._fragments = Fragments(self.rendering(ENDINGS[".m4b"]))
            return self._fragments, f"{self.night.fingerprint} {self.wanted} .m4s"

    def tag(self, ending: str) -> str:
        """The entity tag of that file: the same exactly where its bytes are."""
        file = self.file(ending)
        asked = file_request(
            self.night, self.span, file.rendering.format, STREAM, file.rendering.sampling.bits
        )
        facts = [asdict(asked), self.night.fingerprint, file.rendering.fades, file.length]
        digest = hashlib.sha256(json.dumps(facts).encode() + file.head)
        return f'"{digest.hexdigest()[:32]}"'

    def _fades(self, usual: tuple[int, int]) -> tuple[int, int]:
        """The fades that were asked for, or the usual ones of a cut, inside what is served."""
        rise, fade = usual
        if self.wanted.rise is not None and self.span.start > 0:
            rise = round(self.wanted.rise * RATE)
        if self.wanted.fade is not None and self.span.stop < self.night.length:
            fade = round(self.wanted.fade * RATE)
        return min(rise, len(self.span)), min(fade, len(self.span))


class Nights:
    """The nights that are served. `served` may be asked from any thread, and waits until one is prepared."""

    def __init__(
        self,
        ask: Ask,
        may: May = lambda wanted: None,
        evening: Callable[[], datetime.date | None] = lambda: None,
        stamp: Callable[[], object] = lambda: None,
    ) -> None:
        """`evening` is the date of a night whose address says none. `stamp` is another one once a file has
        changed that nights are made of: a score, a listener's limits."""
        self._ask, self._may, self._evening_now, self._stamp = ask, may, evening, stamp
        self._stamped: object = None
        self._lock = threading.Lock()
        self._evenings: OrderedDict[Wanted, Future[Evening]] = OrderedDict()
        self._nights: OrderedDict[Wanted, Future[Served]] = OrderedDict()

    def served(self, wanted: Wanted) -> Served:
        """The night that is wanted; a LullabyError where it cannot be had."""
        wanted = self._asked(wanted)
        return self._once(self._nights, wanted, NIGHTS, lambda: self._served(wanted))

    def ready(self, wanted: Wanted) -> Served | None:
        """The night, where it is prepared already and may be heard; None where it is yet to be prepared."""
        return self.at_hand(self._asked(wanted))

    def at_hand(self, wanted: Wanted) -> Served | None:
        """The night, where it is prepared already."""
        with self._lock:
            future = self._nights.get(wanted)
        return future.result() if future is not None and future.done() and not future.exception() else None

    def _asked(self, wanted: Wanted) -> Wanted:
        """The night with its date, if it may be heard now. What was made of files that have changed since is
        forgotten."""
        if wanted.date is None:
            wanted = replace(wanted, date=self._evening_now())
        self._may(wanted)
        stamp = self._stamp()
        with self._lock:
            if stamp != self._stamped:
                self._evenings.clear()
                self._nights.clear()
                self._stamped = stamp
        return wanted

    def _served(self, wanted: Wanted) -> Served:
        whole = replace(wanted.whole, faders=())
        evening = self._once(self._evenings, whole, EVENINGS, lambda: self._evening(whole))
        start = 0 if wanted.start is None else round(wanted.start * RATE)
        if wanted.faders:
            evening = _with_faders(evening, start, wanted.faders)
        stop = evening.night.length if wanted.stop is None else round(wanted.stop * RATE)
        if start >= evening.night.length:
            raise AskedWrongly(
                f"there is nothing from {clock(start)} on: it lasts until {clock(evening.night.length)}."
            )
        return Served(wanted, evening, exported_span(evening.night, Span(start, max(start, stop))))

    def _evening(self, wanted: Wanted) -> Evening:
        evening = self._ask(wanted)
        evening = pressed(evening, [round(at * RATE) for at in wanted.awake])
        _ = evening.night.gain  # its opening is heard now, not while somebody waits for a byte
        return evening

    def _once(
        self, kept: OrderedDict[Wanted, Future[T]], wanted: Wanted, most: int, make: Callable[[], T]
    ) -> T:
        """What is kept, or made by whoever asks for it first while the others wait. No error is kept."""
        with self._lock:
            future = kept.get(wanted)
            mine = future is None
            if future is None:
                future = kept[wanted] = Future()
            kept.move_to_end(wanted)
            while len(kept) > most:
                kept.popitem(last=False)
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._lock:
                    if kept.get(wanted) is future:
                        del kept[wanted]
                future.set_exception(error)
        return future.result()


def _with_faders(evening: Evening, frame: int, faders: Sequence[tuple[str, float]]) -> Evening:
    """The evening, whose night has these faders moved from this frame on."""
    night = evening.night
    names = [track.name for track in night.plan.tracks]
    for name, _ in faders:
        if name not in names:
            raise AskedWrongly(f"there is no voice {quoted(name)}. {choices(name, names, 'There are')}")
    moves = tuple(FaderMove(frame, name, gain_db) for name, gain_db in faders)
    return replace(evening, night=night.from_frame(Growth(frame, moves=moves)))
