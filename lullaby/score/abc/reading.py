"""A tune read from ABC notation."""

from __future__ import annotations

import os
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.abc.bars import Laid
from lullaby.score.abc.body import Body
from lullaby.score.abc.header import header_of
from lullaby.score.abc.keys import tonic_of
from lullaby.score.abc.lines import sheet_of
from lullaby.score.abc.margin import Margin
from lullaby.score.abc.repeats import unfolded
from lullaby.score.melody import Tune
from lullaby.score.plain_text import plain

LARGEST = 100_000
"""Characters of a file: what a tune at its longest needs, five times over."""
_LONGEST = 3_600
"""Seconds of a tune."""


def tune_of(text: str, path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Tune | None:
    """The tune in this text, which stands at this path; None where it is not right, and its mistakes are
    noted."""
    margin = Margin(plain(os.fspath(path)), mistakes)
    if len(text) > LARGEST:
        margin.note(None, f"this is too long for a tune: it has {LARGEST} characters at most.")
        return None
    margin = Margin(margin.where, [])
    sheet = sheet_of(text, margin)
    header = header_of(sheet, margin)
    body = Body(header, margin)
    body.read(sheet.music)
    laid = Laid(header.metre, margin)
    laid.lay(unfolded(body.events, margin))
    path = Path(path)
    tune = Tune(
        name=path.stem,
        path=path,
        title=title.text if (title := sheet.first("T")) else path.stem,
        composer=sheet.text("C"),
        origin=sheet.text("O"),
        source=sheet.text("S"),
        description=sheet.text("N"),
        tempo=header.tempo,
        metre=header.metre,
        tonic=tonic_of(header.letter, header.mark),
        mode=header.mode,
        notes=laid.notes,
        bars=tuple(float(bar / header.beat) for bar in laid.bars),
        phrases=laid.phrases,
        chords=laid.chords,
    )
    if tune.seconds > _LONGEST:
        margin.note(None, "it is longer than an hour.", "Shorten it, or let it go faster: Q:1/4=60")
    mistakes += margin.by_place
    return None if margin.mistakes else tune
