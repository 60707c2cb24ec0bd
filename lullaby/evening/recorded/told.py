"""A recording as something to tell: phrases as beats, its chapters as parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.evening.narration.beats import Beat
from lullaby.evening.recorded.hearing import Recording
from lullaby.evening.recorded.treatment import Kept, Progress, kept_phrases
from lullaby.score import attached_files
from lullaby.score.attached_files import AttachedFile
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, short
from lullaby.story.pauses import Pause
from lullaby.story.reading import ENDINGS
from lullaby.story.text import Part, Sentence, Text
from lullaby.voices.clips.reading import opens

SOUNDS = (
    *(".m4a", ".m4b", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".wav", ".aac", ".amr", ".3gp", ".3ga"),
    *(".aif", ".aiff", ".caf", ".wma", ".webm", ".mka", ".mp4", ".mov", ".awb"),
)
"""Endings of files that are sounds; others are looked into."""
_NEW_PARAGRAPH = 2.5
"""Seconds of a pause that begins a paragraph."""
_LONG, _LONGEST = (30.0, 0.7), (60.0, 0.0)
"""Seconds of a paragraph after which a pause of so many seconds begins the next: what is told again, or gone
on from, begins with a paragraph."""
_EARLY = 1.5
"""Seconds by which a phrase may begin before its chapter."""
_MOST_CHAPTERS = 1_000


@dataclass(frozen=True)
class Recorded:
    """A recording, laid out to be told."""

    file: AttachedFile
    text: Text
    """Its title and its parts: there are no sentences in them, for nobody knows what is said."""
    beats: tuple[Beat, ...]
    of: str
    """A hash of it all."""

    @property
    def seconds(self) -> float:
        """How long it takes, awake."""
        sounds = (beat.recorded.seconds for beat in self.beats if beat.recorded is not None)
        return sum(sounds) + sum((beat.seconds or 0.0) - beat.within for beat in self.beats)

    def some_parts(self, start: int, stop: int) -> Recorded:
        """Some of its parts, from `start` until before `stop`."""
        text = replace(self.text, parts=self.text.parts[start:stop])
        beats = [replace(one, part=one.part - start) for one in self.beats if start <= one.part < stop]
        of = hashlib.sha256(f"{self.of} {start} {stop}".encode()).hexdigest()
        return replace(self, text=text, beats=tuple(beats), of=of)


def is_recording(path: Path) -> bool:
    """Is this a sound, rather than a text?"""
    ending = path.suffix.lower()
    if ending in ENDINGS or not path.is_file():
        return False
    if ending in SOUNDS:
        return True
    try:
        opens(path)
    except Unfit:
        return False
    return True


def recording_at(path: Path) -> AttachedFile:
    """The recording at this path, which a person named; a WrittenWrongly says why it is not taken."""
    try:
        found, facts = attached_files.file_in(path.resolve().parent, path.resolve().name)
        return AttachedFile(
            found, attached_files.content(found, facts.st_size, facts.st_mtime_ns, facts.st_ino)
        )
    except Unfit as unfit:
        raise WrittenWrongly(plain(str(path)), f"this {unfit.what}", unfit.hint) from None
    except OSError as error:
        said = (error.strerror or "no reason given").lower()
        raise WrittenWrongly(plain(str(path)), f"this cannot be read ({plain(said)}).") from None


def recorded(file: AttachedFile, progress: Progress | None = None) -> Recorded:
    """All of this recording, ready to be told: what is not on the shelf is put there."""
    recording = Recording(file)
    kept = kept_phrases(recording, progress)
    with recording.opened() as container:
        facts = {str(k).lower(): " ".join(plain(str(v)).split()) for k, v in dict(container.metadata).items()}
        chapters = _chapters(container)
    name = file.path.stem.replace("-", " ").replace("_", " ").strip()
    title = short(facts.get("title") or plain(name), 200)
    first = [(0.0, "")] if not chapters or chapters[0][0] > _EARLY else []
    parts = _told_of([*first, *chapters], kept)
    text = Text(
        title,
        "en",
        tuple(Part(heading, ()) for _, heading in parts),
        author=short(facts.get("artist", ""), 200),
    )
    beats = _beats([start for start, _ in parts], kept)
    of = hashlib.sha256(repr((beats, text)).encode()).hexdigest()
    return Recorded(file, text, beats, of)


def _chapters(container: Any) -> list[tuple[float, str]]:
    """Its own chapters: seconds at which they begin, and their names."""
    found: list[tuple[float, str]] = []
    try:
        rows = container.chapters()
    except Exception:  # a library that cannot tell knows of none
        return []
    for row in rows[:_MOST_CHAPTERS]:
        named = " ".join(plain(str(row.get("metadata", {}).get("title", ""))).split())
        found.append((float(row["start"] * row["time_base"]), short(named, 200)))
    return sorted(found) if len(found) > 1 else []


def _told_of(parts: list[tuple[float, str]], kept: Sequence[Kept]) -> list[tuple[float, str]]:
    """Those in which something is told."""
    stops = [start for start, _ in parts[1:]] + [float("inf")]
    return [
        part
        for part, stop in zip(parts, stops, strict=True)
        if any(part[0] <= one.start + _EARLY < stop for one in kept)
    ]


def _beats(starts: Sequence[float], kept: Sequence[Kept]) -> tuple[Beat, ...]:
    beats: list[Beat] = []
    part = paragraph = 0
    lasted = 0.0
    for number, one in enumerate(kept):
        later = part
        while later + 1 < len(starts) and starts[later + 1] <= one.start + _EARLY:
            later += 1
        pause = kept[number - 1].pause if number else 0.0
        if number and (later > part or _begins(pause, lasted)):
            paragraph, lasted = paragraph + 1, 0.0
        part = later
        lasted += one.shelved.seconds + one.pause
        begins = number + 1 == len(kept) or _begins(one.pause, lasted)
        after = Pause.PARAGRAPH if begins else Pause.SENTENCE
        beats.append(
            Beat(
                Sentence("", "en"),
                part,
                paragraph,
                after,
                one.pause,
                recorded=one.shelved,
                within=one.within,
            )
        )
    return tuple(beats)


def _begins(pause: float, lasted: float) -> bool:
    """Does a paragraph begin after this pause, where the one before has lasted so long?"""
    if not pause:
        return False
    return pause > _NEW_PARAGRAPH or any(
        lasted >= long and pause >= least for long, least in (_LONG, _LONGEST)
    )
