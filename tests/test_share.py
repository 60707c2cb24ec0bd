"""A night of shipped voices is a line of text: who opens it hears the same samples, or is told why not."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from typed import Say, is_asked_wrongly, typing

from lullaby import places
from lullaby.chance import Key
from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.evening.request import Mix, Request
from lullaby.ritual.circle.share_line import MOST, Shared, line_of, shared_from
from lullaby.ritual.circle.sharing import night_to_share, shared_night
from lullaby.sleep.course import Course, Evidence, Known, Run
from lullaby.sleep.course_file import course_text
from lullaby.sleep.stages import Stage
from lullaby.time import RATE

pytestmark = pytest.mark.usefixtures("without_covers")

STARTS = datetime.datetime(2026, 11, 30, 22, 30, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def shared(what: str | Mix = "plain", **how: object) -> Shared:
    return shared_night(night_to_share(Request(what, date=DAY, **how)), STARTS)  # type: ignore[arg-type]


def again(line: str, **changed: str) -> str:
    """The line with other values, its checksum made right."""
    rest = line.rpartition(",check=")[0]
    for key, value in changed.items():
        rest = re.sub(rf"(?<=[,:]){key.replace('_', '-')}=[^,]*", f"{key.replace('_', '-')}={value}", rest)
    return f"{rest},check={hashlib.sha256(rest.encode()).hexdigest()[:8]}"


def samples(path: str) -> str:
    sound, _ = soundfile.read(path, dtype="int16")
    return hashlib.sha256(sound.tobytes()).hexdigest()


@pytest.mark.parametrize(
    "words",
    [
        ("plain", "--seed", "9", "--date", "2026-12-24"),
        ("bowl-and-tide", "--sleeper", "typical"),
        ("rain", "brown-noise:-6", "--set", "rain.drops=9", "--length", "00:05:00", "--headphones"),
        ("rain:-3.5", "rain:-9", "--all-night", "the neighbours, 2 of them", "--length", "600"),
    ],
)
def test_the_same_samples_are_heard_by_the_line_and_by_the_words(
    say: Say, words: tuple[str, ...], home: Path
):
    said = say("share", *words, "--at", "22:30")
    assert said.code == 0, said.err
    line = said.out.strip()
    assert len(line.encode()) < MOST
    assert re.fullmatch(r"lullaby:1:[\w.,:+=%/-]+", line)
    assert "starts=2026-11-30T22:30:00Z" in line
    assert not home.exists()
    part = ("--from", "00:00:20", "--to", "00:00:50")
    assert say("open", line, "--render", "-o", "line.wav", *part).code == 0
    assert say("render", *words, "-o", "words.wav", *part).code == 0
    assert samples("line.wav") == samples("words.wav")
    opened = say("open", line, "--json")
    assert (opened.err, opened.facts["same"], opened.facts["line"]) == ("", True, line)


def test_a_line_for_another_evening_than_the_one_it_begins_on_is_remarked(say: Say):
    said = say("share", "plain", "--date", "9999-12-31")
    assert said.code == 0
    assert "This is the night of 9999-12-31, and it begins on 2026-11-30 at 22:30" in said.err
    assert say("share", "plain").err == ""


def test_a_letter_may_have_broken_the_line():
    line = line_of(shared())
    broken = f'  "{line[:40]}\n   {line[40:90]} {line[90:]}"\n'
    assert shared_from(broken) == shared_from(line) == shared()


def test_a_line_of_many_words_is_read_as_it_was_written():
    mix = Mix(("rain:-2.5", "brown-noise"), ("rain.drops=9",), round(1234.5 * RATE))
    one = shared(mix, all_night="neighbours, and their dog: 100 %", headphones=True, seed=12)
    assert shared_from(line_of(one)) == one
    assert one.length == mix.length


def test_a_line_that_would_be_too_long_is_refused():
    mix = Mix(tuple(f"rain:-{n}.25" for n in range(40)), tuple(f"rain.drops={n}.125" for n in range(40)))
    with pytest.raises(AskedWrongly, match="Keep the mix as a score, or pack it"):
        line_of(shared(mix))


def own(home: Path, where: str, text: str) -> None:
    (home / where).parent.mkdir(parents=True, exist_ok=True)
    (home / where).write_text(text)


SCORE = '[voices]\na = "{voice}"\n[scene.x]\nat = 0\na = 0\n'


def test_what_is_private_is_refused_with_a_sentence(say: Say, home: Path):
    own(home, "scores/mine.toml", SCORE.format(voice="pink-noise"))
    own(home, "voices/my-rain.toml", 'kind = "rain"\n')
    assert say("people", "add", "kim").code == 0
    is_asked_wrongly(say, "share", "mine", says='"mine" is a score of your own')
    is_asked_wrongly(say, "share", "my-rain", "pink-noise", says='"my-rain" is a voice of your own')
    is_asked_wrongly(say, "share", "plain", "--for", "kim", says="Leave --for out")
    is_asked_wrongly(say, "share", "harbour-rain", "--go-on", says="leave --go-on out")
    slept = Course((Known(Run(0, 600 * RATE, Stage.N2), Evidence.SIMULATED),), 600 * RATE)
    Path("slept.json").write_text(course_text(slept))
    is_asked_wrongly(say, "share", "plain", "--course", "slept.json", says="leave --course out")
    own(home, "voices/pink-noise.toml", 'kind = "noise"\n')
    is_asked_wrongly(say, "share", "pink-noise", "rain", says='"pink-noise" is a voice of your own')
    own(home, "scores/stories/everyones-own-door.md", "# Mine\n\nMy own story.\n")
    assert say("share", "harbour-rain").code == 0  # the story beside a score comes before one's own
    own(home, "scores/bowl-and-tide.toml", (places.shipped("scores") / "bowl-and-tide.toml").read_text())
    is_asked_wrongly(say, "share", "bowl-and-tide", says='"bowl-and-tide" is a score of your own')


def test_a_tune_of_ones_own_is_refused_even_in_a_score_that_everybody_has():
    evening = night_to_share(Request("old-songs", date=DAY))
    music = evening.asked.music
    assert music is not None
    Path("mine.abc").touch()
    mine = replace(music.tunes[0], path=Path("mine.abc").absolute())
    asked = replace(evening.asked, music=replace(music, tunes=(mine, *music.tunes[1:])))
    with pytest.raises(AskedWrongly, match="is a tune of your own"):
        shared_night(replace(evening, asked=asked), STARTS)


def test_where_the_score_is_written_otherwise_here_that_is_said(say: Say, home: Path):
    line = line_of(shared("plain"))
    own(home, "scores/plain.toml", SCORE.format(voice="pink-noise"))
    opened = say("open", line, "--json")
    assert opened.code == 0
    assert '"plain" is written otherwise here' in opened.err
    assert opened.facts["same"] is False


def test_where_the_engine_is_another_that_is_said(say: Say):
    line = again(line_of(shared("plain")), engine="7-0123456789ab")
    opened = say("open", line)
    assert opened.code == 0
    assert "engine 7-0123456789ab; here is" in opened.err


def test_where_its_story_is_spoken_otherwise_that_is_said(say: Say):
    line = again(line_of(shared("harbour-rain")), told="0123456789ab")
    assert "spoken otherwise here" in say("open", line).err


def test_where_a_device_has_a_limit_that_is_kept_and_said(say: Say):
    line = line_of(shared("plain"))
    assert say("calibrate", "--meter", "95").code == 0
    opened = say("open", line, "--json")
    assert "has a limit, and it is kept" in opened.err
    assert opened.facts["same"] is False


def test_a_line_of_a_newer_lullaby_says_so():
    with pytest.raises(CouldNot, match="Update lullaby"):
        shared_from(line_of(shared()).replace("lullaby:1:", "lullaby:2:"))


def test_one_letter_that_is_other_is_noticed():
    line = line_of(shared())
    for place in range(len("lullaby:1:"), len(line)):
        other = "x" if line[place] != "x" else "y"
        with pytest.raises(LullabyError):
            shared_from(line[:place] + other + line[place + 1 :])


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": "-1"},
        {"seed": "9" * 30},
        {"date": "2026-02-30"},
        {"starts": "soon"},
        {"sleeper": "kim"},
        {"engine": "x"},
        {"text": "0"},
        {"night": "%ff"},
        {"night": "%1b"},
        {"night": ""},
    ],
)
def test_a_line_that_was_made_up_is_refused(changed: dict[str, str]):
    with pytest.raises(LullabyError):
        shared_from(again(line_of(shared()), **changed))


@pytest.mark.parametrize(
    "night",
    ["../../etc/passwd", "/etc/passwd", "no-such-night", "mine.toml", "a%5Cb", "rain+plain", "creek.mp3"],
)
def test_a_line_names_only_what_has_a_name(say: Say, night: str):
    said = say("open", again(line_of(shared()), night=night))
    assert said.code == 2
    assert "should not have happened" not in said.err


def test_hundreds_of_damaged_lines_are_refused_in_a_sentence():
    line = line_of(shared(Mix(("rain", "brown-noise:-6"), ("rain.drops=9",), 60 * RATE)))
    for number in range(400):
        key = Key.root(number, "damaged")
        at = int(key.draw(1) * len(line))
        cut = line[:at] + chr(33 + int(key.draw(2) * 90)) * int(key.draw(3) * 4) + line[at + 1 :]
        made = cut if number % 2 else again(cut)
        try:
            assert isinstance(shared_from(made), Shared)
        except LullabyError:
            continue


def test_open_wants_a_line_or_a_pack(say: Say):
    is_asked_wrongly(say, "open", "harbour-rain", says="such a line begins with lullaby:1:")
    is_asked_wrongly(say, "open", "lullaby:1:", says="is not whole")
    line = line_of(shared())
    is_asked_wrongly(say, "open", line, "--render", says="-o FILE says where")
    is_asked_wrongly(say, "open", line, "--now", says="--play does that")
    is_asked_wrongly(say, "open", line, "--play", "-o", "a.wav", says="leave one of them out")
