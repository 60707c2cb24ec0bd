"""`lullaby tell`: a story told by the voice that comes along, as a file and now."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from told import Counting
from typed import Say, typing

from lullaby import places
from lullaby.cli.telling.which_story import new_story
from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.captions import captions_of
from lullaby.evening.narration.going_on import text_hash
from lullaby.evening.narration.speaker import Speaker
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.export.subtitles import srt, vtt
from lullaby.people.bookmarks import Bookmark, keep_bookmark
from lullaby.score import find_voice
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

pytestmark = pytest.mark.usefixtures("without_covers")

STORY = """# The lamp

There was a lamp at the end of the pier. Somebody kept it for forty years, and it asked for very little.

## The rain

[pause 2 s]

“Come in,” said Mina, and put the kettle on. It sang for a while.

***

Nobody was in a hurry.
"""


@pytest.fixture
def lullaby(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "the-lamp.md"
    path.write_text(STORY)
    return path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("story") / "the-lamp.md"
    path.write_text(STORY)
    with Speaker() as speaker:
        return story_evening(StoryRequest(path), lambda: Storytelling(speaker))


def test_a_story_becomes_an_audiobook_with_its_parts_as_chapters(story: Path, lullaby: Say) -> None:
    said = lullaby("tell", "the-lamp.md", "-o", "lamp.m4b", "--json")
    assert said.code == 0, said.err
    facts = json.loads(said.out)
    assert facts["title"] == "The lamp"
    assert 18 < facts["seconds"] < 60
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-of", "json", "lamp.m4b"],
        capture_output=True,
        check=True,
    )
    facts = json.loads(probed.stdout)
    assert [chapter["tags"]["title"] for chapter in facts["chapters"]] == ["The lamp", "The rain"]
    assert float(facts["chapters"][0]["start_time"]) == 0
    assert facts["format"]["tags"]["title"] == "The lamp"
    assert "hibari" in facts["format"]["tags"]["description"]


def unheard(tmp_path: Path) -> str:
    """A story that no other test has spoken, or speaks meanwhile: all of them share one shelf."""
    letters = sha256(str(tmp_path).encode()).hexdigest()
    name = "".join("bdfglmnprstvaeio"[int(letter, 16)] for letter in letters[:8]).capitalize()
    return "# A boat\n\n" + "\n\n".join(
        f"{name} had been a boat for {many} years, and was called {name} by everybody."
        for many in ("two", "three", "four", "five", "six", "seven", "eight", "nine")
    )


def shelved() -> dict[Path, int]:
    return {path: path.stat().st_ino for path in places.speech("00").parent.parent.glob("*/*.wav")}


def test_the_same_command_gives_the_same_bytes_and_speaks_nothing_twice(
    story: Path, lullaby: Say, tmp_path: Path
) -> None:
    story.write_text(unheard(tmp_path))
    before = shelved()
    assert lullaby("tell", "the-lamp.md", "-o", "one.flac").code == 0
    spoken = {path: number for path, number in shelved().items() if path not in before}
    assert len(spoken) >= 8
    assert lullaby("tell", "the-lamp.md", "-o", "two.flac").code == 0
    assert Path("one.flac").read_bytes() == Path("two.flac").read_bytes()
    after = shelved()
    mine = [path for path in spoken if "boat" in path.with_suffix(".json").read_text()]
    assert len(mine) >= 8
    assert all(after[path] == spoken[path] for path in mine)


def test_every_sentence_is_heard_and_words_are_where_their_times_say(told: Any) -> None:
    """Onsets and ends against the sound itself: silence before, sound after, within 20 ms."""
    night, tales = told.night, told.storytelling.tales
    sound = np.abs(night.stem(night.score.voices[-1].name, night.span)).max(axis=1)
    captions = list(captions_of(tales))
    assert [caption.text for caption in captions] == [beat.sentence.text for beat in tales[0].told.beats]
    loud = np.sqrt(np.convolve(sound**2, np.ones(240) / 240, "same"))
    floor = loud.max() * 0.02
    for caption in captions:
        whole = loud[round(caption.start * RATE) : round(caption.stop * RATE)]
        assert (whole > floor).mean() > 0.4, caption.text
        first, last = caption.words[0], caption.words[-1]
        heard = np.flatnonzero(whole > floor) / RATE + caption.start
        assert first.start - 0.02 <= heard[0], caption.text
        assert heard[-1] <= last.stop + 0.06, caption.text
        for word, after in zip(caption.words, caption.words[1:], strict=False):
            assert word.start < word.stop <= after.start + 1e-6


def test_subtitles_are_what_players_take(told: Any) -> None:
    captions = list(captions_of(told.storytelling.tales))
    blocks = srt(captions).strip().split("\n\n")
    last = 0.0
    for number, block in enumerate(blocks, 1):
        head, times, *lines = block.split("\n")
        assert head == str(number)
        start, stop = (_seconds(t) for t in times.split(" --> "))
        assert last <= start < stop
        last = stop
        assert 1 <= len(lines) <= 2
        assert all(len(line) <= 50 for line in lines)
    text = vtt(captions)
    assert text.startswith("WEBVTT\n\n")
    said = re.sub(r"<[\d:.]+>", "", text)
    for word in ("lamp", "forty", "kettle", "hurry"):
        assert word in said
    for cue in text.strip().split("\n\n")[1:]:
        times, *lines = cue.split("\n")
        start, stop = (_seconds(t) for t in times.split(" --> "))
        inside = [_seconds(t) for t in re.findall(r"<([\d:.]+)>", "".join(lines))]
        assert inside == sorted(inside)
        assert all(start < at < stop for at in inside)


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def test_subtitles_are_written_beside_the_sound(story: Path, lullaby: Say) -> None:
    words = ("tell", "the-lamp.md", "-o", "lamp.opus", "--subtitles", "lamp.srt", "--subtitles", "lamp.vtt")
    assert lullaby(*words).code == 0
    for name in ("lamp.srt", "lamp.vtt"):
        probed = subprocess.run(
            ["ffprobe", "-v", "error", "-show_packets", "-of", "json", name], capture_output=True, check=True
        )
        packets = json.loads(probed.stdout)["packets"]
        assert len(packets) >= 7
        assert float(packets[-1]["pts_time"]) < soundfile.info("lamp.opus").duration


def test_a_story_over_a_bed_leaves_the_bed_under_it(story: Path, lullaby: Say) -> None:
    assert lullaby("tell", "the-lamp.md", "--bed", "plain", "-o", "bed.flac").code == 0
    assert soundfile.info("bed.flac").channels == 2


def test_a_bed_that_is_no_night_is_refused(story: Path, lullaby: Say) -> None:
    said = lullaby("tell", "the-lamp.md", "--bed", "nothing-like-it", "-o", "bed.flac")
    assert said.code == 2
    assert "nothing-like-it" in said.err


def test_a_child_hears_within_their_limits(story: Path, lullaby: Say) -> None:
    lullaby("people", "add", "kim", "--birth-year", "2019", "--longest", "1", "--avoid", "kettle")
    said = lullaby("tell", "the-lamp.md", "-o", "kim.flac", "--for", "kim")
    assert said.code == 2
    assert 'without what is on the avoid-list: "kettle" is in it' in said.err
    story.write_text(STORY.replace("kettle", "lamp"))
    said = lullaby("tell", "the-lamp.md", "-o", "kim.flac", "--for", "kim")
    assert said.code == 0, said.err
    assert "For a child" in said.err
    assert soundfile.info("kim.flac").duration <= 60
    assert "It ends at" not in said.err, "the story is over before the limit"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("no-such-story",), "there is no story"),
        (("missing.md",), "there is no such file"),
        (("the-lamp.md", "--by", "rain", "-o", "x.flac"), "is no teller"),
        (("the-lamp.md", "--by", "nobody-at-all", "-o", "x.flac"), "aunt, conteur, "),
        (("the-lamp.md", "--parts", "7", "-o", "x.flac"), "has parts 1 to 2."),
        (("the-lamp.md", "b.md", "-o", "x.flac"), "one story at a time"),
        (("the-lamp.md", "--parts", "x", "-o", "x.flac"), "has parts 1 to 2"),
        (("the-lamp.md", "--go-on", "-o", "x.flac"), "did not stop anywhere"),
        (("the-lamp.md", "-o", "x.pdf"), "is nothing a night can be kept as"),
        (("the-lamp.md", "-o", "x.flac", "--subtitles", "x.ass"), ".srt or .vtt"),
        ((), "which story"),
        (("the-lamp.md", "-o", "x.flac", "--null", "50"), "--null is about what is heard now"),
        (("the-lamp.md", "-o", "x.flac", "--wake", "07:00"), "--wake is about what is heard now"),
        (("the-lamp.md", "--audition", "-o", "x.flac"), "leave the-lamp.md out"),
        (("--audition", "--by", "old-keeper", "-o", "x.flac"), "leave --by out"),
        (("--audition", "--go-on", "-o", "x.flac"), "leave --go-on out"),
    ],
)
def test_what_is_asked_wrongly_is_said(words: tuple[str, ...], says: str, story: Path, lullaby: Say) -> None:
    said = lullaby("tell", *words)
    assert said.code == 2
    assert says in said.err
    assert not Path("x.flac").exists()


def test_parts_can_be_chosen(story: Path, lullaby: Say) -> None:
    assert lullaby("tell", "the-lamp.md", "-o", "all.flac").code == 0
    assert lullaby("tell", "the-lamp.md", "--parts", "2", "-o", "part.flac").code == 0
    assert soundfile.info("part.flac").duration < soundfile.info("all.flac").duration - 5


def tell(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lullaby", "tell", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kept_as(name: str) -> None:
    child = tell("the-lamp.md", "-o", name)
    _, err = child.communicate(timeout=240)
    assert child.returncode == 0, err


def test_a_story_that_plays_is_heard_whole_and_leaves_no_bookmark(story: Path) -> None:
    # half a minute is spoken while it is heard: by --null 20 in a second, which a busy machine does not do
    child = tell("the-lamp.md", "--null", "3", "--heard", "heard.f32", "--sleeper", "none")
    _, err = child.communicate(timeout=240)
    assert child.returncode == 0, err
    heard = np.fromfile("heard.f32", np.float32).reshape(-1, 2)
    assert 15 * RATE < len(heard) < 120 * RATE
    bookmarks = places.home() / "bookmarks.json"
    assert not bookmarks.exists() or "the-lamp" not in json.loads(bookmarks.read_text())


def test_a_story_that_is_stopped_offers_to_go_on(story: Path, lullaby: Say) -> None:
    story.write_text(STORY + "\n\nAnd it rained for a good while.\n" * 25)
    (places.home() / "bookmarks.json").unlink(missing_ok=True)
    child = tell("the-lamp.md", "--null", "8")
    deadline = time.monotonic() + 240
    while not bookmarked("the-lamp"):  # on a busy machine the story comes late, and the night plays on
        assert child.poll() is None, child.stderr and child.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=120)
    marks = json.loads((places.home() / "bookmarks.json").read_text())
    assert marks["the-lamp"]["sentence"] >= 1
    said = lullaby("stories", "--json")
    assert said.code == 0
    said = lullaby("tell", "the-lamp.md", "-o", "anew.flac")
    assert "--go-on tells it from there" in said.err
    said = lullaby("tell", "the-lamp.md", "--go-on", "-o", "rest.flac")
    assert said.code == 0, said.err
    assert soundfile.info("rest.flac").duration < soundfile.info("anew.flac").duration
    (places.home() / "bookmarks.json").unlink()


def bookmarked(story: str) -> bool:
    path = places.home() / "bookmarks.json"
    return path.exists() and story in json.loads(path.read_text())


def test_a_killed_tell_goes_on_with_the_same_bytes(story: Path, tmp_path: Path) -> None:
    story.write_text(unheard(tmp_path))
    for seconds in (1.2, 1.8, 2.4, 3.5):
        child = tell("the-lamp.md", "-o", "again.m4b")
        try:
            child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
    finished = shelved()
    kept_as("again.m4b")
    after = shelved()
    mine = [path for path in finished if "boat" in path.with_suffix(".json").read_text()]
    assert all(after[path] == finished[path] for path in mine), "nothing is spoken twice"
    kept_as("whole.m4b")
    assert Path("again.m4b").read_bytes() == Path("whole.m4b").read_bytes()


def test_each_listener_has_a_bookmark_of_their_own(lullaby: Say) -> None:
    for name in ("stories-ada", "stories-bo"):
        assert lullaby("people", "add", name, "--birth-year", "1990").code == 0
    keep_bookmark("stories-ada", "the-quiet-pod", Bookmark(5, 20, "0" * 16, None))
    found = {
        name: {row["name"]: row["stopped"] for row in json.loads(lullaby("stories", "--json", *words).out)}
        for name, words in {"ada": ("--for", "stories-ada"), "bo": ("--for", "stories-bo"), "": ()}.items()
    }
    assert [found[name]["the-quiet-pod"] for name in found] == [0.25, None, None]
    assert "stopped 25 % of the way in" in lullaby("stories", "--for", "stories-ada").out
    assert lullaby("stories", "--for", "nobody-of-that-name").code == 2


@pytest.fixture
def ada(story: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A listener with a teller and a spelling of her own; the story has others."""
    home = story.parent / "home"
    monkeypatch.setenv("LULLABY_HOME", str(home))
    (home / "people").mkdir(mode=0o700, parents=True)
    (home / "people" / "ada.toml").write_text('birth_year = 1990\nteller = "aunt"\n[say]\nPier = "PEE-uh"\n')
    (home / "people" / "ada.toml").chmod(0o600)
    story.write_text(f'+++\n[say]\npier = "PAIR"\nlamp = "LUMP"\n+++\n{STORY}')
    return story


