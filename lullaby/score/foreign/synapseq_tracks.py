"""Tracks of a SynapSeq preset: tones, noises and recordings; `track 1 amplitude +5` changes one."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from math import sqrt

from lullaby.errors import WrittenWrongly
from lullaby.score.foreign.imported import wrong
from lullaby.score.foreign.sounds import counterpart
from lullaby.score.foreign.tones import BINAURAL, ISOCHRONIC, NAMED, PURE, Tone
from lullaby.score.plain_text import figure, quoted

KINDS = ("tone", "noise", "ambiance", "music", "background", "spin", "waveform", "effect", "track")
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})")
_BEATS = {
    "binaural": BINAURAL,
    "bin": BINAURAL,  # as the first versions had it
    "harmonicbox": BINAURAL,
    "monaural": ISOCHRONIC,
    "isochronic": ISOCHRONIC,
}
_SAID = {
    "monaural": "monaural beats are played as a tone that swells and fades.",
    "harmonicbox": "harmonicbox: two pairs of tones there; one pair, a binaural beat, here.",
}
_WAYS = ("left-right", "right-left", "standard", "short")
"""How a beat is made, where it is said; heard alike here."""
_EFFECTS = {
    "spin": "it moves round the head there, and stands still here.",
    "pan": "it moves from ear to ear there, and stands still here.",
    "pulse": "it swells and fades there, and stays even here.",
    "modulation": "it swells and fades there, and stays even here.",
    "doppler": "its pitch rises and falls there, and keeps still here.",
    "shift": "each ear has it a little higher or lower there, and both alike here.",
    "smooth": "its highs are softened there, and as they are here.",
}
"""Effects on a track that ours cannot have, and what is heard in their place."""
_OF_EFFECTS = ("intensity", "width", "rate")


@dataclass(frozen=True)
class Track:
    """A line of a preset."""

    shape: str
    name: str = ""
    hz: float = 0.0
    beat: float = 0.0
    left: float = 0.0
    right: float = 0.0
    depth: float = 1.0

    @property
    def tone(self) -> Tone:
        """The track as a tone, as all sequencers have it."""
        share = sqrt((self.left**2 + self.right**2) / 2) / 100
        both = self.left + self.right
        pan = (self.right - self.left) / both if both else 0.0
        return Tone(self.shape, share, self.hz, self.beat, pan, self.name, self.depth)


@dataclass
class Words:
    """The words of one line, taken from the left; whatever is wrong with them is said with the line."""

    where: str
    number: int
    words: deque[str]
    remarks: list[str]
    recordings: dict[str, str] = field(default_factory=dict)
    """The recordings that @ambiance, @music and @background name: by the name used in tracks."""

    def wrong(self, what: str, hint: str = "") -> WrittenWrongly:
        return wrong(self.where, self.number, what, hint)

    def next(self, wanted: str) -> str:
        if not self.words:
            raise self.wrong(f"the line ends where {wanted} should stand.")
        return self.words.popleft()

    def figure(self, about: str, low: float = 0.0, high: float = 1e6) -> float:
        said = self.next(f"the {about}")
        if not _NUMBER.fullmatch(said):
            raise self.wrong(f"{quoted(said)} is not a number; {about} is one.")
        if not low <= float(said) <= high:
            raise self.wrong(f"{about} is {said[:20]}; it goes from {figure(low)} to {figure(high)}.")
        return float(said)

    def track(self) -> Track | None:
        """The track; None where it is nothing that could be heard here."""
        kind = self.next("a track")
        if kind == "waveform":
            self._waveform(self.next("the waveform"))
            kind = self.next("a track")
        match kind:
            case "tone":
                found = self._tone()
            case "noise" | "spin":
                colour = self.next("the noise's colour")
                if colour not in ("white", "pink", "brown"):
                    raise self.wrong(f"{quoted(colour)} is not a noise.", "It is white, pink or brown.")
                if kind == "spin":
                    self._effect("spin")
                found = Track(NAMED, f"{colour}-noise")
            case "ambiance" | "music":
                name = self.next(f"the name of the {kind}")
                found = self._recording(self.recordings.get(name, name))
            case "background":
                found = self._recording(self.recordings.get("background", "background"))
            case "effect":
                for word in dict.fromkeys(self.words):
                    if word in _EFFECTS:
                        self._effect(word)
                return None
            case _:
                raise self.wrong(f"{quoted(kind)} is not a track.", f"There are: {', '.join(KINDS)}.")
        return self._rest(found)

    def _recording(self, name: str) -> Track:
        if counterpart(name):  # where there is none, that is said with the sound
            self.remarks.append(f"{quoted(name)}: a recording there; a voice of ours here.")
        return Track(NAMED, name)

    def _tone(self) -> Track:
        hz = self.figure("tone")
        if not self.words or self.words[0] not in _BEATS:
            return Track(PURE, hz=hz)
        kind = self.words.popleft()
        if self.words and self.words[0] in _WAYS:
            self.words.popleft()
        if kind in _SAID:
            self.remarks.append(_SAID[kind])
        return Track(_BEATS[kind], hz=hz, beat=self.figure(kind))

    def _rest(self, track: Track) -> Track:
        """Effects, of which one has a counterpart, and the amplitude, which every track has."""
        swells = False
        while self.words:
            word = self.words.popleft()
            if word == "amplitude":
                track = self._amplitude(track)
                if self.words:
                    raise self.wrong(f"{quoted(self.words[0])} stands behind the end of the track.")
                return track
            if word == "effect" and self.words:
                word = self.words.popleft()
            if word not in _EFFECTS and word not in _OF_EFFECTS:
                raise self.wrong(f"{quoted(word)} is no word of a track.", "A track ends with amplitude 30.")
            value = self.figure(word) if self.words and _NUMBER.fullmatch(self.words[0]) else 0.0
            if word in ("modulation", "pulse") and track.shape == PURE and value:
                track, swells = replace(track, shape=ISOCHRONIC, beat=value), True  # ours can do that
            elif word == "intensity" and swells:
                track = replace(track, depth=min(1.0, value / 100))
            elif word in _EFFECTS:
                self._effect(word)
                swells = False
        raise self.wrong("the track has no amplitude.", "It ends with amplitude 30.")

    def _amplitude(self, track: Track) -> Track:
        if self.words and self.words[0] == "left":
            self.words.popleft()
            left = self.figure("amplitude", 0, 100)
            if self.next('"right"') != "right":
                raise self.wrong("left has no right beside it: amplitude left 10 right 5.")
            return replace(track, left=left, right=self.figure("amplitude", 0, 100))
        both = self.figure("amplitude", 0, 100)
        return replace(track, left=both, right=both)

    def _effect(self, word: str) -> None:
        self.remarks.append(f"{word}: {_EFFECTS[word]}")

    def _waveform(self, which: str) -> None:
        if which != "sine":
            self.remarks.append(f"waveform {quoted(which)}: our tones are sines.")

    def override(self, tracks: list[Track | None]) -> None:
        """`track 1 amplitude +5`: changes a track that was inherited."""
        self.next("track")
        said = self.next("the track's number")
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
        if not 1 <= number <= len(tracks):
            raise self.wrong(f"there is no track {quoted(said)}: the template has {len(tracks)}.")
        kind, track = self.next("what changes"), tracks[number - 1]
        if kind in _EFFECTS:
            self._effect(kind)
            return
        if kind in ("effect", "waveform", *_OF_EFFECTS):
            return
        fields = {"tone": ("hz",), **dict.fromkeys(_BEATS, ("beat",)), "amplitude": ("left", "right")}
        fields |= {"left": ("left",), "right": ("right",)}
        if kind not in fields:
            raise self.wrong(f"{quoted(kind)} is nothing of a track that can change.")
        relative = bool(self.words) and self.words[0][0] in "+-"
        value = self.figure(kind, -1e6, 1e6)
        if track is None:
            return
        for name in fields[kind]:
            now = getattr(track, name) + value if relative else value
            high = 1e6 if name in ("hz", "beat") else 100.0
            if not 0 <= now <= high:
                raise self.wrong(
                    f"track {number}: {kind} becomes {figure(now)}; it goes from 0 to {figure(high)}."
                )
            track = _with(track, name, now)
        tracks[number - 1] = track


def _with(track: Track, name: str, value: float) -> Track:
    match name:
        case "hz":
            return replace(track, hz=value)
        case "beat":
            return replace(track, beat=value)
        case "left":
            return replace(track, left=value)
    return replace(track, right=value)
