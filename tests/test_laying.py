"""A story laid out in time: words a minute, pauses, tunes and levels, by who listens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from told import Counting, telling_of

from lullaby.chance import Key
from lullaby.evening.narration import pacing as by_arousal
from lullaby.evening.narration.beats import beats_of
from lullaby.evening.narration.gathering import tales_of, told_with
from lullaby.evening.narration.laying import Laid
from lullaby.evening.narration.pacing import Pacing
from lullaby.evening.narration.telling import Tale
from lullaby.evening.narration.woven import woven_story
from lullaby.evening.which import score_of
from lullaby.narrator.rates import natural_rate
from lullaby.narrator.speech import Manner, Speech
from lullaby.score.model import Until
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.stages import Stage
from lullaby.story.markdown import markdown_told
from lullaby.story.pauses import ASKED, PAUSES, Pause, table
from lullaby.story.reading import read_text
from lullaby.story.text import Paragraph, Text
from lullaby.time import PAGE, RATE

LONG = "They walked along the harbour wall for a while, and the lamps came on one after the other."
SHORT = "The water was quiet. Nobody spoke."
PIER = """+++
[cast]
mira = { name = "Mira", is = "keeps the lamp" }
tom = { name = "Tom", is = "rows" }
[say]
bow = "/bˈW/"
+++
# The pier

Mira took the bow. She slept.

MIRA: The bow is mine.

