"""What each movement is made of: what sounds in it, what is told in it, and how long that takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lullaby.chance import Key
from lullaby.ritual import sayings
from lullaby.ritual.embedding import embedded
from lullaby.ritual.gentle_dreams import told
from lullaby.ritual.lasting import lasting
from lullaby.ritual.music import music_in
from lullaby.ritual.parts import Parts
from lullaby.ritual.stories import story_in
from lullaby.ritual.tonight import Present, Tonight
from lullaby.ritual.word_shuffle import WORDS, drawn
from lullaby.score import Telling
from lullaby.score.model import Change, Music, ReverbSettings, WeatherSettings
from lullaby.score.movements import Deed, Ends, Movement
from lullaby.score.plain_text import counted
from lullaby.score.rituals import Ritual
from lullaby.score.settings import SILENT
from lullaby.time import RATE

SETTLES = 2 * RATE
"""Frames between the coming of a movement and its first word."""
LEAVES = 10 * RATE
"""Frames before its end from which on no sentence of it begins."""
LEAST_APART = 15 * RATE
"""Frames from where one line begins to the next, at the least, where several are spread over a movement."""
AT_FIRST = 5 * RATE
"""The same at lights-out: first there is something to hear."""
NOBODY = Present("")

BENEATH: dict[Deed, float] = {
    Deed.GATHER: 0.0,
    Deed.BREATHE: -8.0,
    Deed.MUSIC: -12.0,
    Deed.STORY: -3.0,
    Deed.DREAMS: -3.0,
    Deed.PUT_DOWN: -3.0,
    Deed.WORDS: -5.0,
    Deed.QUIET: -5.0,
}
"""dB at which the bed lies in each movement, against how the ritual opens."""
RECEDES = -14.0
"""dB against the same, to which it goes down before it is silent."""
SILENT_FOR = 8 * RATE
"""Frames of silence in which a ritual ends."""


@dataclass
class Doing:
    """What the movements of an evening are made from."""

    ritual: Ritual
    tonight: Tonight
    key: Key
    parts: Parts

    def bed(self, movement: Movement, level: float) -> dict[str, Change]:
        """The bed of this movement, so many dB against the opening."""
        words = self.ritual.bed if movement.bed is None else movement.bed
        found = self.parts.bed(words)
        by = level + movement.level
        return {
            name: {"level": _at_least(float(str(change["level"])) + by)} for name, change in found.items()
        }

    @property
    def opening(self) -> float:
        """How loud the ritual opens, before the night's own gain."""
        levels = {
            name: float(str(change["level"])) for name, change in self.parts.bed(self.ritual.bed).items()
        }
        return self.parts.loudness(levels) if levels else -27.0


@dataclass
class Done:
    """A movement, from its first frame to its last."""

    length: int
    opens: dict[str, Change] = field(default_factory=dict)
    """What it comes with."""
    later: list[tuple[int, int, dict[str, Change]]] = field(default_factory=list)
    """What changes within it: from a frame on, over so many frames."""
    own: tuple[str, ...] = ()
    """Its voices besides bed and tellers."""
    tellings: list[Telling] = field(default_factory=list)
    music: Music | None = None
    same_music: bool = False
    follow: dict[str, dict[str, Change]] = field(default_factory=dict)
    weather: WeatherSettings | None = None
    room: ReverbSettings | None = None
    because: tuple[str, ...] = ()
    nothing: str = ""
    """Why there is nothing to do, where there is not."""


def done_in(doing: Doing, movement: Movement, at: int, *, is_last: bool) -> Done:
    """What is done in a movement that begins at this frame."""
    if movement.do is Deed.QUIET:
        return _quiet(doing, movement, at, is_last=is_last)
    return _DONE[movement.do](doing, movement, at)


def _first_word(movement: Movement, at: int) -> int:
    return at + (movement.cross + SETTLES if at else AT_FIRST)


