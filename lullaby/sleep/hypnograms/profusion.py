"""The XML of NSRR's studies: Compumedics Profusion, a number an epoch."""

from __future__ import annotations

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import figure, quoted
from lullaby.sleep.hypnograms.checked import hypnogram_of
from lullaby.sleep.hypnograms.markup import read_tags
from lullaby.sleep.hypnograms.opening import Opened, number
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.stages import EPOCH_S, Stage

NUMBERS: dict[str, Stage | None] = {
    "0": Stage.AWAKE,
    "1": Stage.N1,
    "2": Stage.N2,
    "3": Stage.N3,
    "4": Stage.N3,
    "5": Stage.REM,
    "6": None,  # movement
    "9": None,  # unscored
}
_MOST = 90_000
"""Epochs: a day of seconds and a little."""


def is_profusion(head: bytes) -> bool:
    return b"<CMPStudyConfig" in head


def read_profusion(file: Opened) -> list[Hypnogram]:
    lasts = float(EPOCH_S)
    stages: list[tuple[Stage | None, int]] = []

    def ended(name: str, text: str, line: int) -> None:
        nonlocal lasts
        place = f"{file.where}, line {line}"
        if name == "EpochLength":
            lasts = number(text, place)
            if not 1 <= lasts <= 300:
                raise WrittenWrongly(place, f"an epoch of {figure(lasts)} s is none.")
        elif text not in NUMBERS:
            known = "There are 0 W, 1, 2, 3, 4, 5 REM, 6 movement and 9 unscored."
            raise WrittenWrongly(place, f"{quoted(text)} is not a stage of Profusion.", known)
        elif len(stages) >= _MOST:
            raise WrittenWrongly(place, f"there are more than {_MOST} epochs.")
        else:
            stages.append((NUMBERS[text], line))

    read_tags(file, lambda *_: None, ended, ("EpochLength", "SleepStage"))
    stretches = [
        Stretch(k * lasts, (k + 1) * lasts, stage, f"line {line}, epoch {k + 1}")
        for k, (stage, line) in enumerate(stages)
    ]
    return [hypnogram_of(file.where, stretches, source="Profusion XML")]
