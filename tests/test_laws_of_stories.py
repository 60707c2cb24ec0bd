"""What every story in scores/stories keeps to, by being there."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from lullaby import places
from lullaby.errors import WrittenWrongly
from lullaby.score.stories import MARK, Story, note_story

FOLDER = places.shipped("scores") / "stories"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
TALES = (
    "everyones-own-door",
    "the-man-on-tram-six",
    "the-quiet-pod",
    "the-thursday-table",
    "the-yellow-raincoat",
)
"""The five long tales: told for the night, and under NAME-by-day for the day."""
SENTENCE = re.compile(r"[.!?…][\"”’']*(?:\s+|$)")

each = pytest.mark.parametrize("name", NAMES)


@cache
def story(name: str) -> Story:
    mistakes: list[WrittenWrongly] = []
    found = note_story(FOLDER / f"{name}.md", mistakes)
    assert mistakes == []
    assert found is not None
    return found


def parts(name: str) -> list[list[str]]:
    """The paragraphs that are told, part by part."""
    text = story(name).path.read_text("utf-8").split("-->", 1)[1]
    split = re.split(r"^#+ .*$", text, flags=re.M)[1:]
    told = [[p for p in re.split(r"\n\s*\n", part.strip()) if p and not MARK.fullmatch(p)] for part in split]
    return [part for part in told if part]


def sentences(paragraphs: list[str]) -> list[str]:
    return [one for text in paragraphs for one in SENTENCE.split(" ".join(text.split())) if one.strip()]


def is_big(name: str) -> bool:
    return name.removesuffix("-by-day") in TALES


def test_the_five_tales_are_told_for_the_night_and_for_the_day() -> None:
    for tale in TALES:
        assert story(tale).front.telling == "bedtime"
        assert story(f"{tale}-by-day").front.telling == "daytime"


def test_there_are_stories_for_the_small_talks_for_the_day_and_one_in_german() -> None:
    fronts = [story(name).front for name in NAMES]
    assert sum(front.age == "3-6" for front in fronts) >= 4
    assert sum(front.kind == "talk" for front in fronts) >= 10
    assert any(front.lang == "de" and front.kind == "tale" for front in fronts)


@each
def test_it_says_what_there_is_to_know_before_it_is_told(name: str) -> None:
    front = story(name).front
    assert front.title == story(name).title
    assert all((front.world, front.age, front.mood, front.lang)), front
    assert len(front.cast) >= (3 if is_big(name) else 0)


@each
def test_it_is_as_long_as_its_kind(name: str) -> None:
    front, words = story(name).front, story(name).words
    if front.kind == "talk":
        low, high = 240, 300
    elif is_big(name):
        low, high = (1_500, 2_500) if front.telling == "bedtime" else (2_500, 4_000)
    else:
        low, high = (300, 700) if front.age == "3-6" else (300, 1_000)
    assert low <= words <= high


@each
def test_its_plot_points_are_listed(name: str) -> None:
    points = re.findall(r"(?:^| )(\d+)\. ", story(name).description)
    assert points == [f"{n}" for n in range(1, len(points) + 1)]
    if story(name).front.kind == "tale":
        low, high = (8, 12) if is_big(name) else (3, 6)
        assert low <= len(points) <= high


@each
def test_a_voice_can_read_it(name: str) -> None:
    """No figures and no marks that are for the eye; no line that a machine could only guess at."""
    text = "\n".join(p for part in parts(name) for p in part)
    assert not re.findall(r"[\d()\[\]{};*_/\\<>|#]|--|[–—]", text)
    assert not re.findall(r"\b[A-Z]{2,}\b", text)


@each
def test_a_story_for_the_night_slows_down(name: str) -> None:
    if story(name).front.telling != "bedtime":
        return
    lengths = []
    for part in parts(name):
        told = sentences(part)
        lengths.append(sum(len(one.split()) for one in told) / len(told))
    assert len(lengths) >= 3
    assert all(later < sooner for sooner, later in pairwise(lengths)), lengths
    assert lengths[-1] < 0.6 * lengths[0]


@each
def test_the_claims_of_a_talk_have_their_sources(name: str) -> None:
    front = story(name).front
    if front.kind != "talk":
        return
    assert front.telling == "daytime"
    claims = re.split(r"(?:^| )\d+\. ", story(name).description)[1:]
    assert len(claims) >= 4
    named = [re.findall(r"\bs\d+\b", claim) for claim in claims]
    assert all(named), "a claim without a source"
    assert {key for keys in named for key in keys} == front.sources.keys()
    assert all(re.search(r"https?://|doi", source) for source in front.sources.values())


def test_nothing_shipped_lies_beside_the_stories() -> None:
    assert [path.suffix for path in Path(FOLDER).iterdir()] == [".md"] * len(NAMES)