def told_to(listener: str | None, what: StoryRequest | Request) -> tuple[set[tuple[str, str]], str]:
    """The spellings that were asked for, and the teller."""
    with Counting() as speaker:
        if isinstance(what, StoryRequest):
            evening = story_evening(replace(what, listener=listener), lambda: Storytelling(speaker))
        else:
            evening = prepared(replace(what, listener=listener), storytelling=Storytelling(speaker))
    said = {spelling for speech in speaker.asked for spelling in speech.say}
    return said, evening.night.score.voices[-1].voice.name


def test_a_listeners_file_says_who_tells_and_how_words_are_said(ada: Path) -> None:
    asked = StoryRequest(ada, date=date(2026, 11, 27))
    assert told_to(None, asked)[0] == {("pier", "PAIR"), ("lamp", "LUMP")}
    assert told_to("ada", replace(asked, teller=None))[1] == "aunt"
    assert told_to("ada", replace(asked, teller="grandmother"))[1] == "grandmother"
    ada.write_text(ada.read_text().replace("the pier", "the Pier"))
    assert told_to("ada", asked)[0] == {("Pier", "PEE-uh"), ("lamp", "LUMP")}


@pytest.mark.parametrize("where", ["# The lamp", "## The rain", "put the kettle on", "Nobody was"])
def test_what_somebody_avoids_is_not_told_wherever_it_would_be_said(where: str, ada: Path) -> None:
    ada.write_text(STORY.replace(where, f"{where} spider"))
    person = ada.parent / "home" / "people" / "ada.toml"
    asked = StoryRequest(ada, date=date(2026, 11, 27))
    told_to("ada", asked)
    person.write_text(f"{person.read_text()}[avoid]\nwords = ['spider']\n")
    told_to(None, asked)
    with pytest.raises(AskedWrongly, match="avoid-list"):
        told_to("ada", asked)


