"""Woven stories: one for every night, as long as asked, clean, never against the series' own facts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.people.person import Person
from lullaby.people.story_wishes import COMPANIONS, PLACES, StoryWishes
from lullaby.people.traits import Sex
from lullaby.score.avoiding import Avoid
from lullaby.score.stories import MARK, Story, note_story
from lullaby.story.weaving import Facts, Wishes, facts_of, night_of, wishes_of, woven
from lullaby.story.weaving.lines import slots_of
from lullaby.story.weaving.material import choices, files, listed, plots, spots

MINA = Wishes(("Mina", "Bo"), age=5, pronoun="she", favourites=("trains", "the moon"), series="mina")
ANNA = Wishes(("Anna", "Jon"), pronoun="she", favourites=("lighthouses",), series="anna")
NOBODY = Wishes()
DAY = datetime.date(2026, 11, 27)
SENTENCE = re.compile(r"[.!?…][\"”’']*(?:\s+|$)")
AVOIDED = (
    (),
    ("spider", "dog"),
    ("cat", "water", "knife"),
    ("clock", "old man", "bee", "snow"),
    ("goose", "goat", "donkey", "mother", "ghost"),
    ("apple", "honey", "soup", "wolf", "train"),
    ("moon",),
)
HETERONYMS = re.compile(
    r"\b(read|bow|bows|bowed|tear|tears|lead|leads|minute|minutes|row|rows|rowed|wound|close|live|sow|sewer"
    r"|dove|bass|desert|object|content|polish|record|refuse|invalid|present|resume)\b",
    re.I,
)
HARSH = re.compile(
    r"\b(o'clock|afraid of the dark|scream\w*|blood|kill\w*|chas(?:e|ed|ing)|danger\w*)\b", re.I
)


def nights(first: datetime.date = DAY, many: int = 1) -> list[datetime.date]:
    return [first + datetime.timedelta(days=day) for day in range(many)]


def told(text: str) -> list[list[str]]:
    """Paragraphs, part by part, as the laws of stories look at them."""
    split = re.split(r"^#+ .*$", text.split("-->", 1)[1], flags=re.M)[1:]
    parts = [[p for p in re.split(r"\n\s*\n", part.strip()) if p and not MARK.fullmatch(p)] for part in split]
    return [part for part in parts if part]


def words(text: str) -> int:
    return sum(len(paragraph.split()) for part in told(text) for paragraph in part)


def sentences(paragraphs: list[str]) -> list[str]:
    return [one for text in paragraphs for one in SENTENCE.split(text) if one.strip()]


def lengths(text: str) -> list[float]:
    """Words to a sentence, part by part."""
    found = []
    for part in told(text):
        said = sentences(part)
        found.append(sum(len(one.split()) for one in said) / len(said))
    return found


def beginning(sentence: str) -> str:
    return " ".join(word.strip("\"',.") for word in sentence.lower().split()[:2])


def as_kept(text: str, path: Path) -> Story:
    path.write_text(text, "utf-8")
    mistakes: list[WrittenWrongly] = []
    story = note_story(path, mistakes)
    assert mistakes == []
    assert story is not None
    return story


@cache
def people_named() -> tuple[str, ...]:
    return (*choices("women"), *choices("men"))


@cache
def all_towns() -> frozenset[str]:
    return frozenset(town for file in files("places").values() for town in listed(file.known["towns"]))


@cache
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def contradictions(text: str, facts: Facts) -> list[str]:
    """What this text says against the facts of its series."""
    wrong = []
    known = files("places")[facts.place].known
    for what, pattern, own in (
        ("door", rf"the ({'|'.join(choices('doors'))}) door", facts.door),
        ("steps", rf"\b({'|'.join(choices('steps'))}) steps", facts.steps),
        ("boat", rf"\bthe ({'|'.join(choices('boats'))})\b", facts.boat),
        ("town", rf"\b({'|'.join(all_towns())})\b", facts.town),
    ):
        wrong += [f"{what}: {found}" for found in re.findall(pattern, text) if found != own]
    low = text.lower()
    for what, values, own in (
        ("quilt", choices("quilts"), facts.quilt),
        ("lamp", choices("lamps"), facts.lamp),
        ("house", listed(known["houses"]), facts.house),
        ("neighbour", choices("neighbours"), facts.neighbour_trade),
    ):
        wrong += [f"{what}: {value}" for value in values if value != own and value.lower() in low]
    own_names = {facts.neighbour.name, *(keeper.name for keeper in facts.keepers)}
    own_words = {word for name in (facts.listener.name, *facts.dear) for word in name.split()}
    wrong += [
        f"somebody: {name}"
        for name in set(any_of(people_named()).findall(text))
        if name not in own_names and not set(name.split()) & own_words
    ]
    for spot, keeper in zip(spots(facts.place).values(), facts.keepers, strict=True):
        for named in re.findall(rf"([A-Z][\w ]*), {re.escape(spot.trade)}", text):
            if not named.removesuffix(" was").endswith(keeper.name):
                wrong.append(f"{named}, {spot.trade}")
    kinds = "|".join(re.escape(file.known["a"]) for file in files("companions").values())
    for found in re.findall(rf"{facts.called.name}(?:,| was|, who was) ({kinds})\b", text):
        if found != files("companions")[facts.companion].known["a"]:
            wrong.append(f"companion: {found}")
    return wrong


def many_wishes(many: int) -> Iterator[tuple[Wishes, datetime.date]]:
    """Various listeners, ages, lengths, dates and avoid-lists."""
    names = (("Mina", "Bo"), ("Ivo",), ("Anna", "Jon", "Elif"), ("Agnes", "Tamsin"), (), ("Zoë", "Old Marit"))
    for number in range(many):
        who = number % 35
        yield (
            Wishes(
                names[who % len(names)],
                minutes=(2, 8, 4, 12, 3, 8, 20, 5, 30, 6, 8)[number % 11],
                age=(4, 9, None, 40, 6)[who % 5],
                pronoun=("she", "he", "they")[who % 3],
                place=PLACES[who % 14] if who % 2 else None,
                companion=COMPANIONS[who % 12] if who % 3 else None,
                favourites=(("trains",), (), ("the moon", "oranges"))[who % 3],
                avoid=Avoid(words=AVOIDED[who % len(AVOIDED)]),
                series=f"series {who}",
                seed=who // 7,
            ),
            datetime.date(2026, 1, 1) + datetime.timedelta(days=number),
        )


def check_many(many: int) -> None:
    seen = set()
    for wishes, night in many_wishes(many):
        text = woven(wishes, night)
        where = f"{wishes} {night}\n{text}"
        assert not wishes.avoid.has_word_of(text), where
        assert contradictions(text, facts_of(wishes)) == [], where
        assert abs(words(text) - wishes.words) <= 0.1 * wishes.words, where
        spoken = "\n".join(paragraph for part in told(text) for paragraph in part)
        assert not re.search(r"[\d()\[\]{};*_/\\<>|#+]|--|[–—]| [,.]|\.\.|\b(\w+) \1 \1\b", spoken), where
        assert spoken not in seen
        seen.add(spoken)


def test_stories_are_clean_true_to_their_series_as_long_as_asked_and_no_two_alike() -> None:
    check_many(250)


@pytest.mark.soak
def test_ten_thousand_stories_are() -> None:
    check_many(10_000)


def distinct(texts: list[str]) -> float:
    """Distinct runs of four words, of all of them."""
    runs: list[tuple[str, ...]] = []
    for text in texts:
        spoken = [re.sub(r"[^\w' -]", "", p).lower() for part in told(text) for p in part]
        said = " ".join(spoken).split()
        runs += zip(*(said[at:] for at in range(4)), strict=False)
    return len(set(runs)) / len(runs)


@pytest.mark.parametrize("wishes", [MINA, ANNA], ids=["a child", "an adult"])
def test_a_hundred_stories_of_one_listener_do_not_repeat_themselves(wishes: Wishes) -> None:
    texts = [woven(wishes, night) for night in nights(DAY, 100)]
    assert distinct(texts) >= 0.5
    assert distinct(texts[:10]) >= 0.88


def test_a_date_gives_a_story_and_another_date_another() -> None:
    assert woven(MINA, DAY) == woven(MINA, DAY)
    assert len({woven(MINA, night) for night in nights(DAY, 30)}) == 30
    assert woven(MINA, DAY) != woven(replace(MINA, series="another"), DAY)
    assert woven(MINA, DAY) != woven(replace(MINA, seed=1), DAY)


def test_within_three_weeks_no_wish_comes_twice() -> None:
    for wishes in (MINA, ANNA, NOBODY):
        plots = [night_of(wishes, night, 1).told[0].plot.name for night in nights(DAY, 21)]
        assert len(set(plots)) == len(plots)


def test_there_are_forty_kinds_of_wish_and_fourteen_places() -> None:
    assert len(files("plots")) >= 40
    assert set(files("places")) == set(PLACES)
    assert set(files("companions")) == set(COMPANIONS)


def test_it_is_kept_and_read_like_a_written_one(tmp_path: Path) -> None:
    for minutes in (2, 8, 30):
        for wishes in (MINA, ANNA, NOBODY):
            story = as_kept(woven(replace(wishes, minutes=minutes), DAY), tmp_path / "tonight.md")
            assert story.front.title == story.title
            assert story.front.telling == "bedtime"
            assert all((story.front.world, story.front.age, story.front.mood, story.front.lang))
            assert {"listener", "companion", "helper"} <= story.front.cast.keys()
            points = re.findall(r"(?:^| )(\d+)\. ", story.description)
            assert points == [f"{n}" for n in range(1, len(points) + 1)]
            assert 3 <= len(points) <= 12
            assert abs(story.words - minutes * 105) <= minutes * 10.5


@pytest.mark.parametrize("minutes", [2, 4, 8, 15, 30])
def test_sentences_shorten_towards_the_end(minutes: int) -> None:
    for age in (4, 9, None):
        for night in nights(DAY, 12):
            measured = lengths(woven(replace(MINA, minutes=minutes, age=age), night))
            assert len(measured) >= 3
            assert all(later < sooner for sooner, later in pairwise(measured)), measured
            assert measured[-1] < 0.6 * measured[0]


def test_a_child_hears_shorter_sentences() -> None:
    first = [[lengths(woven(replace(MINA, age=age), n))[0] for n in nights(DAY, 20)] for age in (4, None)]
    assert sum(first[0]) < sum(first[1])


def test_no_two_neighbouring_sentences_begin_alike() -> None:
    for minutes in (2, 8, 20):
        for night in nights(DAY, 25):
            said = [s for part in told(woven(replace(ANNA, minutes=minutes), night)) for s in sentences(part)]
            begun = [beginning(sentence) for sentence in said]
            assert [a for a, b in pairwise(begun) if a == b] == [], night


def test_a_voice_can_say_every_word_and_nothing_is_harsh() -> None:
    everything = [path for folder in ("places", "companions", "plots", "pools") for path in files(folder)]
    assert len(everything) > 80
    folder = Path(__file__).parent.parent / "lullaby" / "story" / "weaving"
    for path in sorted(folder.glob("*/*.txt")):
        text = path.read_text("utf-8")
        assert HETERONYMS.findall(text) == [], path.name
        assert HARSH.findall(text) == [], path.name
        assert not re.findall(r"[\d()\\]|--|[–—]", text), path.name


def test_the_season_shows() -> None:
    telling = {"winter": "snow|frost|winter|ice", "summer": "summer|warm|bees|cherries|swifts"}
    for season, months in (("winter", 1), ("summer", 7)):
        texts = [woven(ANNA, night) for night in nights(datetime.date(2026, months, 1), 20)]
        assert sum(bool(re.search(telling[season], text)) for text in texts) >= 18
    winter = " ".join(woven(ANNA, night) for night in nights(datetime.date(2026, 1, 1), 30))
    assert not re.search(r"glow-worm|swallows were building|high summer", winter, re.I)
    asked = replace(ANNA, season="winter")
    assert night_of(asked, datetime.date(2026, 7, 1)).season == "winter"


def test_what_a_listener_likes_is_in_it() -> None:
    for night in nights(DAY, 20):
        assert re.search(r"\b(trains|the moon)\b", woven(MINA, night))
    assert facts_of(replace(MINA, place="mill")).place == "mill"
    goose = replace(MINA, companion="goose")
    assert facts_of(goose).companion == "goose"
    assert any("goose" in woven(goose, night) for night in nights(DAY, 3))


def test_names_are_right() -> None:
    for wishes in (MINA, ANNA):
        text = " ".join(woven(wishes, night) for night in nights(DAY, 10))
        assert all(name in text for name in wishes.names[:2])
    clash = facts_of(replace(MINA, names=("Ivo", "Mrs Pell")))
    assert "Ivo" not in {keeper.name for keeper in clash.keepers}
    assert "Mrs Pell" not in {clash.neighbour.name, *(keeper.name for keeper in clash.keepers)}
    odd = facts_of(replace(MINA, names=("R2 [D2] <b>", "123")))
    assert odd.listener.name == "R D b"
    assert odd.dear == ()


def test_of_a_listener_without_a_name_it_tells_too() -> None:
    assert facts_of(NOBODY).listener.name in woven(NOBODY, DAY)


def test_a_series_keeps_its_facts_whatever_is_asked_of_a_night() -> None:
    kept = facts_of(MINA)
    for other in (
        replace(MINA, minutes=20),
        replace(MINA, season="summer"),
        replace(MINA, favourites=()),
        replace(MINA, age=11),
    ):
        assert facts_of(other) == kept


def test_what_it_says_of_an_earlier_night_was_so() -> None:
    ago = ("the day", "two days", "three days", "four days", "five days", "six days")
    spoken_of = 0
    for night in nights(DAY, 60):
        text = woven(ANNA, night)
        back = [number for number, when in enumerate(ago, 1) if f"{when} before" in text]
        if not back:
            continue
        earlier = night - datetime.timedelta(days=back[0])
        thing = night_of(ANNA, earlier, 1).told[0].keepsake
        assert thing.lower() in text.lower()
        assert thing.split(" ", 1)[1] in woven(ANNA, earlier)
        spoken_of += 1
    assert spoken_of >= 8


def test_nothing_is_said_of_nights_before_the_first() -> None:
    first = replace(ANNA, begins=DAY)
    assert not re.search(r"days? before\b", " ".join(woven(first, DAY) for _ in range(1)))
    assert night_of(first, DAY).number == 0


def test_an_avoided_word_moves_as_little_as_can_be() -> None:
    assert facts_of(replace(MINA, avoid=Avoid(words=("marmalade",)))) == facts_of(MINA)
    kind = facts_of(MINA).companion
    assert facts_of(replace(MINA, avoid=Avoid(words=(kind,)))).companion != kind
    assert facts_of(replace(MINA, companion=kind, avoid=Avoid(words=(kind,)))).companion != kind
    assert "Bo" not in facts_of(replace(MINA, avoid=Avoid(words=("Bo",)))).dear


def test_where_nothing_can_be_told_it_says_so() -> None:
    for word in ("the", "a", "and", "was"):
        with pytest.raises(AskedWrongly, match="No story can be woven"):
            woven(replace(MINA, avoid=Avoid(words=(word,))), DAY)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"minutes": 1}, "for 2 to 30 minutes, not 1"),
        ({"minutes": 31}, "for 2 to 30 minutes"),
        ({"place": "hrbour"}, "harbour"),
        ({"companion": "cot"}, "cat"),
        ({"pronoun": "xe"}, "pronoun"),
        ({"season": "winer"}, "winter"),
        ({"favourites": ("9 trains",)}, "cannot be spoken"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(AskedWrongly, match=says):
        Wishes(**wrong)  # type: ignore[arg-type]


def test_a_listeners_file_says_what_the_stories_are_about() -> None:
    likes = StoryWishes("island", "goat", None, ("kites",), datetime.date(2026, 5, 1))
    kim = Person("kim", birth_year=2019, sex=Sex.MALE, names=("Kim", "Ada"), stories=likes)
    wishes = wishes_of(kim, DAY, 6)
    assert (wishes.place, wishes.companion, wishes.pronoun) == ("island", "goat", "he")
    assert (wishes.names, wishes.age, wishes.minutes) == (("Kim", "Ada"), 6, 6)
    assert "kites" in woven(wishes, DAY)
    assert (wishes.begins, wishes.series) == (datetime.date(2026, 5, 1), "kim")
    avoids = wishes_of(replace(kim, avoid=Avoid(words=("water",))), DAY, 6)
    assert re.search(r"\bwater\b", " ".join(woven(wishes, day) for day in nights(DAY, 20)))
    assert not re.search(r"\bwater\b", " ".join(woven(avoids, day) for day in nights(DAY, 20)))
    assert wishes_of(Person("old-tom"), DAY).names == ("Old Tom",)


def test_what_is_brought_home_is_not_spoken_of_as_known_before_it_was_seen() -> None:
    """Neither where a plot is told in brief, nor where all that may be left out of it is."""
    for name, plot in plots().items():
        told = {False: "", True: ""}
        for section, written in plot.file.sections.items():
            lines = [line for block in written.blocks for line in block.lines if not line.optional]
            words = [repr(clause) for line in lines for _, clause in line.wordings[0].clauses]
            told[section == "brief"] += " ".join(words)
        for keepsake in plot.keepsakes:
            thing = re.split(r" (?:with|of|for|like|from|that|in|on|to) ", keepsake)[0].partition(" ")[2]
            if " " in thing:  # "a blue bowl", and not "a bowl"
                for text in told.values():
                    first = re.search(rf"(\w+) {thing}", text)
                    assert first is None or first[1].lower() not in ("the", "this", "that"), (name, thing)


def test_every_slot_of_the_material_is_filled() -> None:
    """A misspelled one would only be found on the night that tells it."""
    from lullaby.story.weaving.filling import Filling
    from lullaby.story.weaving.series import allowed_for

    filling = Filling(facts_of(ANNA), night_of(ANNA, DAY), facts_of(ANNA).key, allowed_for(ANNA))
    filling.favour(ANNA.favourites, 1)
    filling.remember(ANNA, DAY, 1)
    filling.tell(night_of(ANNA, DAY).told[0])
    for folder in ("places", "companions", "plots", "pools"):
        for file in files(folder).values():
            for section in file.sections.values():
                for block in section.blocks:
                    for line in block.lines:
                        for wording in line.wordings:
                            for _, clause in wording.clauses:
                                assert slots_of(clause) <= filling.words.keys(), (file.name, clause)
