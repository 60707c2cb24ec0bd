"""Fears and wishes are asked by day and heeded everywhere; a story that faces a fear is told on the evening
it was chosen for, exactly as it was shown."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from clocks import Jumping, at
from told import Counting
from typed import Say, is_asked_wrongly

from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.enough_gentle import ROUGH_KINDS
from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.request import Mix
from lullaby.people.enough.book import enough_file
from lullaby.people.enough.evenings import GENTLE_NIGHTS
from lullaby.people.listeners import add_person, find_person
from lullaby.people.person import Person
from lullaby.time import RATE

TODAY = datetime.date(2026, 11, 30)
STORY = """# The attic

<!-- nobody hears this -->
A spider sat in the attic. It was as large as a plate!

Anna looked at it. "Good evening," said Anna, and the spider waved with one leg.

***

Then she closed the door softly, and went to bed.
"""


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jumping:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    add_person(Person("mina"))
    return at("2026-11-30T15:00")


@pytest.fixture
def lullaby(clock: Jumping, capsys: pytest.CaptureFixture[str]) -> Say:
    return clock.typing(capsys)


@pytest.fixture
def story(tmp_path: Path, clock: Jumping) -> Path:
    path = tmp_path / "the-spider.md"
    path.write_text(STORY)
    return path


# asked by day


def test_fears_avoid_list_and_themes_are_kept_with_the_listener(lullaby: Say) -> None:
    words = ("--fears", "spider, lifts", "--avoid", "war", "--themes", "trains, the moon")
    assert lullaby("consent", *words, "--for", "mina").code == 0
    person = find_person("mina")
    assert person.avoid.fears == ("spider", "lifts")
    assert person.avoid.words == ("war",)
    assert person.stories.favourites == ("trains", "the moon")
    facts = lullaby("consent", "--fears", "none", "--for", "mina", "--json").facts
    assert facts == {"fears": [], "avoid": ["war"], "themes": ["trains", "the moon"]}


@pytest.mark.parametrize("hour", ["22:00", "23:30", "02:00", "06:59"])
def test_at_bedtime_it_is_gently_not_asked(lullaby: Say, clock: Jumping, hour: str) -> None:
    clock.to(f"2026-11-30T{hour}")
    said = lullaby("consent", "--fears", "spider", "--for", "mina")
    assert (said.code, said.out) == (1, "")
    assert "for the daytime" in said.err
    assert find_person("mina").avoid.fears == ()
    assert lullaby("consent", "--for", "mina", "--json").code == 0, "to look at it is no question"


@pytest.mark.parametrize("hour", ["07:00", "21:59"])
def test_by_day_it_is_asked(lullaby: Say, clock: Jumping, hour: str) -> None:
    clock.to(f"2026-11-30T{hour}")
    assert lullaby("consent", "--fears", "spider", "--for", "mina").code == 0


def test_every_question_may_be_left_out(lullaby: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["", "war", ""])
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: (asked.append(question), next(answers))[1])
    assert lullaby("consent", "--for", "mina").code == 0
    assert len(asked) == 3
    assert find_person("mina").avoid.words == ("war",)
    assert find_person("mina").avoid.fears == ()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--fears", ",,"), "words with commas"),
        (("--themes", "<b>"), "cannot be spoken"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(lullaby: Say, words: tuple[str, ...], says: str) -> None:
    is_asked_wrongly(lullaby, "consent", *words, "--for", "mina", says=says)
    is_asked_wrongly(lullaby, "consent", *words, says="--for NAME")


# heeded everywhere


def test_a_fear_is_in_no_story_and_no_voice(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider,thunder", "--for", "mina")
    with pytest.raises(AskedWrongly, match='"spider" is in it'):
        told_to("mina", story)
    noise = Mix(("pink-noise", "thunder-over-the-sea"), (), 600 * RATE)
    left = prepared(Request(noise, "mina", date=TODAY, sleeper="none")).night.score
    assert [part.name for part in left.voices] == ["pink-noise"]


def test_a_fear_is_in_no_woven_story() -> None:
    from lullaby.score.avoiding import Avoid
    from lullaby.story.weaving.series import allowed_for
    from lullaby.story.weaving.wishes import Wishes

    fields = Wishes.__dataclass_fields__
    assert "avoid" in fields
    wishes = type("Wishing", (), {"avoid": Avoid(fears=("goose",))})()
    assert not allowed_for(wishes).text("Three geese came by.")  # type: ignore[arg-type]
    assert allowed_for(wishes).text("Three ducks came by.")  # type: ignore[arg-type]


def test_a_fear_is_in_no_dream_that_is_told(lullaby: Say) -> None:
    """What a circle tells of dreams is a telling like any other."""
    from dataclasses import replace

    from lullaby.people.person import avoided
    from lullaby.score.model import Telling

    lullaby("consent", "--fears", "lift", "--for", "mina")
    score = prepared(Request(Mix(("pink-noise",), (), 600 * RATE), sleeper="none")).night.score
    dream = Telling(0, "dreams", Path("dreams"), "pink-noise", text="Ole dreamed of lifts in a tower.")
    telling = replace(score, tellings=(dream,))
    left = avoided(find_person("mina"), telling, TODAY, lambda one: one.text)
    assert left.tellings == ()


# a story that faces a fear


def told_to(listener: str, story: Path, *, on: datetime.date | None = TODAY) -> list[str]:
    """The sentences that the narrator is given for it, in order."""
    with Counting() as speaker:
        request = StoryRequest(
            story, listener=listener, date=TODAY, sleeper="none", heard_now=on is not None, heard_on=on
        )
        story_evening(request, lambda: Storytelling(speaker))
        return list(dict.fromkeys(speech.text for speech in speaker.asked))


def test_its_preview_is_exactly_what_the_narrator_is_given(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider", "--avoid", "attic", "--for", "mina")
    assert lullaby("consent", "facing", str(story), "--tonight", "--for", "mina").code == 0
    shown = lullaby("consent", "preview", "--for", "mina").out.splitlines()
    assert shown == told_to("mina", story)
    assert shown[0] == "The attic."
    assert len(shown) == 6
    assert not any("nobody hears" in sentence for sentence in shown)


def test_it_is_told_on_its_evening_and_on_no_other(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider", "--for", "mina")
    lullaby("consent", "facing", str(story), "--tonight", "--for", "mina")
    assert told_to("mina", story)
    with pytest.raises(AskedWrongly, match="spider"):
        told_to("mina", story, on=TODAY + datetime.timedelta(1))


def test_it_must_be_said_for_this_evening(lullaby: Say, story: Path) -> None:
    is_asked_wrongly(lullaby, "consent", "facing", str(story), "--for", "mina", says="--tonight")
    is_asked_wrongly(lullaby, "consent", "facing", "a.epub", "--tonight", "--for", "mina", says=" or .txt")
    is_asked_wrongly(
        lullaby, "consent", "preview", "--for", "mina", says="no such story is told this evening"
    )


def test_another_text_in_its_place_is_not_what_was_consented_to(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider", "--for", "mina")
    lullaby("consent", "facing", str(story), "--tonight", "--for", "mina")
    story.write_text(STORY + "\nAnd the spider came back.\n")
    said = lullaby("consent", "preview", "--for", "mina")
    assert (said.code, said.out) == (1, "")
    with pytest.raises(AskedWrongly, match="spider"):
        told_to("mina", story)


def test_one_command_withdraws_it_and_leaves_no_trace(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider", "--for", "mina")
    lullaby("consent", "facing", str(story), "--tonight", "--for", "mina")
    assert b"the-spider" in everything(enough_file("mina"))
    assert lullaby("consent", "withdraw", "--for", "mina").code == 0
    assert b"the-spider" not in everything(enough_file("mina"))
    with pytest.raises(AskedWrongly, match="spider"):
        told_to("mina", story)


def everything(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.iterdir())


def test_one_listeners_consent_is_nobody_elses(lullaby: Say, story: Path) -> None:
    add_person(Person("ole"))
    for name in ("mina", "ole"):
        lullaby("consent", "--fears", "spider", "--for", name)
    lullaby("consent", "facing", str(story), "--tonight", "--for", "mina")
    with pytest.raises(AskedWrongly, match="spider"):
        told_to("ole", story)


# after a nightmare


def test_after_a_nightmare_gentle_nights_are_offered_and_nothing_is_changed(
    lullaby: Say, clock: Jumping
) -> None:
    clock.to("2026-11-30T08:00")
    said = lullaby("morning", "--nightmare", "yes", "--for", "mina").out
    assert "lullaby consent quiet --for mina" in said
    assert not enough_file("mina").exists()
    assert "gentle" not in lullaby("morning", "--nightmare", "no", "--for", "mina").out


def test_gentle_nights_have_gentle_sound_and_calm_stories_alone(
    lullaby: Say, clock: Jumping, story: Path
) -> None:
    assert lullaby("consent", "quiet", "--for", "mina", "--json").facts == {"gentle_until": "2026-12-06"}
    noise = Mix(("pink-noise", "thunder-over-the-sea", "howl-at-the-window"), (), 600 * RATE)
    for number in range(GENTLE_NIGHTS + 1):
        day = TODAY + number * datetime.timedelta(1)
        evening = prepared(Request(noise, "mina", date=day, sleeper="none", heard_on=day))
        kinds = {part.kind.name for part in evening.night.score.voices}
        is_gentle = number < GENTLE_NIGHTS
        assert kinds.isdisjoint(ROUGH_KINDS) is is_gentle
        assert any("A gentle night for mina" in note.says for note in evening.notes) is is_gentle
    story.write_text("# Calm\n\nShe heard a scream.\n")
    with pytest.raises(AskedWrongly, match="scream"):
        told_to("mina", story)
    story.write_text("# Calm\n\nShe heard the rain.\n")
    assert told_to("mina", story)
    story.write_text('+++\ntelling = "daytime"\n+++\n# Calm\n\nShe heard the rain.\n')
    with pytest.raises(AskedWrongly, match="Nothing is left"):
        told_to("mina", story)


def test_no_story_faces_a_fear_in_gentle_nights(lullaby: Say, story: Path) -> None:
    lullaby("consent", "--fears", "spider", "--for", "mina")
    lullaby("consent", "facing", str(story), "--tonight", "--for", "mina")
    lullaby("consent", "quiet", "--for", "mina")
    with pytest.raises(AskedWrongly, match="spider"):
        told_to("mina", story)
    is_asked_wrongly(
        lullaby, "consent", "facing", str(story), "--tonight", "--for", "mina", says="nights are gentle until"
    )
    lullaby("consent", "quiet", "--end", "--for", "mina")
    assert lullaby("consent", "facing", str(story), "--tonight", "--for", "mina").code == 0
