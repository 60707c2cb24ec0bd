"""The door for other programs: a Unix socket at which requests come in, a line of JSON each.

    clients ── lines ── Door (a thread) ── player.ask ── Words ── one line of answer each

Whatever comes in, the player is not disturbed: its own thread only ever sees requests that are JSON, one at a
time of each client and so many a second; who sends half a line, too long a one or does not read the answers
is let go. Only this user gets in.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

from lullaby.errors import CouldNot
from lullaby.people.private import make_private_folder
from lullaby.player import door_path
from lullaby.player.client import ask
from lullaby.player.refused import Refused
from lullaby.score.plain_text import plain

LONGEST_LINE = 1 << 16
"""Bytes of a request."""
CLIENTS = 64
"""Clients at once; one more, and the one that has been quiet longest is let go."""
BACKLOG = 1_024
"""Clients that may wait to be let in: while the night is made nobody is."""
PATIENCE = 10.0
"""Seconds that half a line may take, or an answer to be read, or the player to do what it is asked."""
PACE = 0.01
"""Seconds between two requests of a client, at the least."""
UNREAD = 1 << 20
"""Bytes of answers that wait to be read, at the most."""

Do = Callable[[object], dict[str, Any]]


class PlaysAlready(CouldNot):
    """Another player of this listener's plays."""

    def __init__(self) -> None:
        title = "a night"
        with contextlib.suppress(CouldNot):
            title = plain(str(ask({"do": "state"}, patience=2.0).get("title", title)))
        super().__init__(f"{title} plays already. `lullaby stop` ends it.")


@dataclass(eq=False)
class _Client:
    socket: socket.socket
    heard: float
    """When a byte last came or went."""
    got: bytearray = field(default_factory=bytearray)
    to_send: bytearray = field(default_factory=bytearray)
    asked: object | None = None
    """Stands for the request that is with the player."""
    since: float = 0.0
    """When that was asked."""
    next: float = 0.0
    """When it may ask again."""
    ended: bool = False
    """Nothing more comes from it."""

    @property
    def has_line(self) -> bool:
        return b"\n" in self.got or (self.ended and bool(self.got))


