"""A night of shipped voices as one line of text, to be read by a person and typed by another.

    lullaby:1:night=harbour-rain,seed=1889,date=2026-11-30,starts=2026-11-30T21:30:00Z,sleeper=slow,…

The keys always come in the same order. Values hold no comma, no blank and nothing that a shell would obey:
blanks are "+", and other such characters %2C and the like. The last one is a checksum over all before it.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.ritual.circle.pack import starts
from lullaby.score.model import SLEEPERS
from lullaby.score.plain_text import quoted
from lullaby.time import LONGEST, RATE

BEGINS, VERSION, MOST = "lullaby:", 1, 1_000
"""How a line begins, which form this is, and bytes that it has at the most."""
_KEYS = ("night", "set", "length", "seed", "date", "starts", "sleeper", "all-night", "for", "engine", "text",
         "told", "check")  # fmt: skip
_NEEDED = ("night", "seed", "date", "starts", "sleeper", "engine", "text", "check")
_PLAIN = "-._:/="
_HASH = re.compile(r"[0-9a-f]{12}")
_ENGINE = re.compile(r"[0-9]{1,6}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Shared:
    """What a line says."""

    night: tuple[str, ...]
    """A score's name, or the words of a mix."""
    settings: tuple[str, ...]
    length: int | None
    """Frames of a mix; None: it is a score."""
    seed: int
    date: datetime.date
    starts: datetime.datetime
    sleeper: str
    engine: str
    text: str
    """A hash of the score's text, and of its voices'."""
    told: str = ""
    """A hash of what is told and how; "" where nothing is."""
    all_night: str = ""
    headphones: bool = False

    @property
    def is_mix(self) -> bool:
        return self.length is not None


def line_of(shared: Shared) -> str:
    """The line; an AskedWrongly where it would be too long to be one."""
    told = {
        "night": _words(shared.night),
        "set": _words(shared.settings),
        "length": "" if shared.length is None else f"{shared.length / RATE:.6f}".rstrip("0").rstrip("."),
        "seed": str(shared.seed),
        "date": shared.date.isoformat(),
        "starts": starts.written(shared.starts),
        "sleeper": shared.sleeper,
        "all-night": _words(shared.all_night.split()),
        "for": "headphones" if shared.headphones else "",
        "engine": shared.engine,
        "text": shared.text,
        "told": shared.told,
    }
    before = f"{BEGINS}{VERSION}:" + ",".join(f"{key}={value}" for key, value in told.items() if value)
    line = f"{before},check={_check(before)}"
    if len(line.encode()) >= MOST:
        raise AskedWrongly(
            f"this night takes {len(line.encode())} bytes as a line, and {MOST - 1} is the most.\n"
            "    Keep the mix as a score, or pack it: lullaby circle pack … -o FILE.night"
        )
    return line


def _words(words: tuple[str, ...] | list[str]) -> str:
    return "+".join(quote(word, safe=_PLAIN) for word in words)


def _check(before: str) -> str:
    return hashlib.sha256(before.encode()).hexdigest()[:8]


def shared_from(line: str) -> Shared:
    """What this line says; an AskedWrongly where it is none, or not whole. Blanks in it, as a letter may have
    put there, do not count."""
    line = "".join(line.split()).strip("\"'`<>")
    if not line.startswith(BEGINS):
        raise AskedWrongly(f"{quoted(line)} is no night to open: such a line begins with {BEGINS}{VERSION}:")
    if len(line.encode("utf-8", "replace")) >= MOST:
        raise AskedWrongly(f"this line is longer than {MOST - 1} bytes, and no night is.")
    number, _, rest = line[len(BEGINS) :].partition(":")
    if number != str(VERSION):
        if number.isascii() and number.isdigit() and len(number) < 6 and int(number) > VERSION:
            raise CouldNot(f"a newer lullaby wrote this line (form {number}). Update lullaby.")
        raise AskedWrongly(f"{quoted(line)}: there is no form {quoted(number)} of such a line.")
    before, comma, check = line.rpartition(",check=")
    if not comma or check != _check(before):
        raise AskedWrongly("this line is not whole, or was changed on its way: its checksum is not right.")
    return _read(dict(_pairs(rest)))


def _pairs(rest: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for pair in rest.split(","):
        key, equals, value = pair.partition("=")
        if key not in _KEYS or not equals or not value:
            raise AskedWrongly(f"{quoted(pair)}: {choices(key, _KEYS, 'a line says')}")
        if found and _KEYS.index(found[-1][0]) >= _KEYS.index(key):
            raise AskedWrongly(f"{quoted(pair)} stands in another place than it should, or twice.")
        found.append((key, value))
    missing = [key for key in _NEEDED if key not in dict(found)]
    if missing:
        raise AskedWrongly(f"this line does not say its {missing[0]}.")
    return found


def _read(told: dict[str, str]) -> Shared:
    def wrong(key: str) -> AskedWrongly:
        return AskedWrongly(f"{quoted(told[key])} is no {key} of a night.")

    def words(key: str) -> tuple[str, ...]:
        try:
            found = tuple(unquote(word, errors="strict") for word in told.get(key, "").split("+") if word)
        except UnicodeDecodeError:
            raise wrong(key) from None
        if any(not word.isprintable() for word in found):
            raise wrong(key)
        return found

    try:
        date = datetime.date.fromisoformat(told["date"])
    except ValueError:
        raise wrong("date") from None
    if not (told["seed"].isascii() and told["seed"].isdigit()) or int(told["seed"][:17]) > 10**15:
        raise wrong("seed")
    if told["sleeper"] not in SLEEPERS:
        raise wrong("sleeper")
    if not _ENGINE.fullmatch(told["engine"]):
        raise wrong("engine")
    for key in ("text", "told"):
        if key in told and not _HASH.fullmatch(told[key]):
            raise wrong(key)
    if told.get("for", "headphones") != "headphones":
        raise wrong("for")
    length = None
    if "length" in told:
        if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,6})?", told["length"]):
            raise wrong("length")
        length = round(float(told["length"]) * RATE)
        if not RATE <= length <= LONGEST:
            raise wrong("length")
    return Shared(
        words("night"),
        words("set"),
        length,
        int(told["seed"]),
        date,
        starts.read(told["starts"], "starts"),
        told["sleeper"],
        told["engine"],
        told["text"],
        told.get("told", ""),
        " ".join(words("all-night")),
        "for" in told,
    )
