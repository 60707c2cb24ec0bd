"""Every ritual there is: it is right, and on any evening it composes into one night that keeps the laws."""

from __future__ import annotations

import datetime
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
from persons import ANNA

from lullaby import places
from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.facts.checked import facts_of_checked
from lullaby.evening.narration.gathering import text_of, told_with
from lullaby.evening.narration.going_on import serial_goes_on, text_hash
from lullaby.night.night import Night
from lullaby.people.listeners import add_person
from lullaby.ritual.composing import composed
from lullaby.ritual.done import LEAVES, SILENT_FOR
from lullaby.ritual.gentle_dreams import FOR_DAYTIME, MILDER, gentle, milder, told
from lullaby.ritual.tonight import Episode, Present, SharedDream, Tonight, Turn, greeted
from lullaby.ritual.word_shuffle import WORDS, drawn
from lullaby.score import SILENT, Score, part_curves
from lullaby.score.avoiding import Avoid
from lullaby.score.moods import MOODS
from lullaby.score.movements import LEAST_CROSS
from lullaby.score.rituals import Ritual, read_ritual
from lullaby.sleep.course import Course, Evidence
from lullaby.time import RATE, Span
from lullaby.voices.kinds import KINDS

SHIPPED = sorted((places.shipped("scores") / "rituals").glob("*.toml"))
RITUALS = {path.stem: read_ritual(path, KINDS) for path in SHIPPED}
FRIDAY = datetime.date(2026, 11, 27)
MINA = Present("Mina", "grandmother", "kalimba-on-the-quilt", ("wiegenlied",), -0.8, ("the-quiet-pod",))
NOOR = Present("Noor", "uncle", "felt-piano", (), 0.2)
ILAN = Present("Ilan", "", "", (), 0.7, is_guest=True)
DREAM = SharedDream("Mina", "I chased a monster over a bridge. It had my hat.", FRIDAY)
CIRCLE = Tonight(FRIDAY, present=(MINA, NOOR, ILAN), tells=Turn(MINA), plays=Turn(NOOR), dreams=(DREAM,))

each_ritual = pytest.mark.parametrize("name", RITUALS)


def a_year() -> list[datetime.date]:
    """A week in every season: all weekdays, all seasons."""
    weeks = (datetime.date(2026, month, 3) for month in (1, 4, 7, 10))
    return [week + datetime.timedelta(days=day) for week in weeks for day in range(7)]


@lru_cache
def evenings(name: str) -> list[Score]:
    ritual = RITUALS[name]
    dates = [composed(ritual, Tonight(date)) for date in a_year()]
    moods = [composed(ritual, Tonight(FRIDAY, mood)) for mood in MOODS]
    return [*dates, *moods, composed(ritual, replace(CIRCLE, mood="sad")), composed(ritual, CIRCLE)]


def test_the_four_that_come_along_are_there() -> None:
    assert set(RITUALS) >= {"under-the-stars", "alone", "toddler", "studio-hour"}


@each_ritual
def test_a_ritual_that_ships_is_right(name: str) -> None:
    facts = facts_of_checked(RITUALS[name].path, None)
    assert facts["right"], facts
    assert facts["what"] == "ritual"


