"""A cover shows what sounds and when, says what the night is called, and is the same each time."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_fonts import put_font
from nights import SCORES, night_of
from numpy.typing import NDArray
from PIL import Image

from lullaby import places
from lullaby.drawing import installed_fonts
from lullaby.drawing.cover import MARGIN, cover, title_on
from lullaby.drawing.typeface import bundled_face
from lullaby.drawing.typesetting import typeset
from lullaby.night import Night, Plan
from lullaby.night.mixer import before_the_limiter
from lullaby.score import read_score, score_of
from lullaby.time import RATE, Span
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import KINDS

SCORE = """
title = "TITLE"
length = 00:10:00
fade_in = 0.5
fade_out = 5
[voices]
noise = "pink-noise"
[scene.sounding]
at = 0
noise = 0
[scene.gone]
at = 00:05:00
over = 1
noise = "silent"
"""


def named(title: str, day: date | None = None) -> Night:
    return Night(score_of(SCORE.replace("TITLE", title), "test.toml", KINDS), seed=7, day=day)


def seen(made: bytes, size: int) -> NDArray[np.float64]:
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (size, size))
        assert not image.getexif()
        assert "icc_profile" not in image.info
        return np.asarray(image.convert("L"), np.float64)


def words(night: Night, size: int) -> NDArray[np.bool_]:
    """Where letters stand in the head of the cover."""
    return seen(cover(night, night.span, size), size)[: size // 2] > 150


def test_what_sounds_is_lighter_than_what_does_not():
    night = named("A")
    light = seen(cover(night, night.span, 500), 500)
    middle = light[260:420]
    assert middle[:, 60:220].mean() > middle[:, 300:440].mean() + 30
    assert middle[:, 300:440].mean() < 25


def test_the_same_night_is_the_same_cover_and_another_is_another():
    night = named("A")
    one = cover(night, night.span, 500)
    assert one == cover(named("A"), night.span, 500)
    assert one != cover(named("B"), night.span, 500)
    assert one != cover(night, Span(0, 300 * RATE), 500)


def test_listening_for_a_cover_leaves_the_night_alone(monkeypatch: pytest.MonkeyPatch):
    night = named("A")
    monkeypatch.setattr(night, "page", lambda number: pytest.fail("a page was made"))
    cover(night, night.span, 500)
    assert night._heard is None


@pytest.mark.parametrize("size", [150, 500, 1_400])
def test_any_size_is_the_same_cover(size: int):
    night = named("A Night", date(2026, 3, 1))
    small, here = (
        Image.fromarray(seen(cover(night, night.span, s), s)).resize((50, 50), Image.Resampling.BOX)
        for s in (500, size)
    )
    assert np.abs(np.asarray(small) - np.asarray(here)).mean() < 2.5


def test_a_title_breaks_at_the_same_words_on_every_size():
    for title in ("Harbour in the Rain", "Mưa trên bến cảng đêm", "x" * 200, "Twenty words of rain " * 9):
        lines = title_on(named(title.strip()[:200]), 1_400).lines
        for size in (150, 500, 3_000):
            lettering = title_on(named(title.strip()[:200]), size)
            assert lettering.lines == lines
            widest = max(bundled_face(lettering.pixels).getlength(line) for line in lines)
            assert widest < size * (1 - 1.5 * MARGIN)


def test_the_title_can_be_read_on_a_thumbnail():
    rows = np.flatnonzero(words(named("Harbour in the Rain"), 150).any(axis=1))
    assert np.ptp(rows) > 30  # two lines of letters, 15 pixels and more each
    assert rows.min() >= 150 * MARGIN * 0.9


def test_every_word_of_a_long_title_is_there_or_an_ellipsis():
    width, height = 830, 420
    title = "Twenty-one words about the rain that came over the hills "
    for text in (title.strip(), (title * 4)[:200], "x" * 200, "one", "M" * 40, "ab " * 3_000):
        lettering = typeset(text, 1000, width, height)
        assert lettering.height <= height
        face = bundled_face(lettering.pixels)
        assert max(face.getlength(line) for line in lettering.lines) <= width
        if lettering.lines[-1].endswith("…"):
            assert text.replace(" ", "").startswith("".join(lettering.lines)[:-1].replace(" ", ""))
        else:
            assert "".join(lettering.lines).replace(" ", "") == text.replace(" ", "")
    assert typeset("", 1000, width, height).lines == ()
    one, whole = (typeset(text, 1000, width, height) for text in ("one", title.strip()))
    assert whole.pixels < one.pixels
    assert " ".join(whole.lines) == title.strip(), "smaller rather than cut"


@pytest.mark.parametrize("title", ["雨の港", "مطر", "हार्बर", "ฝนตก", "Rain 雨", "🌧", "\u200b", ""])
def test_a_title_that_cannot_be_written_whole_is_left_off(title: str):
    assert not words(named(title), 300).any()


def test_titles_are_written_in_many_scripts_and_stay_inside_their_margins():
    size = 300
    titles = ["Regen fallt", "Regen fällt", "Дождь", "Дощь", "Βροχή", "Ὕπνος"]
    titles += ["Mưa đêm", "Mua dem", "ỂỖẨ ỂỖẨgjpq"]
    seen_words = [words(named(title), size) for title in titles]
    for k, one in enumerate(seen_words):
        rows, columns = np.flatnonzero(one.any(axis=1)), np.flatnonzero(one.any(axis=0))
        assert rows.min() >= size * MARGIN * 0.7  # the highest accents reach a little above their line
        assert columns.min() >= size * MARGIN - 2
        assert columns.max() <= size * (1 - MARGIN) + 2
        for other in seen_words[:k]:
            assert (one != other).sum() > 5


def test_letters_and_accents_apart_are_the_same_title():
    for title in ("Regen fällt", "Mưa trên bến", "ёжик"):
        apart = named(unicodedata.normalize("NFD", title))
        assert cover(apart, apart.span, 150) == cover(named(title), apart.span, 150)


def test_installed_fonts_change_no_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A kept file has the same bytes wherever it is made."""
    night = named("雨の港")
    before = cover(night, night.span, 150)
    put_font(tmp_path, "雨の港")
    monkeypatch.setattr(installed_fonts, "font_folders", lambda: [tmp_path])
    installed_fonts._found.cache_clear()
    assert installed_fonts.installed_font("雨の港") is not None
    assert cover(night, night.span, 150) == before


