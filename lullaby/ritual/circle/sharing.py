"""Sharing a night as a line: only what ships may be in it, and what a line means here."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.errors import AskedWrongly
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.prepare import Evening, prepared
from lullaby.evening.request import Mix, Request
from lullaby.evening.sleepers import USUAL
from lullaby.evening.which import is_a_score
from lullaby.night.engine import engine_name
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.evening import softer_here
from lullaby.ritual.circle.share_line import Shared, line_of
from lullaby.score import Score
from lullaby.score.plain_text import plain, quoted
from lullaby.sleep.course import Course


def shared_night(evening: Evening, starting: datetime.datetime) -> Shared:
    """This evening's night as a line may say it; an AskedWrongly where something of it is private."""
    request, night, score = evening.request, evening.night, evening.asked
    if request.listener is not None:
        raise AskedWrongly("a line is for others: a listener's own night stays here. Leave --for out.")
    if isinstance(request.sleeper, Course) or night.grown or not isinstance(night.date, datetime.date):
        raise AskedWrongly("somebody's sleep is not for a line: leave --course out, or pack the night.")
    if request.go_on:
        raise AskedWrongly("where a story stopped is a listener's own matter: leave --go-on out.")
    _only_shipped(score)
    what = request.what
    if isinstance(what, Score):
        raise AskedWrongly("this night stands in no file that others have: lullaby circle pack packs it.")
    words = what.voices if isinstance(what, Mix) else (score.name,)
    sleeper = request.sleeper if isinstance(request.sleeper, str) else score.sleeper or USUAL
    return Shared(
        words,
        what.settings if isinstance(what, Mix) else (),
        what.length if isinstance(what, Mix) else None,
        night.seed,
        night.date,
        starting,
        sleeper,
        engine_name(),
        text_hash(score),
        told_hash(evening),
        " ".join((request.all_night or "").split()),
        request.headphones,
    )


def _only_shipped(score: Score) -> None:
    """Refused where a file of this night is not one that everybody has."""
    is_file = score.path.suffix == ".toml"
    if is_file and not _ships(score.path, "scores"):
        raise AskedWrongly(
            f"{quoted(score.name)} is a score of your own, and a line only names what everybody has.\n"
            "    A pack holds it: lullaby circle pack … -o FILE.night"
        )
    for part in score.voices:
        if part.voice.attached or not _ships(part.voice.path, "voices"):
            raise AskedWrongly(
                f"{quoted(part.voice.name)} is a voice of your own, and a line only names what everybody has."
                "\n    A pack holds it: lullaby circle pack … -o FILE.night"
            )
    for telling in score.tellings:
        for turn in telling.in_turn:
            if turn.recording is not None:
                raise AskedWrongly(f"{quoted(turn.story)} is a recording, and none goes into a line.")
            if not _ships(turn.path, "scores"):
                raise AskedWrongly(
                    f"{quoted(turn.story)} is a story of your own, and a line only names what everybody has."
                )
    for tune in () if score.music is None else score.music.tunes:
        if not _ships(tune.path, "scores"):
            raise AskedWrongly(
                f"{quoted(tune.name)} is a tune of your own, and a line only names what everybody has."
            )


def _ships(path: Path, what: str) -> bool:
    return path.resolve().is_relative_to(places.shipped(what).resolve())


def text_hash(score: Score) -> str:
    """A hash of the score's text and its voices'."""
    return hashlib.sha256(json.dumps(score.sources).encode()).hexdigest()[:12]


def told_hash(evening: Evening) -> str:
    """A hash of what is told and how; "" where nothing is."""
    told = [[narration.voice, narration.of] for narration in evening.night.narrations]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12] if told else ""


def night_to_share(request: Request) -> Evening:
    """The evening of this request, as far as a line needs it: nothing is spoken."""
    return prepared(request, storytelling=Storytelling(until=0))


def request_of(shared: Shared) -> Request:
    """What a line asks for."""
    if not shared.is_mix and (len(shared.night) != 1 or _is_a_path(shared.night[0])):
        raise AskedWrongly(f"{quoted(' '.join(shared.night))} is no score that everybody has.")
    if any(_is_a_path(word) for word in shared.night):
        raise AskedWrongly(f"{quoted(' '.join(shared.night))}: a line names voices, and no files.")
    if shared.is_mix == is_a_score(shared.night):
        raise AskedWrongly(
            f"{quoted(' '.join(shared.night))} is something else here than where this was written."
        )
    what = Mix(shared.night, shared.settings, shared.length or 0) if shared.is_mix else shared.night[0]
    return Request(
        what,
        seed=shared.seed,
        date=shared.date,
        sleeper=shared.sleeper,
        all_night=shared.all_night or None,
        headphones=shared.headphones,
    )


def _is_a_path(word: str) -> bool:
    return "/" in word or "\\" in word or word.endswith(".toml")


def differences(shared: Shared, evening: Evening) -> Iterator[str]:
    """What is not here as it was where the line was written, in sentences."""
    if shared.engine != engine_name():
        yield (
            f"This was shared by lullaby's engine {plain(shared.engine)}; here is {engine_name()}. "
            "It is the same night, but not the same sound to the last bit."
        )
    if shared.text != text_hash(evening.asked):
        name = quoted(" ".join(shared.night))
        yield f"{name} is written otherwise here than where this was shared, so another night is heard."
    if shared.told != told_hash(evening):
        yield "Its story is spoken otherwise here: by another engine of speech, or in another version."
    if (softer := softer_here(evening.night)) is not None:
        yield softer


def facts_of_line(shared: Shared, said: list[str]) -> dict[str, Any]:
    return {
        "line": line_of(shared),
        "night": list(shared.night),
        "settings": list(shared.settings),
        "seed": shared.seed,
        "date": shared.date.isoformat(),
        "starts": starts.written(shared.starts),
        "sleeper": shared.sleeper,
        "engine": shared.engine,
        "same": not said,
        "differs": said,
    }
