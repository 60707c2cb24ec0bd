"""Notes for a listener before a night begins: data that can also print itself."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from lullaby.people.limits import Limits
from lullaby.score.plain_text import plain, quoted
from lullaby.time import RATE, clock


class Note(Protocol):
    """One thing to know."""

    @property
    def says(self) -> str: ...

    @property
    def facts(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Caution:
    """A caution about a kind of voice, or about a recording, before it is heard."""

    text: str

    @property
    def says(self) -> str:
        return self.text

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "caution", "text": self.text}


@dataclass(frozen=True)
class Closed:
    """A private file that others could read, and can no longer."""

    text: str

    @property
    def says(self) -> str:
        return self.text

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "closed", "text": self.text}


@dataclass(frozen=True)
class _Sentence:
    """A note that is a sentence in which words of somebody's own may stand."""

    text: str
    note: ClassVar[str]

    @property
    def says(self) -> str:
        return plain(self.text)

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": self.note, "text": self.text}


class Amiss(_Sentence):
    """Something that a circle's file names for somebody, and that cannot be had."""

    note = "amiss"


@dataclass(frozen=True)
class LeftOut:
    """Voices that this listener does not hear, and stories that are not told to them."""

    listener: str
    voices: tuple[str, ...]
    stories: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        return f"Left out for {plain(self.listener)}: {plain(', '.join((*self.voices, *self.stories)))}."

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "left out", **asdict(self)}


@dataclass(frozen=True)
class NotTold:
    """A story that waits, because it cannot be spoken now."""

    why: str

    @property
    def says(self) -> str:
        return f"The story waits, and the night goes on without it: {plain(self.why)}"

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "not told", "why": self.why}


@dataclass(frozen=True)
class Unsaid:
    """Sentences that are left out, because there is nothing in them that the teller can say."""

    sentences: tuple[str, ...]

    @property
    def says(self) -> str:
        many = f"{len(self.sentences)} sentences are" if len(self.sentences) > 1 else "A sentence is"
        return f"{many} left out, which cannot be spoken: “{plain(self.sentences[0][:60])}”"

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "unsaid", "sentences": list(self.sentences)}


class OfText(_Sentence):
    """What a text holds that is not told, or not as it is written."""

    note = "text"


@dataclass(frozen=True)
class NoTime:
    """A story for which the night is too short."""

    title: str
    at: int
    """The frame at which it begins, or would have."""
    ends: int
    """The frame at which the night ends."""
    told: int | None
    """Sentences that are told; None where nobody knows yet."""
    sentences: int
    lasts: float
    """Seconds that it takes, about."""

    @property
    def says(self) -> str:
        title, ends = plain(self.title), f"the night ends at {clock(self.ends)}"
        if self.told == 0:
            return f"{title} is not told: it would begin at {clock(self.at)}, and {ends}."
        if self.told is not None:
            return f"{title} is told up to sentence {self.told} of {self.sentences}, for {ends}."
        lasts = f"{title} takes about {clock(round(self.lasts * RATE))} from {clock(self.at)} on"
        return f"{lasts}, and {ends}: the rest is not told."

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "note": "no time",
            "title": self.title,
            "at": self.at / RATE,
            "ends": self.ends / RATE,
            "told": self.told,
            "of": self.sentences,
            "lasts": round(self.lasts, 1),
        }


@dataclass(frozen=True)
class Stopped:
    """Where a story stopped the last time, and how it goes on from there."""

    story: str
    title: str
    sentence: int
    sentences: int
    date: datetime.date | None

    @property
    def says(self) -> str:
        when = "the last time" if self.date is None else f"on {self.date.isoformat()}"
        share = 100 * self.sentence // max(1, self.sentences)
        return f"{plain(self.title)} stopped {when}, {share} % of the way in: --go-on tells it from there."

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "note": "stopped",
            "story": self.story,
            "title": self.title,
            "sentence": self.sentence,
            "of": self.sentences,
            "date": self.date and self.date.isoformat(),
        }


@dataclass(frozen=True)
class CutShort:
    """What was asked for lasts longer than this listener's limit."""

    listener: str
    ends: int
    wanted: int | None
    """Frames that were asked for; None where nobody knows."""

    @property
    def says(self) -> str:
        instead = "" if self.wanted is None else f", and not at {clock(self.wanted)}"
        return f"It ends at {clock(self.ends)}, the limit for {plain(self.listener)}{instead}."

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "note": "cut short",
            "listener": self.listener,
            "ends": self.ends / RATE,
            "of": self.wanted and self.wanted / RATE,
        }


@dataclass(frozen=True)
class LimitsHold:
    """A listener's limits, and whether anybody measured how loud the device is."""

    listener: str
    limits: Limits
    calibrated: bool

    @property
    def says(self) -> str:
        return self.limits.says(self.calibrated)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "note": "limits",
            "listener": self.listener,
            "profile": self.limits.profile,
            "cap_dba": self.limits.cap_dba,
            "aim_dba": self.limits.aim_dba,
            "ends_min": self.limits.ends_min,
            "calibrated": self.calibrated,
        }


@dataclass(frozen=True)
class UnknownDevice:
    """A device by a name that was never calibrated: a typing error would lift a cap unsaid."""

    device: str
    known: tuple[str, ...]

    @property
    def says(self) -> str:
        there = f"Known are: {plain(', '.join(self.known))}" if self.known else "None is known yet"
        return (
            f"Nothing is known of a device {quoted(self.device)}, so no limit of loudness is kept on it. "
            f"{there}; lullaby calibrate --device NAME adds one."
        )

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "unknown device", **asdict(self)}


@dataclass(frozen=True)
class Torn:
    """The log of a night whose last line was not written to its end: the machine stopped just then."""

    log: str

    @property
    def says(self) -> str:
        return f"{self.log}: its last line breaks off, and is left out."

    @property
    def facts(self) -> dict[str, Any]:
        return {"note": "torn", "log": self.log}


@dataclass(frozen=True)
class Follows:
    """Whose sleep the night follows, when sleep comes, and when the night ends for it."""

    slow: bool | None
    """Does a made-up sleeper fall asleep late? None where nobody is made up: it is a course."""
    course_file: str
    """Where a course was read from; "" where a program handed it in."""
    asleep: int | None
    """The frame at which sleep comes; None: never."""
    ends: int
    score_length: int
    """Frames that the score would last."""
    for_listener: bool
    all_night: bool

    @property
    def says(self) -> str:
        plays = f"--sleeper none plays all {clock(self.score_length)}"
        if not self.all_night and self.ends < self.score_length:
            plays += ', --all-night "reason" too, softer as sleep deepens'
        if self.slow is None:
            falls = "nobody falls asleep" if self.asleep is None else f"sleep comes at {clock(self.asleep)}"
            whom = f"{plain(self.course_file) or 'a course'}, where {falls}"
            made_up = "" if self.for_listener else "; --sleeper typical follows a made-up one"
            instead = f"Instead of --course, {plays}{made_up}."
        else:
            other = "typical" if self.slow else "slow"
            sleeps = "never sleeps" if self.asleep is None else f"is asleep at {clock(self.asleep)}"
            whom = f"a made-up sleeper who {sleeps}"
            instead = f"{plays}; --sleeper {other} follows another."
        return f"It follows {whom}, and ends at {clock(self.ends)}. {instead}"

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "note": "follows",
            "sleeper": None if self.slow is None else "slow" if self.slow else "typical",
            "course": self.course_file or None,
            "asleep": None if self.asleep is None else self.asleep / RATE,
            "ends": self.ends / RATE,
            "of": self.score_length / RATE,
        }
