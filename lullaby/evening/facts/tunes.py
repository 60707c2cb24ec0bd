"""Facts about tunes: what a file holds, and what there is to be played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.abc.keys import spelled
from lullaby.score.tunes import Tune, note_tune, tune_files

Facts = dict[str, Any]


@dataclass(frozen=True)
class Tunes:
    """Every tune that can be read, and what is wrong with the files of the others."""

    found: tuple[Tune, ...]
    wrong: tuple[WrittenWrongly, ...]


def all_tunes() -> Tunes:
    found: list[Tune] = []
    wrong: list[WrittenWrongly] = []
    for _, path in sorted(tune_files(Path()).items()):
        mistakes: list[WrittenWrongly] = []
        tune = note_tune(path, mistakes)
        if tune is not None:
            found.append(tune)
        wrong += mistakes[:1]
    return Tunes(tuple(found), tuple(wrong))


def facts_of_listed_tune(tune: Tune) -> Facts:
    return {"name": tune.name, **tune_facts(tune), "file": str(tune.path)}


def facts_of_tune(path: Path, mistakes: list[WrittenWrongly]) -> Facts:
    """What a checked file holds, and its bars that are not as long as the metre says."""
    tune = note_tune(path, mistakes)
    if mistakes or tune is None:
        return {}
    uneven = [{"bar": number, "beats": round(beats, 3)} for number, beats in uneven_bars(tune)]
    return {**tune_facts(tune), "full_bar": tune.a_bar, "uneven": uneven}


def uneven_bars(tune: Tune) -> Iterator[tuple[int, float]]:
    """The numbers of bars that are too long or too short, and their beats. An upbeat is short, and the last
    bar may be."""
    last = len(tune.bars) - 1
    for number, beats in enumerate(tune.bars):
        if beats > tune.a_bar or (beats < tune.a_bar and number not in (0, last)):
            yield number, beats


def tune_facts(tune: Tune) -> Facts:
    letter, mark = spelled(tune.tonic, tune.mode)
    return {
        "title": tune.title,
        "composer": tune.composer or None,
        "origin": tune.origin or None,
        "source": tune.source or None,
        "metre": f"{tune.metre[0]}/{tune.metre[1]}",
        "key": f"{letter}{mark} {tune.mode}",
        "tempo": tune.tempo,
        "notes": sum(note.pitch is not None for note in tune.notes),
        "bars": len(tune.bars),
        "phrases": len(tune.phrases),
        "beats": tune.beats,
        "minutes": round(tune.seconds / 60, 2),
        "seconds": round(tune.seconds, 1),
    }