@each_ritual
def test_on_every_evening_it_is_one_night_that_ends_in_silence(name: str) -> None:
    for score in evenings(name):
        assert score.ritual is not None
        planned = score.ritual.movements
        assert planned[0].at == 0
        assert planned[-1].do == "quiet"
        assert planned[-1].stop == score.length
        assert all(one.stop == other.at for one, other in pairwise(planned))
        for part in score.voices:
            if not part.kind.speaks:
                level = part_curves(score, part)["level"]
                assert level.value_at(score.length - SILENT_FOR // 4) == SILENT, part.name  # type: ignore[union-attr]


@each_ritual
def test_movements_cross_for_two_seconds_at_the_least_and_no_scene_runs_into_the_next(name: str) -> None:
    for score in evenings(name):
        for scene, later in pairwise(score.scenes):
            assert scene.at + scene.over <= later.at
        starts = {one.at for one in score.ritual.movements[1:]} if score.ritual else set()
        crossing = [scene for scene in score.scenes if scene.at in starts]
        assert len(crossing) == len(starts)
        assert all(scene.over >= LEAST_CROSS for scene in crossing)


@each_ritual
def test_no_movement_lasts_longer_than_its_longest(name: str) -> None:
    score = composed(replace(RITUALS[name], rules=()), CIRCLE)
    longest = {one.name: one.longest for one in RITUALS[name].movements}
    assert score.ritual is not None
    for planned in score.ritual.movements:
        assert planned.stop - planned.at <= longest[planned.name]


@each_ritual
def test_what_is_told_is_told_within_its_movement(name: str) -> None:
    for score in evenings(name):
        assert score.ritual is not None
        for telling in score.tellings:
            movement = score.ritual.at(telling.at)
            assert movement is not None
            assert telling.latest is not None
            assert telling.latest <= movement.stop - LEAVES
        assert len({telling.at for telling in score.tellings}) == len(score.tellings)


@each_ritual
def test_the_same_evening_is_the_same_night_and_another_is_another(name: str) -> None:
    ritual = RITUALS[name]
    once, again = composed(ritual, CIRCLE), composed(ritual, CIRCLE)
    assert once.sources == again.sources
    assert Night(once, day=FRIDAY).fingerprint == Night(again, day=FRIDAY).fingerprint
    saturday = FRIDAY + datetime.timedelta(days=1)
    other = composed(ritual, replace(CIRCLE, date=saturday))
    assert Night(once, day=FRIDAY).fingerprint != Night(other, day=saturday).fingerprint
    assert composed(ritual, CIRCLE, seed=5).sources != once.sources


def test_who_is_greeted_by_another_name_has_another_night() -> None:
    one = composed(RITUALS["under-the-stars"], replace(CIRCLE, present=(MINA,)))
    other = composed(RITUALS["under-the-stars"], replace(CIRCLE, present=(replace(MINA, name="Lina"),)))
    assert one.sources != other.sources


def test_a_circle_is_greeted_by_name_and_its_turns_are_kept() -> None:
    score = composed(RITUALS["under-the-stars"], CIRCLE)
    welcome = score.tellings[0].text
    assert "Mina and Noor" in welcome
    assert "welcome, Ilan" in welcome
    assert "Noor plays. Tonight Mina tells." in welcome
    story = next(telling for telling in score.tellings if telling.path.suffix == ".md")
    assert (story.story, story.voice) == ("the-quiet-pod", "grandmother")
    teller = score.part("grandmother")
    assert teller is not None
    assert teller.values["pan"] == pytest.approx(-0.48)
    assert score.music is not None
    assert score.music.melody == "felt-piano"


def test_nobody_is_greeted_by_name_where_nobody_is_known() -> None:
    score = composed(RITUALS["under-the-stars"], Tonight(FRIDAY))
    assert score.tellings[0].text.startswith("Good evening. ")


def test_who_is_alone_is_greeted_by_the_teller_they_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    add_person(replace(ANNA, teller="grandmother"))
    score = composed(RITUALS["alone"], greeted(FRIDAY, ANNA.name))
    voices = {part.name: part.voice.name for part in score.voices}
    assert voices[score.tellings[0].voice] == "grandmother"


def test_what_somebody_brings_is_told_and_their_tune_is_played(tmp_path: Path) -> None:
    text = tmp_path / "mine.md"
    text.write_text("# Mine\n\nThere was a boat, and it was blue. It lay in the reeds all summer.\n")
    tune = places.shipped("scores") / "tunes/sakura.abc"
    brought = replace(CIRCLE, tells=Turn(MINA, brings=text), plays=Turn(NOOR, brings=tune))
    score = composed(RITUALS["under-the-stars"], brought)
    assert any(telling.path == text for telling in score.tellings)
    assert score.music is not None
    assert [one.name for one in score.music.tunes] == ["sakura"]
    short = score.ritual and next(one for one in score.ritual.movements if one.do == "story")
    assert short
    assert short.stop - short.at < 90 * RATE, "it ends when it is told"


def test_a_series_goes_on_and_is_another_story_than_the_one_that_is_woven_for_nobody() -> None:
    def story(tonight: Tonight) -> str:
        score = composed(RITUALS["alone"], tonight)
        return next(telling.text for telling in score.tellings if telling.text.startswith("+++"))

    def of(day: datetime.date, serial: str = "the ferry") -> Tonight:
        return Tonight(FRIDAY, tells=Turn(MINA, goes_on=Episode(serial, day)), circle="friends")

    first, next_day = FRIDAY, FRIDAY + datetime.timedelta(days=1)
    series = story(of(first))
    assert series != story(Tonight(FRIDAY))
    assert series != story(of(next_day))
    assert series != story(of(first, "another"))
    later = replace(of(first), date=FRIDAY + datetime.timedelta(days=9))
    assert story(later) == series, "it goes by its own calendar"


def test_a_story_that_goes_on_is_told_from_its_sentence_and_takes_less_time() -> None:
    path = places.shipped("scores") / "stories/the-quiet-pod.md"
    turn = Turn(MINA, path, Episode("the-quiet-pod"))
    tonight = Tonight(FRIDAY, tells=turn, circle="friends")
    begun = composed(RITUALS["under-the-stars"], tonight)
    (telling,) = (one for one in begun.tellings if one.serial)
    told = told_with(telling, text_of(telling), begun.part(telling.voice).values)
    goes_on = Episode("the-quiet-pod", None, 100, text_hash(told))
    tonight = replace(tonight, tells=replace(turn, goes_on=goes_on))
    later = composed(RITUALS["under-the-stars"], tonight)
    assert later.length < begun.length
    assert later.sources != begun.sources
    (telling,) = (one for one in later.tellings if one.serial)
    assert serial_goes_on(replace(told, telling=telling)).first == 100
    changed = replace(telling, goes_on=(100, "another text"))
    assert serial_goes_on(replace(told, telling=changed)).first == 0


def test_what_is_handed_on_of_dreams_is_what_is_told_of_them() -> None:
    ours = [
        DREAM,
        SharedDream("Noor", "Somebody died in it.", FRIDAY),
        SharedDream("Ada", "x " * 900, FRIDAY),
    ]
    handed_on = gentle(ours)
    assert told(handed_on)[0] == told(ours)[0]
    said = " ".join(dream.text for dream in handed_on)
    assert "died" not in said
    assert "monster" not in said
    assert len(said.split()) < 500
    assert gentle(handed_on) == handed_on


def test_dreams_are_told_in_gentle_words_or_left_for_the_day() -> None:
    text, left = told([DREAM, SharedDream("Noor", "Somebody died in it.", FRIDAY)])
    assert left == 1
    assert "it was Mina, dreamed" in text
    assert "I followed a stranger over a bridge." in text
    assert "died" not in text
    assert told([SharedDream("", "# [pause 60 s] *A* fish", FRIDAY)])[0].count("[pause 60 s]") == 0
    assert told([]) == ("", 0)
    assert told([SharedDream("The Killer", "A fish.", FRIDAY)]) == ("", 1)
    assert told([SharedDream("", "I saw Death’s face.", FRIDAY)]) == ("", 1)
    assert milder("The wolf's tail, and it didn't end.") == "The grey dog's tail, and it didn't end."
    assert milder("Monsters SCREAMED at the witch!") == "Strangers Called at the old woman."
    milder_words = {word for says in MILDER.values() for word in says.casefold().split()}
    assert milder_words.isdisjoint(FOR_DAYTIME)
    assert milder_words.isdisjoint(MILDER)


def test_a_dream_stands_in_no_text_that_names_a_night() -> None:
    canary = SharedDream("Mina", "A heron wore spectacles.", FRIDAY)
    score = composed(RITUALS["under-the-stars"], replace(CIRCLE, dreams=(canary,)))
    assert any("heron" in telling.text for telling in score.tellings)
    assert "heron" not in "".join(score.sources)
    assert "heron" not in repr(score)
    other = replace(canary, text="A heron wore a hat.")
    assert composed(RITUALS["under-the-stars"], replace(CIRCLE, dreams=(other,))).sources != score.sources


def test_no_two_words_in_a_row_begin_alike_and_none_comes_twice() -> None:
    found = drawn(WORDS, 60, Key.root(1, "words"))
    assert len(set(found)) == 60
    assert all(one[0] != other[0] for one, other in pairwise(found))
    assert found != drawn(WORDS, 60, Key.root(2, "words"))


def test_a_mood_nobody_knows_is_refused_with_a_list() -> None:
    with pytest.raises(AskedWrongly, match="There are: calm, glad, tired"):
        composed(RITUALS["alone"], Tonight(FRIDAY, "peckish"))


@pytest.mark.parametrize("mood", MOODS)
def test_a_mood_does_what_the_table_says_and_its_other_words_do_the_same(mood: str) -> None:
    plain = composed(RITUALS["alone"], Tonight(FRIDAY))
    score = composed(RITUALS["alone"], Tonight(FRIDAY, mood))
    assert score.ritual is not None
    assert plain.ritual is not None
    rules = [rule for rule in score.ritual.rules if rule.startswith(f'mood "{mood}"')]
    told_by_table = MOODS[mood]
    deeds = {one.do for one in score.ritual.movements}
    assert deeds.isdisjoint(deed.value for deed in told_by_table.drop)
    assert deeds >= {deed.value for deed in told_by_table.adds}
    assert score.level == plain.level + told_by_table.level
    assert bool(rules) == (score.sources != plain.sources)
    for word in told_by_table.also:
        assert composed(RITUALS["alone"], Tonight(FRIDAY, word)).sources == score.sources


def test_a_season_is_that_of_the_hemisphere() -> None:
    ritual = RITUALS["under-the-stars"]
    january = Tonight(datetime.date(2027, 1, 12))
    north, south = composed(ritual, january), composed(replace(ritual, hemisphere="south"), january)
    assert north.ritual is not None
    assert south.ritual is not None
    assert (north.ritual.season, south.ritual.season) == ("winter", "summer")
    assert north.part("campfire") is not None
    assert south.part("campfire") is None


@each_ritual
def test_pieces_of_its_night_are_the_whole(name: str) -> None:
    """The cut law, where one movement goes and another comes."""
    score = composed(RITUALS[name], Tonight(FRIDAY))
    assert score.ritual is not None
    night = Night(score, day=FRIDAY)
    for planned in score.ritual.movements[1:]:
        around = Span(planned.at - RATE, planned.at + 2 * RATE)
        whole = night.render(around)
        first, then = Span(around.start, planned.at + 777), Span(planned.at + 777, around.stop)
        assert (whole[: len(first)] == night.render(first)).all()
        assert (whole[len(first) :] == night.render(then)).all()


def test_a_process_of_its_own_composes_the_same() -> None:
    """Nothing depends on the order of a set or on what was composed before."""
    code = (
        "import datetime, sys\n"
        "from lullaby.ritual.composing import composed\n"
        "from lullaby.ritual.tonight import Tonight\n"
        "from lullaby.score.rituals import find_ritual\n"
        "from lullaby.voices.kinds import KINDS\n"
        "tonight = Tonight(datetime.date(2026, 11, 27), 'restless')\n"
        "sys.stdout.write(composed(find_ritual('alone', KINDS), tonight).sources[0])"
    )
    made = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout == composed(RITUALS["alone"], Tonight(FRIDAY, "restless")).sources[0]


def of(text: str, folder: Path) -> Ritual:
    (folder / "mine.toml").write_text(text)
    return read_ritual(folder / "mine.toml", KINDS)


def test_three_lines_are_a_ritual(tmp_path: Path) -> None:
    score = composed(of('[[movement]]\ndo = "music"\nfor = 00:10:00\n', tmp_path), Tonight(FRIDAY))
    assert score.ritual is not None
    assert [one.name for one in score.ritual.movements] == ["music", "quiet"]
    assert score.length == 11 * 60 * RATE


def mistakes_in(text: str, folder: Path) -> list[str]:
    """What is said of a ritual with this text, checked as a file is."""
    path = folder / "rituals" / "mine.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    facts = facts_of_checked(path, None)
    assert (facts["what"], facts["right"]) == ("ritual", False)
    return [str(mistake) for mistake in facts["mistakes"]]


def test_a_time_before_nothing_is_one_mistake_and_not_two(tmp_path: Path) -> None:
    (said,) = mistakes_in('[[movement]]\ndo = "music"\nfor = -00:10:00\n', tmp_path)
    assert "line 3: -00:10:00 is not a time" in said


def test_a_ritual_cannot_stand_in_a_ritual(tmp_path: Path) -> None:
    (said,) = mistakes_in('[[movement]]\ndo = "score"\nscore = "alone"\n', tmp_path)
    assert "a ritual cannot stand in a ritual" in said


def test_a_ritual_of_which_nothing_is_written_yet_is_no_score_without_voices(tmp_path: Path) -> None:
    (said,) = mistakes_in("", tmp_path)
    assert "nothing is done in it" in said


def test_the_longest_of_what_nothing_else_ends_is_its_length(tmp_path: Path) -> None:
    score = composed(of('[[movement]]\ndo = "music"\nat_most = 00:07:00\n', tmp_path), Tonight(FRIDAY))
    assert score.length == 8 * 60 * RATE


def test_what_lasts_until_somebody_sleeps_is_silent_for_who_does(tmp_path: Path) -> None:
    """Evidence of sleep at five minutes: its music is over, the bed recedes as ever."""
    text = 'bed = "brook"\n[[movement]]\ndo = "music"\nuntil = "asleep"\nat_most = 00:30:00\n'
    score = composed(of(text, tmp_path), Tonight(FRIDAY))
    assert score.sleeper == "", "somebody is followed"
    course = Course.from_epochs([0] * 10 + [1] * 20 + [2] * 80, Evidence.MEASURED)
    night = Night(score, day=FRIDAY, course=course)
    later = Span(9 * 60 * RATE, 9 * 60 * RATE + 5 * RATE)
    assert {name for name in ("harp-by-the-window", "bowed-drone") if night.stem(name, later).any()} == set()
    assert night.stem("brook", later).any()
    assert night.length < score.length


def test_nobody_is_followed_where_nothing_waits_for_sleep(tmp_path: Path) -> None:
    score = composed(of('[[movement]]\ndo = "music"\n', tmp_path), Tonight(FRIDAY))
    assert score.sleeper == "none"


def test_a_night_has_one_music(tmp_path: Path) -> None:
    twice = '[[movement]]\ndo = "music"\nfor = 00:02:00\n[[movement]]\ndo = "score"\nscore = "old-songs"\n'
    with pytest.raises(AskedWrongly, match="has music of its own"):
        composed(of(twice, tmp_path), Tonight(FRIDAY))
    again = '[[movement]]\ndo = "music"\nfor = 00:02:00\n[[movement]]\ndo = "music"\nname = "again"\n'
    score = composed(of(again, tmp_path), Tonight(FRIDAY))
    assert score.music is not None
    assert score.music.until == 12 * 60 * RATE


def test_a_rule_adds_drops_and_changes_and_each_is_said(tmp_path: Path) -> None:
    text = """
[[movement]]
do = "music"
for = 00:10:00
[[movement]]
do = "quiet"
[[when]]
weekday = "fri"
longer = 0.5
level = -2
[[when.add]]
do = "breathe"
before = "music"
[[when]]
mood = "müde"
change = [{ movement = "quiet", for = 00:02:00, bed = "brook" }]
"""
    ritual = of(text, tmp_path)
    score = composed(ritual, Tonight(FRIDAY, "tired"))
    assert score.ritual is not None
    planned = score.ritual.movements
    assert [one.name for one in planned] == ["breathe", "music", "quiet"]
    assert [(one.stop - one.at) // RATE for one in planned] == [180, 300, 120]
    assert score.level == -35
    assert planned[2].because == ("[[when]] 2 (tired): quiet with for = 00:02:00, bed = brook",)
    assert not any("table of moods" in rule for rule in score.ritual.rules), "its own rule counts"
    thursday = composed(ritual, Tonight(FRIDAY - datetime.timedelta(days=1)))
    assert thursday.level == -33
    assert thursday.ritual is not None
    assert thursday.ritual.rules == ()


def test_a_rule_gives_a_length_in_place_of_an_end_and_an_end_in_place_of_a_length(tmp_path: Path) -> None:
    text = """
[[movement]]
do = "music"
for = 00:10:00
[[when]]
weekday = "fri"
change = [{ movement = "music", until = "asleep", at_most = 00:20:00 }]
[[when]]
mood = "glad"
change = [{ movement = "music", for = 00:05:00 }]
"""
    for mood, until, minutes in (("", "asleep", 20), ("glad", "", 5)):
        planned = composed(of(text, tmp_path), Tonight(FRIDAY, mood)).ritual
        assert planned is not None
        music = planned.movements[0]
        assert (music.until, (music.stop - music.at) // (60 * RATE)) == (until, minutes)


def test_another_night_in_it_is_as_much_softer_as_it_was_written(tmp_path: Path) -> None:
    voices = '[voices]\na = "pink-noise"\n[scene.x]\nat = 00:00:00\na = 0\n'
    (tmp_path / "rituals").mkdir()
    levels = []
    for level in (-33, -39):
        (tmp_path / "sea.toml").write_text(f"level = {level}\n{voices}")
        ritual = of('[[movement]]\ndo = "score"\nscore = "sea"\n', tmp_path / "rituals")
        score = composed(ritual, Tonight(FRIDAY))
        levels.append(float(str(score.scenes[0].changes["score a"]["level"])))
    assert levels[0] - levels[1] == pytest.approx(6)


@pytest.mark.parametrize(("at", "times"), [("00:05:00", 1), ("00:09:55", 0)])
def test_of_another_night_nothing_is_told_that_would_begin_at_its_end(
    at: str, times: int, tmp_path: Path
) -> None:
    tell = f'[[tell]]\nat = {at}\nstory = "the-quiet-pod"\nvoice = "b"\n'
    voices = '[voices]\na = "pink-noise"\nb = "neighbour"\n[scene.x]\nat = 00:00:00\na = 0\n'
    (tmp_path / "sea.toml").write_text(voices + tell)
    (tmp_path / "rituals").mkdir()
    text = '[[movement]]\ndo = "score"\nscore = "sea"\nfor = 00:10:00\n'
    assert len(composed(of(text, tmp_path / "rituals"), Tonight(FRIDAY)).tellings) == times


def test_rules_that_leave_nothing_are_said_so(tmp_path: Path) -> None:
    text = '[[movement]]\ndo = "music"\n[[when]]\nmood = "sad"\ndrop = "music"\n'
    with pytest.raises(AskedWrongly, match="nothing to do tonight"):
        composed(of(text, tmp_path), Tonight(FRIDAY, "sad"))


def test_a_dream_with_a_word_that_somebody_avoids_is_left_out_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    add_person(replace(ANNA, avoid=Avoid(words=("bridge",))))
    score = composed(RITUALS["under-the-stars"], CIRCLE)
    assert any("bridge" in telling.text for telling in score.tellings)
    evening = prepared(Request(score, listener="anna", date=FRIDAY, stories=False))
    assert not any("bridge" in telling.text for telling in evening.night.score.tellings)
    assert any("dreams" in note.says for note in evening.notes)


def test_what_somebody_likes_by_day_is_not_told_at_night(tmp_path: Path) -> None:
    text = '+++\ntelling = "daytime"\n+++\n# Noon\n\nThere was a boat, and it was blue.\n'
    (tmp_path / "noon.md").write_text(text)
    ritual = of('[[movement]]\ndo = "story"\n', tmp_path)
    turn = Turn(replace(MINA, likes=("noon", "the-quiet-pod")))
    for date in (FRIDAY, FRIDAY + datetime.timedelta(days=1)):
        score = composed(ritual, Tonight(date, tells=turn))
        assert [telling.story for telling in score.tellings] == ["the-quiet-pod"]


def test_what_is_brought_for_the_day_is_not_told_at_night(tmp_path: Path) -> None:
    text = tmp_path / "mine.md"
    text.write_text('+++\ntelling = "daytime"\n+++\n# Mine\n\nThere was a boat, and it was blue.\n')
    score = composed(RITUALS["under-the-stars"], replace(CIRCLE, tells=Turn(MINA, brings=text)))
    assert not any(telling.path == text for telling in score.tellings)
    assert score.ritual is not None
    story = next(one for one in score.ritual.movements if one.do == "story")
    assert story.because == ("it is Mina's turn, and what they brought is for the day",)
