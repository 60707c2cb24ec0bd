"""Stems: every voice alone with its share of the reverb, and the mix they add up to, as float32 WAVs.

They are taken before the limiter, into a folder beside the file. `stems.json` says which are finished, so
that whoever was stopped does not make a finished stem again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeAlias

from lullaby.errors import CouldNot
from lullaby.export.containers.tags import Tags
from lullaby.export.delivery import BEDSIDE
from lullaby.export.disk_space import need_space
from lullaby.export.exporting import exported_span, rendering_of
from lullaby.export.file_names import file_name, name_around
from lullaby.export.file_request import Beginning, FileRequest, file_request
from lullaby.export.file_tags import sayable, tags_of
from lullaby.export.file_writing import put, why_not
from lullaby.export.formats import ENDINGS, STEM_BITS, Sampling
from lullaby.export.resumable import Note, Progress, write_file
from lullaby.export.segments import EncodeAll, Rendering
from lullaby.export.threads import cores, on_threads
from lullaby.night import Night, Plan
from lullaby.night.loudness import Loudness
from lullaby.time import Span

Stem: TypeAlias = Callable[[Progress], Path]
"""Makes one of them."""

MIX = "mix"
_LIST = "stems.json"
_WAV = ENDINGS[".wav"]


def stems_folder(path: Path) -> Path:
    return path.with_name(name_around("", path.stem, " stems"))


def unfinished_stems(path: Path) -> list[Path]:
    """The files of unfinished stems, of a file of this name."""
    folder = stems_folder(path)
    return sorted([*folder.glob(".*.part"), *folder.glob(".*.lullaby")])


def stems(
    night: Night,
    path: Path,
    gain: float,
    *,
    span: Span | None = None,
    jobs: int | None = None,
    encode_all: EncodeAll | None = None,
    note: Note | None = None,
) -> Iterator[tuple[str, Stem]]:
    """Each stem that is not there yet: its name, and what makes it. `gain` is the file's own."""
    wanted = exported_span(night, span)
    sampling = Sampling(bits=STEM_BITS)
    folder = stems_folder(path)
    encode_all = encode_all or (lambda recipes: on_threads(recipes, jobs or cores()))
    request = replace(file_request(night, wanted, _WAV, BEDSIDE, STEM_BITS), gain=gain)
    plans = _plans(night)
    done = _finished(folder, request, list(plans))
    _begin(folder, (len(plans) - len(done)) * _WAV.estimated_bytes(sampling, wanted.seconds))
    for name, plan in plans.items():
        if name in done:
            continue

        def make(progress: Progress, name: str = name, plan: Plan = plan) -> Path:
            beginning = Beginning(replace(request, stem=name), Loudness(gain, None), b"")

            def contents(beginning: Beginning) -> tuple[Rendering, Tags]:
                rendering = rendering_of(night, wanted, _WAV, sampling, beginning.loudness)
                tags = tags_of(night, wanted, b"", 0)
                return replace(rendering, plan=plan), replace(tags, title=f"{tags.title}: {sayable(name)}")

            return write_file(
                _stem_file(folder, name),
                beginning.request,
                lambda: beginning,
                contents,
                encode_all,
                progress=progress,
                note=note,
            )

        yield name, make
        done.append(name)
        facts = {**asdict(request), "stems": done}
        put(folder / _LIST, json.dumps(facts, indent=2).encode() + b"\n")


def _stem_file(folder: Path, name: str) -> Path:
    return folder / f"{file_name(name)}.wav"


def _plans(night: Night) -> dict[str, Plan]:
    """A plan for each voice alone, and the mix of all. A voice that is itself called "mix" is renamed."""
    plans: dict[str, Plan] = {}
    for track in night.plan.tracks:
        name = track.name
        while name == MIX or name in plans:
            name = f"{name} alone"
        plans[name] = replace(night.plan, tracks=(track,))
    return {**plans, MIX: night.plan}


def _finished(folder: Path, request: FileRequest, names: Sequence[str]) -> list[str]:
    """The stems of this very request that are there already."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        found = json.loads((folder / _LIST).read_bytes())
        if all(found[name] == value for name, value in asdict(request).items()):
            listed = [name for name in names if name in found["stems"]]
            return [name for name in listed if _stem_file(folder, name).is_file()]
    return []


def _begin(folder: Path, needed: int) -> None:
    """The folder, where there is space for so many bytes of stems."""
    need_space(folder, needed, what="the stems take", kept="None was begun.")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise CouldNot(why_not(folder, error)) from error
