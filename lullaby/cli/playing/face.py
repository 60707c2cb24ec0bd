"""The face: what plays, in a quiet and dark view of a terminal.

    player's own thread, ten times a second             a thread of its own
    keys ── KeyWords ── the player's words
      └──── Lights ──┐
    state ───────────┴── Picture ── Screen.show ──────── Textual ── Terminal

The main thread goes on to be the player's: Ctrl-C, SIGTERM and a closed terminal raise there what they raise
in plain lines, and lead to the same fade. Textual would like that thread for signals and keys; it is given
neither, only pictures to draw. Whatever becomes of it, keys act and the night goes on, in plain lines.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from lullaby.cli.playing.key_words import KEYS, KeyWords, shown
from lullaby.cli.playing.lights import IDLE, Light, Lights
from lullaby.cli.playing.picture import Picture, VoiceLevel
from lullaby.cli.playing.prompt import NamePrompt
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.player.player import Player
    from lullaby.player.words import Words

EVERY = 0.5
"""Seconds between two looks at what has changed, where no key is pressed."""
NOTED = 15.0
"""Seconds for which a note is shown, unless a key is pressed before."""
MOST_NOTES = 4
SOON = 3.0
"""Seconds that the face waits for the first sound: making ready to draw would hold that up."""

FACE_KEYS = {"l": "lights out: dim, or bright again", "t": "the time, while it is held"}
"""Keys that plain lines have no use for."""

_SAYS = {
    "opening": "opening the sound device",
    "ready": "ready, and waits to begin",
    "paused": "paused",
    "fading": "fading",
    "lost": "the sound device is gone, and waited for",
    "waking": "the morning comes up",
    "resting": "the night is over; m brings ten quiet minutes",
}
_STAGES = {"n1": "falling asleep", "n2": "light sleep", "n3": "deep sleep", "rem": "REM"}


class Screen(Protocol):
    """What draws."""

    def open(self) -> None:
        """Takes the terminal, which is black until something is drawn."""

    def start(self) -> None:
        """From now on it draws."""

    def show(self, picture: Picture) -> None: ...

    def fit(self) -> None:
        """Looks at the terminal: it may have another size, or be back from a shell."""

    def close(self) -> None: ...

    @property
    def failure(self) -> BaseException | None: ...


class Face:
    """The face of one night, whose players follow one another. `look` is taken every tick, in the thread of
    the one that plays."""

    def __init__(
        self,
        keys: Keys,
        bedside: Bedside,
        screen: Screen,
        *,
        idle: float = IDLE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys, self._bedside, self._screen, self._clock = keys, bedside, screen, clock
        self._lights = Lights(clock, idle)
        self._prompt: NamePrompt | None = None
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._waiting: list[str] = []
        self._kept: list[str] = []
        """What was noted while the face was there: said again once it is gone."""
        self._notes: tuple[str, ...] = ()
        self._noted = 0.0
        self._looked = 0.0
        self._shown: Picture | None = None
        self._is_open = self._has_started = False
        self._opened = 0.0

    def look_at(
        self, player: Player, words: Words, key_words: KeyWords, free_name: Callable[[], str] | None = None
    ) -> None:
        """This is the player from now on. `free_name`: a name it can be kept under, where it can."""
        self._player, self._words, self._key_words, self._free_name = player, words, key_words, free_name
        self._prompt = None

    def open(self) -> None:
        self._is_open, self._opened = True, self._clock()
        self._bedside.hand_notes(self._told.put)
        self._screen.open()

    def close(self) -> None:
        """The terminal is the shell's again."""
        if not self._is_open:
            return
        self._is_open = False
        self._screen.close()
        self._bedside.hand_notes(None)
        self._hear_notes()
        for line in self._kept:
            self._bedside.note(line)

    def look(self) -> None:
        try:
            pressed = self._keys.pressed()
            for key in pressed:
                self._press(key)
            if self._is_open:
                if self._screen.failure is not None:
                    raise self._screen.failure
                self._draw(bool(pressed))
        except Exception as error:  # a fault of the face is not one of the night
            if not self._is_open:
                raise
            self._fall_back(error)

    def _fall_back(self, error: Exception) -> None:
        self.close()
        self._bedside.note(
            f"The view has failed ({type(error).__name__}); it goes on in plain lines. ? shows the keys."
        )

    def _press(self, key: str) -> None:
        if not self._is_open:
            if said := self._key_words.press(key):
                self._bedside.note(said)
            return
        if self._lights.light is Light.BLACK:
            self._prompt = None  # nobody types a name in the dark: this key is meant for the night
        if self._prompt is not None:
            self._lights.press("")
            said = self._prompt.press(key)
            self._prompt = None if self._prompt.over else self._prompt
        elif self._lights.press(key):
            said = ""
        elif key == "s" and self._free_name is not None:
            self._prompt, said = NamePrompt(self._free_name(), self._key_words.keep), ""
        else:
            said = self._key_words.press(key) if key != "?" else shown(KEYS | FACE_KEYS)
        self._note([*self._waiting, *([said] if said else [])])
        self._waiting = []

    def _hear_notes(self) -> None:
        """What was noted from anywhere since."""
        while not self._told.empty():
            line = self._told.get()
            self._kept.append(line)
            self._waiting = [*self._waiting, line][-MOST_NOTES:]

    def _note(self, lines: list[str]) -> None:
        self._notes, self._noted = tuple(lines), self._clock()

    def _draw(self, now: bool) -> None:
        """Shows what has changed; nothing at all while it is black."""
        self._hear_notes()
        if not self._has_started:
            if self._player.ring.first < 0 and self._clock() - self._opened < SOON:
                return
            self._has_started = True
            self._screen.start()
        self._screen.fit()
        light = self._lights.light
        if light is Light.BRIGHT and self._waiting:  # at night they wait for a key
            self._note(self._waiting)
            self._waiting, now = [], True
        is_same = self._shown is not None and self._shown.light is light
        if is_same and (light is Light.BLACK or (not now and self._clock() - self._looked < EVERY)):
            return
        self._looked = self._clock()
        picture = self._picture(light)
        if picture != self._shown:
            self._shown = picture
            self._screen.show(picture)

    def _picture(self, light: Light) -> Picture:
        if light is Light.BLACK:
            return Picture(light)
        if self._clock() - self._noted > NOTED:
            self._notes = ()
        state = self._words.state()
        time_is_shown = self._lights.time_is_shown
        # a scene's name tells how late it is
        scene = state["scene"] or "" if light is Light.BRIGHT or time_is_shown else ""
        levels, frame = self._words.levels, self._player.frame
        return Picture(
            light,
            title=plain(state["title"]),
            scene=plain(scene),
            story=_told(state["story"]),
            says=_SAYS.get(state["state"], ""),
            volume=state["volume"],
            voices=tuple(
                VoiceLevel(plain(track.name), levels.asked(track, frame), levels.fader(track))
                for track in self._player.night.plan.tracks
            ),
            chosen=None if self._key_words.chosen is None else plain(self._key_words.chosen),
            time=self._time(state["left"], state["stage"]) if time_is_shown else "",
            notes=tuple(plain_lines(note) for note in self._notes),
            asks=None if self._prompt is None else self._prompt.asks,
        )

    def _time(self, left: float, stage: str | None) -> str:
        minutes = round(left / 60)
        hours = f"{minutes // 60} h " if minutes >= 60 else ""
        now = f"{self._bedside.clock.now():%H:%M}, {hours}{minutes % 60} min left"
        return now if stage is None else f"{now}, {_STAGES.get(stage, stage)}"


def _told(story: dict[str, Any] | None) -> str:
    """The story that is told, and how much of it, as far as that says no time."""
    if story is None or not story["sentence"]:
        return ""
    hushed = "" if story["telling"] else ", hushed"
    return plain(f"{story['title']}, sentence {story['sentence']} of {story['sentences']}{hushed}")


def plain_lines(text: str) -> str:
    """The text with nothing in it that a terminal would obey, but for the ends of its lines."""
    return "\n".join(map(plain, text.splitlines()))
