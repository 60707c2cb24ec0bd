"""How loud a voice is by itself: at unity, in no room, without fades."""

from __future__ import annotations

from pathlib import Path

from lullaby.night.loudness import Meter, to_db
from lullaby.night.mixer import before_the_limiter
from lullaby.night.plan import make_plan
from lullaby.score import SILENT, Part, ReverbSettings, Scene, Score, VoiceFile
from lullaby.time import PAGE, RATE, Span

SECONDS = 30


def measured(voice: VoiceFile, seconds: int = SECONDS) -> tuple[float, float]:
    """LUFS and dBTP of its first half minute; what sounds more seldom needs longer to be heard."""
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
        voices=(Part(voice.name, voice, {"level": 0.0, **voice.values}),),
        scenes=(Scene("alone", 0, 0, {voice.name: {"level": 0.0}}),),
    )
    meter = Meter()
    plan = make_plan(score, 0, None)
    for sound in before_the_limiter(plan, Span(0, seconds * RATE)):
        meter.feed(sound)
    return meter.integrated, float(to_db(meter.true_peak))
