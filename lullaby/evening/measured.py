"""How loud a voice is by itself: at unity, in no room, without fades."""

from __future__ import annotations

from pathlib import Path

from lullaby.night.loudness import Meter, to_db
from lullaby.night.mixer import before_the_limiter
from lullaby.night.plan import make_plan
from lullaby.score import SILENT, Part, ReverbSettings, Scene, Score, VoiceFile
from lullaby.time import PAGE, Span

SEED, HEARD = 7, Span(PAGE, 4 * PAGE)
"""Its second to fourth minute, with this chance. Rain, wind and sea come and go over minutes: with another
seed, or for half a minute, a voice may measure 2 LU more or less, and its highest peak 3 dB more."""
SLACK = 1.0
"""LU by which a voice alone may be louder or softer than its kind."""
PEAK = -7.5
"""The most dBTP that a voice alone reaches."""

_NAME = "one"
"""A voice's name in a score is part of its chance: a file that is renamed measures the same."""


def measured(voice: VoiceFile) -> tuple[float, float]:
    """LUFS and dBTP of the minutes that every voice is held to; what sounds more seldom is not heard."""
    score = Score(
        name=voice.name,
        path=Path(voice.name),
        title=voice.name,
        description="",
        length=10 * PAGE,
        fade_in=1,
        fade_out=1,
        high_cut=20_000.0,
        room=ReverbSettings(level=SILENT),
        voices=(Part(_NAME, voice, {"level": 0.0, **voice.values}),),
        scenes=(Scene("alone", 0, 0, {_NAME: {"level": 0.0}}),),
    )
    meter = Meter()
    for sound in before_the_limiter(make_plan(score, SEED, None), HEARD):
        meter.feed(sound)
    return meter.integrated, float(to_db(meter.true_peak))
