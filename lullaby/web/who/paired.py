"""The phones that are paired with this machine, and its secret: one private file, `web/paired.json`.

    paired = Paired.load()
    token = paired.add("Kim's phone", listener="kim")       the phone keeps it, in a cookie
    paired.phone(token)                                     Phone("Kim's phone", listener="kim")
    paired.key_for("/feed.xml")                             for what has no cookie: a box, a podcast app

Of a token only a digest is kept. There is no date in the file, no count, and nothing of who was here when.
Any process may write it; the others notice at their next question.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.private import close_to_others, locked, make_private_folder, put, say_nothing
from lullaby.score.plain_text import plain, short
from lullaby.web.who import secret as chance

Kind = Literal["own", "phone", "room"]

MOST_PHONES = 64
LONGEST_NAME = 40
_LARGEST = 64 << 10
"""Bytes of the file, with room to spare."""


@dataclass(frozen=True)
class Phone:
    """Whoever asks, as far as lullaby knows them."""

    name: str
    """As it is shown, and as the phone was called when it was paired."""
    listener: str | None = None
    child: bool = False
    """Does it get a child's page: play, softer, stop?"""
    kind: Kind = "phone"
    """ "own": a browser on this machine itself; "room": another lullaby, in another room."""


@dataclass(frozen=True)
class _Known:
    secret: str
    phones: tuple[tuple[str, Phone], ...] = ()
    """The digest of each one's token, and the phone."""


class Paired:
    """Who is paired. A damaged file is said, as a CouldNot, and left as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._known = _Known("")
        self._one_at_a_time = threading.RLock()

    @classmethod
    def load(cls) -> Self:
        """The phones of this home; the first time, nobody, and a new secret."""
        found = cls(places.home() / "web" / "paired.json")
        found._fresh()
        return found

    def add(self, name: str, listener: str | None = None, child: bool = False, kind: Kind = "phone") -> str:
        """Pairs a phone; its token is given once, and kept nowhere here."""
        if child and listener is None:
            raise AskedWrongly("a child's phone plays one listener's nights: say whose it is.")
        shown = short(plain(" ".join(name.split())), LONGEST_NAME) or kind
        token = chance.new_token()
        with self._one_at_a_time, locked(self._folder()):
            known = self._read() or _Known(chance.new_secret())
            if len(known.phones) >= MOST_PHONES:
                raise CouldNot(
                    f"{MOST_PHONES} phones are paired, and that is as many as there may be.\n"
                    "    lullaby serve --forget forgets all of them."
                )
            phone = (chance.digest(token), Phone(shown, listener, child, kind))
            self._write(_Known(known.secret, (*known.phones, phone)))
        return token

    def phone(self, token: str) -> Phone | None:
        """The phone with this token. Every phone is compared with, and each as a whole, so that the time this
        takes says nothing."""
        if not 0 < len(token) <= chance.LONGEST_TOKEN:
            return None
        shown, found = chance.digest(token), None
        for digest, phone in self._fresh().phones:
            if chance.same(digest, shown):
                found = phone
        return found

    @property
    def phones(self) -> tuple[Phone, ...]:
        """All of them, in the order in which they were paired."""
        return tuple(phone for _, phone in self._fresh().phones)

    def forget(self) -> None:
        """Forgets all phones, and the secret: no key opens anything any more, either."""
        with self._one_at_a_time, locked(self._folder()):
            self._write(_Known(chance.new_secret()))

    def key_for(self, path: str) -> str:
        """What opens this one path for who has no cookie: `?key=…`. The path is as it is read, not quoted."""
        return chance.key(self._fresh().secret, path)

    def opens(self, path: str, key: str) -> bool:
        """Is it the key to this path?"""
        return len(key) <= chance.LONGEST_TOKEN and chance.same(self.key_for(path), key)

    def _fresh(self) -> _Known:
        """What is in the file now: read again only where it is another one."""
        with self._one_at_a_time:
            stamp = self._stamp_now()
            if stamp is None:
                self._begin()
            elif stamp != self._stamp:
                known = self._read()
                if known is not None:
                    self._known, self._stamp = known, stamp
            return self._known

    def _begin(self) -> None:
        with locked(self._folder()):
            known = self._read()  # another process may have been quicker
            if known is None:
                self._write(_Known(chance.new_secret()))
            else:
                self._known, self._stamp = known, self._stamp_now()

    def _folder(self) -> Path:
        make_private_folder(self._path.parent)
        return self._path.parent

    def _stamp_now(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CouldNot(f"{plain(str(self._path))}: {places.why_not(error, 'read')}") from error
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> _Known | None:
        """What is in the file; None where there is none."""
        close_to_others(self._path, say_nothing)
        try:
            with self._path.open("rb") as file:
                text = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CouldNot(f"{plain(str(self._path))}: {places.why_not(error, 'read')}") from error
        try:
            if len(text) > _LARGEST:
                raise ValueError
            return _known(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise CouldNot(
                f"{plain(str(self._path))}: this is damaged, and is left as it is: nobody is let in.\n"
                "    Put a copy in its place, or move it away and pair the phones again."
            ) from None

    def _write(self, known: _Known) -> None:
        table = {
            "secret": known.secret,
            "phones": [{"token": digest, **asdict(phone)} for digest, phone in known.phones],
        }
        put(self._path, json.dumps(table, indent=1, ensure_ascii=False) + "\n")
        self._known, self._stamp = known, self._stamp_now()


def _known(table: Any) -> _Known:
    """What the table says; a ValueError, KeyError or TypeError where it says it wrongly."""
    phones = []
    for row in table["phones"]:
        phone = Phone(**{name: value for name, value in row.items() if name != "token"})
        right = (
            isinstance(phone.name, str)
            and isinstance(phone.listener, str | None)
            and isinstance(phone.child, bool)
            and phone.kind in get_args(Kind)
            and phone.kind != "own"  # that is shown by where it asks from, never by a token
            and _is_digest(row["token"])
        )
        if not right or (phone.child and phone.listener is None):
            raise ValueError
        phones.append((row["token"], phone))
    if not _is_digest(table["secret"]) or len(phones) > MOST_PHONES:
        raise ValueError
    return _Known(table["secret"], tuple(phones))


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
