"""Suggestions: few and calm, each for something that was said or chosen."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from lullaby.evening.enough_gentle import ROUGH_KINDS
from lullaby.evening.facts.scores import all_scores
from lullaby.journal.mornings import Morning, keep_morning
from lullaby.journal.nights import NightPlayed, note_night
from lullaby.people.enough.book import kept
from lullaby.people.enough.evenings import set_gentle
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.people.story_wishes import StoryWishes
from lullaby.score import Score, score_of
from lullaby.score.avoiding import Avoid
from lullaby.voices.kinds import KINDS
from lullaby.web.page.words import _tables, reason
from lullaby.web.rooms.said import said_by
from lullaby.web.rooms.suggestions import MOST, Said, bustle_of, suggestions

TODAY = datetime.date(2026, 11, 27)
YESTERDAY = TODAY - datetime.timedelta(days=1)
WEEK = [TODAY - datetime.timedelta(days=days) for days in range(1, 8)]
SCORES = {score.name: score for score in all_scores().found}
KIM = Person("kim", insomnia=0.6, stories=StoryWishes(place="harbour"))


def morning(day: datetime.date = YESTERDAY, **said: object) -> Morning:
    return Morning(day, **said)  # type: ignore[arg-type]


SAID = {
    "nothing": Said(TODAY),
    "nightmare": Said(TODAY, mornings=(morning(nightmare=True),)),
    "awake": Said(TODAY, mornings=(morning(latency_min=55),)),
    "often": Said(TODAY, mornings=(morning(awakenings=5),)),
    "poorly": Said(TODAY, mornings=(morning(rested="very poorly"),)),
    "gentle": Said(TODAY, gentle=True),
    "badly": Said(TODAY, KIM),
    "well": Said(TODAY, mornings=(morning(rested="well"),), chosen={YESTERDAY: "plain"}),
    "everything": Said(
        TODAY,
        KIM,
        tuple(morning(day, rested="well", latency_min=40, nightmare=day == YESTERDAY) for day in WEEK),
        dict(zip(WEEK, [*SCORES][:7], strict=True)),
        gentle=True,
    ),
}


def names(now: str, said: Said) -> list[str]:
    return [one.name for one in suggestions(SCORES[now], SCORES.values(), said)]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("now", SCORES)
def test_there_are_few_and_none_is_livelier_than_now(now: str, said: str) -> None:
    """Of every shipped score, whatever was said."""
    found = suggestions(SCORES[now], SCORES.values(), SAID[said])
    here = bustle_of(SCORES[now])
    assert len(found) <= MOST
    assert len({one.name for one in found}) == len(found)
    for one in found:
        there = bustle_of(SCORES[one.name])
        assert one.name != now
        assert there.level <= here.level
        assert there.voices <= here.voices
        assert there.rough <= here.rough
        assert there.beats <= here.beats
        assert not there.dawn
        assert one.title == SCORES[one.name].title
        assert one.reason.endswith(".")
        assert "\n" not in one.reason


def test_whoever_has_said_nothing_is_suggested_nothing() -> None:
    assert all(names(now, SAID["nothing"]) == [] for now in SCORES)


@pytest.mark.parametrize("why", [name for name in SAID if name not in ("nothing", "everything")])
def test_each_thing_that_is_said_is_a_reason_somewhere(why: str) -> None:
    found = [one for now in SCORES.values() for one in suggestions(now, SCORES.values(), SAID[why])]
    assert why in {one.why for one in found}
    assert {one.why for one in found} <= {why, "place"}


def test_the_reason_says_what_was_said() -> None:
    (one,) = suggestions(SCORES["storm-going-by"], SCORES.values(), SAID["awake"])
    assert (one.why, one.about) == ("awake", "55")
    assert one.reason == "You lay awake for 55 minutes: it is calmer than this."
    (one,) = suggestions(SCORES["harbour-rain"], SCORES.values(), SAID["well"])
    assert one.reason == "You chose it on Thursday, and said that you slept well."


def test_every_reason_is_said_in_german_too() -> None:
    found = [
        one
        for said in SAID.values()
        for now in SCORES.values()
        for one in suggestions(now, SCORES.values(), said)
    ]
    told = {one.why: reason("de", one.reason, one.why, one.about) for one in found}
    assert set(told) == set(_tables()["why"]["de"])
    assert (
        reason("de", "", "well", "Thursday") == "Du hast es am Donnerstag gewählt und danach gut geschlafen."
    )
    assert all(text.endswith(".") and "{" not in text for text in told.values())
    assert all(reason("en", one.reason, one.why, one.about) == one.reason for one in found)


def test_what_is_over_is_over() -> None:
    """A bad night a week ago is no reason any more."""
    old = TODAY - datetime.timedelta(days=7)
    for bad in (morning(old, nightmare=True), morning(old, latency_min=90), morning(old, rested="poorly")):
        assert all(names(now, Said(TODAY, mornings=(bad,))) == [] for now in SCORES)


def test_how_often_anything_was_played_changes_nothing() -> None:
    """One evening with it and a week of it are the same: what counts is the last morning that was good."""
    good = morning(YESTERDAY, rested="well")
    once = Said(TODAY, mornings=(good,), chosen={YESTERDAY: "plain"})
    all_week = {day: "long-tones" for day in WEEK} | {YESTERDAY: "plain"}
    often = Said(TODAY, mornings=(good,), chosen=all_week)
    for now in SCORES:
        assert names(now, once) == names(now, often)


def test_what_somebody_avoids_is_not_suggested() -> None:
    now, said = SCORES["storm-going-by"], SAID["badly"]
    assert said.person is not None
    for one in suggestions(now, SCORES.values(), said):
        part = SCORES[one.name].voices[0]
        avoids = replace(said.person, avoid=Avoid(kinds=(part.kind.name,)))
        assert one.name not in names(now.name, replace(said, person=avoids))


def test_after_a_nightmare_nothing_rolls_and_nothing_is_told() -> None:
    for now in SCORES.values():
        for one in suggestions(now, SCORES.values(), SAID["nightmare"]):
            score = SCORES[one.name]
            assert not score.tellings
            assert not {part.kind.name for part in score.voices} & {*ROUGH_KINDS}


LOUDER = 'length = 01:00:00\nlevel = -30\n[voices]\na = "pink-noise"\nb = "brown-noise"\n'


def test_lively_is_what_can_be_read_in_a_score() -> None:
    def made(level: float, scene: str) -> Score:
        text = LOUDER.replace("-30", str(level)) + f"[scene.a]\nat = 0\n{scene}[scene.b]\nat = 600\nb = 0\n"
        return score_of(text, "made.toml", KINDS)

    one, two, soft = made(-33, "a = 0\n"), made(-33, "a = 0\nb = -6\n"), made(-40, "a = 0\nb = -6\n")
    assert bustle_of(one).voices == 1
    assert bustle_of(two).voices == 2
    assert bustle_of(one).is_no_livelier_than(bustle_of(two))
    assert not bustle_of(two).is_no_livelier_than(bustle_of(one))
    assert bustle_of(soft).is_no_livelier_than(bustle_of(two))
    assert not bustle_of(soft).is_no_livelier_than(bustle_of(one)), "softer, and yet more in it"


def test_what_was_said_is_gathered_from_where_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    now = datetime.datetime(2026, 11, 27, 22, 0, tzinfo=datetime.UTC)
    assert said_by(None, now) == Said(TODAY)
    assert not any(tmp_path.iterdir()), "nothing is made by asking"
    add_person(KIM)
    begun = now - datetime.timedelta(days=1)
    for words in (("render", "rain", "sea:-6", "--seed", "1"), ("render", "plain", "--seed", "1")):
        night = NightPlayed("x", words, "f", "e", 1, None, begun)
        note_night("kim", night, now.date())
    keep_morning("kim", morning(rested="very well"), now.date())
    with kept("kim") as db:
        set_gentle(db, TODAY)
    said = said_by("kim", now)
    assert (said.today, said.gentle, dict(said.chosen)) == (TODAY, True, {YESTERDAY: "plain"})
    assert [one.rested for one in said.mornings] == ["very well"]
    assert said.person is not None
    assert said.person.stories.place == "harbour"
    assert "plain" in names("harbour-rain", said)
