"""Where the broker is, and who we are there.

Name and password are read from the environment (LULLABY_MQTT_USER, LULLABY_MQTT_PASSWORD) or from a private
file, `web/mqtt.toml`, and never from the command line, where any program of this machine could read them:

    user     = "lullaby"
    password = "…"
    tls      = true
    ca       = "/etc/ssl/home.pem"
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lullaby import places
from lullaby.errors import AskedWrongly
from lullaby.people.private import Note, close_to_others, make_private_folder, put, read_text
from lullaby.score.plain_text import plain, quoted, short

PORT, TLS_PORT = 1883, 8883
_HOST = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?|[0-9A-Fa-f:.]{2,45}")
_TAKES: dict[str, type] = {"user": str, "password": str, "tls": bool, "ca": str}


@dataclass(frozen=True)
class Account:
    """A broker, and who we are there."""

    host: str
    port: int = PORT
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca: str | None = None
    """A file of certificates to believe; None: those that the system believes."""

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def account_of(asked: str, note: Note) -> Account:
    """The account at HOST or HOST:PORT; an AskedWrongly says what is wrong with that, or with the file."""
    rows = _rows(note)
    tls = bool(rows.get("tls", False))
    host, port = _host_and_port(asked)
    return Account(
        host,
        port or (TLS_PORT if tls else PORT),
        os.environ.get("LULLABY_MQTT_USER") or rows.get("user"),
        os.environ.get("LULLABY_MQTT_PASSWORD") or rows.get("password"),
        tls,
        rows.get("ca"),
    )


def account_file() -> Path:
    return places.home() / "web" / "mqtt.toml"


def our_number() -> str:
    """Eight letters that tell this lullaby from others at the same broker: drawn once, and kept."""
    path = places.home() / "web" / "mqtt-number"
    try:
        found = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        found = ""
    if not re.fullmatch(r"[0-9a-f]{8}", found):
        found = os.urandom(4).hex()
        make_private_folder(path.parent)
        put(path, f"{found}\n")
    return found


def _host_and_port(asked: str) -> tuple[str, int | None]:
    wrong = AskedWrongly(
        f"--mqtt {quoted(short(asked, 60))} is not a broker like 192.168.1.5 or 192.168.1.5:1883."
    )
    if "@" in asked:
        raise AskedWrongly(
            "--mqtt takes no name and no password: any program here could read them. "
            f"They belong into {plain(str(account_file()))}."
        )
    try:
        parts = urlsplit(f"//{asked}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if parts.netloc != asked or port == 0 or not _HOST.fullmatch(host):
        raise wrong
    return host, port


def _rows(note: Note) -> dict[str, Any]:
    path = account_file()
    text = read_text(path)
    if text is None:
        return {}
    close_to_others(path, note)
    try:
        rows = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise AskedWrongly(f"{plain(str(path))}: this is no TOML.") from None
    for name, value in rows.items():
        if name not in _TAKES:
            raise AskedWrongly(
                f"{plain(str(path))}: there is no {quoted(short(name, 40))}. It has: {', '.join(_TAKES)}."
            )
        if type(value) is not _TAKES[name]:
            kind = "true or false" if _TAKES[name] is bool else "a text"
            raise AskedWrongly(f"{plain(str(path))}: {name} is {kind}.")
    return rows
