"""The player: a night heard now, on one device, until it is over or somebody lets it fade.

    night ── producer (a thread) ── ring ── output (a process) ── device
                                              ▲
    player: what the listener asks for, timers, and the clock's place in the night

Everything that is asked for goes through `ask`, and is done by the one thread that is in `run`. Pause, volume
and fades act in the callback, so they are heard at once; what changes the night itself is heard a second
later. The clock is one that goes on while the machine sleeps, and that nobody can set.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lullaby.errors import CouldNot
from lullaby.kernels.playback import EVEN, SOFT
from lullaby.night.night import Night
from lullaby.player.awake import Awake
from lullaby.player.outlet import DEAD, Outlet, State, Way
from lullaby.player.producer import WAITS, Producer
from lullaby.player.ring import Ring
from lullaby.player.unfolding import Change
from lullaby.time import RATE, Span

TICK = 0.1
"""Seconds between two looks at device, timers and clock."""
RISE = RATE
"""Frames in which the first sound comes up."""
BACK = 2 * RATE
"""Frames in which sound comes up again that was lost."""
PAUSE = RATE // 3
"""Frames of the ramps of a pause."""
LATENCY = 0.1
"""Seconds that the sound system holds, beside what the device says."""
AGAIN = 10 * 60 * RATE
"""Frames that are played for somebody who is awake after the night is over."""
STOP = 1.0
"""Seconds of the fade where somebody says stop."""
BEHIND = 0.5
"""Seconds that the sound may be behind the clock before it is put right."""
SLOW_TICK = 0.5
"""The share of a tick in which too little was heard for a device that plays."""

CURVES = {"soft": SOFT, "even": EVEN}


def boot_time() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where there is one, and is never set."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass
class Fade:
    """A fade to silence that was begun, and where."""

    frame: int
    seconds: float
    curve: str
    began: float


class Player:
    """Plays a night, or a span of it."""

    def __init__(
        self,
        night: Night,
        span: Span | None = None,
        *,
        outlet: Outlet | None = None,
        volume_db: float = 0.0,
        awake: Awake | None = None,
        stays: float | None = None,
        rests: bool = False,
        rise: float = RISE / RATE,
        note: Callable[[str], None] = lambda line: None,
        log: Callable[[dict[str, Any]], None] = lambda entry: None,
        clock: Callable[[], float] = boot_time,
    ) -> None:
        """`outlet` may have been opened before the night was made. Where it is faster than life, the clock is
        to be as fast. `stays`: for so many seconds from now the player is still there after the night is
        over, and plays ten minutes more where it is asked to; with `rests` also after a fade or a timer.
        `rise`: seconds in which the first sound comes up."""
        self._span = span or night.span
        self._whole = self._span.stop >= night.length
        self.outlet = outlet or Outlet(Ring(), Way())
        self.outlet.watched = self
        self.ring = self.outlet.ring
        self._speed = self.outlet.way.speed
        self._note, self._log, self._clock = note, log, clock
        self.ring.set_ceiling(night.ceiling)
        until = 1 << 62 if self._whole else self._span.stop
        waits = WAITS / max(1.0, self._speed)
        self.producer = Producer(night, self._span.start, until, self.ring, self._went_wrong, waits)
        self.awake = awake
        self._stays_until = None if stays is None else clock() + stays
        self._rests_after_fade, self._rise = rests, rise
        self.stopped = self._leaves = False
        self.resting = False
        self.volume_db = volume_db
        self.set_volume(volume_db)
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.paused = False
        self.fade: Fade | None = None
        self._timer: tuple[float, float, str] | None = None
        self._lost: tuple[float, int] | None = None
        self._why = ""
        self._over: tuple[int, float] | None = None
        self._latency = LATENCY
        self._error: BaseException | None = None
        self._ended = False
        self._behind = 0.0
        self._last = (0.0, 0)
        self._faults = 0
        self._ticks: list[Callable[[], None]] = []

    # what a listener may ask for, from any thread

    def ask(self, what: Callable[[], None]) -> None:
        """Has this done by the player's own thread, at once."""
        self._asked.put(what)

    def every_tick(self, look: Callable[[], None]) -> None:
        """Has this called ten times a second, by the player's own thread."""
        self._ticks.append(look)

    def pause(self) -> None:
        if not self.paused:
            self.paused = True
            self.ring.pause(PAUSE)
            self._log({"pause": self.frame})

    def resume(self) -> None:
        if self.resting:
            self._play_again()
            return
        if self.fade is not None:
            self.more()
        if self.paused:
            self.paused = False
            self.ring.play(PAUSE)
            self._log({"resume": self.frame})

    def set_volume(self, gain_db: float) -> None:
        """0 dB is the night as it is; nothing is ever louder."""
        self.volume_db = min(0.0, gain_db)
        self.ring.set_volume(10 ** (self.volume_db / 20) if self.volume_db > -90 else 0.0)
        self._log({"volume": self.volume_db})

    def fade_out(self, seconds: float, curve: str = "soft") -> None:
        """Fades to silence in so many seconds, and then it is over."""
        if self.paused or self._lost or self.resting:
            self._is_silent()  # there is nothing to fade
            return
        now, first = self._clock(), self.fade
        if first is not None:  # one under way goes on from where it is, faster or slower: its curve stays
            curve = first.curve
        self.fade = Fade(self.frame if first is None else first.frame, seconds, curve, now)
        self.ring.fade_out(round(seconds * RATE), CURVES[curve])
        self._log({"fade": self.fade.frame, "seconds": seconds, "curve": curve})

    def stop(self) -> None:
        self.stopped = True
        self.let_go(STOP)

    def let_go(self, seconds: float) -> None:
        """Fades out, and then it is over for good: it does not rest."""
        self._leaves = True
        self.fade_out(seconds)

    def more(self, seconds: float | None = None) -> None:
        """The fade is undone at once; a timer ends so much later, or no longer at all. After the night is
        over: ten quiet minutes of its end."""
        if self.resting:
            self._play_again()
            return
        if self.fade is not None:
            fade, self.fade = self.fade, None
            self.stopped = self._leaves = False
            if self.ring.over:  # it goes on where the fade began
                self.producer.seek(fade.frame)
            self.ring.take_back()
            self._log({"more": self.frame, "seconds": seconds})
        if seconds is None:
            self._timer = None
        elif self._timer is not None:
            ends, fades, curve = self._timer
            self._timer = (max(ends, self._clock()) + seconds, fades, curve)
        else:
            self.end_in(seconds)

    def end_in(self, seconds: float, fade: float = 60.0, curve: str = "soft") -> None:
        """A timer: so many seconds from now it is silent, after a fade that begins that long before."""
        self._timer = (self._clock() + seconds, min(fade, seconds), curve)

    def seek(self, frame: int) -> None:
        """Skips to another frame of the night."""
        self._log({"jump": self.frame, "to": frame})
        self.producer.seek(frame)

    def change(self, change: Change) -> None:
        """What is heard from a second from now on."""
        self.producer.change(change)

    @property
    def frame(self) -> int:
        """The frame of the night that is heard now."""
        return self.producer.heard(self.ring.read)

    @property
    def timer(self) -> float | None:
        """When the timer says that it is to be silent, by the player's clock."""
        return None if self._timer is None else self._timer[0]

    @property
    def ends_early(self) -> bool:
        """Will it end before the night does: by a timer, or a fade that has begun?"""
        return self.fade is not None or self._timer is not None

    @property
    def left(self) -> float:
        """Seconds until it is silent for good: by a fade, a timer, or because the night is over."""
        if self.resting:
            return 0.0
        now = self._clock()
        stop = self.night.length if self._whole else min(self._span.stop, self.night.length)
        ends = [(stop - self.frame) / RATE]
        if self.fade is not None:
            ends.append(self.fade.began + self.fade.seconds - now)
        elif self._timer is not None:
            ends.append(self._timer[0] - now)
        return max(0.0, min(ends))

    @property
    def night(self) -> Night:
        """The night as it has become."""
        return self.producer.night

    @property
    def state(self) -> str:
        if self.resting:
            return "resting"
        if self._lost is not None:
            return "lost"
        if self.fade is not None:
            return "fading"
        return "paused" if self.paused else "playing" if self.outlet.opened else "opening"

    # the player's own thread

    def run(self) -> bool:
        """Plays until it is over; False if it was let go early. What is raised while it plays (Ctrl-C) begins
        a fade; raised again, it ends at once."""
        if self.outlet.pid is None:
            self.outlet.open(time.monotonic())
        self.producer.start()
        self.ring.play(round(self._rise * RATE))
        interrupted: BaseException | None = None
        try:
            while not (self._ended or self._error):
                try:
                    self._turn()
                except KeyboardInterrupt as error:
                    if interrupted is not None:
                        break
                    interrupted = error
                    self.stop()
        finally:
            if self.awake is not None:
                self.awake.close()
            self.outlet.close()
            self.producer.close()
        if self._error is not None:
            raise self._error
        self._log({"end": self.frame})
        if interrupted is not None:
            raise interrupted
        return self.fade is None

    def _turn(self) -> None:
        try:
            self._asked.get(timeout=TICK)()
            for _ in range(self._asked.qsize()):  # who asks without end does not hold up the rest
                self._asked.get_nowait()()
        except queue.Empty:
            pass
        now = self._clock()
        if self._stays_until is not None and now >= self._stays_until and self.resting:
            self._ended = True
        if not self.resting:
            self._look(now)
        if self.awake is not None:
            self.awake.hold(self.state in ("playing", "fading"))
        for look in self._ticks:
            look()

    def _look(self, now: float) -> None:
        """At the device, the clock and the timer."""
        self.outlet.look(time.monotonic())  # a device is not dead for having slept
        self._keep_time(now)
        if self._timer is not None and self.fade is None and now >= self._timer[0] - self._timer[1]:
            ends, _, curve = self._timer
            self.fade_out(max(0.05, ends - now), curve)
        if self.ring.over:
            self._let_out()
        else:
            self._over = None

    def _let_out(self) -> None:
        """It is over once the device has played what it holds, too."""
        if self._over is None:
            self._over = (self.ring.heard, time.monotonic())
        heard, since = self._over
        out = self.outlet.state is not State.PLAYS or self.ring.heard - heard >= self._latency * RATE
        if out or time.monotonic() - since > DEAD + self._latency:
            self._is_silent()

    def _is_silent(self) -> None:
        """It is over: for good, or until somebody asks for more."""
        ended_itself = self.fade is None and not (self.paused or self._lost or self.resting)
        stays = self._stays_until is not None and not self._leaves
        if not (stays and (ended_itself or self._rests_after_fade)):
            self._ended = True
        elif not self.resting:
            self._rest()

    def _rest(self) -> None:
        """The night is over: the device is let go, and the player waits to be asked for more."""
        self.outlet.close()
        self._log({"rest": self.frame})
        self.resting, self._over = True, None
        self.paused, self.fade, self._lost, self._timer = False, None, None, None

    def _play_again(self) -> None:
        self.resting = False
        night = self.night
        start = max(self._span.start, night.length - night.plan.fade_out - AGAIN)
        self.producer.seek(start)
        self.ring.take_back()
        self.outlet.open(time.monotonic())
        self.ring.play(BACK)
        self._last, self._behind = (0.0, 0), 0.0
        self._log({"again": start})

    def _keep_time(self, now: float) -> None:
        """Puts the sound right where it has fallen behind the clock: starved, suspended."""
        before, heard = self._last
        frame = self.frame
        self._last = (now, frame)
        begun = before > 0 and self.ring.first >= 0  # until the first sound nobody waits for a place
        if self.outlet.state is not State.PLAYS or self.paused or not begun or self.ring.over:
            self._behind = 0.0
            return
        seconds = now - before
        missed = seconds - (frame - heard) / RATE
        if missed > SLOW_TICK * seconds:
            self._behind += missed
        elif self._behind > BEHIND:
            behind, self._behind = self._behind, 0.0
            self._log({"late": frame, "seconds": round(behind, 3)})
            self.producer.seek(min(frame + round(behind * RATE), self.night.length))
        else:
            self._behind = 0.0

    # what the outlet and the producer tell

    def plays(self, facts: dict[str, Any]) -> None:
        now = self._clock()
        self._latency = min(2.0, float(facts["latency"]) + LATENCY)
        if self._lost is None:
            self._log({"device": facts["device"], "way": facts["way"]})
            return
        (since, frame), self._lost = self._lost, None
        self._last, self._behind = (0.0, 0), 0.0
        if not self.paused:
            self.producer.seek(min(frame + round((now - since) * RATE), self.night.length))
            self.ring.play(BACK)
        self._note("The sound device is back.")
        self._log({"back": self.frame})

    def lost(self, why: str, since: float) -> None:
        if not self.outlet.opened:
            self._try_another_way(why)
            return
        if self._lost is None:
            self._lost = (self._clock() - self._speed * (time.monotonic() - since), self.frame)
            self._note(f"{why[0].upper()}{why[1:]}; it goes on when that is back.")
            self._log({"lost": self.frame, "why": why})

    def _try_another_way(self, why: str) -> None:
        """Nothing has ever been heard: the other library, or the end."""
        if self.outlet.way.way == "portaudio":
            self._why = why
            self.outlet = Outlet(self.ring, replace(self.outlet.way, way="miniaudio"))
            self.outlet.watched = self
            self.outlet.open(time.monotonic())
            return
        self._error = CouldNot(f"{self._why or why}; keep it with -o FILE instead.")

    def _went_wrong(self, error: BaseException) -> None:
        """The producer could not make sound: it tries again, and is given up after a minute of it."""
        self._faults += 1
        self._log({"fault": str(error)})
        if self._faults >= 60 or isinstance(error, CouldNot):
            self._error = error
