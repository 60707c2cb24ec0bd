"""What keys do while a night plays: each says a word of the player's door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.score.plain_text import figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.player.player import Player
    from lullaby.player.words import Words

KEYS = {
    "space": "pause, and on again",
    "+ -": "louder, softer",
    "a": "still awake",
    "w": "awake again",
    "n": "the next scene",
    "f": "fade now",
    "m": "ten more minutes",
    "q": "stop",
    "?": "these keys",
}
STEP_DB = 2.0
"""dB of a press of + or -."""


def listened_to(
    keys: Keys, player: Player, words: Words, bedside: Bedside, fade: float
) -> Callable[[], None]:
    """A look at the keys, to be taken every tick; `fade` seconds is how long one lasts."""
    from lullaby.player.words import Refused

    def look() -> None:
        for key in keys.pressed():
            try:
                if said := _do(key, player, words, fade):
                    bedside.note(said)
            except Refused as refused:
                bedside.note(f"{str(refused)[0].upper()}{str(refused)[1:]}.")

    return look


def _do(key: str, player: Player, words: Words, fade: float) -> str:
    """Does what a key is for; what is to be said of it."""
    match key:
        case " ":
            words.do(
                {"do": "play" if player.paused or player.resting or player.fade is not None else "pause"}
            )
            return "Paused." if player.paused else "Plays."
        case "+" | "=" | "-":
            step = -STEP_DB if key == "-" else STEP_DB
            words.do({"do": "volume", "db": min(0.0, player.volume_db + step)})
            return f"Volume {figure(player.volume_db)} dB."
        case "a":
            words.do({"do": "awake"})
            return "Awake."
        case "w":
            words.do({"do": "woke"})
            return "Awake again."
        case "n":
            words.do({"do": "skip"})
            return "Next scene."
        case "f":
            words.do({"do": "fade", "seconds": fade})
            return "Fades."
        case "m":
            early = player.ends_early or player.resting
            words.do({"do": "more"})
            return "Ten minutes more." if early else "It plays to the end of the night anyway."
        case "q":
            words.do({"do": "stop"})
        case "?":
            return "\n".join(f"    {name:<8}{does}" for name, does in KEYS.items())
    return ""
