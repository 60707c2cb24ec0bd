"""A sequence of another program as a draft of a score: voices, scenes that do not overlap, an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from lullaby.errors import AskedWrongly
from lullaby.score.foreign.imported import LEVELS, Foreign, distinct, level
from lullaby.score.foreign.mix_draft import EIGHT_HOURS
from lullaby.score.foreign.sequence import Moment, State
from lullaby.score.foreign.tones import Sound
from lullaby.score.scenes import MOST_SCENES, MOST_VOICES, SHORTEST
from lullaby.score.writing import Draft, DraftScene, DraftVoice, SceneValue
from lullaby.time import LONGEST, RATE

_TENTH = RATE // 10
_GOODBYE = 60 * RATE
"""The fade of what would go on for ever."""
_LAST_BREATH = RATE
"""The night's own fade where its last scene has ended in silence already."""


def foreign_of(
    where: str,
    program: str,
    title: str,
    description: Sequence[str],
    opening: State,
    moments: Sequence[Moment],
    stop: float | None,
    remarks: list[str],
) -> Foreign:
    """The sequence as a draft. `stop` is when it ends, in seconds; None where the file does not say."""
    said = [*remarks]
    begun = Moment(0.0, 0.0, opening, "lights-out")
    sounds = list(dict.fromkeys(s for moment in (begun, *moments) for s in moment.state))
    if not sounds:
        what = f"{where}: nothing in it has a counterpart in lullaby yet."
        raise AskedWrongly("\n    ".join([what, *distinct(said)[:12]]))
    if len(sounds) > MOST_VOICES:
        what = f"it plays {len(sounds)} different sounds; a night here has {MOST_VOICES} voices at most."
        raise AskedWrongly(f"{where}: {what}")
    length, fade_out = _length(begun, moments, stop, said)
    kept = _kept([begun, *moments], length, said)
    names = _names(sounds)
    loudest = max(share for moment in (begun, *moments) for share in moment.state.values())
    draft = Draft(
        title=title,
        voices={names[sound]: DraftVoice(sound.voice, dict(sound.values)) for sound in sounds},
        scenes=_scenes(kept, names, loudest),
        description=(*description, f"From {program}. {LEVELS}"),
        remarks=distinct(said),
        length=length,
        seed=1,
        fade_out=fade_out,
    )
    if not draft.scenes:
        raise AskedWrongly(f"{where}: nothing in it is heard before it ends.")
    if len(draft.scenes) > MOST_SCENES:
        what = f"it changes {len(draft.scenes)} times; a night here has {MOST_SCENES} scenes at most."
        raise AskedWrongly(f"{where}: {what}")
    used = {name for scene in draft.scenes for name in scene.changes}
    draft = replace(draft, voices={name: voice for name, voice in draft.voices.items() if name in used})
    return Foreign(draft, draft.remarks, program)


def _length(begun: Moment, moments: Sequence[Moment], stop: float | None, said: list[str]) -> tuple[int, int]:
    """How long the night is, and its own fade at the end."""
    last = moments[-1] if moments else begun
    end = _frames(last.start + last.duration)
    if stop is not None:
        length, fade = _frames(stop), min(_GOODBYE, _frames(stop) // 4)
    elif not moments:
        said.append("it has no end: eight hours of it.")
        length, fade = EIGHT_HOURS, _GOODBYE
    elif last.state:
        said.append("it has no end: it fades over a minute once its last line has come.")
        length, fade = end + _GOODBYE, _GOODBYE
    else:
        length, fade = end + _LAST_BREATH, _LAST_BREATH
    if not last.state and stop is not None:
        fade = _LAST_BREATH
    if length > LONGEST:
        said.append("it is longer than a day: it ends after 24 hours.")
    length = max(2 * RATE, min(length, LONGEST))
    return length, max(SHORTEST, min(fade, length // 4))


def _kept(moments: Sequence[Moment], length: int, said: list[str]) -> list[tuple[int, int, Moment]]:
    """The moments in frames, without those that come and go too fast or too late."""
    # the scene at lights-out is what the night opens with; what moves from there on begins just after it
    first = SHORTEST if moments[0].state else 0
    starts = [(0, moments[0]), *((max(first, _frames(m.start)), m) for m in moments[1:])]
    found: list[tuple[int, int, Moment]] = []
    for (start, moment), (following, _) in pairwise([*starts, (length, moments[-1])]):
        until = min(following, length)
        if moment is moments[0]:
            found += [(0, 0, moment)] if moment.state else []
        elif until - start >= SHORTEST:
            found.append((start, max(SHORTEST, min(_frames(moment.duration), until - start)), moment))
        elif start < length:
            said.append("changes within half a second of each other are one change.")
    return found


def _frames(seconds: float) -> int:
    return round(min(seconds, 2 * LONGEST / RATE) * 10) * _TENTH


def _names(sounds: Sequence[Sound]) -> dict[Sound, str]:
    """A voice is called by its sort, and numbered where there are several."""
    many = Counter(sound.stem for sound in sounds)
    so_far: Counter[str] = Counter()
    names = {}
    for sound in sounds:
        so_far[sound.stem] += 1
        names[sound] = sound.stem if many[sound.stem] == 1 else f"{sound.stem}-{so_far[sound.stem]}"
    return names


def _scenes(
    moments: Sequence[tuple[int, int, Moment]], names: dict[Sound, str], loudest: float
) -> tuple[DraftScene, ...]:
    scenes: list[DraftScene] = []
    levels: dict[Sound, float] = {}
    for start, duration, moment in moments:
        wanted = {sound: level(share, loudest) for sound, share in moment.state.items()}
        changes: dict[str, SceneValue] = {names[sound]: "silent" for sound in levels if sound not in wanted}
        changes |= {names[s]: {"level": db} for s, db in wanted.items() if levels.get(s) != db}
        if changes:
            scenes.append(DraftScene(moment.name, start, duration or None, changes))
        levels = wanted
    return tuple(scenes)