TOM: Is it?
"""
A_WORD = 60 / natural_rate(Manner(), "en")


def story(parts: int = 3, paragraphs: int = 8, sentence: str = LONG) -> Text:
    one = f"{sentence} {SHORT} {sentence}"
    body = "\n\n".join(f"## Part {n}\n\n" + "\n\n".join([one] * paragraphs) for n in range(parts))
    return replace(markdown_told(f"# The walk\n\n{body}\n"), bedtime=True)


def tale_of(text: Text, until: Until | int = Until.ASLEEP, last: int = 10**9, a_word: float = A_WORD) -> Tale:
    told = told_with(telling_of(until=until), text, {})
    return Tale(told, telling_of().at, last, Key.root(1, "night"), Key.root(1, "story"), Counting(a_word))


def laid_out(text: Text, course: Course | None = None, **how: object) -> list[Laid]:
    tale = tale_of(text, **how)  # type: ignore[arg-type]
    tale.lay_all(course)
    return tale.laid


def words_per_minute(laid: Sequence[Laid]) -> float:
    words = sum(one.beat.sentence.words for one in laid)
    return words * 60 * RATE / (laid[-1].line.stop + laid[-1].pause - laid[0].line.start)


def measured(*runs: tuple[int, Stage]) -> Course:
    """Stages that somebody had, each up to so many minutes."""
    starts = [0, *(stop for stop, _ in runs)]
    return Course.from_runs(
        [Run(a * PAGE, stop * PAGE, stage) for a, (stop, stage) in zip(starts, runs, strict=False)],
        Evidence.MEASURED,
    )


def test_every_sentence_is_told_once_and_in_order() -> None:
    text = story()
    said = [one.beat.sentence.text for one in laid_out(text)]
    assert said[0] == "The walk."
    assert [s for s in said if s not in ("The walk.", "Part 0.", "Part 1.", "Part 2.")] == [
        sentence.text for sentence in text.sentences
    ]
    assert [said.index(f"Part {n}.") for n in range(3)] == sorted(said.index(f"Part {n}.") for n in range(3))


def test_sentences_follow_one_another_after_their_pauses() -> None:
    laid = laid_out(story())
    for one, after in pairwise(laid):
        assert after.line.start == one.line.stop + one.pause
        assert one.pause > 0


@pytest.mark.parametrize("a_word", [A_WORD, A_WORD * 0.9, A_WORD * 1.1])
def test_the_words_a_minute_are_those_of_the_table(a_word: float) -> None:
    """Also where a voice speaks a tenth quicker or slower than it does as a rule."""
    awake = laid_out(story(4, 12), measured((60, Stage.AWAKE)), a_word=a_word)
    first = [one for one in awake if one.line.start < awake[0].line.start + 3 * PAGE]
    later = [one for one in awake if one.line.start > awake[0].line.start + 10 * PAGE]
    near = 0.06 if a_word > A_WORD else 0.05  # no pause is shortened below its range for a slow voice
    assert words_per_minute(first) == pytest.approx(118, rel=near)
    assert words_per_minute(later) == pytest.approx(110, rel=near)


def test_a_drowsy_listener_hears_fewer_words_a_minute() -> None:
    """At N1 85, where nothing ends the telling."""
    course = measured((1, Stage.AWAKE), (90, Stage.N1))
    laid = laid_out(story(6, 12), course, until=Until.END)
    late = [one for one in laid if one.line.start > 12 * PAGE]
    assert course.arousal(12 * PAGE) == pytest.approx(0.6, abs=0.02)
    assert words_per_minute(late) == pytest.approx(85, rel=0.05)


def test_by_day_nothing_slows_or_dims() -> None:
    laid = laid_out(replace(story(6, 12), bedtime=False))
    half = len(laid) // 2
    assert words_per_minute(laid[:half]) == pytest.approx(words_per_minute(laid[half:]), rel=0.05)
    assert words_per_minute(laid) == pytest.approx(140, rel=0.05)
    assert {one.line.gain_db for one in laid} == {0.0}


def test_it_slows_and_dims_as_the_table_of_telling_says() -> None:
    """docs/telling.md, in its own figures."""
    awake, nobody = Pacing(0, measured((90, Stage.AWAKE))), Pacing(0)
    assert [awake.words_per_minute(minute * PAGE) for minute in (0, 5, 10, 60)] == [120, 115, 110, 110]
    assert [nobody.arousal(minute * PAGE) for minute in (0, 4)] == [1, 1]
    assert nobody.arousal(5 * PAGE) < 1
    assert nobody.depth(23 * PAGE) < 1
    assert [nobody.depth(minute * PAGE) for minute in (24, 60)] == [1, 1]
    assert nobody.words_per_minute(24 * PAGE) == pytest.approx(85)
    assert nobody.range(24 * PAGE) == pytest.approx(0.7)
    dims = [nobody.gain_db(minute * PAGE) for minute in range(60)]
    assert min(dims) == -10
    assert [dims[minute] - dims[minute + 1] for minute in range(12, 16)] == [1, 1, 1, 1]


def test_the_table_of_pauses_is_that_of_telling() -> None:
    """docs/telling.md, rounded to hundredths as it is there."""
    rows = (
        (Path(__file__).parents[1] / "docs" / "telling.md").read_text().split("## Pauses")[1].split("## ")[0]
    )
    said = {
        name.strip(" `"): [float(seconds) for cell in (awake, asleep) for seconds in cell.split("–")]
        for name, awake, asleep in (row.strip("|").split("|") for row in rows.splitlines() if "|" in row[:1])
        if any(letter.isdigit() for letter in awake)
    }
    for pause, length in PAUSES.items():
        (given,) = (seconds for name, seconds in said.items() if name.endswith(_SAID.get(pause, pause.value)))
        least, most, towards = length.least, length.most, length.towards_sleep
        assert given == pytest.approx([least, most, least * towards, most * towards], abs=0.06), pause
    assert said["[pause 4 s]"] == [ASKED.at(4, 0), ASKED.at(4, 1)]
    assert len(said) == len(PAUSES) + 1


_SAID = {Pause.CLAUSE: "a piece of a long sentence", Pause.SENTENCE: "a sentence"}


def test_a_story_slows_and_dims_by_time_where_nobody_knows_who_sleeps() -> None:
    laid = laid_out(story(6, 16))
    first = [one for one in laid if one.line.start < laid[0].line.start + 4 * PAGE]
    last = [one for one in laid if one.line.start > laid[0].line.start + 24 * PAGE]
    assert words_per_minute(last) < 0.8 * words_per_minute(first)
    assert first[-1].line.gain_db == 0
    gains = [one.line.gain_db for one in laid]
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] == by_arousal.DIMMEST
    falls = [(a.line.gain_db - b.line.gain_db) / ((b.line.start - a.line.start) / PAGE) for a, b in
             zip(laid, laid[12:], strict=False)]  # fmt: skip
    assert max(falls) < 1.8, "about a decibel a minute, in steps of half a minute"


def test_a_book_is_told_at_one_pace() -> None:
    laid = laid_out(story(20, 16))
    assert sum(one.beat.sentence.words for one in laid) > 7_000
    later = [one for one in laid if one.line.start > laid[0].line.start + 12 * PAGE]
    half = len(later) // 2
    assert words_per_minute(later[:half]) == pytest.approx(words_per_minute(later[half:]), rel=0.03)
    assert {one.line.gain_db for one in laid} == {0.0}


def test_the_range_of_the_pitch_narrows() -> None:
    tale = tale_of(story(6, 16))
    tale.lay_all(None)
    speaker = tale.laying._speaker
    assert isinstance(speaker, Counting)
    ranges = [speech.manner.range for speech in speaker.asked]
    assert ranges[0] == 1.0
    assert ranges[-1] == pytest.approx(0.7)


def test_no_sentence_begins_after_there_is_evidence_of_sleep() -> None:
    course = measured((6, Stage.AWAKE), (90, Stage.N1))
    tale = tale_of(story(4, 12))
    tale.lay_all(course)
    assert tale.asleep
    assert tale.over
    assert tale.laid[-1].line.start < 6 * PAGE <= tale.laid[-1].line.stop + tale.laid[-1].pause
    assert tale.laid[-1].line.samples * 2 == tale.laid[-1].line.stop - tale.laid[-1].line.start, (
        "it is finished"
    )


def test_a_guess_that_somebody_sleeps_ends_no_story() -> None:
    guess = Course.from_runs([Run(0, 6 * PAGE, Stage.AWAKE), Run(6 * PAGE, 90 * PAGE, Stage.N2)])
    assert len(laid_out(story(), guess)) == len(tale_of(story()).told.beats)


def test_a_made_up_sleeper_makes_a_story_slower_sooner_and_never_quicker() -> None:
    guess = Course.from_runs([Run(0, 2 * PAGE, Stage.AWAKE), Run(2 * PAGE, 90 * PAGE, Stage.N1)])
    alone, guessed = Pacing(PAGE), Pacing(PAGE, guess)
    at = [minute * PAGE for minute in range(1, 40)]
    assert all(guessed.arousal(frame) <= alone.arousal(frame) for frame in at)
    assert guessed.words_per_minute(8 * PAGE) < alone.words_per_minute(8 * PAGE) - 10
    awake = Pacing(PAGE, measured((90, Stage.AWAKE)))
    assert all(awake.arousal(frame) == 1 for frame in at), (
        "who is known to be awake is not told to as to a sleeper"
    )


def test_nothing_begins_after_the_last_frame_and_after_the_time_that_was_set() -> None:
    assert all(one.line.start < 3 * PAGE for one in laid_out(story(), last=3 * PAGE))
    assert all(one.line.start < 2 * PAGE for one in laid_out(story(), until=2 * PAGE))


def test_pauses_are_those_of_the_grammar() -> None:
    """Within their ranges, as far as keeping to the words a minute may stretch them."""
    laid = laid_out(story(4, 12), measured((60, Stage.AWAKE)))
    for one in laid[:-1]:
        length = PAUSES[one.beat.after]
        assert length.least * 0.999 <= one.pause / RATE <= length.most * 1.61, one.beat
    by_kind = {pause: [one.pause for one in laid if one.beat.after is pause] for pause in Pause}
    middles = [np.median(by_kind[p]) for p in (Pause.SENTENCE, Pause.PARAGRAPH, Pause.PART) if by_kind[p]]
    assert middles == sorted(middles)
    every = np.array([one.pause for one in laid[:-1]], float)
    assert every.std() / every.mean() >= 0.3


def test_no_two_pauses_of_a_kind_are_alike() -> None:
    """Between lines of verse, where nothing is stretched."""
    verse = "# Verse\n\n" + "  \n".join(["The moon is up,", "the sea is calm,"] * 20) + "\n"
    laid = laid_out(markdown_told(verse), measured((60, Stage.AWAKE)))
    pauses = [one.pause / RATE for one in laid if one.beat.after is Pause.CLAUSE]
    assert len(pauses) > 30
    assert len(set(pauses)) == len(pauses)
    assert 0.2 <= min(pauses) < 0.25
    assert 0.4 < max(pauses) <= 0.45


def test_pauses_that_a_text_asks_for_add_up() -> None:
    text = markdown_told("# A title\n\nOne.\n\n[pause 4 s]\n\n[pause 3 s]\n\n***\n\nTwo.\n")
    assert laid_out(text, measured((60, Stage.AWAKE)))[1].pause == 7 * RATE


def test_a_sentence_is_asked_for_with_all_that_its_text_says_of_it(tmp_path: Path) -> None:
    """Its language, its rate, its spellings and who says it; and with a tune that is not its neighbour's."""
    path = tmp_path / "the-pier.md"
    path.write_text(PIER)
    text = read_text(path)
    paragraphs = text.parts[0].items
    assert isinstance(paragraphs[0], Paragraph)
    first, second = paragraphs[0].sentences
    slow = replace(paragraphs[0], sentences=(first, replace(second, lang="de", pace=0.8)))
    plain = asked_for(text)
    other = asked_for(replace(text, parts=(replace(text.parts[0], items=(slow, *paragraphs[1:])),)))
    assert [speech.say for speech in plain] == [(), (("bow", "/bˈW/"),), (), (("bow", "/bˈW/"),), ()]
    assert [speech.lang for speech in other] == ["en", "en", "de", "en", "en"]
    assert other[2].pace < 0.9 * other[1].pace
    assert plain[2].pace == plain[1].pace
    teller, mira, tom = (plain[number].manner for number in (1, 3, 4))
    assert len({(one.pitch, one.throat) for one in (teller, mira, tom)}) == 3
    assert (mira.engine, mira.high_cut) == (teller.engine, teller.high_cut)
    many = asked_for(story())
    assert all(one.tune != after.tune for one, after in pairwise(many))