def test_a_score_is_told_to_a_listener_with_their_spellings(ada: Path) -> None:
    (ada.parent / "stories").mkdir()
    ada.rename(ada.parent / "stories" / "the-lamp.md")
    night = ada.parent / "night.toml"
    night.write_text(
        'length = 00:05:00\n[voices]\nrain = "rain-on-slate"\nkeeper = "aunt"\n'
        "[scene.all]\nat = 0\nrain = 0\n"
        '[[tell]]\nat = 00:00:30\nstory = "the-lamp"\nvoice = "keeper"\n'
    )
    asked = Request(str(night), sleeper="none", date=date(2026, 11, 27))
    assert told_to(None, asked)[0] == {("pier", "PAIR"), ("lamp", "LUMP")}
    text = ada.parent / "stories" / "the-lamp.md"
    text.write_text(text.read_text().replace("the pier", "the Pier"))
    assert told_to("ada", asked)[0] == {("Pier", "PEE-uh"), ("lamp", "LUMP")}


@pytest.mark.parametrize(("lang", "engine"), [("de", "espeak"), ("de-AT", "espeak"), ("en-GB", "hibari")])
def test_a_story_has_a_teller_of_its_language(lang: str, engine: str, story: Path) -> None:
    story.write_text(f'+++\nlang = "{lang}"\n+++\n{STORY}')
    name = told_to(None, StoryRequest(story))[1]
    values = find_voice(name, KINDS).values
    assert (values["lang"], values["engine"]) == (lang[:2], engine)


