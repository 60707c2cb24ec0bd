"""A request for a file, and the facts found out when it is begun: together, all that its bytes depend on.

Both stand in the first line of an unfinished file's journal, so that the same command goes on with it and no
other does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any, Self

from lullaby.export.build_version import version
from lullaby.export.delivery import Use
from lullaby.export.formats import Format
from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.time import Span


@dataclass(frozen=True)
class FileRequest:
    """A request for a file, as far as it is known before any sound is made."""

    what: str
    """A hash of what was asked for, the same on every date."""
    seed: int
    date: str | None
    version: str
    stem: str = ""
    """The voice that is heard alone, of a stem."""
    gain: float | None = None
    """The factor by which the mixer multiplies, of a stem: that of the file it belongs to."""


@dataclass(frozen=True)
class Beginning:
    """The start of a file: the request, and the facts that took listening and drawing to find out."""

    request: FileRequest
    loudness: Loudness
    cover: bytes

    def as_line(self) -> dict[str, Any]:
        """The request as JSON data."""
        cover = base64.b64encode(self.cover).decode()
        return {**asdict(self.request), "loudness": list(astuple(self.loudness)), "cover": cover}

    @classmethod
    def from_line(cls, line: Mapping[str, Any]) -> Self | None:
        """Reads a line of the journal; None where it is not all there, or not what it should be."""
        try:
            request = FileRequest(**{field.name: line[field.name] for field in fields(FileRequest)})
            gain, ceiling, opening, cap = line["loudness"]
            cover = base64.b64decode(line["cover"], validate=True)
        except (KeyError, TypeError, ValueError):
            return None
        if not (isinstance(gain, float) and isinstance(opening, float) and math.isfinite(gain)):
            return None
        if not (isinstance(ceiling, float | None) and isinstance(cap, float | None)):
            return None
        return cls(request, Loudness(gain, ceiling, opening, cap), cover)


def file_request(night: Night, span: Span, format: Format, use: Use, bits: int) -> FileRequest:
    """The request for this span of this night, as a file of this format."""
    date = night.date.isoformat() if night.date else None
    return FileRequest(whatever_the_date(night, span, format, use, bits), night.seed, date, version())


def whatever_the_date(night: Night, span: Span, format: Format, use: Use, bits: int) -> str:
    """A hash of what was asked for, but for the date: asked again after midnight, it is the same night."""
    gain = float(night.gain) if night.unmeasured else None
    # where a sleeper ends the night, its end is another on every date
    stop = night.score.length if span.stop >= night.length else span.stop
    how = [night.follows, [night.caps.hard, night.caps.aim], format.ending, use.name, bits]
    how += ["headphones"] if night.headphones else []
    how += [growth.facts for growth in night.grown]
    how += [narration.of for narration in night.narrations]
    facts = [night.seed, gain, span.start, stop, *how, *night.score.sources]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
