"""Dreams in gentle words: the dreamer's own, framed softly. What would frighten somebody in the dark is said
more mildly, and a dream that cannot be is left for the daytime."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lullaby.narrator.shelf import forget
from lullaby.ritual.sayings import plain_words
from lullaby.ritual.tonight import SharedDream

MILDER = {
    "monster": "stranger", "monsters": "strangers", "nightmare": "dream", "nightmares": "dreams",
    "chased": "followed", "chasing": "following", "chase": "follow", "hunted": "looked for",
    "screamed": "called", "screaming": "calling", "scream": "call", "shouted": "called",
    "terrified": "uneasy", "terrifying": "strange", "scared": "unsure", "scary": "strange",
    "frightened": "unsure", "frightening": "strange", "horrible": "odd", "horror": "strangeness",
    "panic": "hurry", "panicked": "hurried", "attacked": "came up to", "attack": "come up to",
    "falling": "floating down", "trapped": "held up",
    "ghost": "pale guest", "ghosts": "pale guests", "witch": "old woman", "shark": "great fish",
    "sharks": "great fish", "wolf": "grey dog", "wolves": "grey dogs",
    "monstern": "Fremden", "ungeheuer": "großer Fremder", "verfolgt": "begleitet", "verfolgte": "begleitete",
    "schrie": "rief", "schreien": "rufen", "angst": "Unruhe", "gespenst": "blasser Gast", "albtraum": "Traum",
}  # fmt: skip
"""Words, and what is said in their place."""

FOR_DAYTIME = (
    "dead", "death", "die", "died", "dies", "dying", "kill", "killed", "killing", "killer", "murder",
    "murdered", "blood", "bloody", "bleeding", "knife", "knives", "gun", "guns", "shot", "shoot", "shooting",
    "bomb", "war", "corpse", "coffin", "funeral", "grave", "drown", "drowned", "drowning", "torture",
    "tortured", "rape", "raped", "suicide", "hanged", "strangled", "stabbed", "cancer", "crash", "crashed",
    "burned", "burning", "kidnapped", "hell", "demon", "demons", "tot", "tote", "toten", "tod", "starb",
    "gestorben", "sterben", "töten", "getötet", "mord", "ermordet", "blut", "blutig", "messer", "pistole",
    "erschossen", "krieg", "bombe", "leiche", "sarg", "beerdigung", "ertrunken", "ertrank",
    "selbstmord", "krebs", "hölle",
)  # fmt: skip
"""Words with which a dream is not told in the evening, however it is put."""

MOST_WORDS = 160
_WORD = re.compile(r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)?")
"""A word; of "the wolf's" it is "wolf"."""
_ENDS = re.compile(r"(?<=[.!?…])\s+")


def is_for_daytime(text: str) -> bool:
    return not {word.casefold() for word in _WORD.findall(text)}.isdisjoint(FOR_DAYTIME)


def milder(text: str) -> str:
    def said(found: re.Match[str]) -> str:
        word = found[0]
        other = MILDER.get(word.casefold())
        if other is None:
            return word
        return other[:1].upper() + other[1:] if word[:1].isupper() else other

    return _WORD.sub(said, text.replace("!", "."))


def told(dreams: Sequence[SharedDream]) -> tuple[str, int]:
    """The dreams that may be told, as Markdown ("" where there are none), and how many are left for the
    daytime."""
    left = [dream for dream in dreams if is_for_daytime(dream.text) or is_for_daytime(dream.dreamer)]
    found = gentle(dreams)
    if not found:
        return "", len(left)
    said = ["There is a dream to be told." if len(found) == 1 else "There are dreams to be told."]
    said += [_one(dream) for dream in found]
    said.append("And then it was morning, and everything was in its place.")
    return "\n\n[pause 4 s]\n\n".join(said), len(left)


def forget_spoken(dreams: Sequence[SharedDream]) -> int:
    """Takes what was spoken of these dreams from the shelf, where their dreamer does not want them told any
    more; the number of sentences."""
    return forget(milder(plain_words(dream.text, 4_000)) for dream in dreams)


def gentle(dreams: Sequence[SharedDream]) -> tuple[SharedDream, ...]:
    """Those that may be told, in the words in which they are: what is handed on holds no others."""
    return tuple(
        replace(dream, text=_gentle_text(dream))
        for dream in dreams
        if not (is_for_daytime(dream.text) or is_for_daytime(dream.dreamer)) and plain_words(dream.text)
    )


def _one(dream: SharedDream) -> str:
    name = plain_words(dream.dreamer, 60)
    text = _gentle_text(dream)
    return f"{'Somebody' if not name else f'Somebody, it was {name},'} dreamed.\n\n[pause 2 s]\n\n{text}"


def _gentle_text(dream: SharedDream) -> str:
    text = milder(plain_words(dream.text, 4_000))
    kept: list[str] = []
    for sentence in _ENDS.split(text):
        if kept and len(" ".join([*kept, sentence]).split()) > MOST_WORDS:
            break
        kept.append(sentence)
    text = " ".join(" ".join(kept).split()[: 2 * MOST_WORDS])
    return text if text[-1:] in ".!?…" else f"{text}."