def asked_for(text: Text) -> list[Speech]:
    """Each sentence, as it is asked of who speaks it."""
    course, tale = measured((60, Stage.AWAKE)), tale_of(text)
    tale.lay_all(course)
    asked = [tale.laying.speech(one.number, tale.pacing(course), one.line.start) for one in tale.laid]
    speaker = tale.laying._speaker
    assert isinstance(speaker, Counting)
    assert {repr(speech) for speech in asked} <= {repr(speech) for speech in speaker.asked}
    return asked


def test_a_telling_has_another_hash_wherever_another_thing_is_heard() -> None:
    """A file that was stopped goes on with what was made of the same telling, and of no other."""
    text = story(1, 2)
    told = told_with(telling_of(), text, {})
    others = [
        replace(told, first=3),
        replace(told, pace=100.0),
        *(
            told_with(telling_of(), other, {})
            for other in (
                replace(text, bedtime=False),
                replace(text, say={"harbour": "HAR-ber"}),
                story(1, 2, SHORT),
            )
        ),
        told_with(telling_of(), text, {"pitch": 0.9}),
    ]
    assert told_with(telling_of(), text, {}).of == told.of
    assert len({one.of for one in (told, *others)}) == len(others) + 1


def test_a_part_does_not_hasten_what_follows_it() -> None:
    """What its long pauses took is not made up for by all that comes after them."""
    parts = "## B\n\nOn.\n\n" * 30 + "## C\n\n" + f"{LONG} {SHORT}\n\n" * 40
    told = laid_out(markdown_told(f"# A\n\n{parts}"), measured((90, Stage.AWAKE)))
    last = [one for one in told if one.line.start > told[-1].line.start - 6 * PAGE]
    assert words_per_minute(last) == pytest.approx(110, rel=0.05)


