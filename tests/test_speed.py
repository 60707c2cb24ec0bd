"""How fast: what a second of each voice costs, beside a fixed loop in the same process. Seconds are not
asked for here, since they say more of the machine and of who else is at work on it: `python -m benchmarks`
has them.

Each has its line in speeds.txt. One that became half as fast fails and says what it takes now: write that
into its line where it was worth it, and lower the line of a voice that became faster.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import VOICES, each_voice, night_of

from benchmarks.loop import beside_the_loop
from benchmarks.worst import WORST, score_at_worst
from lullaby.kernels.jit import processor
from lullaby.time import PAGE, RATE, Span
from lullaby.voices import kinds

SLOWER = 1.8
"""Times what a line says, at the most: the least of a few turns is a little more than the least of many."""
SECONDS = 30
"""Of sound, a turn: a shorter one says more of how it begins."""
AT_WORST = 10
"""The same where much goes on."""

CODES = ("avx512f", "avx2", "sse2")


def code() -> int:
    """The column: what kernels are compiled for here."""
    features = processor()[1]
    return next((number for number, name in enumerate(CODES) if name in features), len(CODES) - 1)


LINES = [line for line in (Path(__file__).parent / "speeds.txt").read_text().splitlines() if line[0] != "#"]
SPEEDS = {name: [float(units) for units in more] for name, *more in (line.rsplit(None, 3) for line in LINES)}


def cost(text: str, seconds: int, enough: float = 0.0, times: int = 1) -> float:
    """Units of the loop for a second of the only voice of this score."""
    one = night_of(text).plan.tracks[0]

    def a_while(turn: int) -> None:
        start = (8 + turn) * PAGE
        for _ in range(times):
            for _ in one.voice.render(one.key, Span(start, start + seconds * RATE), one.controls):
                pass

    return beside_the_loop(a_while, enough * seconds) / seconds


def plain(voice: str) -> str:
    return f'length = 08:00:00\n[voices]\nit = "{voice}"\n[scene.all]\nat = 0\nit = 0\n'


ELSEWHERE = 2.5
"""The same on processors that the table was not measured on."""


def bound() -> float:
    return SLOWER if processor()[0].startswith("znver") else ELSEWHERE


def is_as_fast_as_it_was(name: str, text: str, seconds: int) -> None:
    said = SPEEDS.get(name, [0.0] * len(CODES))[code()]
    now = cost(text, seconds, bound() * said)
    assert now <= bound() * said, f"{name} took {said:g} of {CODES[code()]} code, and takes {now:.2f}"


@pytest.mark.usefixtures("a_clip")
@each_voice([*VOICES, "clip"])
def test_a_voice_is_made_as_fast_as_it_was(voice: str) -> None:
    is_as_fast_as_it_was(voice, plain(voice), SECONDS)


@pytest.mark.usefixtures("a_clip")
@pytest.mark.parametrize("kind", WORST)
def test_nothing_a_voice_may_be_told_makes_it_slow(kind: str) -> None:
    is_as_fast_as_it_was(f"{kind} at worst", score_at_worst(kind, kind), AT_WORST)


def test_every_kind_is_told_its_worst() -> None:
    assert set(WORST) == set(kinds.VOICES)


def test_what_takes_three_times_as_long_is_noticed_and_the_same_again_is_not() -> None:
    once = cost(plain("pink-noise"), SECONDS)
    assert cost(plain("pink-noise"), SECONDS, SLOWER * once) <= SLOWER * once
    assert cost(plain("pink-noise"), SECONDS, SLOWER * once, times=3) > SLOWER * once
