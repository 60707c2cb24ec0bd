"""A mix: sounds by name with volumes, all at once and all night. Noice and Moodist make nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lullaby.score.foreign.imported import LEVELS, Foreign, distinct, level, percent
from lullaby.score.foreign.sounds import counterpart
from lullaby.score.plain_text import quoted
from lullaby.score.writing import Draft, DraftScene, DraftVoice
from lullaby.time import RATE

EIGHT_HOURS = 8 * 3600 * RATE


@dataclass(frozen=True)
class Mix:
    """A preset as it was found: what its sounds are called, and how loud each is drawn, 0 to 1."""

    title: str
    sounds: Mapping[str, float]


def foreign_of(mix: Mix, program: str, law: float = 1.0) -> Foreign | None:
    """The mix as a draft; None where none of its sounds has a counterpart.

    `law` is the power of the drawn volume that the program plays: 1, or 2 for a slider by square.
    """
    remarks: list[str] = []
    shares: dict[str, float] = {}
    voices: dict[str, DraftVoice] = {}
    for name, drawn in mix.sounds.items():
        found = counterpart(name)
        if found is None:
            remarks.append(f"{quoted(name)} at {percent(drawn)}: lullaby has no voice for it yet; left out.")
        elif drawn <= 0:
            remarks.append(f"{quoted(name)} at 0 %: not heard there either; left out.")
        else:
            ours, ours_is = found
            shares[ours] = max(shares.get(ours, 0.0), drawn**law)
            voices[ours] = DraftVoice(ours_is.voice, ours_is.values)
            if ours_is.played_as:
                remarks.append(f"{quoted(name)}: played as {ours_is.played_as}.")
    if not voices:
        return None
    if not (loudest := max(shares.values())):  # the square of next to nothing
        shares, loudest = dict.fromkeys(shares, 1.0), 1.0
    values = {name: {"level": level(share, loudest)} for name, share in shares.items()}
    remarks = [*distinct(remarks)]
    draft = Draft(
        title=mix.title,
        voices=voices,
        scenes=(DraftScene("all-night", 0, None, values),),
        description=(f"{mix.title}, a mix made in {program}.", LEVELS),
        remarks=tuple(remarks),
        length=EIGHT_HOURS,
        seed=1,
    )
    return Foreign(draft, draft.remarks, program)
