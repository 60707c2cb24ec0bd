"""A course that lullaby kept, read as a night like any other."""

from __future__ import annotations

from dataclasses import replace

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import counted
from lullaby.sleep.course_file import course_from
from lullaby.sleep.hypnograms.checked import hypnogram_of
from lullaby.sleep.hypnograms.opening import Opened
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.time import RATE


def is_ours(head: bytes) -> bool:
    return head.lstrip().startswith(b'{"lullaby":')


def read_ours(file: Opened) -> list[Hypnogram]:
    if file.head.partition(b"\n")[0].lstrip().startswith(b'{"lullaby": "night"'):
        what = "this is the log of a night that was heard, which was followed and not scored."
        raise WrittenWrongly(file.where, what, "lullaby render --course has that night again.")
    course = course_from(file.text(), file.where)
    stretches = [
        Stretch(run.start / RATE, run.stop / RATE, run.stage, f"run {k}")
        for k, run in enumerate(course.runs, 1)
    ]
    guessed = sum(not known.evidence.real for known in course.known)
    remarks = [f"{counted(guessed, 'run')} simulated, of nobody in particular"] if guessed else []
    night = hypnogram_of(file.where, stretches, source="lullaby course", remarks=remarks)
    return [replace(night, kept=course)]
