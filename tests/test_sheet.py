"""A page that is handed out as it grows holds no more than it still needs, and is the same page."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from web import ask

from lullaby.kernels.memory import blank
from lullaby.night.pages import GrowingPage, fill, growing_pieces
from lullaby.night.sheet import Sheet
from lullaby.time import PAGE, RATE, Span
from lullaby.web.wanted import Wanted

NIGHT = "pink-noise:-6+rain~date=2026-11-30~sleeper=none~length=180"
gives_back = pytest.mark.skipif(sys.platform != "linux", reason="other systems keep what is given back")


@gives_back
def test_rows_that_are_given_back_are_gone_and_the_others_stay() -> None:
    sheet = Sheet((PAGE, 2))
    sheet.array[:] = 1
    for rows in (1, 100_000, 90_000, 200_000):
        sheet.give_back(rows)
    assert not sheet.array[:199_000].any()
    assert (sheet.array[200_000:] == 1).all()


@pytest.mark.parametrize("start", [0, 17 * RATE + 123, 61 * RATE, 119 * RATE + 1])
def test_pieces_from_anywhere_in_a_page_are_the_page(start: int) -> None:
    night = ask(Wanted.read(NIGHT)).night
    whole = blank((2 * PAGE, 2))
    fill(night.plan, night.loudness(), Span(0, 2 * PAGE), whole)
    for piece, sound in growing_pieces(night.plan, night.loudness(), Span(start, 2 * PAGE), RATE):
        assert (sound == whole[piece.start : piece.stop]).all(), piece


@gives_back
def test_a_page_that_was_skipped_into_holds_only_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    night = ask(Wanted.read(NIGHT)).night
    page = GrowingPage(night.plan, night.loudness(), 1)
    page.skip(page.span.start + 50 * RATE)
    held = np.abs(page._memory.array).max(axis=1) > 0
    assert not held[: 45 * RATE].any()
    assert held[50 * RATE :].any()
