"""What is known of a file that a person wrote: what it is, whether it is right, and what it holds.

A story is known by its ending, whatever kind of text it is, and so is a tune. What else a file is shows in
what it holds: a voice has a kind, a ritual has movements; anything else is a score.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeAlias

from lullaby.errors import WrittenWrongly
from lullaby.evening.facts.forms import FORMS
from lullaby.evening.measured import SLACK, measured
from lullaby.evening.recorded.told import is_recording
from lullaby.score import Score, check_score, read_score
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, quoted
from lullaby.score.rituals import is_ritual
from lullaby.score.source import read_source
from lullaby.score.voicefile import note_voice
from lullaby.story.reading import ENDINGS, note_text
from lullaby.time import RATE, clock
from lullaby.voices.kinds import KINDS

Listening: TypeAlias = Callable[[Path], AbstractContextManager[object]]
"""Entered while a voice is measured, so that somebody may show it."""


def facts_of_checked(path: Path, listening: Listening | None) -> dict[str, Any]:
    """All mistakes in this file, or, where there are none, what it holds. A voice is measured where somebody
    is `listening`."""
    if path.suffix.lower() in ENDINGS:
        return _form("story", path)
    if path.suffix.lower() == ".abc":
        return _form("tune", path)
    if is_recording(path):
        told = f"it is a recording, which is told and not checked: lullaby tell {shlex.quote(str(path))}"
        return _wrong(path, "recording", [WrittenWrongly(plain(str(path)), plain(told))])
    try:
        values = read_source(path).values
    except WrittenWrongly as mistake:
        return _wrong(path, "file", [mistake])
    if "kind" in values:
        return _voice(path, listening)
    # what is empty yet is what its folder is for
    is_meant = path.absolute().parent.name == "rituals" and "voices" not in values
    return _form("ritual", path) if is_ritual(values) or is_meant else _score(path)


def _form(what: str, path: Path) -> dict[str, Any]:
    mistakes: list[WrittenWrongly] = []
    facts = FORMS[what](path, mistakes)
    if mistakes:
        return _wrong(path, what, mistakes)
    return {"file": str(path), "what": what, "right": True, **facts}


def _wrong(path: Path, what: str, mistakes: list[WrittenWrongly]) -> dict[str, Any]:
    return {
        "file": str(path),
        "what": what,
        "right": False,
        "mistakes": [str(mistake) for mistake in mistakes],
    }


def _score(path: Path) -> dict[str, Any]:
    if mistakes := check_score(path, KINDS):
        return _wrong(path, "score", mistakes)
    score = read_score(path, KINDS)
    if any(part.voice.attached for part in score.voices):
        from lullaby.voices.clips.clip import make_ready

        make_ready(score.voices)
    if wrong := _recordings(score):
        return _wrong(path, "score", wrong)
    return {
        "file": str(path),
        "what": "score",
        "right": True,
        "title": score.title,
        "length": clock(score.length),
        "level": score.level,
        "voices": {part.name: part.voice.name for part in score.voices},
        "scenes": {scene.name: clock(scene.at) for scene in score.scenes},
        "unheard": list(_unheard(score)),
        "untold": list(_untold(score)),
    }


def _unheard(score: Score) -> Iterator[str]:
    """The voices that nobody ever hears, for no scene names them; who tells a story needs no scene."""
    heard = {name for scene in score.scenes for name in scene.changes}
    for part in score.voices:
        if part.name not in heard and not part.kind.speaks:
            yield f"{plain(part.name)} is never heard: no scene names it."


def _untold(score: Score) -> Iterator[str]:
    """The tellings for which the night is too short, as far as that shows without anything being spoken."""
    from lullaby.evening.narration.gathering import told_with
    from lullaby.evening.notes import NoTime
    from lullaby.voices.clips.reading import seconds

    for telling in (turn for turns in score.tellings for turn in turns.in_turn):
        part, title, lasts, count = score.part(telling.voice), telling.story, 0.0, 0
        if telling.recording is not None:
            lasts = seconds(telling.recording.path)
        elif part is not None and (text := note_text(telling.path, [])) is not None:
            told = told_with(telling, text, part.values)
            title, lasts, count = text.title, told.seconds(0), len(told.beats)
        if telling.at + lasts * RATE > score.length:
            yield NoTime(title, telling.at, score.length, None, count, lasts).says


def _recordings(score: Score) -> list[WrittenWrongly]:
    """What is wrong with the recordings that are told in it, as far as that shows at their beginning."""
    from lullaby.voices.clips.reading import opens

    mistakes: list[WrittenWrongly] = []
    for telling in score.tellings:
        if telling.recording is not None:
            try:
                opens(telling.recording.path)
            except Unfit as unfit:
                where = f"{plain(str(score.path))}, telling"
                what = f"recording = {quoted(telling.story)} {unfit.what}"
                mistakes.append(WrittenWrongly(where, what, unfit.hint))
    return mistakes


def _voice(path: Path, listening: Listening | None) -> dict[str, Any]:
    mistakes: list[WrittenWrongly] = []
    voice = note_voice(path, KINDS, mistakes)
    if voice is None or mistakes:
        return _wrong(path, "voice", mistakes)
    facts: dict[str, Any] = {
        "file": str(path),
        "what": "voice",
        "right": True,
        "kind": voice.kind.name,
        "description": voice.description,
    }
    if listening and not voice.kind.speaks:
        with listening(path):
            loudness, peak = measured(voice)
        facts["lufs"] = round(loudness, 2) if math.isfinite(loudness) else None
        facts["true_peak"] = round(peak, 2) if math.isfinite(peak) else None
        unity, trim = voice.kind.unity, voice.values.get("trim", 0.0)
        if math.isfinite(loudness) and abs(loudness - unity) > SLACK:
            facts |= {"trim": round(float(trim) + unity - loudness, 1), "unity": unity}  # type: ignore[arg-type]
    return facts
