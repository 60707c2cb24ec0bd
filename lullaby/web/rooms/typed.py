"""A night that an address names, as it is typed: the words after `lullaby play`."""

from __future__ import annotations

from lullaby.web.wanted import Wanted


def words_of(wanted: Wanted) -> list[str]:
    """An address names no path and begins no word with a dash, so none of its words is an option. Where it
    ends, that is a timer: the player counts from when it begins to sound."""
    words = list(wanted.words)
    for option, value in (
        ("--for", wanted.listener),
        ("--circle", wanted.circle),
        ("--mood", wanted.mood),
        ("--seed", wanted.seed),
        ("--date", wanted.date),
        ("--sleeper", wanted.sleeper),
        ("--length", wanted.length),
        ("--all-night", wanted.all_night),
        ("--from", wanted.start),
    ):
        if value is not None:
            words += [option, _typed(value)]
    if wanted.headphones:
        words.append("--headphones")
    if wanted.stop is not None:
        lasts = max(1.0, wanted.stop - (wanted.start or 0.0))
        words += ["--for-time", _typed(lasts)]
        if wanted.fade is not None:
            words += ["--fade", _typed(max(0.05, min(lasts, wanted.fade)))]
    return words


def _typed(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
