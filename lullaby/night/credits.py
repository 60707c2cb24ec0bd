"""The sources of a night's sounds, and whether its sound may be published.

Shipped voices are numbers that the program works out: there is no recording in them, and what a program
makes is not bound by the program's own licence. What a listener brings has the licence its file states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.night.narration import A_RECORDING, Narration
from lullaby.score import Score
from lullaby.score.melody import Tune
from lullaby.score.plain_text import plain, short

NOBODY = ("traditional", "trad", "anonymous", "anon", "volksweise")
"""What is written for the composer of a tune that has none who is known."""
LONGEST = 120
"""Characters of a name or a licence that are repeated."""


@dataclass(frozen=True)
class Terms:
    """The terms of a licence: what may be done with a sound made from what it covers; None where that is not
    known."""

    publish: bool | None
    sell: bool | None
    says: str

    @property
    def rank(self) -> tuple[int, int]:
        """Lowest where most is forbidden."""
        order = (False, None, True)
        return order.index(self.publish), order.index(self.sell)


FREE = Terms(True, True, "may be published, sold too")
NAMED = Terms(True, True, "may be published, sold too, where its author is named")
ALIKE = Terms(True, True, "may be published, sold too, where its author is named and under the same licence")
UNSOLD = Terms(True, False, "may be published where its author is named, but not sold")
UNSOLD_ALIKE = Terms(
    True, False, "may be published where its author is named and under the same licence, but not sold"
)
UNMIXED = Terms(False, False, "may not be published as a part of something else")
KEPT = Terms(False, False, "may not be published")
OWN = Terms(True, True, "may be published as far as lullaby knows: it is worked out, not recorded")
UNKNOWN = Terms(None, None, "names no licence: if it is not your own work, ask whoever made it")
UNREAD = Terms(None, None, "lullaby does not know this licence: read it before publishing")

LICENCES: dict[str, Terms] = {
    **dict.fromkeys(("cc0", "public-domain", "pdm", "unlicense", "0bsd", "wtfpl"), FREE),
    **dict.fromkeys(("cc-by", "mit", "isc", "apache", "bsd", "bsd-clause"), NAMED),
    **dict.fromkeys(("cc-by-sa", "gpl", "lgpl", "agpl", "fal"), ALIKE),
    "cc-by-nc": UNSOLD,
    "cc-by-nc-sa": UNSOLD_ALIKE,
    **dict.fromkeys(("cc-by-nd", "cc-by-nc-nd"), UNMIXED),
    **dict.fromkeys(("all-rights-reserved", "proprietary", "private"), KEPT),
}
"""The terms of each licence, by its name in small letters, without a version."""

_VERSION = re.compile(r"(-v?|v)\d+(\.\d+)*(?=-|\Z)")
_TAIL = re.compile(r"(-(or-later|only|international|universal|unported|licen[cs]e|deed))+\Z|\+\Z")


def terms_of(licence: str, worked_out: bool = False) -> Terms:
    """The terms of a licence of this name. Settings of the listener's own need none."""
    name = re.sub(r"[\s_,-]+", "-", licence.strip().lower())
    name = _TAIL.sub("", _VERSION.sub("", _TAIL.sub("", name.removesuffix("."))))
    if not name:
        return OWN if worked_out else UNKNOWN
    return LICENCES.get(name, UNREAD)


@dataclass(frozen=True)
class Source:
    """One thing a night is made of, besides what ships with lullaby."""

    name: str
    what: str
    """A voice, a clip, a tune, a speech engine …"""
    licence: str = ""
    author: str = ""
    worked_out: bool = False
    """Is it settings for sound that lullaby works out, rather than a recording or a text?"""

    @property
    def terms(self) -> Terms:
        return terms_of(self.licence, self.worked_out)

    @property
    def line(self) -> str:
        credit = f" by {_brief(self.author)}" if self.author else ""
        licence = f", {_brief(self.licence).rstrip('.')}" if self.licence.strip() else ""
        return f"{_brief(self.name)} ({_brief(self.what)}){credit}{licence}: {self.terms.says}."