class Door:
    """The door of the only player this listener has. `serve` once there is a player behind it; `close` at its
    end. A PlaysAlready where another plays, a CouldNot where there can be no door here."""

    def __init__(self) -> None:
        if not hasattr(socket, "AF_UNIX"):
            raise CouldNot("other programs cannot drive the player on this system yet.")
        make_private_folder(door_path.folder())
        self._lock = _locked()
        try:
            self.path = door_path.made()
            self._listener = _listening(str(self.path))
        except OSError as error:
            os.close(self._lock)
            said = (error.strerror or str(error)).lower()
            raise CouldNot(f"there can be no socket in {plain(str(door_path.folder()))} ({said}).") from None
        self._clients: set[_Client] = set()
        self._answers: SimpleQueue[tuple[_Client, object, dict[str, Any]]] = SimpleQueue()
        self._waker, self._woken = socket.socketpair()
        for each in (self._waker, self._woken):
            each.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._closing = False
        self._thread: threading.Thread | None = None

    def serve(self, ask_player: Callable[[Callable[[], None]], None], do: Do) -> None:
        """From now on requests are answered: `do` is called by way of `ask_player`."""
        self._ask_player, self._do = ask_player, do
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        self._wake()
        if self._thread is not None:
            self._thread.join(PATIENCE)
        for each in (self._listener, self._waker, self._woken):
            each.close()
        self._selector.close()
        door_path.forgotten()
        os.close(self._lock)

    def __enter__(self) -> Door:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # the thread

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception:  # a mistake of ours must not close the door
                for client in list(self._clients):
                    self._let_go(client)
                time.sleep(0.1)
        self._say_goodbye()

    def _turn(self) -> None:
        for key, events in self._selector.select(self._until()):
            if key.fileobj is self._listener:
                self._come_in()
            elif key.fileobj is self._woken:
                with contextlib.suppress(OSError):
                    self._woken.recv(4096)
            elif key.data in self._clients:
                self._hear(key.data, events)
        self._hand_out()
        now = time.monotonic()
        for client in list(self._clients):
            self._look_after(client, now)

    def _until(self) -> float | None:
        """Seconds until there is something to do though nothing comes in; None: never."""
        now = time.monotonic()
        waiting = [client.next - now for client in self._clients if client.has_line and not client.asked]
        return max(0.0, min([*waiting, 1.0])) if self._clients else None

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b".")

    def _come_in(self) -> None:
        try:
            found, _ = self._listener.accept()
        except OSError:  # too many files are open, say
            self._let_quietest_go()
            time.sleep(0.1)
            return
        if _user(found) not in (None, os.geteuid()):
            found.close()
            return
        found.setblocking(False)
        if len(self._clients) >= CLIENTS:
            self._let_quietest_go()
        client = _Client(found, time.monotonic())
        self._clients.add(client)
        self._selector.register(found, selectors.EVENT_READ, client)

    def _let_quietest_go(self) -> None:
        idle = [client for client in self._clients if client.asked is None]
        if idle:
            self._let_go(min(idle, key=lambda client: client.heard))

    def _let_go(self, client: _Client) -> None:
        self._clients.discard(client)
        with contextlib.suppress(OSError, ValueError, KeyError):
            self._selector.unregister(client.socket)
        client.socket.close()

    def _hear(self, client: _Client, events: int) -> None:
        try:
            if events & selectors.EVENT_READ:
                got = client.socket.recv(LONGEST_LINE)
                client.ended |= not got
                client.got += got
            if events & selectors.EVENT_WRITE and client.to_send:
                sent = client.socket.send(client.to_send)
                del client.to_send[:sent]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._let_go(client)
            return
        client.heard = time.monotonic()

    def _hand_out(self) -> None:
        """What the player has answered."""
        with contextlib.suppress(Empty):
            while True:
                client, asked, answer = self._answers.get_nowait()
                if client in self._clients and client.asked is asked:
                    self._tell(client, answer)

    def _tell(self, client: _Client, answer: dict[str, Any]) -> None:
        client.asked, client.next = None, time.monotonic() + PACE
        client.to_send += json.dumps(answer).encode() + b"\n"
        with contextlib.suppress(OSError):  # what does not go now is sent once it can be
            sent = client.socket.send(client.to_send)
            del client.to_send[:sent]

    def _look_after(self, client: _Client, now: float) -> None:
        if client.asked is not None and now - client.since > PATIENCE:
            self._tell(client, {"error": "the player does not answer"})
        while client.asked is None and client.has_line and client.next <= now:
            if not self._take_line(client, now):
                return
        stuck = client.got or client.to_send
        if client.asked is None and (
            (client.ended and not client.to_send and not client.has_line)
            or (stuck and not client.has_line and now - client.heard > PATIENCE)
            or len(client.to_send) > UNREAD
        ):
            self._let_go(client)
            return
        if not client.has_line and len(client.got) > LONGEST_LINE:
            self._tell(client, {"error": f"a line has at most {LONGEST_LINE} bytes"})
            self._let_go(client)
            return
        listens = not (client.ended or client.has_line or client.asked)
        events = (selectors.EVENT_READ if listens else 0) | (selectors.EVENT_WRITE if client.to_send else 0)
        self._watch(client, events)

    def _watch(self, client: _Client, events: int) -> None:
        watched = self._selector.get_map().get(client.socket)
        if watched is None and events:
            self._selector.register(client.socket, events, client)
        elif watched is not None and not events:
            self._selector.unregister(client.socket)
        elif watched is not None and watched.events != events:
            self._selector.modify(client.socket, events, client)

    def _take_line(self, client: _Client, now: float) -> bool:
        """Does the client's next line; False where the client is let go for it."""
        line, _, rest = client.got.partition(b"\n")
        client.got = rest
        if len(line) > LONGEST_LINE:
            self._tell(client, {"error": f"a line has at most {LONGEST_LINE} bytes"})
            self._let_go(client)
            return False
        if not line.strip():
            return True
        try:
            request = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            self._tell(client, {"error": 'this is no line of JSON like {"do": "state"}'})
            return True
        asked = client.asked = object()
        client.since = now

        def done() -> None:
            answer: dict[str, Any] = {"error": "this was not done"}
            try:
                answer = self._do(request)
            except Refused as refused:
                answer = {"error": str(refused)}
            except Exception as error:  # a mistake of ours ends no night
                answer = {"error": f"this should not have happened ({type(error).__name__})"}
            finally:
                self._answers.put((client, asked, answer))
                self._wake()

        self._ask_player(done)
        return True

    def _say_goodbye(self) -> None:
        self._hand_out()
        for client in list(self._clients):
            if client.asked is not None:
                self._tell(client, {"error": "the player has ended"})
            self._let_go(client)


def _no_number(text: str) -> float:
    raise ValueError(text)


def _listening(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)  # its folder is closed to others already
        os.chmod(path, 0o600)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _locked() -> int:
    """The handle of the folder, locked: the lock ends with the process, however that ends."""
    import fcntl

    handle = os.open(door_path.folder(), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise PlaysAlready from None
    except OSError:  # a file system without locks: who answers plays
        if _somebody_answers():
            os.close(handle)
            raise PlaysAlready from None
    return handle


def _somebody_answers() -> bool:
    path = door_path.found()
    if path is None:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(2.0)
        try:
            door.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def _user(client: socket.socket) -> int | None:
    """The user whose process is at the other end; None where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    try:
        _, user, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    except (OSError, struct.error):  # it is gone already
        return -1
    return int(user)
