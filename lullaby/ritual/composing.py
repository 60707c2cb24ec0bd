"""A ritual, composed for one evening: one score, that plays, renders and resumes like any other.

    gather ──────╮ breathe ─────╮ music ───────╮ story ─────────────╮ quiet ──────╮
    bed  ▇▇▇▇▇▇▇▇▇▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▃▃▂▂▁▁
    own    teller ▂▂  breath ▃▃▃▃▃   harp ▅▅▅▅▅▅▅   teller ▂▂▂▂▂▂▂▂▂▂▂
                  ◄cross►

It is a function of the ritual, the evening and the seed, and of the files that they name: nothing else is
asked, and the same gives the same texts and the same fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.ritual.amiss import fitting
from lullaby.ritual.done import Doing, Done, done_in
from lullaby.ritual.parts import Parts, said_twice
from lullaby.ritual.tonight import Tonight
from lullaby.ritual.variations import Variation, Varied, varied
from lullaby.score import Part, Scene, Score, Telling
from lullaby.score.model import Change, Music, ReverbSettings, WeatherSettings
from lullaby.score.movements import MINUTE, Deed, Ends, Movement
from lullaby.score.plain_text import plain, quoted
from lullaby.score.planned_ritual import PlannedMovement, PlannedRitual
from lullaby.score.rituals import Ritual
from lullaby.score.settings import SILENT
from lullaby.time import LONGEST, RATE

ENDS_IN = Movement(Deed.QUIET, Deed.QUIET.value, length=MINUTE)
"""The quiet in which a ritual ends that has none of its own."""
FADE_IN, FADE_OUT = 5 * RATE, 30 * RATE


def composed(ritual: Ritual, tonight: Tonight, seed: int | None = None) -> Score:
    """The night that this ritual is on this evening. An AskedWrongly or a WrittenWrongly says what it names
    and cannot be had."""
    seed = ritual.seed if seed is None else seed
    variation = varied(ritual, tonight)
    if variation.bed is not None:
        ritual = replace(ritual, bed=variation.bed)
    kept = list(variation.movements)
    key = Key.root(seed, "ritual", ritual.name, tonight.date.isoformat())
    parts = Parts(ritual.path.absolute().parent)
    tonight, amiss = fitting(tonight, parts)
    sketch = _Sketch(Doing(ritual, tonight, key, parts), amiss)
    if not kept or kept[-1].movement.do is not Deed.QUIET:
        kept.append(Varied(_another(ENDS_IN, [one.movement.name for one in kept])))
    for number, one in enumerate(kept):
        sketch.add(one, is_last=number == len(kept) - 1)
    if not sketch.scenes or (len(sketch.planned) == 1 and not variation.movements):
        raise AskedWrongly(
            f"{quoted(ritual.title)} has nothing to do tonight: its rules leave all of it out."
        )
    return sketch.score(ritual, variation, seed)


def _another(movement: Movement, names: list[str]) -> Movement:
    """The same under a name that is free."""
    free = [movement.name, *(f"{movement.name}-{number}" for number in range(2, len(names) + 3))]
    return replace(movement, name=next(name for name in free if name not in names))


@dataclass
class _Sketch:
    """The score, movement by movement."""

    doing: Doing
    amiss: tuple[str, ...] = ()
    at: int = 0
    scenes: list[Scene] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    music: Music | None = None
    follow: dict[str, dict[str, Change]] = field(default_factory=dict)
    planned: list[PlannedMovement] = field(default_factory=list)
    sounding: set[str] = field(default_factory=set)
    weather: WeatherSettings | None = None
    room: ReverbSettings | None = None
    left_out: list[str] = field(default_factory=list)

    def add(self, one: Varied, *, is_last: bool) -> None:
        movement = one.movement
        done = done_in(self.doing, movement, self.at, is_last=is_last)
        if done.nothing:
            self.left_out.append(f"{movement.name} is left out: {done.nothing}")
            return
        stop = self.at + done.length
        if stop > LONGEST:
            raise AskedWrongly(f"{plain(self.doing.ritual.title)} would take more than a day.")
        cross = min(movement.cross, done.length // 3) if self.at else 0
        self._scenes(movement.name, done, cross, stop)
        self.tellings += done.tellings
        self._takes(done, movement)
        because = (*one.because, *done.because)
        until = "" if movement.until is None else movement.until.value
        self.planned.append(PlannedMovement(movement.name, movement.do.value, self.at, stop, until, because))
        if movement.until is Ends.ASLEEP:
            for name in done.own:
                self.follow.setdefault(name, {})["n1"] = {"level": SILENT}
        self.at = stop

    def _scenes(self, name: str, done: Done, cross: int, stop: int) -> None:
        """One scene in which the movement before goes and this one comes, and those within it."""
        gone = {other: {"level": SILENT} for other in sorted(self.sounding - done.opens.keys())}
        changes: dict[str, Change] = {**done.opens, **gone}
        self.scenes.append(Scene(name, self.at, cross, changes, frozenset(gone)))
        self.sounding = set(done.opens)
        free = self.at + cross
        number = 1
        for at, over, later in sorted(done.later, key=lambda scene: scene[0]):
            start = max(at, free)
            over = min(over, stop - start)
            if over < RATE // 2:
                continue
            number += 1
            silent = frozenset(n for n, change in later.items() if change.get("level") == SILENT)
            self.scenes.append(Scene(f"{name} {number}", start, over, later, silent))
            self.sounding = (self.sounding | later.keys()) - silent
            free = start + over

    def _takes(self, done: Done, movement: Movement) -> None:
        if done.music is not None:
            if self.music is None:
                self.music = done.music
            elif not done.same_music:
                raise said_twice(movement.name)
            else:  # the same players again: what they play goes on
                self.music = replace(self.music, until=done.music.until)
        self.follow |= done.follow
        self.weather = self.weather or done.weather
        self.room = self.room or done.room

    def score(self, ritual: Ritual, variation: Variation, seed: int) -> Score:
        used = {name for scene in self.scenes for name in scene.changes}
        used |= {telling.voice for telling in self.tellings}
        if self.music is not None:
            used |= set(self.music.players.values())
        parts = tuple(part for name, part in self.doing.parts.found.items() if name in used)
        rules = (*variation.rules, *self.left_out)
        last = self.planned[-1]
        score = Score(
            name=ritual.name,
            path=ritual.path,
            title=ritual.title,
            description=ritual.description,
            length=self.at,
            seed=seed,
            level=max(-60.0, ritual.level + variation.level),
            fade_in=min(FADE_IN, self.at // 4),
            fade_out=min(FADE_OUT, (last.stop - last.at) // 2, self.at // 2),
            room=self.room or ReverbSettings(),
            weather=self.weather or WeatherSettings(),
            voices=parts,
            scenes=tuple(self.scenes),
            follow=self.follow,
            tellings=tuple(sorted(self.tellings, key=lambda telling: telling.at)),
            music=self.music,
            sleeper=ritual.sleeper,
            ritual=PlannedRitual(
                ritual.name,
                variation.mood,
                variation.season,
                ritual.hemisphere,
                self.doing.tonight.circle,
                rules,
                tuple(self.planned),
                self.amiss,
            ),
        )
        return replace(score, sources=(_text_of(score), *(part.voice.source for part in parts)))


def _text_of(score: Score) -> str:
    """All that the score says, as the text that names a night: what is told in it by its hash alone."""
    facts: list[object] = [
        [score.name, score.title, score.length, score.seed, score.level, score.fade_in, score.fade_out],
        repr(score.room),
        repr(score.weather),
        [_part_facts(part) for part in score.voices],
        [
            [s.name, s.at, s.over, [[n, sorted(c.items())] for n, c in sorted(s.changes.items())]]
            for s in score.scenes
        ],
        [
            [name, sorted((s, sorted(c.items())) for s, c in states.items())]
            for name, states in sorted(score.follow.items())
        ],
        [_telling_facts(telling) for telling in score.tellings],
        _music_facts(score.music),
        score.sleeper,
    ]
    return json.dumps(facts, sort_keys=True)


def _music_facts(music: Music | None) -> object:
    """All that it says, with its tunes by what is in them: where they lie is not the same on two machines."""
    if music is None:
        return None
    return [repr(replace(music, tunes=())), [repr(replace(tune, path=Path())) for tune in music.tunes]]


def _part_facts(part: Part) -> list[object]:
    return [part.name, part.voice.name, sorted((key, str(value)) for key, value in part.values.items())]


def _telling_facts(telling: Telling) -> list[object]:
    file = "" if telling.recording is None else telling.recording.sha256
    text = hashlib.sha256(telling.text.encode()).hexdigest() if telling.text else ""
    until = telling.until if isinstance(telling.until, int) else telling.until.value
    return [
        telling.at,
        telling.story,
        telling.voice,
        until,
        telling.latest,
        telling.lang,
        telling.slower,
        telling.serial,
        telling.goes_on,
        file,
        text,
    ]
