"""Tracks of a SynapSeq preset: tones, noises and recordings; `track 1 amplitude +5` changes one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from math import sqrt

from lullaby.errors import WrittenWrongly
from lullaby.score.foreign.found import wrong
from lullaby.score.foreign.tones import BINAURAL, ISOCHRONIC, NAMED, PURE, Tone
from lullaby.score.plain import figure, quoted

KINDS = ("tone", "noise", "ambiance", "music", "background", "spin", "waveform", "effect", "track")
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})")
_BEATS = {"binaural": BINAURAL, "monaural": ISOCHRONIC, "isochronic": ISOCHRONIC}
_WAYS = ("left-right", "right-left", "standard", "short")
"""How a beat is made, where it is said; heard alike here."""
_EFFECTS = ("effect", "spin", "pulse", "smooth", "intensity", "width", "rate", "waveform")
_OTHER = ("pan", "modulation", "doppler", "shift")


@dataclass(frozen=True)
class Track:
    """A line of a preset."""

    shape: str
    name: str = ""
    hz: float = 0.0
    beat: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def tone(self) -> Tone:
        """The same as any sequencer has it."""
        share = sqrt((self.left**2 + self.right**2) / 2) / 100
        both = self.left + self.right
        pan = (self.right - self.left) / both if both else 0.0
        return Tone(self.shape, share, self.hz, self.beat, pan, self.name)


@dataclass
class Words:
    """The words of one line, taken from the left; whatever is wrong with them is said with the line."""

    where: str
    number: int
    words: list[str]
    remarks: list[str]
    recordings: dict[str, str] = field(default_factory=dict)
    """What @ambiance, @music and @background name: by the name used in tracks."""

    def wrong(self, what: str, hint: str = "") -> WrittenWrongly:
        return wrong(self.where, self.number, what, hint)

    def next(self, wanted: str) -> str:
        if not self.words:
            raise self.wrong(f"the line ends where {wanted} should stand.")
        return self.words.pop(0)

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
            self._other("waveform", self.next("the waveform"))
            kind = self.next("a track")
        match kind:
            case "tone":
                found = self._tone()
            case "noise" | "spin":
                colour = self.next("the noise's colour")
                if colour not in ("white", "pink", "brown"):
                    raise self.wrong(f"{quoted(colour)} is not a noise.", "It is white, pink or brown.")
                if kind == "spin":
                    self._other("spin", "")
                found = Track(NAMED, f"{colour}-noise")
            case "ambiance" | "music":
                name = self.next(f"the name of the {kind}")
                self.remarks.append(f"{kind} {quoted(name)}: a recording; a voice of ours plays, or none.")
                found = Track(NAMED, self.recordings.get(name, name))
            case "background":
                self.remarks.append("background: a recording; a voice of ours plays, or none.")
                found = Track(NAMED, self.recordings.get("background", "background"))
            case "effect":
                self._other("effect", " ".join(self.words))
                return None
            case _:
                raise self.wrong(f"{quoted(kind)} is not a track.", f"There are: {', '.join(KINDS)}.")
        return self._rest(found)

    def _tone(self) -> Track:
        hz = self.figure("tone")
        if not self.words or self.words[0] not in _BEATS:
            return Track(PURE, hz=hz)
        kind = self.words.pop(0)
        if self.words and self.words[0] in _WAYS:
            self.words.pop(0)
        if kind == "monaural":
            self.remarks.append("monaural beats are played as a tone that swells and fades.")
        return Track(_BEATS[kind], hz=hz, beat=self.figure(kind))

    def _rest(self, track: Track) -> Track:
        """Effects, which have no counterpart, and the amplitude, which every track has."""
        while self.words:
            word = self.words.pop(0)
            if word == "amplitude":
                if self.words[:1] == ["left"]:
                    self.words.pop(0)
                    left = self.figure("amplitude", 0, 100)
                    if self.next('"right"') != "right":
                        raise self.wrong("left has no right beside it: amplitude left 10 right 5.")
                    track = replace(track, left=left, right=self.figure("amplitude", 0, 100))
                else:
                    both = self.figure("amplitude", 0, 100)
                    track = replace(track, left=both, right=both)
                if self.words:
                    raise self.wrong(f"{quoted(self.words[0])} stands behind the end of the track.")
                return track
            if word not in (*_EFFECTS, *_OTHER):
                raise self.wrong(f"{quoted(word)} is no word of a track.", "A track ends with amplitude 30.")
            self._other(word, self.words.pop(0) if word == "effect" and self.words else "")
            if self.words and _NUMBER.fullmatch(self.words[0]):
                self.words.pop(0)
        raise self.wrong("the track has no amplitude.", "It ends with amplitude 30.")

    def _other(self, word: str, which: str) -> None:
        if word in ("intensity", "width", "rate") or which == "sine":
            return  # it belongs to the effect before it; our tones are sines already
        name = f"{word} {which}".strip()
        self.remarks.append(f"{quoted(name)}: lullaby has nothing like it; left out.")

    def override(self, tracks: list[Track | None]) -> None:
        """`track 1 amplitude +5`: changes a track that was inherited."""
        self.next("track")
        said = self.next("the track's number")
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
        if not 1 <= number <= len(tracks):
            raise self.wrong(f"there is no track {quoted(said)}: the template has {len(tracks)}.")
        kind, track = self.next("what changes"), tracks[number - 1]
        if kind in _EFFECTS or kind in _OTHER:
            self._other(kind, "")
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
