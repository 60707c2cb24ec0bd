"""A recipe: everything that the bytes of one segment of a file depend on, and nothing else.

In this process it is used as it is. As JSON it goes to other machines; that text, which is the same wherever
the recipe is, also gives the segment its address: one address, one sound, one codec, the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from functools import cached_property
from typing import Self

from lullaby.errors import CouldNot
from lullaby.export.build_version import version
from lullaby.export.formats import ENDINGS, Format, Sampling
from lullaby.night.loudness import Loudness
from lullaby.night.parcel import packed, unpacked
from lullaby.night.plan import Plan
from lullaby.time import Span


def address_of(facts: str) -> str:
    """The name under which a store keeps what follows from these facts and from nothing else."""
    return hashlib.blake2b(facts.encode(), digest_size=20).hexdigest()


@dataclass(frozen=True)
class Fade:
    """A raised cosine at one edge of a file."""

    edge: int
    """The frame at which the file begins, or at which it ends."""
    length: int
    """Frames over which it comes or goes."""


@dataclass(frozen=True)
class Recipe:
    """How to make one segment, from its plan to the packets that stand in the file."""

    plan: Plan
    """The plan, with only what is heard in this segment."""
    loudness: Loudness
    heard: Span
    """The frames of the night that the encoder is given."""
    ahead: Span
    """The frames after those, which the filter of a lower sample rate must hear, too."""
    fade_in: Fade | None
    fade_out: Fade | None
    """The file's own edges, where they are heard in this segment."""
    dither: tuple[int, int] | None
    """The words of the key that dither is drawn from; None where samples stay floats."""
    format: Format
    sampling: Sampling
    number: int | None
    """The number of the first packet that is kept, where packets carry numbers."""
    drop: int
    """Packets (without packets: frames) at the start that are thrown away: the codec's run-up."""
    keep: int | None
    """Packets that are kept after those; None: all there are, for the file ends here."""

    def as_json(self) -> str:
        """The recipe as text, always the same for the same recipe (with -Infinity for silence)."""
        facts = {
            "version": version(),
            "plan": packed(self.plan),
            "loudness": asdict(self.loudness),
            "heard": astuple(self.heard),
            "ahead": astuple(self.ahead),
            "fade_in": self.fade_in and astuple(self.fade_in),
            "fade_out": self.fade_out and astuple(self.fade_out),
            "dither": self.dither,
            "format": self.format.ending,
            "sampling": asdict(self.sampling),
            "number": self.number,
            "drop": self.drop,
            "keep": self.keep,
        }
        return json.dumps(facts, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Refused where another engine or codec would make other bytes of it."""
        facts = json.loads(text)
        if facts["version"] != version():
            raise CouldNot(
                f"this minute is for lullaby {facts['version']}; here is {version()}. "
                "All machines that share a night need the same lullaby and the same PyAV."
            )
        return cls(
            plan=unpacked(facts["plan"]),
            loudness=Loudness(**facts["loudness"]),
            heard=Span(*facts["heard"]),
            ahead=Span(*facts["ahead"]),
            fade_in=Fade(*facts["fade_in"]) if facts["fade_in"] else None,
            fade_out=Fade(*facts["fade_out"]) if facts["fade_out"] else None,
            dither=(facts["dither"][0], facts["dither"][1]) if facts["dither"] else None,
            format=ENDINGS[facts["format"]],
            sampling=Sampling(**facts["sampling"]),
            number=facts["number"],
            drop=facts["drop"],
            keep=facts["keep"],
        )

    @cached_property
    def address(self) -> str:
        """The name of what this recipe makes, wherever it is kept."""
        return address_of(self.as_json())
