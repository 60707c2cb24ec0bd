"""Facts of a night that is served, for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lullaby.evening.notes import Follows
from lullaby.export.file_tags import chapters
from lullaby.night.track import Track
from lullaby.score import SILENT
from lullaby.time import RATE
from lullaby.web.nights import Served


def facts_of_served(served: Served) -> dict[str, Any]:
    """What it is and how long it lasts: times in seconds since lights-out, levels in dB, None for silence."""
    night, span = served.night, served.span
    return {
        "id": str(served.wanted),
        "title": night.score.title,
        "start": span.start / RATE,
        "stop": span.stop / RATE,
        "length": night.length / RATE,
        "follows": night.course is not None,
        "picture": f"/night/{served.wanted.whole}.jpg",
        "notes": [note.says for note in served.evening.notes if not isinstance(note, Follows)],
        "scenes": [{"at": scene.at / RATE, "name": scene.name} for scene in night.score.scenes],
        "chapters": [{"at": one.start / RATE, "title": one.title} for one in chapters(night, night.span)],
        "voices": [_voice(track, span.start) for track in night.plan.tracks],
        "moves_on": night.score.all_night is None,
    }


def facts_of_server(here: str, at_home: Sequence[str], code: str | None) -> dict[str, Any]:
    """Where it serves, and the code by which a phone is paired."""
    return {"here": here, "at_home": list(at_home), "code": code}


def _voice(track: Track, frame: int) -> dict[str, Any]:
    """A voice, at the level its score asks for there, and what its listener has added to that."""
    level, fader = track.level.value_at(frame) + track.trim, track.fader.keyframes[-1].value
    return {"name": track.name, "level": _level(level), "fader": _level(fader)}


def _level(gain_db: float) -> float | None:
    return None if gain_db == SILENT else round(float(gain_db), 2)
