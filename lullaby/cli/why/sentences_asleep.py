"""The findings of `lullaby why` that come from the sleeper, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.evening.facts.moment import held_back, silent_asleep
from lullaby.night.mixer import DARK_FROM, darkened
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.night.why import Why
    from lullaby.sleep.course import Course


def of_sleeper(night: Night, found: Why) -> list[str]:
    """Of the sleeper, where somebody sleeps: their stage, by how much it holds voices back, and how dark it
    makes the mix."""
    if night.course is None:
        return []
    lowered = held_back(night, found.frame)
    lower = sorted({round(-level, 1) for name, level in lowered.items() if level not in (0, float("-inf"))})
    gone = [one.part.name for one in found.unheard if silent_asleep(night, one, found.frame)]
    said = f"The sleeper, {_known(night.course, found.frame)}"
    if lower:
        said += f": voices are held {' or '.join(f'{level:g}' for level in lower)} dB lower"
    if gone:
        said += f"{';' if lower else ':'} silent for that are {', '.join(gone)}"
    tilt, high_cut = darkened(night.plan, found.frame)
    if not tilt:
        return [f"{said}."]
    return [
        f"{said}.",
        f"For the sleeper it is darker, too: {tilt:.2g} dB an octave less above {DARK_FROM:g} Hz, and little "
        f"above {high_cut:.0f} Hz.",
    ]


def _known(course: Course, frame: int) -> str:
    """The stage of sleep at this frame, and how it is known: a guess is never told as if somebody had
    looked."""
    from lullaby.sleep.course import NEVER, Evidence

    stage, age = course.stage(frame), course.age(frame)
    state = f"in {stage.name}" if stage.asleep else "awake"
    evidence = course.evidence(frame)
    if evidence is None:
        return f"of whom the course says nothing yet, is taken to be {state}"
    if evidence is Evidence.SIMULATED:
        return f"who is made up, is {state}"
    if evidence is Evidence.MEASURED and age == 0:
        return f"as the course has it, is {state}"
    if evidence is Evidence.MEASURED:
        return f"of whom nothing is known since {clock(frame - age)}, is taken to be {state} still"
    seen = "" if age == NEVER else f", {clock(age)} ago"
    how = "by their own word" if evidence is Evidence.PRESSED else "by what was last sensed"
    return f"{how}{seen}, is {state}"


def of_silences(night: Night, found: Why) -> str | None:
    """A sentence where the gate is closed or moving: in REM, and from a night's end to its wake window."""
    silence = float("-inf")
    before, after = night.plan.gate.segment(found.frame)
    if before.value > silence and after.value > silence:
        return None
    if before is not after:
        taken = "all of it" if found.fade == silence else f"{-found.fade:.1f} dB"
        way = "into" if after.value == silence else "out of"
        return f"The night is gliding {way} silence until {clock(after.stop)}: that takes {taken} away."
    again = next(
        (k.start for k in night.plan.gate.keyframes if k.start > found.frame and k.value > silence), None
    )
    until = f" until {clock(again)}" if again is not None else ""
    return f"Nothing is heard{until}, whatever the voices do: the night is silent for its sleeper's sake."
