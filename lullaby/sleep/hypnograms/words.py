"""The names and numbers stages go by in files."""

from __future__ import annotations

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import quoted
from lullaby.sleep.stages import Stage

_NAMES: dict[Stage | None, str] = {
    Stage.AWAKE: "w wake awake",
    Stage.N1: "n1 s1 nrem1",
    Stage.N2: "n2 s2 nrem2 light core",
    Stage.N3: "n3 n4 s3 s4 nrem3 nrem4 sws deep",
    Stage.REM: "r rem",
    None: "? art artefact artifact uns unscored unknown n/a nan mt movement n nrem",
}
NAMES = {name: stage for stage, names in _NAMES.items() for name in names.split()}
"""AASM's and those of Rechtschaffen and Kales, whose S4 is N3. NREM of no depth is not guessed at."""

_LIGHT = ("light", "core")

NUMBERS: dict[str, Stage | None] = {
    "0": Stage.AWAKE,
    "1": Stage.N1,
    "2": Stage.N2,
    "3": Stage.N3,
    "4": Stage.REM,
    "-1": None,
    "-2": None,
}
"""YASA's and Visbrain's: -1 is an artefact, -2 unscored."""

_FIVE = "Where 5 is REM, 4 is deep sleep and not REM, and this cannot be told apart: write W N1 N2 N3 R."


def stage_named(text: str, place: str) -> Stage | None:
    """The stage of this name or number; None for what nobody could score. `place` is where it stands."""
    name = plain_name(text)
    if name in NAMES:
        return NAMES[name]
    number = name.removesuffix(".0").removeprefix("+")
    if number in NUMBERS:
        return NUMBERS[number]
    raise WrittenWrongly(
        place,
        f"{quoted(text)} is not a stage of sleep.",
        _FIVE
        if number == "5"
        else "There are: W N1 N2 N3 R, or 0 1 2 3 4, and ? -1 -2 for what is unscored.",
    )


def is_light(text: str) -> bool:
    """Does this name stand for N1 and N2 together, as with four classes?"""
    return plain_name(text) in _LIGHT


def is_scored(text: str) -> bool:
    """Is this the name of one of the five? Tables of events hold words that only look like others."""
    return NAMES.get(plain_name(text)) is not None and plain_name(text) not in (*_LIGHT, "deep")


def is_stage(text: str) -> bool:
    return plain_name(text) in NAMES


def plain_name(text: str) -> str:
    """The name without case, spaces, and the words that stand before it: "Sleep stage N2", "Stage 2"."""
    words = text.strip().casefold().split()
    if words[:1] == ["sleep"] and len(words) > 1:
        words = words[1:]
    if words[:1] == ["stage"] and len(words) > 1:
        words = [f"s{words[1]}" if words[1] in ("1", "2", "3", "4") else words[1], *words[2:]]
    return " ".join(words)
