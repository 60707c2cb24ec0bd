"""The dawn after a night: a score that grows light, for the same listener on the same device."""

from __future__ import annotations

from dataclasses import replace

from lullaby.errors import AskedWrongly
from lullaby.evening.prepare import Evening, prepared
from lullaby.evening.which import score_of
from lullaby.score.dawning import dawning
from lullaby.score.plain_text import quoted

USUAL = "first-light"
"""The score that it grows light with where nobody names another."""


def dawn_of(evening: Evening, over: int, name: str = USUAL) -> Evening:
    """The dawn that ends this evening's night, `over` frames long until it is bright. It follows nobody, and
    its listener's limits hold as they do for the night."""
    try:
        score = dawning(score_of(name), over)
    except ValueError as error:
        raise AskedWrongly(f"{quoted(name)} {error}: wake with a longer one.") from None
    return prepared(
        replace(
            evening.request,
            what=score,
            seed=None,
            sleeper="none",
            course_file="",
            log=None,
            all_night=None,
            span=None,
            alone=False,
        )
    )
