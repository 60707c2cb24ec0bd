"""Tones of SBaGen and of what grew out of it: 200+4/30, 300@10/20, pink/40, bell+480/20, square:200+8/10."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lullaby.score.foreign.imported import wrong
from lullaby.score.foreign.sequence import Tones
from lullaby.score.foreign.sounds import counterpart
from lullaby.score.foreign.tones import BELL, BINAURAL, ISOCHRONIC, NAMED, PURE, Tone
from lullaby.score.plain_text import quoted

NUMBER = r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
_SHAPE = re.compile(r"(sine|square|triangle|sawtooth|(?:wave|custom|spin)\d+):")
_TONE = re.compile(rf"{NUMBER}(?:([-+@M~]){NUMBER})?/{NUMBER}")
_NOISE = re.compile(rf"(pink|white|brown|mix)/{NUMBER}")
_SPIN = re.compile(rf"([bw]?)spin:{NUMBER}[-+]{NUMBER}/{NUMBER}")
_OF_THE_MIX = re.compile(rf"mix([a-z]{{1,9}}):(?:{NUMBER}[-+])?{NUMBER}/{NUMBER}")
_BELL = re.compile(rf"bell[-+]{NUMBER}/{NUMBER}")
_SPECS = "Tones are written 200+4/30, 200/30, pink/40, bell+300/20 or spin:300+4/20; - is none."
_SPUN = {"": "pink-noise", "b": "brown-noise", "w": "white-noise"}
_BEATING = {
    "M": "tones that beat in both ears are played as tones that swell and fade.",
    "~": "tones that swell in each ear by turns are played as tones that swell and fade.",
    "-": "200-4 has the ears exchanged; played as 200+4.",
}
_MOST = 64
"""Tones of one set."""


@dataclass
class Tuning:
    """Reads the tones of one file, and says what becomes of those that have no counterpart."""

    where: str
    remarks: list[str]
    recording: str = ""
    """The recording that -m names: it lies under the tones, and mix/90 is how loud it is there."""

    def tones(self, number: int, specs: str) -> Tones:
        """The channels of a tone-set; what has no counterpart is an empty one."""
        words = specs.split(maxsplit=_MOST)
        if len(words) > _MOST:
            raise wrong(self.where, number, f"a tone-set has {_MOST} tones at most.")
        return tuple(None if word == "-" else self._tone(number, word) for word in words)

    def _tone(self, number: int, whole: str) -> Tone | None:
        spec = whole
        while shape := _SHAPE.match(spec):
            spec = spec[shape.end() :]
            if shape[1] != "sine":
                self.remarks.append(f"{shape[1]}: a waveform of its own; our tones are sines.")
        if found := _NOISE.fullmatch(spec):
            share = self._share(number, whole, found[2])
            return self._mix(share) if found[1] == "mix" else Tone(NAMED, share, name=f"{found[1]}-noise")
        if found := _SPIN.fullmatch(spec):
            self.remarks.append("spin: noise that turns about the head there, and stands still here.")
            return Tone(NAMED, self._share(number, whole, found[4]), name=_SPUN[found[1]])
        if found := _OF_THE_MIX.fullmatch(spec):
            self.remarks.append(f"mix{found[1]}: it moves the recording there, which is left as it is here.")
            return None
        if found := _BELL.fullmatch(spec):
            return Tone(BELL, self._share(number, whole, found[2]), float(found[1]))
        if not (found := _TONE.fullmatch(spec)):
            raise wrong(self.where, number, f"{quoted(whole)} is not a tone.", _SPECS)
        share, hz, beat = self._share(number, whole, found[4]), float(found[1]), float(found[3] or 0)
        if found[2] in _BEATING:
            self.remarks.append(_BEATING[found[2]])
        if not beat:
            return Tone(PURE, share, hz)
        return Tone(ISOCHRONIC if found[2] in ("@", "M", "~") else BINAURAL, share, hz, beat)

    def _mix(self, share: float) -> Tone | None:
        if not self.recording:
            self.remarks.append("mix: the recording under the tones, which -m names nowhere; left out.")
            return None
        if counterpart(self.recording):  # where there is none, that is said with the sound
            self.remarks.append(f"{quoted(self.recording)}: a recording there; a voice of ours here.")
        return Tone(NAMED, share, name=self.recording)

    def _share(self, number: int, spec: str, amplitude: str) -> float:
        if not (value := float(amplitude)) <= 100:
            raise wrong(self.where, number, f"{quoted(spec)} is louder than 100.")
        return value / 100
