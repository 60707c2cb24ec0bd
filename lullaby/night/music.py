"""The music of a night, as notes for its instruments: written for this seed and date, along this sleeper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lullaby.chance import Key
from lullaby.music import writing
from lullaby.music.programme import Score as Written
from lullaby.music.programme import Sounded, State
from lullaby.night import sinking
from lullaby.night.following import LIES_AWAKE, asleep_from
from lullaby.night.track import silent_over
from lullaby.score import Score
from lullaby.score.model import Music, Until
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import Span
from lullaby.voices.core.played import Played

if TYPE_CHECKING:
    from lullaby.night.plan import Plan


@dataclass(frozen=True)
class Sleeper:
    """How awake somebody is, as music asks for it; by nothing that comes later than the frame."""

    course: Course | None
    start: int
    until: Until | int
    """`ASLEEP`: nothing is played for somebody who sleeps."""

    def depth(self, frame: int) -> float:
        return sinking.depth(sinking.arousal(self.course, self.start, frame))

    def state(self, frame: int) -> State:
        if self.course is None:
            return State.SONGS
        found = _STATES[self.course.stage(frame)]
        if found is State.SONGS and asleep_from(self.course) < frame and not self._lies_awake(frame):
            found = State.LULL
        return State.SILENCE if found is not State.SONGS and self.until is Until.ASLEEP else found

    def _lies_awake(self, frame: int) -> bool:
        """Is it known that they have been awake for three minutes? A guess never brings songs back."""
        assert self.course is not None
        known = self.course.evidence(frame)
        if known is None or not known.real:
            return False
        since = frame
        for run in reversed(self.course.runs):
            if run.start < frame:
                if run.stage.asleep:
                    break
                since = run.start
        return frame - since >= LIES_AWAKE


_STATES = {
    Stage.AWAKE: State.SONGS,
    Stage.N1: State.LULL,
    Stage.N2: State.DRONE,
    Stage.N3: State.SILENCE,
    Stage.REM: State.SILENCE,
}


def music_of(score: Score, root: Key, course: Course | None) -> Written | None:
    """The music that this score asks for; None where it asks for none. No voice has a name with a slash."""
    return None if score.music is None else _written(score.music, root / "/music", score.length, course)


@lru_cache(maxsize=16)
def _written(music: Music, key: Key, length: int, course: Course | None) -> Written:
    return writing.written(music, key, length, Sleeper(course, music.at, music.until))


def heard_of(plan: Plan, music: Music, written: Written) -> dict[str, list[Sounded]]:
    """By role, the notes that somebody hears: their voice is not silent when they begin."""
    tracks = {track.name: track for track in plan.tracks}
    found = {}
    for role, notes in written.notes.items():
        track = tracks.get(music.by_role[role])
        curves = () if track is None else (track.level, track.recede, track.fader, plan.gate)
        found[role] = [
            note
            for note in notes
            if track is not None
            and note.start < plan.length
            and not any(silent_over(curve, Span(note.start, note.start + note.frames)) for curve in curves)
        ]
    return found


def notes_by_voice(music: Music, written: Written) -> Mapping[str, tuple[Played, ...]]:
    """What each voice is given to play, in order."""
    players = music.by_role
    found: dict[str, list[Played]] = {name: [] for name in players.values()}
    for role, notes in written.notes.items():
        found[players[role]] += [
            Played(note.start, note.frames, note.hz, note.velocity, note.swell) for note in notes
        ]
    return {name: tuple(sorted(notes, key=lambda note: note.start)) for name, notes in found.items()}
