"""The voices of a night while it is composed: each once, under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lullaby.errors import AskedWrongly
from lullaby.kernels import exact
from lullaby.score import Part, Score, VoiceFile, find_voice
from lullaby.score.model import Change
from lullaby.score.plain_text import plain, quoted
from lullaby.score.settings import SILENT
from lullaby.voices.kinds import KINDS

SEATED = 0.6
"""How far to one side somebody is heard who sits at its end."""


@dataclass
class Parts:
    """`near`: the folder of the ritual, beside which voices are looked for, too."""

    near: Path
    found: dict[str, Part] = field(default_factory=dict)
    _meant: dict[tuple[str, ...], str] = field(default_factory=dict)
    _read: dict[str, VoiceFile] = field(default_factory=dict)

    def bed(self, words: Iterable[str]) -> dict[str, Change]:
        """Voices with levels, as a mix names them, and what a scene asks of each."""
        wanted: dict[str, Change] = {}
        for word in words:
            voice, _, level = word.partition(":")
            wanted[self.named(("bed", voice), self.voice(voice))] = {"level": float(level or 0)}
        return wanted

    def teller(self, voice: str, seat: float = 0.0) -> str:
        """Somebody who speaks, where they sit."""
        self.can_tell(voice)
        return self.named(("teller", voice, f"{seat:g}"), self.voice(voice), pan=round(SEATED * seat, 2))

    def instrument(self, voice: str, seat: float = 0.0) -> str:
        self.can_play(voice)
        return self.named(("instrument", voice, f"{seat:g}"), self.voice(voice), pan=round(SEATED * seat, 2))

    def can_tell(self, voice: str) -> None:
        """Refused where this is no teller; asking gives it no name in the night."""
        if not (kind := self.voice(voice).kind).speaks:
            raise AskedWrongly(f"{plain(voice)} is no teller: a {kind.name} cannot speak.")

    def can_play(self, voice: str) -> None:
        if not (kind := self.voice(voice).kind).plays:
            raise AskedWrongly(f"{plain(voice)} is no instrument: a {kind.name} plays no tune.")

    def of_score(self, movement: str, score: Score) -> dict[str, str]:
        """The voices of another night, under names that nothing else has: by the names they have there."""
        names: dict[str, str] = {}
        for part in score.voices:
            names[part.name] = self._own(f"{movement} {part.name}")
            self.found[names[part.name]] = replace(part, name=names[part.name])
        return names

    def voice(self, name: str) -> VoiceFile:
        if name not in self._read:
            self._read[name] = find_voice(name, KINDS, self.near)
        return self._read[name]

    def named(self, what: tuple[str, ...], voice: VoiceFile, **own: float) -> str:
        """The name under which this is heard: given once, and the same whenever it is asked for."""
        if what not in self._meant:
            name = self._meant[what] = self._own(voice.name)
            values = {"level": 0.0, **voice.values}
            values |= {key: value for key, value in own.items() if value and key in values}
            self.found[name] = Part(name, voice, values)
        return self._meant[what]

    def _own(self, name: str) -> str:
        names = [name, *(f"{name} {number}" for number in range(2, len(self.found) + 3))]
        return next(one for one in names if one not in self.found)

    def loudness(self, levels: Mapping[str, float]) -> float:
        """About how loud these are together, in LUFS before the night's own gain."""
        powers = [
            float(exact.gain(level + self.found[name].kind.unity)) ** 2
            for name, level in levels.items()
            if level > SILENT
        ]
        return round(float(exact.log2(sum(powers))) * 3.0103, 1) if powers else SILENT


def said_twice(name: str) -> AskedWrongly:
    """Two movements that each have music: a night has one."""
    return AskedWrongly(
        f"{quoted(name)} has music of its own, and so has another movement: a night has one."
        "\n    Leave one of them out, or take a score without [music]."
    )
