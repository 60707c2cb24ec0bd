"""Facts about a score's music: what its melodies are like beside real lullabies, and its plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lullaby.errors import AskedWrongly
from lullaby.music.programme import Score as Written
from lullaby.music.verdict import ENOUGH, verdict
from lullaby.night.music import music_of
from lullaby.night.plan import root_key
from lullaby.score import Score, read_score
from lullaby.score.plain_text import plain
from lullaby.time import PAGE, clock
from lullaby.voices.kinds import KINDS

AWAKE = 20 * PAGE
"""Frames of music that are measured: about what somebody hears who falls asleep as most do."""


def with_music(facts: dict[str, Any], seed: int | None) -> dict[str, Any]:
    """Facts of a checked file with what its music is like, where it is a score that is right."""
    if not facts["right"]:
        return facts
    if facts["what"] != "score":
        raise AskedWrongly(f"--music is about scores, and {facts['file']} is a {facts['what']}.")
    return facts | {"music": facts_of_music(read_score(facts["file"], KINDS), seed)}


def facts_of_music(score: Score, seed: int | None = None) -> dict[str, Any]:
    """Of what is played while somebody is awake. Refused where there is no music, or no melody."""
    if score.music is None or not score.music.melody:
        raise AskedWrongly(f"{plain(str(score.path))} has no melody: [music] with melody = … writes one.")
    seed = score.seed if seed is None else seed
    short = replace(score, length=min(score.length, score.music.at + AWAKE))
    written = music_of(short, root_key(seed, None), None)
    assert written is not None
    found = verdict(written.melodies())
    return {
        "seed": seed,
        "mode": None if score.music.tunes else score.music.mode,
        "metre": None if score.music.tunes else written.metre,
        "melodies": len(written.melodies()),
        "rows": [
            {
                "row": row.name,
                "here": None if value is None else round(value, 2),
                "lullabies": row.middle,
                "from": row.low,
                "to": row.high,
                "inside": row.holds(value),
            }
            for row, value in found.rows
        ],
        "inside": found.held,
        "enough": ENOUGH,
        "stable_ends": round(found.stable_ends, 3),
        "ends_on_the_tonic": round(found.finals, 3),
        "like_lullabies": found.like_lullabies,
        "form": _form(written),
        "tempo": [round(written.bars[0].tempo, 1), round(written.bars[-1].tempo, 1)],
    }


def _form(written: Written) -> list[dict[str, Any]]:
    """What is sung, one after another: the large form that no statistic hears."""
    begins = [bar.start for bar in written.bars if bar.of_section == 0]
    return [
        {
            "at": clock(start),
            "melody": section.name or None,
            "phrases": None if section.melody is None else section.melody.form,
            "bars": section.bars,
        }
        for start, section in zip(begins, written.sections, strict=False)
    ]
