"""The music of a night: which melody when, bar by bar, and how it slows into sleep.

    awake      T1 T1.2 │ T2 T2.2 │ T1.3 │ T3 T3.2 │ T4 …   melody, chords, drone     72 → 60 beats a minute
    drowsy     the same, thinner                                                     60 → 50
    n1         single long notes, some five seconds apart, that swell
    n2         the drone alone
    n3, rem    nothing

Bars follow one another from the first; the tempo of each is set by how awake the listener is as it begins,
and never by anything later. So music that is changed from a frame on was the same before it.
"""

from __future__ import annotations

from functools import lru_cache

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.harmony import Chord, Voicing, chords, voiced
from lullaby.music.melodies import GRID, Melody
from lullaby.music.programme import Bar, Listener, Score, Section, Sounded, State
from lullaby.music.repertoire import night_metre, night_scale, sections
from lullaby.music.varying import thinned
from lullaby.score.model import Music
from lullaby.time import LONGEST, PAGE, RATE

SETTLES = 10 * PAGE
"""Frames in which the tempo of somebody awake settles."""
SETTLED, DROWSY = 60 / 72, 50 / 72
"""Times the tempo at the beginning: once settled, and nearly asleep."""
APART = 5.0
"""Seconds between the single notes of N1, give or take a fifth."""
SWELLS = 2.5
"""Seconds in which a note rises that somebody asleep may hear."""
DRONE_BARS = 4
DRONE_SECONDS = 20.0
"""Of a drone's note once there are no bars any more."""
BREATHES = 2
"""Parts of a beat by which the last note of a phrase is released early."""
BREATH = 3.0
"""Seconds by which a drone's notes overlap."""


def written(music: Music, key: Key, length: int, listener: Listener) -> Score:
    """The music of the night of this key."""
    return _Writing(music, key, length, listener).score()


_thinner = lru_cache(maxsize=256)(thinned)


