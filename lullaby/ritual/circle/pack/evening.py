"""The evening in a pack: its night, with the speech that came along; nothing is spoken or looked for here."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import re
import wave
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from lullaby import places
from lullaby.errors import LullabyError, WrittenWrongly
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.prepare import Evening, prepared
from lullaby.evening.request import Request
from lullaby.narrator.speech import SPEECH_RATE
from lullaby.night.engine import engine_name
from lullaby.night.narration import Narration
from lullaby.night.night import Night
from lullaby.night.parcel import packed
from lullaby.people.caps import UNCAPPED
from lullaby.ritual.circle.pack.head import Credit
from lullaby.ritual.circle.pack.names import SCORE, TONIGHT
from lullaby.ritual.circle.pack.opening import Pack
from lullaby.ritual.circle.pack.rituals import Compose, ritual_in
from lullaby.score import Score
from lullaby.score.model import Telling
from lullaby.score.plain_text import plain, quoted
from lullaby.score.reading import read_score
from lullaby.sleep.course import Course
from lullaby.voices.kinds import KINDS
from lullaby.voices.speech.line import Line

_ADDRESS = re.compile(r"([0-9a-f]{64}) .*")
"""A recording in a plan: its hash, and where it lies here."""
_DIGEST = re.compile(r"[0-9a-f]{20}")


class ToldInPack(Storytelling):
    """What is told is known: it came along."""

    def __init__(self, told: Mapping[tuple[int, str, str], Narration]) -> None:
        super().__init__()
        self._narrations = told

    def narrations(
        self,
        score: Score,
        seed: int,
        day: datetime.date | None,
        course: Course | None,
        say: Mapping[str, str],
    ) -> tuple[Narration, ...]:
        found = (self._narrations.get(key_of(telling)) for telling in score.tellings)
        return tuple(narration for narration in found if narration is not None)


def key_of(telling: Telling) -> tuple[int, str, str]:
    return telling.at, telling.story, telling.voice


def evening_in(
    pack: Pack, listener: str | None = None, device: str | None = None, compose: Compose | None = None
) -> Evening:
    """The night of this pack; for a `listener` of this machine, without what they avoid and within their
    limits, and then it is another night than everybody else's. `compose` is needed for a ritual."""
    with _said_of(pack):
        if (pack.folder / TONIGHT).is_file():
            score = ritual_in(pack.folder, pack.where, pack.log.seed, compose)
        else:
            score = read_score(pack.folder / SCORE, KINDS)
        reason = pack.log.asked.get("all_night")
        request = Request(
            score,
            listener=listener,
            seed=pack.log.seed,
            date=pack.log.day,
            sleeper=pack.log.course or "none",
            headphones=pack.log.headphones,
            device=device,
            all_night=reason if isinstance(reason, str) else None,
        )
        evening = prepared(request, storytelling=ToldInPack(_told(pack, score)))
    is_everybodys = listener is None and is_same_engine(pack)
    if is_everybodys and sound_of(neutral(evening.night)) != pack.head.sound:
        raise WrittenWrongly(pack.where, "what is in it is not the night that it says it is.")
    # nothing more is to be spoken while it plays
    return replace(evening, storytelling=None)


def neutral(night: Night) -> Night:
    """The night as it is where no device has a limit: only so do two machines have the same one. It is never
    heard; it says which night it is."""
    if night.caps == UNCAPPED:
        return night
    return Night(
        night.score,
        seed=night.seed,
        day=night.date,
        course=night.course,
        follows=night.follows,
        headphones=night.headphones,
        narrations=night.narrations,
    )


def sound_of(night: Night) -> str:
    """A hash of all that its sound depends on; a sentence by its digest and a recording by its hash, wherever
    they lie."""
    parcel = packed(night.plan)
    for track in parcel["tracks"]:
        track["lines"] = [(row[0], row[1], "", *row[3:]) for row in track["lines"]]
        track["told"] = {
            name: _ADDRESS.sub(r"\1", value) if isinstance(value, str) else value
            for name, value in track["told"].items()
        }
    return hashlib.sha256(json.dumps([parcel, float(night.gain)]).encode()).hexdigest()


def softer_here(night: Night) -> str | None:
    """What is to be said where a device of this machine has a limit, which is kept."""
    if night.caps == UNCAPPED:
        return None
    return "A device of this machine has a limit, and it is kept: it is softer here than it may be elsewhere."


def is_same_engine(pack: Pack) -> bool:
    return pack.head.engine == engine_name()


def other_engine(pack: Pack) -> str | None:
    """What is to be said where another engine makes the sound here; None where it is the same."""
    if is_same_engine(pack):
        return None
    return (
        f"This was packed by lullaby's engine {plain(pack.head.engine)}; here is {engine_name()}. "
        "It is the same night, but not the same sound to the last bit."
    )


@contextlib.contextmanager
def _said_of(pack: Pack) -> Iterator[None]:
    """What is wrong in a file of the pack is said of the pack, not of the passing place it lies in."""
    try:
        yield
    except LullabyError as error:
        said = str(error).replace(f"{plain(str(pack.folder))}/", f"{pack.where}, ")
        raise (
            WrittenWrongly(*_parted(said)) if isinstance(error, WrittenWrongly) else type(error)(said)
        ) from None


def _parted(said: str) -> tuple[str, str]:
    where, _, what = said.partition(": ")
    return where, what


def _told(pack: Pack, score: Score) -> dict[tuple[int, str, str], Narration]:
    """What is told in it, each line as a file of the pack."""
    if pack.log.grown:
        raise WrittenWrongly(f"{pack.where}, night.jsonl", "a pack holds a night that is still to come.")
    told, tellings = pack.log.told, [one.on(pack.log.day) for one in score.tellings]
    if not told:
        return {}
    if len(told) != len(tellings) or len(pack.head.told) != len(told):
        raise WrittenWrongly(pack.where, "it tells other stories than its score names.")
    found: dict[tuple[int, str, str], Narration] = {}
    for narration, telling, of, credit in zip(told, score.tellings, tellings, pack.head.told, strict=True):
        if narration.voice != of.voice:
            raise WrittenWrongly(pack.where, f"{quoted(narration.voice)} tells what is another's to tell.")
        lines = tuple(_line(pack, line) for line in narration.lines)
        found[key_of(telling)] = _credited(replace(narration, lines=lines), credit)
    return found


def _credited(narration: Narration, credit: Credit) -> Narration:
    return replace(narration, title=credit.title, by=credit.by, author=credit.author, ships=credit.ships)


def _line(pack: Pack, line: Line) -> Line:
    """The line, with the place of its file in the pack for its name."""
    path = pack.folder / "speech" / line.digest
    if not _DIGEST.fullmatch(line.digest) or not path.with_suffix(".wav").is_file():
        raise WrittenWrongly(pack.where, "a sentence that is spoken in it is not in it.")
    where = f"{pack.where}, speech/{line.digest}.wav"
    samples = _samples(path.with_suffix(".wav"), where)
    if places.speech_digest(samples) != line.digest or len(samples) // 2 < line.samples:
        raise WrittenWrongly(where, "this is another sentence than it should be.")
    return replace(line, name=str(path))


def _samples(path: Path, where: str) -> bytes:
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, SPEECH_RATE):
                raise WrittenWrongly(where, "speech has one channel of 16 bits, 24 000 times a second.")
            return file.readframes(file.getnframes())
    except (OSError, EOFError, ValueError, wave.Error, RuntimeError):
        raise WrittenWrongly(where, "this is no sound of speech.") from None
