"""What keys do while a night plays: each says a word of the player's door, in plain lines and in the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.night.faders import HIGHEST, LOWEST
from lullaby.score import SILENT
from lullaby.score.plain_text import figure, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.player.player import Player
    from lullaby.player.words import Words

KEYS = {
    "space": "pause, and on again",
    "+ -": "louder, softer",
    "up down": "another voice",
    "left right": "that voice softer, louder",
    "x": "that voice silent, and back",
    "a": "still awake",
    "w": "awake again",
    "n": "the next scene, or movement",
    "h": "hush: the story waits, and goes on",
    "p": "the last paragraph again",
    "f": "fade now",
    "m": "ten more minutes",
    "s": "keep it as a score",
    "q": "stop",
    "?": "these keys",
}
STEP_DB = 2.0
"""dB of a press of + or -."""
FADER_STEP_DB = 1.0
"""dB by which an arrow moves a voice's fader."""


class KeyWords:
    """The keys of one player, pressed in its own thread."""

    def __init__(self, player: Player, words: Words, fade: float) -> None:
        """`fade`: how many seconds one lasts."""
        self._player, self._words, self._fade = player, words, fade
        self._chosen = 0
        self._before: dict[str, float] = {}
        """Where the faders of voices were that were made silent."""

    @property
    def chosen(self) -> str | None:
        """The voice whose fader the arrows move."""
        tracks = self._player.night.plan.tracks
        return tracks[self._chosen].name if tracks else None

    def press(self, key: str) -> str:
        """Does what a key is for; what is to be said of it, also where it cannot be done."""
        from lullaby.player.refused import Refused

        try:
            return self._do(key)
        except Refused as refused:
            return f"{str(refused)[0].upper()}{str(refused)[1:]}."

    def _do(self, key: str) -> str:
        player, words = self._player, self._words
        match key:
            case " ":
                goes_on = player.paused or player.resting or player.fade is not None
                words.do({"do": "play" if goes_on else "pause"})
                return "Paused." if player.paused else "Plays."
            case "+" | "=" | "-":
                step = -STEP_DB if key == "-" else STEP_DB
                words.do({"do": "volume", "db": min(0.0, player.volume_db + step)})
                return f"Volume {figure(player.volume_db)} dB."
            case "up" | "down":
                return self._choose(-1 if key == "up" else 1)
            case "left" | "right":
                return self._move(-FADER_STEP_DB if key == "left" else FADER_STEP_DB)
            case "x":
                return self._silence()
            case "a":
                words.do({"do": "awake"})
                return "Awake."
            case "w":
                words.do({"do": "woke"})
                return "Awake again."
            case "n":
                words.do({"do": "skip"})
                return "Next scene." if player.night.score.ritual is None else "Next movement."
            case "h":
                telling = (words.state()["story"] or {}).get("telling")
                words.do({"do": "hush" if telling else "tell"})
                return "Hush." if telling else "The story goes on."
            case "p":
                words.do({"do": "again"})
                return "Once more."
            case "f":
                words.do({"do": "fade", "seconds": self._fade})
                return "Fades."
            case "m":
                early = player.ends_early or player.resting
                words.do({"do": "more"})
                return "Ten minutes more." if early else "It plays to the end of the night anyway."
            case "s":
                return self.keep()
            case "q":
                words.do({"do": "stop"})
            case "?":
                return shown(KEYS)
        return ""

    def keep(self, name: str | None = None, *, over: bool = False) -> str:
        """Keeps what plays as a score, and says so."""
        request = {"do": "save", "over": over} | ({} if name is None else {"name": name})
        saved = plain(self._words.do(request)["saved"])
        return f"Kept as {saved}: lullaby play {saved}"

    def _choose(self, step: int) -> str:
        tracks = self._player.night.plan.tracks
        self._chosen = max(0, min(len(tracks) - 1, self._chosen + step))
        return self._says()

    def _fader(self) -> float:
        return self._words.levels.fader(self._player.night.plan.tracks[self._chosen])

    def _move(self, step: float) -> str:
        if self.chosen is None:
            return ""
        fader = self._fader()
        if fader == SILENT:
            moved = LOWEST if step > 0 else SILENT
        else:
            moved = min(HIGHEST, fader + step)
        self._set(moved if moved >= LOWEST else SILENT)
        return self._says()

    def _silence(self) -> str:
        if self.chosen is None:
            return ""
        fader = self._fader()
        if fader != SILENT:
            self._before[self.chosen] = fader
        self._set(self._before.pop(self.chosen, 0.0) if fader == SILENT else SILENT)
        return self._says()

    def _set(self, db: float) -> None:
        self._words.do({"do": "level", "voice": self.chosen, "db": "silent" if db == SILENT else db})

    def _says(self) -> str:
        if self.chosen is None:
            return ""
        fader = self._fader()
        return f"{plain(self.chosen)}: {'silent' if fader == SILENT else f'{fader:+g} dB'}."


def shown(keys: dict[str, str]) -> str:
    """What keys do, a line each."""
    return "\n".join(f"    {name:<12}{does}" for name, does in keys.items())


def listened_to(keys: Keys, key_words: KeyWords, bedside: Bedside) -> Callable[[], None]:
    """A look at the keys, to be taken every tick, that says what they did in plain lines."""

    def look() -> None:
        for key in keys.pressed():
            if said := key_words.press(key):
                bedside.note(said)

    return look