def test_after_a_title_pauses_are_pressed_and_neither_short_nor_alike() -> None:
    """A title takes longer than its words; what follows makes up for that."""
    short = "# A title\n\nOne sentence is here. Another is here. And a third.\n\n[pause]\n\nThe end.\n"
    for bedtime in (True, False):
        laid = laid_out(replace(markdown_told(short), bedtime=bedtime))[:-1]
        for one in laid:
            assert one.pause / RATE >= PAUSES[one.beat.after].least - 0.001, one.beat
        assert len({one.pause for one in laid}) == len(laid)


def test_two_stories_on_one_night_draw_other_pauses() -> None:
    drawn = []
    for story_name in ("one", "other"):
        told = told_with(replace(telling_of(), story=story_name), story(1, 2), {})
        score = score_of("plain")
        (tale,) = tales_of(
            score, [replace(told, telling=replace(told.telling, at=0))], 0, None, Counting(), 0
        )
        tale.lay_all(None)
        drawn.append([one.pause for one in tale.laid])
    assert drawn[0] != drawn[1]


def test_pauses_differ_from_night_to_night_and_speech_does_not() -> None:
    one, other = tale_of(story()), tale_of(story())
    other._night = Key.root(2, "night")
    one.lay_all(None)
    other.lay_all(None)
    assert [a.pause for a in one.laid] != [b.pause for b in other.laid]
    first, second = one.laying._speaker, other.laying._speaker
    assert isinstance(first, Counting)
    assert isinstance(second, Counting)
    same = {repr(s) for s in first.asked} & {repr(s) for s in second.asked}
    assert len(same) > 0.6 * len({repr(s) for s in first.asked})