def test_a_story_goes_on_where_it_stopped_for_this_listener(ada: Path) -> None:
    asked = StoryRequest(ada, date=date(2026, 11, 27), listener="ada")
    with Counting() as speaker:
        told = story_evening(asked, lambda: Storytelling(speaker)).storytelling.tales[0].told
        keep_bookmark("ada", told.telling.story, Bookmark(3, len(told.beats), text_hash(told)))
        went_on = story_evening(replace(asked, go_on=True), lambda: Storytelling(speaker)).storytelling
        assert [one.number for one in went_on.tales[0].laid] == list(range(3, len(told.beats)))
        anew = story_evening(asked, lambda: Storytelling(speaker)).storytelling
        assert (anew.tales[0].told.first, [one.sentence for one in anew.stopped]) == (0, [3])
        other = story_evening(replace(asked, listener=None), lambda: Storytelling(speaker)).storytelling
        assert other.stopped == []
        with pytest.raises(AskedWrongly, match="did not stop anywhere"):
            story_evening(replace(asked, listener=None, go_on=True), lambda: Storytelling(speaker))


def test_captions_may_be_counted_from_any_frame(told: Any) -> None:
    tales = told.storytelling.tales
    first = tales[0].laid[2].line.start
    whole, later = list(captions_of(tales)), list(captions_of(tales, first))
    assert later[2].start == 0
    for one, other in zip(whole, later, strict=True):
        assert one.start - other.start == pytest.approx(first / RATE)
        assert one.stop - other.stop == pytest.approx(first / RATE)
        assert [w.start - v.start for w, v in zip(one.words, other.words, strict=True)] == pytest.approx(
            [first / RATE] * len(one.words)
        )


