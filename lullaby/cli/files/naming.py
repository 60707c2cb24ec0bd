"""The name of a file that nobody named."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.options.moments import moment
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.night import Night


def usual_name(asked: argparse.Namespace, evening: Evening, use: str | None = None) -> str:
    """A name without an ending, in which stands whatever was asked for of this night."""
    from lullaby.evening import Mix
    from lullaby.export import night_name

    night, what = evening.night, evening.request.what
    levels = [word for word in what.voices if ":" in word] if isinstance(what, Mix) else []
    others = (
        " ".join(levels),
        None if asked.seed is None else f"seed {asked.seed}",
        asked.sleeper and f"sleeper {asked.sleeper}",
        asked.course and f"along {Path(asked.course).stem}",
        _course_hash(night) if asked.course else None,
        asked.course_night and f"its night {asked.course_night}",
        " ".join(asked.settings),
        asked.length and f"{_long(asked.length)} long",
        # a child's limits refuse it, and then the night ends by its timer
        "all night" if asked.all_night and night.score.all_night is not None else None,
        asked.device and f"on {asked.device}",
        use,
        "headphones" if night.headphones else None,
    )
    return night_name(
        night.score.title,
        str(night.date),
        listener=asked.listener or "",
        start=moment("--from", getattr(asked, "start", None)),
        stop=moment("--to", getattr(asked, "stop", None)),
        others=[word for word in others if word],
    )


def _course_hash(night: Night) -> str:
    """A few letters of the course's content: two files of one name may hold different sleep."""
    return night.follows.removeprefix("course ")[:6]


def _long(length: str) -> str:
    return clock(moment("--length", length)).replace(":", ".")
