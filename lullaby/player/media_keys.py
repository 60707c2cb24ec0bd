"""Media keys, of a keyboard or of headphones, on a desktop that speaks MPRIS over D-Bus.

One client of the player among others. It is an extra (`pip install '.[mpris]'`): without it, or without
a session bus, the player plays all the same. Nobody reads a title here from lights-out on: a lock screen that
glows with it would be one more thing to look at.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Protocol

# without `from __future__ import annotations`: dbus-fast reads D-Bus types from annotations

NAME = "org.mpris.MediaPlayer2.lullaby"
PATH = "/org/mpris/MediaPlayer2"
PATIENCE = 5.0
"""Seconds until a bus that does not answer is given up."""


class Played(Protocol):
    """What media keys may ask of a player."""

    volume_db: float

    @property
    def state(self) -> str: ...
    def ask(self, what: Callable[[], None]) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def set_volume(self, gain_db: float) -> None: ...


class MediaKeys:
    """Listens to media keys, in a thread of its own, until it is closed."""

    def __init__(self, player: Played, skip: Callable[[], None]) -> None:
        self._player, self._skip = player, skip
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media keys", daemon=True)
        self._done: asyncio.Event | None = None
        self.why = ""
        """Why no key is heard, where none is."""

    def start(self) -> bool:
        """Whether keys are heard."""
        self._thread.start()
        self._ready.wait(PATIENCE)
        return not self.why and self._ready.is_set()

    def close(self) -> None:
        if self._thread.is_alive() and self._done is not None:
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:  # no bus, one that hangs up, no dbus-fast
            self.why = str(error) or type(error).__name__
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        from dbus_fast.aio import MessageBus

        self._done = asyncio.Event()
        bus = await asyncio.wait_for(MessageBus().connect(), PATIENCE)
        for interface in interfaces(self._player, self._skip):
            bus.export(PATH, interface)
        await bus.request_name(NAME)
        self._ready.set()
        gone = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        done = asyncio.ensure_future(self._done.wait())
        await asyncio.wait([gone, done], return_when=asyncio.FIRST_COMPLETED)
        for task in (gone, done):
            task.cancel()
        bus.disconnect()


def interfaces(player: Played, skip: Callable[[], None]) -> list[Any]:
    """The player as MPRIS sees it."""
    from dbus_fast import PropertyAccess, Variant
    from dbus_fast.annotations import DBusBool, DBusDict, DBusDouble, DBusStr
    from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

    class Root(ServiceInterface):
        def __init__(self) -> None:
            super().__init__("org.mpris.MediaPlayer2")

        @dbus_method()
        def Quit(self) -> None:
            player.ask(player.stop)

        @dbus_method()
        def Raise(self) -> None: ...

        @dbus_property(access=PropertyAccess.READ)
        def Identity(self) -> DBusStr:
            return "lullaby"

        @dbus_property(access=PropertyAccess.READ)
        def CanQuit(self) -> DBusBool:
            return True

        @dbus_property(access=PropertyAccess.READ)
        def CanRaise(self) -> DBusBool:
            return False

        @dbus_property(access=PropertyAccess.READ)
        def HasTrackList(self) -> DBusBool:
            return False

    class Keys(ServiceInterface):
        def __init__(self) -> None:
            super().__init__("org.mpris.MediaPlayer2.Player")

        @dbus_method()
        def PlayPause(self) -> None:
            player.ask(player.pause if player.state == "playing" else player.resume)

        @dbus_method()
        def Play(self) -> None:
            player.ask(player.resume)

        @dbus_method()
        def Pause(self) -> None:
            player.ask(player.pause)

        @dbus_method()
        def Stop(self) -> None:
            player.ask(player.stop)

        @dbus_method()
        def Next(self) -> None:
            player.ask(skip)

        @dbus_method()
        def Previous(self) -> None: ...

        @dbus_property(access=PropertyAccess.READ)
        def PlaybackStatus(self) -> DBusStr:
            return {"playing": "Playing", "fading": "Playing", "resting": "Stopped"}.get(
                player.state, "Paused"
            )

        @dbus_property(access=PropertyAccess.READ)
        def Metadata(self) -> DBusDict:
            return {
                "mpris:trackid": Variant("o", "/org/lullaby/night"),
                "xesam:title": Variant("s", "lullaby"),
            }

        @dbus_property()
        def Volume(self) -> DBusDouble:
            return float(10 ** (player.volume_db / 20))

        @Volume.setter
        def _set_volume(self, gain: DBusDouble) -> None:
            from math import isfinite, log10

            if not isfinite(gain):
                return
            player.ask(lambda: player.set_volume(20 * log10(min(1.0, max(gain, 1e-5)))))

        @dbus_property(access=PropertyAccess.READ)
        def CanControl(self) -> DBusBool:
            return True

        @dbus_property(access=PropertyAccess.READ)
        def CanPlay(self) -> DBusBool:
            return True

        @dbus_property(access=PropertyAccess.READ)
        def CanPause(self) -> DBusBool:
            return True

        @dbus_property(access=PropertyAccess.READ)
        def CanGoNext(self) -> DBusBool:
            return True

        @dbus_property(access=PropertyAccess.READ)
        def CanGoPrevious(self) -> DBusBool:
            return False

        @dbus_property(access=PropertyAccess.READ)
        def CanSeek(self) -> DBusBool:
            return False

    return [Root(), Keys()]
