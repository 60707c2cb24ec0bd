"""The options of what is seen while a night plays."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from lullaby.cli.options.moments import moment
from lullaby.cli.playing.lights import IDLE
from lullaby.time import RATE


@dataclass(frozen=True)
class Seen:
    """What is to be seen."""

    is_plain: bool = False
    idle: float = IDLE
    """Seconds without a key until the view is dimmed."""


def add_face(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="plain lines, no view")
    parser.add_argument(
        "--dim-after", metavar="T", help="dim the view after so long without a key (00:01:00); 0: at once"
    )


def seen_of(asked: argparse.Namespace) -> Seen:
    """What was asked for."""
    frames = moment("--dim-after", asked.dim_after)
    return Seen(asked.plain, IDLE if frames is None else frames / RATE)