@dataclass(frozen=True)
class Credits:
    """A few lines for people, and the answer for programs: yes, no, or None where nobody said."""

    lines: tuple[str, ...]
    may_publish: bool | None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def credits(score: Score, extra: Iterable[Source] = ()) -> Credits:
    """The sources of everything the score is made of. `extra`: clips, tunes and speech, by those who know of
    them."""
    voices = dict.fromkeys(_voices(score))
    shipped = [name for name, source in voices if source is None]
    tunes = [] if score.music is None else list(dict.fromkeys(score.music.tunes))
    known = [plain(tune.title) for tune in tunes if _ships(tune.path)]
    own = [_own_tune(tune) for tune in tunes if not _ships(tune.path)]
    sources = list(dict.fromkeys([*(source for _, source in voices if source), *own, *extra]))
    strictest = min((source.terms for source in sources), key=lambda terms: terms.rank, default=FREE)
    publish = _all([source.terms.publish for source in sources])
    sell = _all([source.terms.sell for source in sources])
    lines = []
    if score.is_story:
        lines += [f"Told by {plain(part.voice.name)}." for part in score.voices if part.kind.speaks]
    if shipped:
        lines.append(f"Voices of lullaby: {', '.join(shipped)}. Worked out by the program, not recorded.")
    if known:
        lines.append(f"Tunes: {', '.join(known)}. All are out of copyright.")
    lines += [source.line for source in sources]
    lines.append(_verdict(publish, sell, sources, strictest))
    return Credits(tuple(lines), publish)


SPEECH = {
    "hibari": "hibari, whose voice descends from Kokoro-82M (Apache-2.0)",
    "espeak": "eSpeak NG",
}
"""The engines that come along, and how they are credited."""


def spoken(narrations: Iterable[Narration]) -> Iterator[Source]:
    """What speaks in a night, and what is told: engines, and texts and recordings of the listener's own."""
    for narration in narrations:
        if narration.is_nothing:
            continue
        if narration.by == A_RECORDING:
            yield Source(narration.title, "recording", author=narration.author)
        else:
            if not narration.ships:
                yield Source(narration.title, "text", author=narration.author)
            for engine in filter(None, narration.by.split(", ")):
                yield Source(SPEECH.get(engine, engine), "speech", worked_out=engine in SPEECH)


def _voices(score: Score) -> Iterator[tuple[str, Source | None]]:
    """Every voice that sounds; with its source where it is the listener's. Tellers are credited by their
    speech engines."""
    for part in score.voices:
        voice = part.voice
        if not voice.kind.speaks:
            what = "recording" if voice.attached else "voice"
            own = (
                None
                if _ships(voice.path)
                else Source(voice.name, what, voice.licence, worked_out=not voice.attached)
            )
            yield voice.name, own


def _own_tune(tune: Tune) -> Source:
    """A tune that the listener brought. One that is called traditional belongs to nobody; of any other nobody
    knows."""
    nobodys = tune.composer.strip().lower().rstrip(".") in NOBODY
    return Source(tune.title, "tune", "public domain" if nobodys else "", "" if nobodys else tune.composer)


def _ships(path: Path) -> bool:
    return any(
        path.resolve().is_relative_to(places.shipped(folder).resolve()) for folder in ("voices", "scores")
    )


def _all(answers: Sequence[bool | None]) -> bool | None:
    """False if any answer is False; None if any of the others is not known."""
    return False if False in answers else None if None in answers else True


def _verdict(publish: bool | None, sell: bool | None, sources: Sequence[Source], strictest: Terms) -> str:
    because = _brief(next((s.name for s in sources if s.terms == strictest), ""))
    if publish is False:
        return f"This sound may not be published: see {because}."
    if publish is None:
        return f"Whether this sound may be published is not known: see {because}."
    conditions = any(source.terms not in (FREE, OWN) for source in sources)
    sold = "and sold" if sell else f"but not sold: see {because}"
    return f"This sound may be published, {sold}{', as said above' if conditions and sell else ''}."


def _brief(text: str) -> str:
    return short(plain(" ".join(text.split())), LONGEST)
