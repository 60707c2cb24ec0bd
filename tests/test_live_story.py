"""A story told while the night is heard: laid out ahead, hushed, repeated, ended by sleep, and marked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from types import SimpleNamespace
from zlib import crc32

import numpy as np
import pytest
from told import Counting, line_of, night_that_tells, sentence_of_noise, telling_of

from lullaby.chance import Key
from lullaby.cli.playing.storytelling import story_of
from lullaby.errors import CouldNot
from lullaby.evening.narration.gathering import lay_out, told_with
from lullaby.evening.narration.going_on import bookmark_of, mark
from lullaby.evening.narration.live import AHEAD, SOON, LiveStory
from lullaby.evening.narration.telling import Tale
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import Speech
from lullaby.night.night import Growth, Night
from lullaby.people.bookmarks import bookmarks_file, bookmarks_of
from lullaby.sleep.course import Course, Evidence, Known, Run
from lullaby.sleep.stages import Stage
from lullaby.story.markdown import markdown_told
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.speech.line import Line

STORY = markdown_told(
    "# The wall\n\n"
    + "\n\n".join(
        f"They walked along the harbour wall {n} times. The lamps came on. Nobody spoke for a while."
        for n in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    )
)


class Noise(Counting):
    """A speaker whose sentences stand on the shelf."""

    fails = False

    def _ask(self, speech: Speech) -> Future[Shelved]:
        found: Future[Shelved] = Future()
        if self.fails:
            found.set_exception(CouldNot("the narrator crashed twice."))
            return found
        self.asked.append(speech)
        number = crc32(speech.text.encode()) % 1000
        found.set_result(sentence_of_noise(round(0.3 * len(speech.text.split()), 2), number))
        return found


@dataclass
class Playing:
    """A night that is heard: its frame is moved by hand, and it grows when it is asked to."""

    tale: Tale
    night: Night
    heard: int = 0
    marks: list[int | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    grown: int = 0

    def change(self, asked: Callable[[Night, int], Growth | None]) -> None:
        growth = asked(self.night, self.heard + RATE)
        if growth is not None:
            self.night = self.night.from_frame(growth)
            self.grown += 1

    def story(self) -> LiveStory:
        return LiveStory(
            [self.tale],
            lambda: self.night,
            lambda: self.heard,
            self.change,
            marks=lambda tale, sentence: self.marks.append(sentence),
            note=self.notes.append,
        )

    def until(self, seconds: float, story: LiveStory) -> None:
        while self.heard < seconds * RATE:
            self.heard += RATE // 2
            story.look()

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.night.narrations[0].lines


@pytest.fixture
def playing() -> Iterator[Playing]:
    speaker = Noise()
    told = told_with(telling_of(at=1), STORY, {})
    tale = Tale(told, RATE, 19 * PAGE, Key.root(1), Key.root(2), speaker)
    narrations = lay_out([tale], None, until=8 * RATE)
    night = night_that_tells([], text=night_text())
    yield Playing(tale, Night(night.score, seed=7, narrations=narrations))
    speaker.close()


def night_text() -> str:
    from told import TEXT

    return TEXT


def overlaps(lines: tuple[Line, ...]) -> bool:
    return any(b.start < a.stop for a, b in pairwise(lines))


def test_the_whole_story_is_told_a_minute_ahead(playing: Playing) -> None:
    story, known = playing.story(), len(playing.lines)
    assert 0 < known < 5
    while not (playing.tale.over and playing.heard > playing.lines[-1].stop):
        playing.heard += RATE // 2
        story.look()
        if not playing.tale.over:
            assert playing.lines[-1].stop > playing.heard + AHEAD / 4
        assert playing.lines[-1].start < playing.heard + AHEAD + 30 * RATE
    assert len(playing.lines) == len(playing.tale.told.beats)
    assert not overlaps(playing.lines)
    assert playing.night.narrations[0].coming == 0
    assert playing.grown <= 8


def test_what_is_heard_is_never_changed(playing: Playing) -> None:
    """Every line that the night grows by begins after what is heard already."""
    story, seen = playing.story(), {}
    while playing.heard < 90 * RATE:
        playing.heard += RATE // 2
        before = playing.lines
        story.look()
        for line in before:
            if line.start <= playing.heard + RATE:
                assert line in playing.lines
        seen.update({line.start: line for line in playing.lines})
    assert len(seen) == len(playing.lines)


def test_a_hushed_story_is_silent_at_once_and_goes_on_with_the_sentence(playing: Playing) -> None:
    story = playing.story()
    playing.until(20, story)
    coming = [line for line in playing.lines if line.start > playing.heard]
    said = next(line for line in coming if line.stop - line.start > 2 * RATE)
    playing.heard = said.start + RATE // 10
    number = next(one.number for one in playing.tale.laid if one.line.start == said.start)
    story.hush()
    story.look()
    assert playing.lines[-1].stop <= playing.heard + 2 * RATE
    assert not playing.night.stem("keeper", Span(playing.heard + 2 * RATE, playing.heard + 60 * RATE)).any()
    assert story.place is not None
    assert not story.place.telling
    playing.until(playing.heard / RATE + 60, story)
    story.go_on()
    story.look()
    again = [one for one in playing.tale.laid if one.number == number]
    assert len(again) == 2
    assert again[1].line.start > playing.heard
    assert again[1].line.start < playing.heard + 2 * SOON
    assert not overlaps(playing.lines)


def test_a_paragraph_can_be_heard_again(playing: Playing) -> None:
    story = playing.story()
    playing.until(40, story)
    at = [one for one in playing.tale.laid if one.line.start < playing.heard + RATE][-1].number
    story.again()
    story.look()
    story.look()
    following = [one for one in playing.tale.laid if one.line.start > playing.heard + RATE]
    assert following[0].number < at
    assert playing.tale.told.beats[following[0].number].paragraph >= playing.tale.told.beats[at].paragraph - 1
    assert not overlaps(playing.lines)


def known_asleep(playing: Playing, frame: int) -> None:
    """Evidence of sleep from this frame on, as a follower has the night grow by it."""
    runs = (Known(Run(frame, frame + 60 * PAGE, Stage.N1), Evidence.INFERRED, frame),)
    playing.night = playing.night.from_frame(Growth(frame, runs))


def test_evidence_of_sleep_ends_the_story_after_the_sentence(playing: Playing) -> None:
    story = playing.story()
    playing.until(30, story)
    asleep = playing.heard + 2 * RATE
    known_asleep(playing, asleep)
    for _ in range(4):
        story.look()
    assert playing.tale.asleep
    assert playing.lines[-1].start < asleep
    assert not playing.lines[-1].is_cut
    playing.until(120, story)
    assert playing.lines[-1].start < asleep, "nothing new is said to a sleeper"


def test_who_woke_up_again_may_have_the_story_go_on(playing: Playing) -> None:
    story = playing.story()
    playing.until(30, story)
    known_asleep(playing, playing.heard + 2 * RATE)
    playing.until(60, story)
    said = len(playing.lines)
    story.go_on()
    playing.until(70, story)
    assert len(playing.lines) == said, "somebody asleep is told nothing, whoever touched a key"
    awake = Run(playing.heard + RATE, playing.heard + 60 * PAGE, Stage.AWAKE)
    known = (Known(awake, Evidence.INFERRED, awake.start),)
    playing.night = playing.night.from_frame(Growth(awake.start, known))
    playing.until(80, story)
    assert len(playing.lines) == said, "nor does it begin by itself"
    story.go_on()
    playing.until(90, story)
    assert len(playing.lines) > said
    assert [one.number for one in playing.tale.laid] == list(range(len(playing.lines)))


@pytest.mark.parametrize("into", [0.1, 0.9, 1.3, 1.7])
def test_while_it_is_hushed_the_rest_comes_back_and_makes_room_again_in_time(
    into: float, playing: Playing
) -> None:
    """Hushed within a sentence, or between two, and soon gone on with."""

    def made_room(frame: int) -> tuple[bool, bool]:
        track = next(track for track in playing.night.plan.tracks if track.name == "rain")
        return track.duck.value_at(frame) < -9, playing.night.plan.dip.value_at(frame) == 0.5

    story = playing.story()
    playing.until(30, story)
    line = next(line for line in playing.lines if line.start > playing.heard)
    playing.heard = line.start + round(into * (line.stop - line.start))
    assert made_room(playing.heard) == (True, True)
    story.hush()
    playing.until(playing.heard / RATE + 6, story)
    assert made_room(playing.heard) == (False, False)
    assert playing.night.narrations[0].coming > 2 * 60 * PAGE, "the night waits for it"
    said = playing.lines[-1]
    story.go_on()
    playing.until(playing.heard / RATE + 40, story)
    following = [line for line in playing.lines if line.start > said.start]
    assert len(following) > 4
    assert {made_room(frame) for line in following for frame in (line.start, line.stop)} == {(True, True)}
    assert made_room(following[0].start - 2 * RATE) == (False, False)
    assert playing.night.narrations[0].coming < 60 * PAGE


def test_a_narrator_that_fails_is_said_once_and_the_night_goes_on(playing: Playing) -> None:
    story = playing.story()
    story.look()
    speaker = playing.tale.laying._speaker
    assert isinstance(speaker, Noise)
    speaker.fails = True
    laid = len(playing.lines)
    playing.heard = playing.lines[-1].start
    try:
        story.look()
    except CouldNot as error:
        story._give_up(str(error))
    assert playing.notes == ["The story waits, and the night goes on without it: the narrator crashed twice."]
    assert len(playing.lines) == laid
    assert playing.night.narrations[0].coming == 0
    assert np.abs(playing.night.render(Span(playing.heard, playing.heard + RATE))).max() > 0


def test_a_player_that_ends_while_a_sentence_is_spoken_says_nothing_of_it(playing: Playing) -> None:
    """The sentence is given up with it, and the mark is that of what was heard."""
    speaker = playing.tale.laying._speaker
    assert isinstance(speaker, Noise)
    asked, stopped = threading.Event(), threading.Event()

    def speaks(speech: Speech) -> Shelved:
        asked.set()
        stopped.wait(10)
        raise CouldNot("the narrator was told to stop.")

    speaker.shelved = speaks  # type: ignore[method-assign]

    def stop() -> None:
        stopped.set()
        time.sleep(0.3)  # it waits for a process to end

    telling = SimpleNamespace(tales=[playing.tale], stop=stop, rest=lambda: None)
    evening = SimpleNamespace(storytelling=telling, request=SimpleNamespace(log=None, listener="kim"))
    clocks = SimpleNamespace(wall=lambda: datetime(2026, 11, 27, 22))
    session = SimpleNamespace(clocks=clocks, bedside=SimpleNamespace(note=playing.notes.append))
    playing.heard = playing.lines[-1].stop
    player = SimpleNamespace(night=playing.night, frame=playing.heard, change=playing.change, resting=False)
    with story_of(evening, player, session, {}):  # type: ignore[arg-type]
        assert asked.wait(10)
    assert playing.notes == []
    found = bookmark_of("kim", playing.tale.told)
    assert found is not None
    assert found.sentence == playing.tale.from_before(playing.tale.laid[-1].number)
    mark("kim", playing.tale, None, None)


def test_where_it_stopped_is_marked_and_a_story_that_is_over_has_no_mark(playing: Playing) -> None:
    story = playing.story()
    playing.until(30, story)
    story.close()
    sentence = playing.marks[-1]
    assert sentence is not None
    said = [one.number for one in playing.tale.laid if one.line.stop <= playing.heard][-1]
    beats = playing.tale.told.beats
    assert 0 < sentence <= said
    assert beats[sentence].paragraph != beats[sentence - 1].paragraph

    story = playing.story()
    while not (playing.tale.over and playing.heard > playing.lines[-1].stop):
        playing.heard += RATE // 2
        story.look()
    story.close()
    assert playing.marks[-1] is None


def test_a_bookmark_is_kept_for_each_listener_and_for_this_text_alone(playing: Playing) -> None:
    told = playing.tale.told
    mark("kim", playing.tale, 7, date(2026, 11, 30))
    assert bookmarks_file("kim").stat().st_mode & 0o777 == 0o600
    found = bookmark_of("kim", told)
    assert found is not None
    assert (found.sentence, found.date) == (7, date(2026, 11, 30))
    assert bookmark_of(None, told) is None
    changed = told_with(telling_of(), markdown_told("# The wall\n\nAnother text. And more.\n"), {})
    assert bookmark_of("kim", changed) is None
    mark("kim", playing.tale, None, None)
    assert bookmark_of("kim", told) is None


def test_bookmarks_that_are_no_bookmarks_are_none() -> None:
    path = bookmarks_file(None)
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in ("", "[", "[]", '{"a": 3}', '{"a": {"sentence": -1, "of": 3, "text": "x"}}', "\x00" * 50):
        path.write_text(text)
        assert bookmarks_of(None) == {}
    path.unlink()


def test_a_line_that_came_later_than_it_was_laid_is_followed(playing: Playing) -> None:
    """Where making a page takes long, the night puts what is new off: the next sentences follow that."""
    story = playing.story()
    late: list[int] = []

    def put_off(asked: Callable[[Night, int], Growth | None]) -> None:
        growth = asked(playing.night, playing.heard + RATE)
        if growth is not None:
            late.append(5 * RATE)
            playing.night = playing.night.from_frame(growth.put_off(growth.frame + 5 * RATE))

    story._change = put_off
    playing.until(80, story)
    story._follow(playing.night)  # what the last look laid out may have been put off, too
    assert late
    assert not overlaps(playing.lines)
    assert [one.line for one in playing.tale.laid] == list(playing.lines)


def test_what_is_asked_for_too_late_begins_later_and_room_is_made_for_it(playing: Playing) -> None:
    """On a machine that is busy a line is laid out for a moment that is over by the time the night grows."""
    story = playing.story()

    def late(asked: Callable[[Night, int], Growth | None]) -> None:
        growth = asked(playing.night, playing.heard + 8 * RATE)
        if growth is not None:
            playing.night = playing.night.from_frame(growth)

    playing.until(10, story)
    playing.heard = playing.lines[-1].stop + 5 * RATE
    story._change = late
    known = len(playing.lines)
    story.look()
    assert len(playing.lines) > known
    assert playing.lines[known].start >= playing.heard + 8 * RATE
    assert [one.number for one in playing.tale.laid] == list(range(len(playing.lines)))
    track = next(track for track in playing.night.plan.tracks if track.name == "rain")
    assert all(track.duck.value_at(line.stop) < -9 for line in playing.lines[known:])


def test_a_course_that_is_known_awake_keeps_the_story_quick(playing: Playing) -> None:
    awake = Course.from_runs([Run(0, 60 * PAGE, Stage.AWAKE)], Evidence.MEASURED)
    assert playing.tale.pacing(awake).depth(50 * PAGE) == 0
    assert playing.tale.pacing(None).depth(50 * PAGE) == 1


def test_unheard_lines_cost_nothing() -> None:
    assert night_that_tells([line_of(70, 2)]).plan.tracks[-1].is_silent(Span(0, 69 * RATE))


def test_what_speaks_is_let_go_when_all_is_said(playing: Playing) -> None:
    let_go: list[int] = []
    story = playing.story()
    story._rests = lambda: let_go.append(playing.heard)
    while not (playing.tale.over and playing.heard > playing.lines[-1].stop):
        assert not let_go or playing.tale.over
        playing.heard += RATE // 2
        story.look()
    assert len(let_go) == 1
    story.again()
    story.look()
    story.look()
    assert len(playing.lines) > len(playing.tale.told.beats), "and it speaks again where that is asked for"
