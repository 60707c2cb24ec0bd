"""The line to the broker: kept up for as long as the server runs, and made again whenever it is lost.

    broker ── network (paho's thread) ── inbox ── begins     one thread: what begins a night
                                               ── wishes     another: what must not wait for that
    room ── look (a thread, every second) ── state, where it has changed

A broker that is gone is tried again after one second, then two, then every three. Each time the line is
there, what is offered, that we are online, and the state are told anew.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import Any, TypeAlias

from lullaby.errors import CouldNot, LullabyError
from lullaby.people.private import Note
from lullaby.score.plain_text import plain
from lullaby.web.mqtt.account import Account
from lullaby.web.mqtt.offered import BIRTH, OFFLINE, ONLINE, Choice, Offered, payload_of
from lullaby.web.mqtt.wishes import Wish, chosen, fulfil, wish_of
from lullaby.web.rooms.room import Room

FIRST_PAUSE, LONGEST_PAUSE = 1, 3
"""Seconds until a broker that is gone is tried again."""
ALIVE = 15
"""Seconds after which a line on which nothing comes counts as lost."""
LOOKS = 1.0
"""Seconds between two looks at the room."""
MOST_WAITING = 32
"""Wishes that may wait to be done; one more is let fall."""

Waiting: TypeAlias = "queue.Queue[tuple[Wish, Choice] | None]"
"""Wishes with what was chosen by then; None: it is enough."""


class HomeAssistant:
    """What is offered of a room, at a broker. `start`, and `close` at the end."""

    def __init__(self, account: Account, offered: Offered, room: Room, note: Note) -> None:
        try:
            from paho.mqtt.client import Client
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError:
            raise CouldNot("--mqtt needs one library more:\n    pip install '.[mqtt]'") from None
        self._account, self._offered, self._room, self._note = account, offered, room, note
        self._choice = Choice()
        self._told: str | None = None
        self._said: str | None = None
        self._there, self._ended = threading.Event(), threading.Event()
        self._look_now = threading.Event()
        self._plays = self._is_beginning = False
        self._wishes: Waiting = queue.Queue(MOST_WAITING)
        self._begins: Waiting = queue.Queue(MOST_WAITING)
        client = Client(CallbackAPIVersion.VERSION2, client_id=offered.topic)
        client.on_connect, client.on_disconnect = self._connected, self._lost
        client.on_connect_fail = lambda client, data: self._tell_once(f"{account.address} does not answer")
        client.on_message = self._heard
        client.suppress_exceptions = True  # a mistake in what is heard does not end the line
        client.reconnect_delay_set(FIRST_PAUSE, LONGEST_PAUSE)
        client.will_set(offered.available, OFFLINE, qos=1, retain=True)
        if account.user is not None:
            client.username_pw_set(account.user, account.password)
        if account.tls:
            try:
                client.tls_set(ca_certs=account.ca)
            except (OSError, ValueError):
                raise CouldNot(f"{plain(str(account.ca))}: these certificates cannot be read.") from None
        self._client = client
        self._threads = [
            threading.Thread(target=run, args=of, name=f"mqtt {name}", daemon=True)
            for name, run, of in (
                ("look", self._look_on, ()),
                ("wishes", self._fulfil, (self._wishes,)),
                ("begins", self._fulfil, (self._begins,)),
            )
        ]

    def start(self) -> None:
        """Comes back at once; where the broker is not there yet, it is tried again and again."""
        self._client.connect_async(self._account.host, self._account.port, ALIVE)
        self._client.loop_start()
        for thread in self._threads:
            thread.start()

    def withdraw(self) -> None:
        """The broker forgets the device, for good."""
        for topic in (*self._offered.discovery(), self._offered.available):
            self._client.publish(topic, b"", qos=1, retain=True).wait_for_publish(2.0)

    def close(self) -> None:
        """It goes offline; what plays plays on."""
        self._ended.set()
        self._look_now.set()
        for wishes in (self._wishes, self._begins):
            with contextlib.suppress(queue.Full):
                wishes.put_nowait(None)
        if self._there.is_set():
            self._client.publish(self._offered.available, OFFLINE, qos=1, retain=True).wait_for_publish(2.0)
        client = self._client
        client.disconnect()
        client.loop_stop()
        # it closes its sockets once nobody knows it, and it knows us
        client.on_connect = client.on_connect_fail = client.on_disconnect = client.on_message = None

    # the network's own thread

    def _connected(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._tell_once(f"{self._account.address} does not let lullaby in ({plain(str(reason)).lower()})")
            return
        self._said = None
        client.subscribe([(self._offered.wanted, 1), (BIRTH, 0)])
        self._there.set()
        self._introduce()

    def _lost(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if self._there.is_set() and not self._ended.is_set():
            self._tell_once(f"{self._account.address} is gone")
        self._there.clear()

    def _heard(self, client: Any, data: Any, message: Any) -> None:
        if message.topic == BIRTH:
            if message.payload == ONLINE.encode():
                self._introduce()
            return
        wish = wish_of(self._offered, message.topic, message.payload, message.retain)
        if wish is None:
            return
        self._choice = chosen(wish, self._choice)
        with contextlib.suppress(queue.Full):
            (self._begins if wish.begins else self._wishes).put_nowait((wish, self._choice))

    def _introduce(self) -> None:
        """What is offered, that we are there, and what plays."""
        for topic, told in self._offered.discovery().items():
            self._client.publish(topic, payload_of(told), qos=1, retain=True)
        self._client.publish(self._offered.available, ONLINE, qos=1, retain=True)
        self._told = None
        self._look_now.set()

    # the room

    def _look_on(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(LullabyError, OSError):  # no file is free just now, say
                self._look()
            self._look_now.wait(LOOKS)
            self._look_now.clear()

    def _look(self) -> None:
        state = self._room.state()
        if self._plays and not state.plays and not self._is_beginning and self._begins.empty():
            self._choice = Choice()  # it is over, and nobody need know for whom it was
        self._plays = state.plays
        told = payload_of(self._offered.told(state, self._choice))
        if told != self._told and self._there.is_set():
            self._told = told
            self._client.publish(self._offered.state, told)

    def _fulfil(self, wishes: Waiting) -> None:
        while (found := wishes.get()) is not None and not self._ended.is_set():
            wish, choice = found
            self._is_beginning |= wish.begins
            try:
                fulfil(wish, choice, self._room)
            except (LullabyError, OSError) as error:
                self._note(f"Home Assistant: {error}")
            self._is_beginning &= not wish.begins
            self._told = None  # it shows what it asked for, until it is told what is so
            self._look_now.set()

    def _tell_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self._note(f"The broker {what}; it is tried again.")


@contextlib.contextmanager
def at_broker(account: Account, offered: Offered, room: Room, note: Note) -> Iterator[HomeAssistant]:
    """The room is offered until the block ends."""
    found = HomeAssistant(account, offered, room, note)
    found.start()
    try:
        yield found
    finally:
        found.close()
