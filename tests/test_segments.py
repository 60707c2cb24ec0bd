"""Parts encode apart fit together: every packet is what it would have been in one go."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from nights import SCORES, load, night_of
from numpy.typing import NDArray

import lullaby
from lullaby.export import ENDINGS, Sampling, encode, rendering_of
from lullaby.export.decimate import HALF, Decimator
from lullaby.export.encoder import Encoder
from lullaby.export.formats import Format
from lullaby.export.recipe import Fade, Recipe
from lullaby.export.segments import Rendering
from lullaby.night import Night
from lullaby.night.pages import fill
from lullaby.night.parcel import narrowed, packed, unpacked
from lullaby.time import PAGE, RATE, Span, page_span

SPANS = [Span(0, 3 * PAGE + 1_234), Span(777, 2 * PAGE + 99)]
BEDSIDE, TOY = Sampling(), Sampling(24_000, 16, 1)


@pytest.fixture(scope="module")
def night() -> Night:
    return load("bowl-and-tide")


def rendered(night: Night, span: Span, ending: str, sampling: Sampling = BEDSIDE) -> Rendering:
    return rendering_of(night, span, ENDINGS[ending], sampling, night.loudness())


def packets(rendering: Rendering) -> list[bytes]:
    """Every packet, segment after segment."""
    out = []
    for segment in rendering.segments:
        one = encode(rendering.recipe(segment))
        ends = np.concatenate([[0], np.cumsum(one.sizes, dtype=np.int64)]).tolist()
        out += [one.payload[a:b] for a, b in pairwise(ends)]
    return out


def in_one_go(night: Night, span: Span, ending: str) -> list[bytes]:
    """The same sound given to one encoder from end to end; the file's edges are left to the caller."""
    encoder = Encoder(ENDINGS[ending], Sampling())
    out = []
    for _, sound in night.pieces(span):
        out += encoder.put(np.array(sound))
    return out + encoder.finish()


@pytest.mark.parametrize("ending", [".opus", ".ogg", ".m4o", ".mp3"])
def test_segments_are_a_sequential_encode_byte_for_byte(night: Night, ending: str):
    span = Span(0, 2 * PAGE + 1_234)  # from lights-out: only the end is faded, for a fiftieth of a second
    joined, once = packets(rendered(night, span, ending)), in_one_go(night, span, ending)
    assert len(joined) == len(once)
    faded = 4
    assert joined[:-faded] == once[:-faded]


def test_flac_is_cut_anywhere_and_comes_back_to_the_bit(night: Night):
    """Frames carry numbers and checksums: those of a file in segments are those of a file in one."""
    first, short = Span(0, PAGE + 1_234), Span(777, PAGE + 9_999)
    for span, sampling in ((first, BEDSIDE), (SPANS[1], BEDSIDE), (short, Sampling(24_000, 24, 2))):
        cut = rendered(night, span, ".flac", sampling)
        alone = replace(cut, format=replace(cut.format, minutes=60))
        assert packets(cut) == packets(alone)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("sampling", [BEDSIDE, TOY], ids=["bedside", "toy"])
@pytest.mark.parametrize("span", SPANS, ids=["from lights-out", "cut"])
def test_every_packet_belongs_to_one_segment(night: Night, ending: str, sampling: Sampling, span: Span):
    cut = rendered(night, span, ending, sampling)
    assert len(cut.segments) >= len(span) / PAGE // cut.format.minutes, "several can be encoded side by side"
    assert cut.segments[0].start == 0
    assert cut.segments[-1].stop is None
    for before, after in pairwise(cut.segments):
        assert before.stop == after.start
        assert (after.start - after.encoded_from) * cut.step >= (HALF if sampling.every > 1 else 0)
        assert after.start - after.encoded_from >= cut.format.pre_roll
        assert after.start % cut.format.group == 0
        # it begins in its own page, and asks for little more than the start of the next
        assert page_span(after.page).start <= cut.heard(after).start
        own = page_span(before.page + cut.format.minutes - 1)
        assert cut.heard(before).stop <= own.stop + 1.1 * RATE


