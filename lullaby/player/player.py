"""The player: a night heard now, on one device, until it is over or somebody lets it fade.

    night ── producer (a thread) ── ring ── output (a process) ── device
                                              ▲
    player: what the listener asks for, timers, and the clock's place in the night

Everything that is asked for goes through `ask`, and is done by the one thread that is in `run`. Pause, volume
and fades act in the callback, so they are heard at once; what changes the night itself is heard a second
later. The clock is one that goes on while the machine sleeps, and that nobody can set.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from lullaby.night.night import Night
from lullaby.night.pages import GrowingPage
from lullaby.player.asked import Asked
from lullaby.player.awake import Awake
from lullaby.player.device_watch import DeviceWatch
from lullaby.player.ending import FADE, Ending, Fade
from lullaby.player.faults import Faults
from lullaby.player.maker import Maker
from lullaby.player.outlet import Outlet, State, Way
from lullaby.player.place import Place, boot_time
from lullaby.player.producer import WAITS, Producer
from lullaby.player.ring import Ring
from lullaby.player.unfolding import Change
from lullaby.time import RATE, Span

RISE = RATE
"""Frames in which the first sound comes up."""
BACK = 2 * RATE
"""Frames in which sound comes up again that was lost."""
OPENS = 10.0
"""Seconds that are waited for a device before it is said what plays."""
PAUSE = RATE // 3
"""Frames of the ramps of a pause."""
AGAIN = 10 * 60 * RATE
"""Frames that are played for somebody who is awake after the night is over."""
STOP = 1.0
"""Seconds of the fade where somebody says stop."""


class Player:
    """Plays a night, or a span of it."""

    def __init__(
        self,
        night: Night,
        span: Span | None = None,
        *,
        outlet: Outlet | None = None,
        maker: Maker | None = None,
        volume_db: float = 0.0,
        awake: Awake | None = None,
        stays: float | None = None,
        rests: bool = False,
        rise: float = RISE / RATE,
        waits: float | None = None,
        note: Callable[[str], None] = lambda line: None,
        log: Callable[[dict[str, Any]], None] = lambda entry: None,
        clock: Callable[[], float] = boot_time,
    ) -> None:
        """`outlet` may have been opened before the night was made. `maker` makes the sound in a process of
        its own; without one a thread does, here. Where the outlet is faster than life, the clock is to be as
        fast. `stays`: for so many seconds from now the player is still there after the night is over, and
        plays ten minutes more where it is asked to; with `rests` also after a fade or a timer. `rise`:
        seconds in which the first sound comes up. `waits`: all is made ready, and nothing sounds before
        somebody says `play`; where nobody does for so many seconds, it is over."""
        self._span = span or night.span
        self._whole = self._span.stop >= night.length
        self.outlet = outlet or Outlet(Ring(), Way())
        self.ring = self.outlet.ring
        self._log, self._clock = log, clock
        self.ring.set_ceiling(night.ceiling)
        until = 1 << 62 if self._whole else self._span.stop
        self._maker = maker
        if maker is not None:
            maker.warm(night.plan, night.ceiling, self._span.start)
        self._faults = Faults(note, self._happened)
        self.producer = Producer(
            night,
            self._span.start,
            until,
            self.ring,
            self._faults.failed,
            self._faults.left_out,
            WAITS / max(1.0, self.outlet.way.speed),
            GrowingPage if maker is None else maker.page,
        )
        if maker is not None:
            maker.meanwhile = self.producer.fill
        self.awake = awake
        self._stays_until = None if stays is None else clock() + stays
        self._rests_after_fade, self._rise = rests, rise
        self.stopped = self._leaves = False
        self.resting = False
        self.volume_db = volume_db
        self.set_volume(volume_db)
        self._asked = Asked(self._faults.stumbled)
        self.waits, self._waits_until = waits is not None, clock() + (waits or 0.0)
        self._begun_at = clock()
        self.paused = self.waits
        self._ending = Ending(self.ring, clock)
        self._place = Place()
        self._device = DeviceWatch(self.outlet, go_on=self._go_on, note=note, happened=self._happened)
        self._ended = False

    # what a listener may ask for, from any thread

    def ask(self, what: Callable[[], None]) -> None:
        """Has this done by the player's own thread, at once."""
        self._asked.ask(what)

    def every_tick(self, look: Callable[[], None]) -> None:
        """Has this called ten times a second, by the player's own thread."""
        self._asked.every_tick(look)

    def resume_at(self, moment: float) -> None:
        """Plays from this moment on, in seconds since 1970: several players that are told the same one begin
        together."""
        timer = threading.Timer(max(0.0, moment - time.time()), self.ask, (self._come_in,))
        timer.daemon = True
        timer.start()

    def _come_in(self) -> None:
        """At the moment that was told, what waits still; a fade that somebody began meanwhile is theirs."""
        if self.paused and self.fade is None:
            self.resume()

    def pause(self) -> None:
        if not self.paused:
            self.paused = True
            self.ring.pause(PAUSE)
            self._happened("pause")

    def resume(self) -> None:
        if self.resting:
            self._play_again()
            return
        if self.waits:
            self._begin()
            return
        if self.fade is not None:
            self.more()
        if self.paused:
            self.paused = False
            self.ring.play(PAUSE)
            self._happened("resume")

    def set_volume(self, gain_db: float) -> None:
        """0 dB is the night as it is; nothing is ever louder."""
        self.volume_db = min(0.0, gain_db)
        self.ring.set_volume(10 ** (self.volume_db / 20) if self.volume_db > -90 else 0.0)
        self._happened("volume", db=self.volume_db)

    def fade_out(self, seconds: float, curve: str = "soft") -> None:
        """Fades to silence in so many seconds, and then it is over."""
        # a timer's fade may begin before the device has opened; who stops it then need not wait for that
        stops = self._leaves and self.outlet.opens > 0 and not self.outlet.opened
        if self.paused or self._device.is_lost or self.resting or stops:
            self._is_silent()  # there is nothing to fade
            return
        fade = self._ending.fade_out(self.frame, seconds, curve)
        self._happened("fade", seconds=seconds, curve=fade.curve)

    def stop(self) -> None:
        self.stopped = True
        self.let_go(STOP)

    def let_go(self, seconds: float) -> None:
        """Fades out, and then it is over for good: it does not rest."""
        self._leaves = True
        self.fade_out(seconds)

    def more(self, seconds: float | None = None) -> None:
        """The fade is undone at once; it ends so much later, by the timer it has or by one from now on, or no
        longer by any. After the night is over: ten quiet minutes of its end."""
        if self.resting:
            self._play_again()
            return
        fade, ends_early = self.fade, self.ends_early
        if fade is not None:
            self.stopped = self._leaves = False
            if self.ring.over:  # it goes on where the fade began
                self._place.begin_anew()
                self.producer.seek(fade.frame)
            self._ending.take_back()
        if not ends_early:
            return  # it plays until the night is over anyway
        if seconds is None:
            self._ending.forget_timer()
        else:
            self._ending.put_off(seconds)
        self._happened("more", seconds=seconds)

    def end_in(self, seconds: float, fade: float = FADE, curve: str = "soft") -> None:
        """A timer: so many seconds from now it is silent, after a fade that begins that long before."""
        self._ending.end_in(seconds, fade, curve)

    def seek(self, frame: int) -> None:
        """Skips to another frame of the night."""
        self._happened("jump", to=frame)
        self._place.begin_anew()
        self.producer.seek(frame)

    def change(self, change: Change) -> None:
        """What is heard from a second from now on."""
        self.producer.change(change)

    @property
    def frame(self) -> int:
        """The frame of the night that is heard now."""
        return self.producer.heard(self.ring.read)

    @property
    def heading(self) -> int:
        """The frame that is heard now, or the one that is being skipped to."""
        return self.producer.heading(self.ring.read)

    @property
    def fade(self) -> Fade | None:
        """The fade that has begun."""
        return self._ending.fade

    @property
    def timer(self) -> float | None:
        """When the timer says that it is to be silent, by the player's clock."""
        return self._ending.timer_ends

    @property
    def ends_early(self) -> bool:
        """Will it end before the night does: by a timer, or a fade that has begun?"""
        return self._ending.is_set

    @property
    def left(self) -> float:
        """Seconds until it is silent for good: by a fade, a timer, or because the night is over."""
        if self.resting:
            return 0.0
        stop, frame = self.night.length, self.frame
        seconds = ((stop if self._whole else min(self._span.stop, stop)) - frame) / RATE
        if self._device.is_lost:  # the night goes on without one
            seconds -= self._place.missed(self._clock(), frame)
        return max(0.0, min(seconds, self._ending.left))

    @property
    def night(self) -> Night:
        """The night as it has become."""
        return self.producer.night

    @property
    def state(self) -> str:
        if self.resting:
            return "resting"
        if self._device.is_lost:
            return "lost"
        if self.waits:
            return "ready" if self.outlet.opened and self.ring.filled else "opening"
        if self.paused:
            return "paused"
        if self.fade is not None:
            return "fading"
        return "playing" if self.outlet.opened else "opening"

    # the player's own thread

    def wait_for_device(self, seconds: float = OPENS) -> None:
        """Waits, no longer than this, until the device is there. A CouldNot says why there is none."""
        if self.outlet.pid is None:
            self.outlet.open(time.monotonic())
        until = time.monotonic() + seconds
        while not (self.outlet.opened or self._device.error) and time.monotonic() < until:
            self._device.look()
            time.sleep(0.01)
        if self._device.error is not None:
            raise self._device.error

    def run(self) -> bool:
        """Plays until it is over; False if it was let go early. What is raised while it plays (Ctrl-C, a
        signal) begins a fade. A second Ctrl-C ends it at once; a second signal, as a closed terminal and a
        shutdown send it, waits for the fade."""
        if self.outlet.pid is None:
            self.outlet.open(time.monotonic())
        self.producer.start()
        if not self.waits:
            self.ring.play(round(self._rise * RATE))
        interrupted: BaseException | None = None
        try:
            while not (self._ended or self._faults.error or self._device.error):
                try:
                    self._turn()
                except KeyboardInterrupt as error:
                    if interrupted is None:
                        interrupted = error
                        self.ask(self.stop)
                    elif type(error) is KeyboardInterrupt:
                        break
        finally:
            if self.awake is not None:
                self.awake.close()
            self.outlet.close()
            self.producer.ends()
            if self._maker is not None:
                self._maker.close()  # before the thread that may wait for it
            self.producer.close()
        if (wrong := self._faults.error or self._device.error) is not None:
            raise wrong
        self._happened("end")
        if interrupted is not None:
            raise interrupted
        return self.fade is None

    def _turn(self) -> None:
        self._asked.wait_and_do()
        if self._stays_until is not None and self._clock() >= self._stays_until and self.resting:
            self._ended = True
        if not self.resting:
            self._look()
        if self.waits and self._clock() >= self._waits_until:
            self._ended = True
        if self.awake is not None:
            self.awake.hold(self.state in ("playing", "fading"))
        self._asked.look()

    def _begin(self) -> None:
        """What waited begins; its timer has waited along."""
        self.waits = self.paused = False
        self._ending.wait(self._clock() - self._begun_at)
        self.ring.play(round(self._rise * RATE))

    def _look(self) -> None:
        """At the device, the clock and the timer."""
        self._device.look()
        self._keep_time()
        due = None if self.waits else self._ending.due()
        if due is not None:
            self.fade_out(*due)
        is_over = self._device.has_played_out()
        if self._device.is_lost:
            is_over |= self.left == 0
        elif self.paused and not self.waits:  # no fade goes on meanwhile, and none is missed
            is_over |= self._ending.left <= 0
        if is_over:
            self._is_silent()

    def _is_silent(self) -> None:
        """It is over: for good, or until somebody asks for more."""
        ended_itself = self.fade is None and not (self.paused or self._device.is_lost or self.resting)
        stays = self._stays_until is not None and not self._leaves
        if not (stays and (ended_itself or self._rests_after_fade)):
            self._ended = True
        elif not self.resting:
            self._rest()

    def _keep_time(self) -> None:
        """Puts the sound right where it has fallen behind the clock: starved, suspended."""
        ring = self.ring
        if self.paused or ring.over or ring.first < 0:  # until the first sound nobody waits for a place
            self._place.begin_anew()
        elif self.outlet.state is not State.PLAYS or self.producer.is_seeking:
            self._place.skips()
        else:
            behind = self._place.look(self._clock(), self.frame)
            if behind:
                self._catch_up("late", behind)

    def _go_on(self) -> None:
        """A device is back: it comes up where the night is by now."""
        if self.paused:
            self._happened("back")
        else:
            self._catch_up("back", self._place.missed(self._clock(), self.frame))
            self.ring.play(BACK)

    def _catch_up(self, why: str, seconds: float) -> None:
        place = min(self.frame + round(seconds * RATE), self.night.length)
        self._happened(why, to=place)
        self.producer.seek(place)
        self._ending.keep_on_time()

    def _rest(self) -> None:
        """The night is over: the device is let go, and the player waits to be asked for more."""
        self.outlet.close()
        self._device.forget()
        self._ending.forget()
        self._happened("rest")
        self.resting, self.paused = True, False

    def _play_again(self) -> None:
        self.resting = False
        night = self.night
        start = max(self._span.start, night.length - night.plan.fade_out - AGAIN)
        self._happened("again", to=start)
        self.producer.seek(start)
        self.ring.take_back()
        self.outlet.open(time.monotonic())
        self.ring.play(BACK)
        self._place.begin_anew()

    def _happened(self, what: str, **facts: Any) -> None:
        """Logs it with the frame of the night that is heard now."""
        self._log({what: self.frame, **facts})