@pytest.mark.parametrize(
    ("mark", "least", "most"),
    [("[pause]", 1.2, 5.2), ("[pause 4 s]", 4.0, 4.0), ("***", 1.5, 6.8), ("[pause 2.5 s]", 2.5, 2.5)],
)
def test_marks_in_a_text_have_their_pauses(mark: str, least: float, most: float) -> None:
    text = markdown_told(f"# A title\n\nOne sentence here.\n\n{mark}\n\nAnd another one.\n")
    laid = laid_out(text, measured((60, Stage.AWAKE)))
    assert least <= laid[1].pause / RATE <= most


def test_pauses_grow_towards_sleep() -> None:
    for length in PAUSES.values():
        key = Key.root(3)
        assert length.drawn(key, 1) == pytest.approx(length.drawn(key, 0) * length.towards_sleep)
        assert 1.4 < length.towards_sleep <= 2
    text = markdown_told("# A title\n\nOne.\n\n[pause 4 s]\n\nTwo.\n")
    drowsy = laid_out(text, measured((0 + 1, Stage.N1), (90, Stage.N2)), until=Until.END)
    assert 4 < drowsy[1].pause / RATE <= 6


def test_no_two_neighbours_have_one_tune() -> None:
    tale = tale_of(story(4, 12))
    tunes = [tale.laying._tune(number) for number in range(400)]
    assert all(a != b for a, b in pairwise(tunes))
    assert len(set(tunes)) > 6
    assert len({tuple(tunes[n : n + 12]) for n in range(0, 396, 12)}) > 25, "no round is as the one before"


def test_no_voice_is_stretched_beyond_what_it_bears() -> None:
    """Long sentences for somebody nearly asleep, and short ones by day, would need more than that."""
    nearly_asleep = measured((1, Stage.AWAKE), (90, Stage.N1))
    slow = tale_of(story(2, 6, f"{LONG} {LONG} {LONG}"), until=Until.END)
    quick = tale_of(replace(story(2, 6, SHORT), bedtime=False))
    paces = []
    for tale, course in ((slow, nearly_asleep), (quick, None)):
        tale.lay_all(course)
        speaker = tale.laying._speaker
        assert isinstance(speaker, Counting)
        paces += [speech.pace for speech in speaker.asked]
    assert 0.51 <= min(paces) < 0.54
    assert 1.1 < max(paces) <= 1.13


def test_a_story_goes_on_from_a_sentence() -> None:
    text = story()
    told = replace(told_with(telling_of(), text, {}), first=9)
    tale = Tale(told, 0, 10**9, Key.root(1), Key.root(1), Counting())
    tale.lay_all(None)
    assert [one.number for one in tale.laid] == list(range(9, len(told.beats)))


def test_where_to_go_on_is_the_beginning_of_the_paragraph_before() -> None:
    tale = tale_of(story())
    beats = tale.told.beats
    for number in range(1, len(beats)):
        first = tale.from_before(number)
        assert first < number
        assert first == 0 or beats[first].paragraph != beats[first - 1].paragraph
        assert beats[first].paragraph >= beats[number].paragraph - 1


def test_the_table_of_pauses_can_be_printed() -> None:
    lines = list(table())
    assert len(lines) == len(PAUSES) + 3
    shown = next(line for line in lines if line.startswith("sentence"))
    assert f"{PAUSES[Pause.SENTENCE].least:.1f}–{PAUSES[Pause.SENTENCE].most:.1f} s" in shown


def test_beats_know_what_stands_between_them() -> None:
    text = markdown_told("# T\n\nOne. Two.\n\n***\n\nThree.\n\n## Next\n\nFour.\n")
    beats = beats_of(text)
    assert [(b.sentence.text, b.after) for b in beats] == [
        ("T.", Pause.HEADING),
        ("One.", Pause.SENTENCE),
        ("Two.", Pause.SCENE),
        ("Three.", Pause.PART),
        ("Next.", Pause.HEADING),
        ("Four.", Pause.PART),
    ]


@pytest.mark.parametrize("minutes", [3, 8, 20])
def test_a_woven_story_takes_the_minutes_that_were_asked_for(minutes: int) -> None:
    text = woven_story(None, date(2026, 11, 27), minutes).text
    tale = tale_of(text)
    tale.lay_all(None)
    lasts = (tale.laid[-1].line.stop - tale.laid[0].line.start) / PAGE
    assert lasts == pytest.approx(minutes, rel=0.1)
