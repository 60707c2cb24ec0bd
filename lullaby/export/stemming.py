"""Stems: every voice alone with its share of the room, and the mix they add up to, as float32 WAVs.

They stand before the limiter, in a folder beside the file. `stems.json` says what is finished, so that
whoever was stopped does not make a finished stem again.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, TypeAlias

from lullaby.errors import CouldNot
from lullaby.export.formats import ENDINGS, STEM_BITS, Sampling
from lullaby.export.keeping import (
    Makers,
    Note,
    Progress,
    asked_of,
    keep,
    size,
    whole_of,
    within,
)
from lullaby.export.naming import file_name
from lullaby.export.placing import put, why_not
from lullaby.export.side_by_side import cores, side_by_side
from lullaby.export.telling import sayable, told_of
from lullaby.export.uses import BEDSIDE
from lullaby.night import Night, Plan
from lullaby.night.loudness import Loudness
from lullaby.time import Span

Stem: TypeAlias = Callable[[Progress], Path]
"""Makes one of them."""

MIX = "mix"
_LIST = "stems.json"
_WAV = ENDINGS[".wav"]


def stems_folder(path: Path) -> Path:
    return path.with_name(f"{path.stem} stems")


def unfinished_stems(path: Path) -> list[Path]:
    """What there is of stems that are not finished, of a file of this name."""
    folder = stems_folder(path)
    return sorted([*folder.glob(".*.part"), *folder.glob(".*.lullaby")])


def stems(
    night: Night,
    path: Path,
    gain: float,
    *,
    span: Span | None = None,
    jobs: int | None = None,
    makers: Makers | None = None,
    note: Note | None = None,
) -> Iterator[tuple[str, Stem]]:
    """Each stem that is not there yet: its name, and what makes it. `gain` is the file's own."""
    wanted = within(night, span)
    sampling = Sampling(bits=STEM_BITS)
    folder = stems_folder(path)
    side = makers or (lambda recipes: side_by_side(recipes, jobs or cores()))
    asked = {**asked_of(night, wanted, _WAV, BEDSIDE, STEM_BITS), "gain": gain}
    loudness = Loudness(gain, None)
    plans = _plans(night)
    done = _begin(folder, asked, _WAV.estimated_bytes(sampling, wanted.seconds), list(plans))
    for name, plan in plans.items():
        if name in done:
            continue

        def make(progress: Progress, name: str = name, plan: Plan = plan) -> Path:
            whole = replace(whole_of(night, wanted, _WAV, sampling, loudness), plan=plan)
            about = told_of(night, wanted, b"", 0)
            about = replace(about, title=f"{about.title}: {sayable(name)}")
            opening = {**asked, "stem": name, "loudness": list(astuple(loudness)), "cover": ""}
            place = folder / f"{file_name(name)}.wav"
            return keep(
                place,
                opening,
                lambda: opening,
                lambda _: (whole, about),
                side,
                progress=progress,
                note=note,
            )

        yield name, make
        done.append(name)
        _list(folder, {**asked, "stems": done})


def _plans(night: Night) -> dict[str, Plan]:
    """A plan for each voice alone, and the one they are all in. A voice of that name steps aside."""
    plans: dict[str, Plan] = {}
    for one in night.plan.tracks:
        name = one.name
        while name == MIX or name in plans:
            name = f"{name} alone"
        plans[name] = replace(night.plan, tracks=(one,))
    return {**plans, MIX: night.plan}


def _begin(folder: Path, asked: Mapping[str, Any], each: int, names: list[str]) -> list[str]:
    """The stems that are finished already. Stems of another night are not mixed with these."""
    done: list[str] = []
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        found = json.loads((folder / _LIST).read_bytes())
        if all(found[name] == value for name, value in asked.items()):
            there = [name for name in names if name in found["stems"]]
            done = [name for name in there if (folder / f"{file_name(name)}.wav").is_file()]
    missing = each * len([name for name in names if name not in done])
    free = shutil.disk_usage(folder.absolute().parent).free
    if missing > free:
        raise CouldNot(
            f"{folder}: the stems take about {size(missing)}, and only {size(free)} are free. None was begun."
        )
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise CouldNot(why_not(folder, error)) from error
    return done


def _list(folder: Path, facts: Mapping[str, Any]) -> None:
    put(folder / _LIST, json.dumps(facts, indent=2).encode() + b"\n")
