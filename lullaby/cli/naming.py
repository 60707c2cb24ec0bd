"""What a file is called that nobody gave a name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.moments import moment

if TYPE_CHECKING:
    from lullaby.night import Night


def usual_name(asked: argparse.Namespace, night: Night, use: str | None = None) -> str:
    """A name without an ending, in which stands whatever was asked for of this night."""
    from lullaby.export import night_name

    others = (
        None if asked.seed is None else f"seed {asked.seed}",
        asked.sleeper and f"sleeper {asked.sleeper}",
        asked.course and f"along {Path(asked.course).stem}",
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