def test_all_tellers_can_be_heard_in_one_file(story: Path, lullaby: Say) -> None:
    said = lullaby("tell", "--audition", "-o", "tellers.m4b")
    assert said.code == 0, said.err
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", "tellers.m4b"],
        capture_output=True,
        check=True,
    )
    tellers = [v for v in json.loads(lullaby("voices", "--json").out) if v["kind"] == "teller"]
    assert len(json.loads(probed.stdout)["chapters"]) == len(tellers)


def test_a_woven_story_that_hides_a_shipped_one_says_so(lullaby: Say) -> None:
    notes: list[str] = []
    bedside = SimpleNamespace(note=notes.append)
    for name, hides in (("the-quiet-pod", True), ("a-night-of-mine", False)):
        asked = SimpleNamespace(
            story=None, series=None, keep=name, date=date(2026, 11, 27), listener=None, minutes=2, seed=None
        )
        notes.clear()
        new_story(asked, bedside)  # type: ignore[arg-type]
        kept = places.home() / "scores" / "stories" / f"{name}.md"
        assert kept.exists()
        kept.unlink()
        assert any("hides the story of that name" in note for note in notes) is hides


def test_stories_are_listed(lullaby: Say) -> None:
    rows = json.loads(lullaby("stories", "--json").out)
    names = {row["name"] for row in rows}
    assert {path.stem for path in (places.shipped("scores") / "stories").glob("*.md")} <= names
    said = lullaby("stories").out
    assert said.index("for the night") < said.index("the-quiet-pod:") < said.index("for the day")
    assert ", in German" in said