def _spoken(
    doing: Doing, movement: Movement, at: int, tellings: list[Telling], bed: dict[str, Change]
) -> Done:
    """A movement in which something is told: as long as that, where that ends it; else what is told is spread
    over it, so that what lies beneath comes back between."""
    start = _first_word(movement, at)
    if movement.until is not Ends.TOLD:
        latest = max(start + RATE, at + movement.longest - LEAVES)
        apart = max(LEAST_APART, (latest - start) // len(tellings))
        begins = [(start + number * apart, one) for number, one in enumerate(tellings)]
        told = [replace(one, at=begin, latest=latest) for begin, one in begins if begin < latest]
        return Done(movement.longest, opens=bed, tellings=told)
    (telling,) = tellings
    pace = doing.parts.found[telling.voice].values.get("pace", 110.0)
    lasts = lasting(telling, float(pace) if isinstance(pace, int | float) else 110.0, start)
    told_by = movement.longest if lasts is None else start - at + lasts
    length = min(movement.longest, -(-max(told_by, movement.cross * 3) // RATE) * RATE)
    telling = replace(telling, at=start, latest=max(start + RATE, at + length - LEAVES))
    return Done(length, opens=bed, tellings=[telling])


def _said(doing: Doing, movement: Movement, texts: Sequence[str], slower: float = 0.94) -> list[Telling]:
    """What stands in no file, one after the other, and who says it."""
    names = [movement.name, *(f"{movement.name} {number}" for number in range(2, len(texts) + 1))]
    who = _host(doing)
    voice = movement.voice or who.teller or doing.ritual.voice
    teller = doing.parts.teller(voice, 0.0 if movement.voice else who.seat)
    own = movement.lines or movement.words
    return [
        Telling(
            0,
            name,
            doing.ritual.path.with_name(name),
            teller,
            text=text,
            lang="" if own else doing.ritual.lang,  # "": it is guessed
            slower=slower,
            ours=not own and movement.do is not Deed.DREAMS,
        )
        for name, text in zip(names, texts, strict=True)
    ]


def _host(doing: Doing) -> Present:
    """Who greets: the one whose turn it is to tell. Who is alone is greeted by the teller they like."""
    if doing.tonight.tells is not None:
        return doing.tonight.tells.who
    return doing.tonight.present[0] if len(doing.tonight.present) == 1 else NOBODY


def _own_lines(movement: Movement) -> tuple[str, ...]:
    """The lines that a ritual writes: in one, where it is over with them."""
    lines = sayings.written(movement.lines)
    return sayings.at_once(lines) if lines and movement.until is Ends.TOLD else lines


def _gather(doing: Doing, movement: Movement, at: int) -> Done:
    texts = _own_lines(movement) or (sayings.welcome(doing.tonight, doing.key / movement.name),)
    bed = doing.bed(movement, BENEATH[movement.do])
    return _spoken(doing, movement, at, _said(doing, movement, texts), bed)


FIRST_PACE, LAST_PACE = 6.0, 4.5
"""Breaths a minute, at first and in the end."""


def _breathe(doing: Doing, movement: Movement, at: int) -> Done:
    texts = _own_lines(movement) or sayings.breathing(doing.key / movement.name)
    bed = doing.bed(movement, BENEATH[movement.do])
    found = _spoken(doing, movement, at, _said(doing, movement, texts), bed)
    breath = doing.parts.named(("breath",), doing.parts.voice("slow-breath"))
    level = _at_least(_as_loud(doing, {breath: 0.0}) - 2.0 + movement.level)
    found.opens = {**bed, breath: {"level": level, "rate": FIRST_PACE}}
    start = at + (movement.cross if at else 0)
    found.later = [(start, found.length - (start - at), {breath: {"rate": LAST_PACE}})]
    found.own = (breath,)
    return found


TOGETHER = 4.0
"""dB by which instruments that play a melody are louder than each is alone, now and then a note: as measured
over the rituals that ship, from none with a piano to five with a harp."""


def _music(doing: Doing, movement: Movement, at: int) -> Done:
    music, levels = music_in(doing.parts, doing.tonight, movement, doing.ritual, doing.key / movement.name)
    length = movement.longest
    by = _as_loud(doing, levels) - TOGETHER + movement.level
    sounds = {name: {"level": _at_least(level + by)} for name, level in levels.items()}
    music = replace(music, at=at, until=music.until if movement.until is Ends.ASLEEP else at + length)
    bed = doing.bed(movement, BENEATH[movement.do])
    return Done(
        length,
        opens={**bed, **sounds},
        own=tuple(sounds),
        music=music,
        same_music=not movement.players and not movement.tunes,
    )


def _story(doing: Doing, movement: Movement, at: int) -> Done:
    telling, because = story_in(doing.parts, doing.tonight, movement, doing.ritual, doing.key)
    found = _spoken(doing, movement, at, [telling], doing.bed(movement, BENEATH[movement.do]))
    found.because = because
    return found


def _dreams(doing: Doing, movement: Movement, at: int) -> Done:
    text, left = told(doing.tonight.dreams)
    because = (f"{counted(left, 'dream')} left for the daytime",) if left else ()
    if not text:
        return Done(0, nothing=" and ".join(because) or "there is no dream to tell")
    said = _said(doing, movement, [text])
    found = _spoken(doing, movement, at, said, doing.bed(movement, BENEATH[movement.do]))
    found.because = because
    return found


def _put_down(doing: Doing, movement: Movement, at: int) -> Done:
    texts = _own_lines(movement) or sayings.putting_down(doing.key / movement.name)
    texts = sayings.at_once(texts) if movement.until is Ends.TOLD else texts
    bed = doing.bed(movement, BENEATH[movement.do])
    return _spoken(doing, movement, at, _said(doing, movement, texts), bed)


_TO_SAY_A_WORD = 1.2
_INVITES = 16.0
"""Seconds that a word takes, and the invitation before the first."""


def _words(doing: Doing, movement: Movement, at: int) -> Done:
    key = doing.key / movement.name
    free = (movement.longest - (_first_word(movement, at) - at) - LEAVES) / RATE - _INVITES
    count = max(1, int(free / (movement.every + _TO_SAY_A_WORD)))
    words = drawn(movement.words or WORDS, count, key / "words")
    text = sayings.shuffled(words, key, movement.every)
    said = _said(doing, movement, [text], slower=0.8)
    return _spoken(doing, movement, at, said, doing.bed(movement, BENEATH[movement.do]))


def _quiet(doing: Doing, movement: Movement, at: int, *, is_last: bool) -> Done:
    """The bed alone, softer and softer; the last of them ends in silence."""
    length = movement.longest
    bed = doing.bed(movement, BENEATH[movement.do])
    low = doing.bed(movement, RECEDES)
    start = at + (min(movement.cross, length // 3) if at else 0)
    left = at + length - start
    found = Done(length, opens=bed)
    if not is_last:
        found.later = [(start, left, low)]
        return found
    ends = min(SILENT_FOR, left // 4)
    half = (left - ends) // 2
    silent: dict[str, Change] = {name: {"level": SILENT} for name in bed}
    found.later = [(start, half, low), (start + half, left - ends - half, silent)]
    return found


def _score(doing: Doing, movement: Movement, at: int) -> Done:
    night = embedded(doing.parts, movement, doing.ritual, at, doing.opening)
    return Done(
        movement.longest,
        opens={**(doing.bed(movement, RECEDES) if movement.bed else {}), **night.opens},
        later=night.later,
        own=tuple(night.names),
        tellings=night.tellings,
        music=night.music,
        follow=night.follow,
        weather=night.weather,
        room=night.room,
    )


def _as_loud(doing: Doing, levels: dict[str, float]) -> float:
    """dB by which these are as loud together as the ritual opens."""
    return round(doing.opening - doing.parts.loudness(levels), 1)


def _at_least(level: float) -> float:
    return round(max(-90.0, min(12.0, level)), 1)


_DONE: dict[Deed, Callable[[Doing, Movement, int], Done]] = {
    Deed.GATHER: _gather,
    Deed.BREATHE: _breathe,
    Deed.MUSIC: _music,
    Deed.STORY: _story,
    Deed.DREAMS: _dreams,
    Deed.PUT_DOWN: _put_down,
    Deed.WORDS: _words,
    Deed.SCORE: _score,
}
