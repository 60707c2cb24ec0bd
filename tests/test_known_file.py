"""A file that need not exist: its length is known before it is made, and any of its bytes, in any order, are
those of the file that is kept."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from nights import night_of

from lullaby.errors import AskedWrongly
from lullaby.export import BEDSIDE, ENDINGS, USES, Sampling, Use, export, rendering_of
from lullaby.export.encoder import Encoder
from lullaby.export.file_tags import tags_of
from lullaby.export.known_file import KNOWN, KnownFile, packets_given
from lullaby.night import Night, pages
from lullaby.time import PAGE, RATE, Span

SCORE = """
title = "A Minute and Some"
length = 00:01:10
[voices]
hush = "pink-noise"
[scene.first]
at = 0
hush = -6
"""
SPANS = {
    "whole": Span(0, 70 * RATE),
    "odd": Span(47 * RATE + 77, PAGE + 5 * RATE + 345),
    "short": Span(RATE, RATE + 4_321),
    "a minute": Span(0, PAGE),
}


@pytest.fixture(scope="module")
def night() -> Night:
    return Night(night_of(SCORE).score, seed=3, day=date(2026, 11, 30))


@pytest.fixture(scope="module", autouse=True)
def without_a_cover() -> object:
    """Covers have tests of their own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lullaby.drawing.cover.cover", lambda night, span, size: b"a cover" * size)
        yield


def known(night: Night, span: Span, ending: str, use: Use = BEDSIDE) -> KnownFile:
    format = ENDINGS[ending]
    sampling = Sampling(use.rate, (format.bits or (16,))[0], use.channels)
    rendering = rendering_of(night, span, format, sampling, night.loudness(float(night.gain), None))
    return KnownFile(rendering, tags_of(night, span, b"a cover" * use.cover, use.cover))


@pytest.fixture(scope="module")
def kept(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], bytes]:
    """Every span in every form whose length is known, as `export` keeps it."""
    folder = tmp_path_factory.mktemp("kept")
    return {
        (name, ending): export(night, folder / f"{name}{ending}", span=span).read_bytes()
        for name, span in SPANS.items()
        for ending in KNOWN
    }


def test_these_have_a_known_length() -> None:
    assert set(KNOWN) == {".mp3", ".ogg", ".m4o", ".wav"}


@pytest.mark.parametrize("ending", KNOWN)
@pytest.mark.parametrize("name", SPANS)
def test_its_length_is_known_before_any_of_it_is_made(
    night: Night, kept: Mapping[tuple[str, str], bytes], name: str, ending: str
) -> None:
    assert known(night, SPANS[name], ending).length == len(kept[name, ending])


@pytest.mark.parametrize("ending", [ending for ending in KNOWN if ENDINGS[ending].codec])
def test_as_many_packets_are_counted_as_the_encoder_gives(ending: str) -> None:
    """However many frames the last packet is filled with."""
    format, sampling, chance = ENDINGS[ending], Sampling(), random.Random(5)
    packet = format.packet(sampling.rate)
    edges = [k * packet + more for k in (1, 15, 16, 17, 60) for more in (-1, 0, 1)]
    for frames in [1, *edges, *(chance.randrange(80 * packet) for _ in range(20))]:
        encoder = Encoder(format, sampling)
        packets = encoder.put(np.zeros((frames, sampling.channels), np.float32)) + encoder.finish()
        assert packets_given(format, sampling, frames) == len(packets), frames


@pytest.mark.parametrize("ending", KNOWN)
def test_all_of_its_bytes_are_those_of_the_file(
    night: Night, kept: Mapping[tuple[str, str], bytes], ending: str
) -> None:
    file = known(night, SPANS["odd"], ending)
    assert b"".join(file.read(0, file.length)) == kept["odd", ending]


@pytest.mark.parametrize("ending", KNOWN)
def test_any_of_its_bytes_can_be_had_in_any_order(
    night: Night, kept: Mapping[tuple[str, str], bytes], ending: str
) -> None:
    whole, file = kept["whole", ending], known(night, SPANS["whole"], ending)
    had: dict[int, bytes] = {}

    def once(number: int) -> bytes:
        if number not in had:
            had[number] = next(file.from_stretch(number))
        return had[number]

    chance = random.Random(11)
    places = [0, 1, len(whole) - 1, len(whole)]
    for _ in range(200):
        start, stop = sorted(chance.choice([*places, chance.randrange(len(whole) + 1)]) for _ in range(2))
        assert b"".join(file.read(start, stop, once)) == whole[start:stop], (start, stop)


@pytest.mark.parametrize("ending", KNOWN)
def test_from_any_stretch_one_encoder_goes_on_to_the_end_of_the_segment(
    night: Night, kept: Mapping[tuple[str, str], bytes], ending: str
) -> None:
    whole, file = kept["whole", ending], known(night, SPANS["whole"], ending)
    for number in (0, 7, 29, file.stretch_at(len(whole) - 1)):
        made = b"".join(file.from_stretch(number))
        begins = file.begins(number)
        assert (file.stretch_at(begins), file.stretch_at(begins - 1)) == (number, number - 1)
        assert made == whole[begins : begins + len(made)]
        ends = file.stretch_at(begins + len(made) - 1)
        assert file.ends_segment(ends)
        assert not any(file.ends_segment(before) for before in range(number, ends))


def test_the_night_is_made_no_further_than_is_asked_for(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Span] = []
    sound = pages.GrowingPage.sound

    def noted(page: pages.GrowingPage, wanted: Span) -> pages.Frames:
        made.append(wanted)
        return sound(page, wanted)

    monkeypatch.setattr(pages.GrowingPage, "sound", noted)
    file = known(night, SPANS["whole"], ".mp3")
    at = file.place(30 * RATE)
    assert len(b"".join(file.read(at, at + 480))) == 480
    assert 26 * RATE < made[0].start < 30 * RATE < made[-1].stop < 34 * RATE


@pytest.mark.parametrize("use", [USES["toy"]], ids=["toy"])
def test_at_half_the_rate_and_in_one_channel_too(night: Night, tmp_path: Path, use: Use) -> None:
    quiet = Use("quiet", "as the toy, as quiet as its score", ".mp3", rate=use.rate, channels=use.channels)
    data = export(night, tmp_path / "toy.mp3", span=SPANS["odd"], use=quiet).read_bytes()
    file = known(night, SPANS["odd"], ".mp3", quiet)
    assert file.length == len(data)
    assert b"".join(file.read(1_000, 90_000)) == data[1_000:90_000]


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending not in KNOWN])
def test_a_form_whose_length_nobody_knows_is_refused(night: Night, ending: str) -> None:
    with pytest.raises(AskedWrongly, match=r"\.mp3"):
        known(night, SPANS["short"], ending)