@pytest.mark.parametrize(
    "span",
    [Span(0, RATE), Span(7, 100), Span(299 * RATE + 1, 302 * RATE), Span(0, 0), Span(0, 97 * RATE + 13)],
)
def test_any_span_has_a_cover(span: Span):
    seen(cover(named("A"), span, 200), 200)


def test_silence_is_dark():
    light = seen(cover(named("雨"), Span(400 * RATE, 500 * RATE), 200), 200)
    assert light.max() < 25


@pytest.mark.parametrize("score", SCORES)
def test_every_shipped_night_is_a_dark_picture_with_light_in_it(score: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lullaby.drawing.cover.MOMENTS", 48)
    night = Night(read_score(places.shipped("scores") / f"{score}.toml", KINDS), day=date(2026, 3, 1))
    light = seen(cover(night, night.span, 400), 400)
    assert light.mean() < 90
    # under the title, wherever it shines: a meadow's light is high up, a fire's is low, a harp's is narrow
    assert np.percentile(light[170:], 99) > 70
    for edge in (light[:8], light[-8:], light[:, -8:]):
        assert edge.mean() < 40


def test_a_long_night_costs_no_more_than_a_short_one(monkeypatch: pytest.MonkeyPatch):
    """As much of it is listened to, however long it is."""
    listened = 0
    listen = before_the_limiter

    def counted(plan: Plan, span: Span) -> Iterator[Sound]:
        nonlocal listened
        listened += len(span)
        return listen(plan, span)

    monkeypatch.setattr("lullaby.drawing.cover.before_the_limiter", counted)
    text = (places.shipped("scores") / "harbour-rain.toml").read_text()
    taken = []
    for length in ("01:00:00", "08:00:00"):
        listened = 0
        night = night_of(text.replace("01:00:00", length))
        cover(night, night.span, 100)
        taken.append(listened)
    assert 0 < taken[1] <= 1.2 * taken[0]