class _Writing:
    """Goes through the night from bar to bar."""

    def __init__(self, music: Music, key: Key, length: int, listener: Listener) -> None:
        self._music, self._key, self._listener = music, key, listener
        self._until = music.until if isinstance(music.until, int) else length
        self._stop = min(self._until, length, LONGEST)
        self._metre = night_metre(key, music)
        self._score = Score(night_scale(music), self._metre.name, notes={role: [] for role in music.by_role})
        self._sections = sections(key, music)
        self._section: Section | None = None
        self._scale = self._score.scale
        self._harmony: tuple[Chord, ...] = ()
        self._voicing: Voicing | None = None
        self._bar = 0
        self._in_section = 0
        self._droned = music.at

    def score(self) -> Score:
        frame = self._music.at
        while frame < self._stop:
            state = self._listener.state(frame)
            if state is State.SONGS and not (self._music.melody or self._music.accompaniment):
                state = State.LULL  # nobody sings: single notes from the beginning
            if state is State.SONGS:
                frame = self._songs(frame)
            elif state is State.LULL:
                frame = self._lull(frame)
            elif state is State.DRONE:
                frame = self._drone(frame)
            else:
                self._droned = frame + _LOOK
                frame += _LOOK
        return self._score

    # songs, in bars

    def _songs(self, frame: int) -> int:
        section = self._section
        depth = self._listener.depth(frame)
        if section is None or self._in_section >= section.bars:
            section = self._next()
            if section.melody is not None and self._ends_before(section, frame, depth):
                return self._close(frame, depth)
        frames = self._bar_frames(frame, depth)
        bar = Bar(
            self._bar, frame, frames, self._metre.beats, section.name, self._in_section, self._metre.name
        )
        self._score.bars.append(bar)
        if section.melody is not None:
            self._sing(
                _thinner(section.melody, round(4 * max(depth, 1 - self._music.density)) / 4), bar, depth
            )
        self._accompany(bar, depth)
        if bar.start + bar.frames // 2 >= self._droned:
            self._hold(bar.start, DRONE_BARS * frames, 0.0)
        self._bar += 1
        self._in_section += 1
        return frame + frames

    def _bar_frames(self, frame: int, depth: float) -> int:
        return round(60 * RATE * self._metre.beats / self.tempo(frame, depth))

    def _ends_before(self, section: Section, frame: int, depth: float) -> bool:
        """Is the music over before this melody would be? Then it is not begun."""
        return frame + section.bars * self._bar_frames(frame, depth) > self._stop

    def _close(self, frame: int, depth: float) -> int:
        """The end: the tonic once more, and its chord, held; no melody is cut."""
        self._score.sections.pop()
        bar = Bar(
            self._bar, frame, 2 * self._bar_frames(frame, depth), self._metre.beats, "", 0, self._metre.name
        )
        self._harmony = ()
        self._accompany(bar, max(depth, 0.8))
        self._add("melody", bar, 0, self._metre.bar, self._home(), 0.45)
        return self._stop

    def _home(self) -> int:
        """The tonic, low in the melody's register."""
        low = self._music.register[0]
        return low + (self._scale.tonic - low) % 12

    def tempo(self, frame: int, depth: float) -> float:
        """Beats a minute of a bar that begins here."""
        settled = min(1.0, max(0.0, (frame - self._music.at) / SETTLES))
        awake = 1.0 + (SETTLED - 1.0) * settled
        return self._music.tempo * (awake + (min(awake, DROWSY) - awake) * depth)

    def _next(self) -> Section:
        section = next(self._sections)
        self._section, self._in_section = section, 0
        self._score.sections.append(section)
        if section.melody is not None:
            self._scale, self._metre = section.melody.scale, section.melody.metre
            self._harmony = chords(section.melody) if self._music.harmony else ()
        return section

    def _sing(self, melody: Melody, bar: Bar, depth: float) -> None:
        start, stop = bar.of_section * self._metre.bar, (bar.of_section + 1) * self._metre.bar
        at = melody.begins
        for phrase in melody.phrases:
            for number, note in enumerate(phrase.notes):
                if start <= at < stop:
                    last = number == len(phrase.notes) - 1
                    strong = at % self._metre.bar == 0
                    loud = 0.62 + 0.06 * strong - 0.05 * last - 0.2 * depth + self._human(bar, at, 0.05)
                    self._add("melody", bar, at - start, note.length, note.pitch, loud, breath=last)
                at += note.length

    def _accompany(self, bar: Bar, depth: float) -> None:
        if "accompaniment" not in self._score.notes:
            return
        chord: Chord = (0, self._scale.third, 7) if self._scale.third in self._scale.steps else (0, 7)
        if self._harmony and self._section is not None and self._section.melody is not None:
            chord = self._harmony[min(bar.of_section, len(self._harmony) - 1)]
        voicing = self._voicing = voiced(chord, self._scale, self._voicing)
        beats = self._metre.beats
        whole = self._metre.bar
        self._add("accompaniment", bar, 0, whole, voicing.bass, 0.46 - 0.15 * depth)
        upper = voicing.upper
        if depth > 0.7:
            return
        for beat in range(1, beats):
            pitch = upper[(beat - 1) % len(upper)] if beats > 2 else upper[bar.number % len(upper)]
            loud = 0.34 - 0.12 * depth + self._human(bar, beat * GRID, 0.04)
            self._add("accompaniment", bar, beat * GRID, whole - beat * GRID, pitch, loud)
        if self._metre.parts == 3 and depth < 0.4:  # the rocking of 6/8
            for beat in range(beats):
                pitch = upper[(beat + 1) % len(upper)]
                self._add("accompaniment", bar, beat * GRID + 8, 4, pitch, 0.28)

    def _human(self, bar: Bar, at: int, by: float) -> float:
        """No two notes are played alike."""
        return by * (2 * (self._key / "touch" / bar.number).draw(at) - 1)

    def _add(
        self,
        role: str,
        bar: Bar,
        at: int,
        length: int,
        pitch: int,
        velocity: float,
        breath: bool = False,
    ) -> None:
        """A note by its place in a bar; with a `breath` after it it is released a little early. What would
        begin once somebody sleeps is not played."""
        notes = self._score.notes.get(role)
        part = bar.frames / self._metre.bar
        late = round(0.012 * RATE * (self._key / role / bar.number).draw(at))
        start = bar.start + round(at * part) + late
        if notes is None or start >= self._until or self._listener.state(start) is not State.SONGS:
            return
        velocity = min(1.0, max(0.05, velocity))
        written = round((at + length) * part) - round(at * part)
        frames = max(RATE // 20, written - (round(BREATHES * part) if breath else 0))
        notes.append(
            Sounded(start, frames, pitch, self._scale.hz(pitch), velocity, late=late, written=written)
        )

    # somebody sleeps

    def _lull(self, frame: int) -> int:
        """One long note, from the tonic's own chord and its neighbours, low in the register."""
        number = frame // RATE
        choices = Choices(self._key / "lull" / number)
        apart = APART * (0.8 + 0.4 * choices.share())
        low = self._music.register[0]
        among = [p for p in self._scale.between(low - 5, low + 8)]
        stable = {self._scale.third: 3.0, 0: 5.0, 7: 4.0}
        pitch = choices.weighed({p: stable.get(self._scale.degree(p), 1.0) for p in among})
        if self._in_section != LONGEST and self._music.melody:
            pitch = self._home()  # wherever the melody was left, it comes home
        self._swell("lull", frame, round(1.3 * apart * RATE), pitch, 0.4)
        self._droning(frame)
        self._in_section = LONGEST  # who wakes again hears another melody from its beginning
        return frame + round(apart * RATE)

    def _drone(self, frame: int) -> int:
        self._droning(frame)
        self._in_section = LONGEST
        return frame + _LOOK

    def _droning(self, frame: int) -> None:
        if frame >= self._droned:
            self._hold(frame, round(DRONE_SECONDS * RATE), 2 * SWELLS)

    def _hold(self, start: int, frames: int, swell: float) -> None:
        """The drone's next two notes, a fifth apart; the ones before them fade into them."""
        low = 43 + (self._scale.tonic - 43) % 12
        breath = round(BREATH * RATE)
        for pitch, loud in ((low, 0.4), (low + 7, 0.3)):
            self._swell("drone", start, frames + breath, pitch, loud, max(swell, BREATH))
        self._droned = start + frames

    def _swell(
        self, role: str, start: int, frames: int, pitch: int, velocity: float, swell: float = SWELLS
    ) -> None:
        notes = self._score.notes.get(role)
        if notes is not None and start < self._until:
            notes.append(Sounded(start, frames, pitch, self._scale.hz(pitch), velocity, swell))


_LOOK = 2 * RATE
"""Frames between two looks at a listener for whom nothing is played."""
