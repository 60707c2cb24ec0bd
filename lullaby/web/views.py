"""What the page is to show to whoever asks: gathered from the house, without making any sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from lullaby.errors import LullabyError
from lullaby.evening.notes import Follows
from lullaby.people.listeners import names
from lullaby.score import VoiceFile
from lullaby.score.plain_text import plain
from lullaby.time import RATE
from lullaby.web.house import House
from lullaby.web.library import Library, Shelves, lasting
from lullaby.web.page import Choice, Listener, MixKind, MixVoice, Room, Tonight, View
from lullaby.web.page.markup import night_url
from lullaby.web.page.words import reason, words
from lullaby.web.rooms.room import RoomState
from lullaby.web.rooms.said import said_by
from lullaby.web.rooms.seen import Seen
from lullaby.web.rooms.suggestions import suggestions
from lullaby.web.wanted import Wanted
from lullaby.web.who.guard import OWN
from lullaby.web.who.paired import Phone

USUAL_LENGTH = 8 * 3600.0
"""Seconds of a mix whose length nobody gave."""


@dataclass(frozen=True)
class Views:
    """Makes what the page shows."""

    house: House
    library: Library
    seen: Seen

    def view(
        self, phone: Phone, wanted: Wanted | None, listener: str | None, language: str, said: str = ""
    ) -> View:
        """The page for this phone. `wanted` is the night that is begun, where one is; `listener` who is
        chosen on it: "" is nobody, and None that nothing was chosen."""
        shelves = self.library.shelves()
        night = wanted or self._for(phone, listener)
        view = View(
            self._tonight(night, shelves),
            is_child=phone.child,
            started=str(wanted) if wanted is not None else None,
            said=said,
        )
        if phone.child:
            return view
        return replace(
            view,
            mix=_mix(night, shelves),
            kinds=_kinds(night, shelves),
            suggestions=self._suggested(phone, night, shelves, language),
            scores=self._choices(night, ((one.name, one.title, one.description) for one in shelves.scores)),
            rituals=self._choices(night, ((one.name, one.title, one.description) for one in shelves.rituals)),
            stories=self._choices(
                night,
                (
                    (one.name, one.title, words(language)["minutes"].format(n=lasting(one)))
                    for one in shelves.stories
                ),
            ),
            listeners=tuple(Listener(name, chosen=name == night.listener) for name in names()),
            rooms=tuple(_room(name, state, language) for name, state in self.seen.now().items()),
        )

    def _for(self, phone: Phone, listener: str | None) -> Wanted:
        """Tonight for whoever is chosen; where that is not said, for whose phone it is."""
        if phone.child or listener is None:
            return self.house.tonight(phone.listener)
        return replace(self.house.tonight(None), listener=listener or None)

    def _tonight(self, night: Wanted, shelves: Shelves) -> Tonight:
        score = shelves.score(night.words[0]) if len(night.words) == 1 else None
        named = next((one.title for one in shelves.rituals if night.words == (one.name,)), None)
        named = named or next((one.title for one in shelves.stories if night.words == (one.name,)), None)
        title = score.title if score is not None else named or _mixed_title(night)
        length = score.length / RATE if score is not None else night.length or USUAL_LENGTH
        notes: tuple[str, ...] = ()
        if (served := self.house.nights.at_hand(night)) is not None:
            length = len(served.span) / RATE
            notes = tuple(plain(note.says) for note in served.evening.notes if not isinstance(note, Follows))
        picture = replace(night.whole, faders=(), awake=())
        return Tonight(title, str(night), length, night_url(str(picture), ".jpg"), notes)

    def _choices(self, like: Wanted, found: Iterable[tuple[str, str, str]]) -> tuple[Choice, ...]:
        return tuple(
            Choice(plain(title), str(_other(like, name)), plain(about)) for name, title, about in found
        )

    def _suggested(self, phone: Phone, night: Wanted, shelves: Shelves, language: str) -> tuple[Choice, ...]:
        now = shelves.score(night.words[0]) if len(night.words) == 1 else None
        if now is None or not (phone is OWN or phone.listener == night.listener):
            return ()  # a reason is what somebody has said: theirs to read, and nobody else's
        try:
            said = said_by(night.listener, self.house.clock.now())
        except LullabyError:  # a damaged file is told where it is asked for; the page is there all the same
            return ()
        found = suggestions(now, shelves.scores, said)
        return tuple(
            Choice(
                plain(one.title),
                str(_other(night, one.name)),
                reason(language, one.reason, one.why, one.about),
            )
            for one in found
        )


def _other(like: Wanted, name: str) -> Wanted:
    """Another night, for the same listener on the same evening."""
    return Wanted((name,), date=like.date, listener=like.listener, headphones=like.headphones)


def _levels(night: Wanted) -> dict[str, float]:
    """The voices of a mix, with their levels."""
    found = {}
    for word in night.words:
        name, _, level = word.partition(":")
        found[name] = float(level or 0)
    return found


def _mix(night: Wanted, shelves: Shelves) -> tuple[MixVoice, ...]:
    on = _levels(night)
    return tuple(_voice(voice, on) for voice in shelves.voices if voice.name in on)


def _kinds(night: Wanted, shelves: Shelves) -> tuple[MixKind, ...]:
    on = _levels(night)
    others = sorted((one for one in shelves.voices if one.name not in on), key=lambda one: one.kind.name)
    return tuple(
        MixKind(_title(kind), tuple(_voice(voice, on) for voice in voices))
        for kind, voices in groupby(others, key=lambda one: one.kind.name)
    )


def _voice(voice: VoiceFile, on: dict[str, float]) -> MixVoice:
    return MixVoice(voice.name, _title(voice.name), on.get(voice.name, 0.0), voice.name in on)


def _title(name: str) -> str:
    text = plain(name).replace("-", " ")
    return text[:1].upper() + text[1:]


def _mixed_title(night: Wanted) -> str:
    return ", ".join(_title(name) for name in _levels(night))


def _room(name: str, state: RoomState, language: str) -> Room:
    title = words(language)["room_here"] if name == "here" else name
    playing = (state.title or "…") if state.plays else None
    return Room(name, title, playing, answers=state.state != "away")
