"""Facts about a score: its title, length and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lullaby.errors import LullabyError
from lullaby.score import Score, read_score, score_files
from lullaby.time import RATE, clock
from lullaby.voices.kinds import KINDS


@dataclass(frozen=True)
class Scores:
    """Every score that can be read, and what is wrong with the files of the others."""

    found: tuple[Score, ...]
    wrong: tuple[LullabyError, ...]


def all_scores() -> Scores:
    found: list[Score] = []
    wrong: list[LullabyError] = []
    for path in score_files().values():
        try:
            found.append(read_score(path, KINDS))
        except LullabyError as error:
            wrong.append(error)
    return Scores(tuple(found), tuple(wrong))


def facts_of_score(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "title": score.title,
        "length": clock(score.length),
        "seconds": score.length / RATE,
        "level": score.level,
        "all_night": score.all_night,
        "file": str(score.path),
        "description": score.description,
    }
