"""A score that grows light: made to take as long over it as its listener wants."""

from __future__ import annotations

from dataclasses import replace

from lullaby.score.model import Scene, Score, Wake
from lullaby.time import PAGE, clock

LATEST = 30 * PAGE
"""The frame by which a score that is a dawn has come up to its morning. One whose wake window lies later is a
night."""


def is_dawn(score: Score) -> bool:
    """Does this score grow light by itself, from its beginning to the end of its wake window?"""
    return score.wake is not None and score.wake.stop <= LATEST


def dawning(score: Score, over: int) -> Score:
    """The score made to grow light for so many frames. One that has no dawn of its own comes up from nothing:
    its fade in takes as long. A ValueError where it would be over by then."""
    # the texts name a night: two that sound different must never be taken for one
    named = "\n".join([*score.sources[:1], f"# grows light until {clock(over)}"])
    score = replace(score, sources=(named, *score.sources[1:]))
    if not is_dawn(score):
        if over + score.fade_out >= score.length:
            raise ValueError(f"is over at {clock(score.length)}, before it has come up")
        return replace(score, fade_in=over)
    assert score.wake is not None
    light = score.wake.stop
    start = _moved(score.wake.at, light, over)
    return replace(
        score,
        length=score.length + over - light,
        fade_in=min(score.fade_in, over),
        wake=Wake(start, over - start),
        scenes=tuple(_scene(scene, light, over) for scene in score.scenes),
    )


def _scene(scene: Scene, light: int, over: int) -> Scene:
    start = _moved(scene.at, light, over)
    stop = _moved(scene.at + scene.over, light, over)
    return replace(scene, at=start, over=stop - start)


def _moved(frame: int, light: int, over: int) -> int:
    """Where this frame of a score lies that was light at `light`, and now is at `over`."""
    return frame * over // light if frame <= light else frame + over - light