@pytest.mark.parametrize("ending", [".m4b", ".mp3"])
def test_a_segment_is_given_what_its_last_packet_waits_for(night: Night, ending: str):
    """These encoders answer late. A file that ends just after the next segment would begin is one whole."""
    format = ENDINGS[ending]
    each, boundary = format.packet(RATE), format.minutes * PAGE
    first = -(-boundary // each) + format.pre_roll
    for frames in (first * each + 1, (first + 1) * each - 1, (first + 1) * each, (first + 1) * each + 1):
        made = packets(rendered(night, Span(0, frames), ending))
        assert len(made) >= frames / each


def test_a_file_of_one_frame_has_one_segment(night: Night):
    for ending in ENDINGS:
        assert len(rendered(night, Span(PAGE - 1, PAGE), ending).segments) == 1


@pytest.mark.parametrize("name", SCORES)
def test_a_narrowed_plan_sounds_the_same(name: str):
    night = load(name)
    for number, seconds in ((0, 15), (7, 60), (14, 15)):
        own = page_span(number)
        needed = night.plan.needed(own)
        less = unpacked(json.loads(json.dumps(packed(narrowed(night.plan, needed)))))
        page, whole = np.empty((2, seconds * RATE, 2), np.float32)
        for plan, sound in ((less, page), (night.plan, whole)):
            fill(plan, night.loudness(), Span(own.start, own.start + len(sound)), sound)
        np.testing.assert_array_equal(page, whole)


@pytest.mark.usefixtures("short_tales")
@pytest.mark.parametrize("name", SCORES)
def test_a_recipe_comes_back_from_text_as_it_went(name: str):
    """Also of a night that follows somebody: with its gate, its darkening and its guard."""
    night = lullaby.load(name, date=date(2026, 11, 30), headphones=True)
    for ending, span in ((".flac", Span(5, night.length)), (".mp3", Span(9 * PAGE + 7, 10 * PAGE))):
        cut = rendered(night, span, ending, TOY)
        for segment in cut.segments[:2] + cut.segments[-1:]:
            recipe = cut.recipe(segment)
            again = Recipe.from_json(recipe.as_json())
            assert again == recipe
            assert again.address == recipe.address


def variants(value: Any) -> Iterator[Any]:
    """The same but for one thing in it, once for each thing."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"{value}s"
        case Format():
            yield ENDINGS[".wav"]
        case tuple() if value:
            yield from ((one, *value[1:]) for one in variants(value[0]))
        case Mapping() if value:
            first = next(iter(value))
            yield from ({**value, first: one} for one in variants(value[first]))
        case None | tuple() | Mapping():
            pass
        case _:
            for field in fields(value):
                if field.name != "ratios":  # they go by the kind
                    for one in variants(getattr(value, field.name)):
                        with contextlib.suppress(ValueError):  # of a span that would run backwards
                            yield replace(value, **{field.name: one})


def test_whatever_is_changed_in_a_recipe_changes_its_address():
    night = lullaby.load("storm-going-by", date=date(2026, 11, 30), headphones=True)
    span = Span(night.length - 3 * PAGE + 5, night.length - 77)
    cut = rendered(night, span, ".flac", TOY)
    given = replace(cut.recipe(cut.segments[0]), keep=3, fade_out=Fade(span.stop, 960))
    found = [given.address, *(variant.address for variant in variants(given))]
    assert len(set(found)) == len(found) > 40


LONG = """
length = 00:20:00
[voices]
rain = "rain-on-slate"
drone = "harbour-drone"
[scene.encoded_from]
at = 0
rain = -6
[scene.later]
at = 00:12:00
drone = {level}
"""


def test_nights_share_the_segments_they_have_in_common():
    one, other = (night_of(LONG.replace("{level}", level), seed=5) for level in ("-9", "-12"))
    addresses = [
        [cut.recipe(segment).address for segment in cut.segments]
        for cut in (rendered(n, n.span, ".flac") for n in (one, other))
    ]
    assert addresses[0][:11] == addresses[1][:11]
    assert not set(addresses[0][12:]) & set(addresses[1][12:])
    assert len(set(addresses[0])) == 20
    again = rendered(night_of(LONG.replace("{level}", "-9"), seed=6), one.span, ".flac")
    assert again.recipe(again.segments[0]).address != addresses[0][0]


def test_slower_sound_keeps_what_it_can_hold_and_nothing_else():
    def through(hz: float, every: int) -> tuple[NDArray[np.float32], float]:
        n = np.arange(RATE)
        tone = np.sin(2 * np.pi * hz / RATE * n).astype(np.float32)[:, None]
        decimator = Decimator(every, 1)
        pieces = [decimator.put(tone[i : i + 7_001]) for i in range(0, RATE, 7_001)]
        out = np.concatenate([*pieces, decimator.finish(np.zeros((0, 1), np.float32))])
        assert len(out) == RATE // every
        return out, float(np.sqrt(2 * np.mean(out[500:-500] ** 2)))

    for every in (2, 3):
        nyquist = RATE / every / 2
        for hz in (100.0, 1_000.0, 0.8 * nyquist):
            out, level = through(hz, every)
            assert abs(level - 1) < 0.01
            expected = np.sin(2 * np.pi * hz / RATE * every * np.arange(len(out)))
            assert np.abs(out[500:-500, 0] - expected[500:-500]).max() < 0.01
        assert through(1.1 * nyquist, every)[1] < 10 ** (-65 / 20)
