"""A score that ends sooner than it was written to."""

from __future__ import annotations

from dataclasses import replace

from lullaby.score.model import Score
from lullaby.time import clock


def playing_out(score: Score, at_most: int) -> Score:
    """The score that ends after so many frames where sleep never comes to stay, rather than after an hour."""
    # the texts name a night: two that sound different must never be taken for one
    named = "\n".join([*score.sources[:1], f"# plays out until {clock(at_most)}"])
    return replace(score, at_most=at_most, sources=(named, *score.sources[1:]))


def shortened(score: Score, longest: int) -> Score:
    """The score made to end after so many frames at most; what would have begun later does not begin."""
    if score.length <= longest:
        return score
    fade_out = min(score.fade_out, longest // 2)
    return replace(
        score,
        length=longest,
        fade_in=min(score.fade_in, longest - fade_out),
        fade_out=fade_out,
        wake=score.wake if score.wake and score.wake.stop <= longest else None,
        scenes=tuple(scene for scene in score.scenes if scene.at < longest),
        tellings=tuple(
            replace(telling, until=min(telling.until, longest)) if isinstance(telling.until, int) else telling
            for telling in score.tellings
            if telling.at < longest
        ),
        # the texts name a night: two that sound different must never be taken for one
        sources=("\n".join([*score.sources[:1], f"# over at {clock(longest)}"]), *score.sources[1:]),
    )
