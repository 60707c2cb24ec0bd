"""Whatever is in a file, a person gets a message that says where and what, and never a traceback."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from score_kinds import KINDS
from work_done import grows_with_length

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.score import check_score, find_score, find_voice, part_curves, read_score, read_voice
from lullaby.score.rituals import note_ritual
from lullaby.score.scenes import MOST_SCENES, MOST_TELLINGS, MOST_VOICES
from lullaby.score.stories import note_story

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("*.toml"))

GOOD = """# good.toml — everything a score may say.
title = "Harbour in the Rain"
length = 08:00:00
seed = 1889
level = -33
fade_in = 3
fade_out = "01:00"
high_cut = 12_000
all_night = "company for a ringing ear"
[room]
t60 = 1.2
early = "-12"
[voices]
rain = "rain-on-slate"
sea = { voice = "harbour-swell", send = "silent", level = -3 }
keeper = "old-keeper"
[scene.arriving]
at = 00:00:00
rain = { level = -18, drops = 9, pitch = [900, 3200] }
sea = -26
[scene.listening]
at = 00:01:30
over = 00:00:20
rain = { level = -27 }
sea = { level = "silent", chord = [110, 165, 220] }
[follow]
rain = { n2 = { level = -8 }, n3 = "silent", rem = "silent" }
[[tell]]
at = 00:02:00
story = "the-lamp-at-the-pier"
voice = "keeper"
until = "asleep"
""".replace('"-12"', "-12")


@pytest.fixture(autouse=True)
def _nothing_else_to_find(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("lullaby.places.shipped", lambda what: tmp_path / "shipped" / what)


def message_of(path: str | os.PathLike[str]) -> str:
    """What is said of this file; nothing where it is right."""
    read = read_voice if Path(path).name.startswith("voice-file") else read_score
    try:
        read(path, KINDS)
    except WrittenWrongly as mistake:
        return str(mistake)
    return ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_file_gives_the_message_beside_it(path: Path):
    expected = path.with_suffix(".txt").read_text("utf-8").replace("{folder}", str(BROKEN))
    assert message_of(path) + "\n" == expected


def test_each_message_stands_beside_its_file():
    assert {path.stem for path in BROKEN.glob("*.txt")} == {path.stem for path in FILES}


def test_the_path_is_said_as_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "scores").mkdir()
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "rain-on-slate.toml").write_text('kind = "rain"\n')
    (tmp_path / "scores" / "harbour-rain.toml").write_text(
        '[voices]\nrain = "rain-on-slate"\n[scene.drifting]\nat = 00:10:00\nrain = { drps = 4 }\n'
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrittenWrongly) as caught:
        read_score("scores/harbour-rain.toml", KINDS)
    assert str(caught.value) == (
        'scores/harbour-rain.toml, scene "drifting": rain has no "drps".\n'
        '    It has: level, drops, pitch, spread.  Did you mean "drops"?'
    )
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfeh\x00", "line 1: this is not UTF-8 text."),
        (b'title = "x"\n# caf\xe9\n', "line 2: this is not UTF-8 text."),
        (b'title = "a\x00b"', "line 1: illegal character '\\x00'"),
        (b"#" * (1 << 20) + b"\n", "larger than 1 MiB"),
        (b"at = 1979-02-31", "line 1: invalid date or datetime"),
        (b"x = 0x" + b"f" * 9000, 'there is no "x"'),
    ],
)
def test_a_file_that_is_no_score_at_all_is_said_to_be_none(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    assert said in message_of(path)
    assert message_of(path).startswith(str(path))


def test_folders_and_missing_files_and_pipes_are_said_to_be_so(tmp_path: Path):
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    assert "this is a folder" in message_of(tmp_path / "folder.toml")
    assert "there is no such file" in message_of(tmp_path / "missing.toml")
    assert "not an ordinary file" in message_of(tmp_path / "pipe.toml")
    assert "cannot be read" in message_of(tmp_path / "loop.toml")
    assert "cannot be read" in message_of(str(tmp_path / "nul\0.toml"))
    assert "cannot be read" in message_of(tmp_path / ("long" * 200))


def test_a_file_one_may_not_read_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.toml"
    path.write_text(GOOD)
    monkeypatch.setattr(Path, "open", refuse)  # root, who may run this, may read every file
    assert "may not be read" in message_of(path)


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistakes(tmp_path: Path):
    path = BROKEN.joinpath("voices", "rain-on-slate.toml")
    odd = tmp_path / "odd.toml"
    odd.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_voice(odd, KINDS).values == read_voice(path, KINDS).values
    assert read_voice(odd, KINDS).description.endswith(read_voice(path, KINDS).description)


def test_check_finds_every_mistake(tmp_path: Path):
    path = tmp_path / "many.toml"
    (tmp_path / "voices").symlink_to(BROKEN / "voices")
    path.write_text(
        'titel = 1\nlevel = 3\n[voices]\nrain = "rain-on-slate"\n[room]\nt60 = 9\n'
        '[scene.a]\nat = 1\nrian = 3\nrain = { drps = 1, drops = "x" }\n[scene.b]\nat = 23:00:00\n'
    )
    said = [mistake.what for mistake in check_score(path, KINDS)]
    assert [what.split(" ")[0:4] for what in said] == [
        ["there", "is", "no", '"titel".'],
        ["there", "is", "no", '"rian".'],
        ["rain", "has", "no", '"drps".'],
        ["rain:", "drops", "=", '"x"'],
        ["it", "begins", "at", "23:00:00,"],
        ["level", "=", "3", "is"],
        ["t60", "=", "9", "is"],
    ]
    assert check_score(tmp_path / "missing.toml", KINDS)[0].what == "there is no such file."


def test_an_unknown_name_lists_what_there_is(tmp_path: Path):
    home = tmp_path / "home" / "scores"
    home.mkdir(parents=True)
    (home / "harbour.toml").write_text("")
    with pytest.raises(AskedWrongly) as caught:
        find_score("harbor", KINDS)
    assert str(caught.value) == (
        'there is no score "harbor".\n    There are: harbour.  Did you mean "harbour"?'
    )
    with pytest.raises(AskedWrongly) as caught:
        find_voice("rian", KINDS)
    assert str(caught.value) == (
        'there is no voice "rian".\n    There are: rain, sea, teller.  Did you mean "rain"?'
    )
    for outside in ("../harbour", "/etc/passwd", "..", "", "a\0b", ".hidden", "x" * 5000):
        with pytest.raises(AskedWrongly):
            find_voice(outside, KINDS)
        with pytest.raises(AskedWrongly):
            find_score(outside, KINDS)


def test_of_very_many_names_the_nearest_are_told_and_what_lists_them(tmp_path: Path):
    voices = tmp_path / "home" / "voices"
    voices.mkdir(parents=True)
    for number in range(60):
        (voices / f"voice-{number}.toml").write_text('kind = "rain"')
    (voices / "thunder-far-off.toml").write_text('kind = "sea"')
    with pytest.raises(AskedWrongly) as caught:
        find_voice("thunder-far-of", KINDS)
    assert str(caught.value) == (
        'there is no voice "thunder-far-of".\n'
        "    There are 61 voices of 2 kinds: lullaby voices lists them.  Nearest: thunder-far-off.  "
        'Did you mean "thunder-far-off"?'
    )
    with pytest.raises(AskedWrongly, match=r"lists them\.$"):
        find_voice("xyzzy", KINDS)
    scores = tmp_path / "home" / "scores"
    scores.mkdir()
    for number in range(60):
        (scores / f"night-{number}.toml").write_text("")
    with pytest.raises(AskedWrongly, match="There are 60 scores: lullaby scores lists them"):
        find_score("nigth-7", KINDS)


def test_a_hint_under_a_mistake_is_never_more_than_a_line_or_two(tmp_path: Path):
    path = tmp_path / "many.toml"
    path.write_text(night_of(200) + "\nv_0 = -3\n")
    (tmp_path / "voices").symlink_to(BROKEN / "voices")
    said = message_of(path)
    assert 'there is no "v_0"' in said
    assert "It may name 202.  Nearest: v0" in said
    assert len(said) < 400


def test_nothing_in_a_message_can_command_a_terminal(tmp_path: Path):
    path = tmp_path / "\x1b[31mred\u202e.toml"
    path.write_text('"\\u001b]0;owned\\u0007" = 1\n[voices]\n"a\\u009b2J" = "rain"\n', "utf-8")
    said = [str(mistake) for mistake in check_score(path, KINDS)]
    assert len(said) == 2
    assert all(line.isprintable() for message in said for line in message.split("\n"))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file is opened from here on."""
    counted: Counter[str] = Counter()
    really = Path.open

    def count(self: Path, *args: Any, **more: Any) -> Any:
        counted[self.name] += 1
        return really(self, *args, **more)

    monkeypatch.setattr(Path, "open", count)
    return counted


def night_of(voices: int, scenes: int = 1, tellings: int = 0) -> str:
    """So many voices of the one file there is, in so many scenes."""
    lines = ['length = "24:00:00"', "[voices]"]
    lines += [f'v{n} = "rain"' for n in range(voices)]
    for n in range(scenes):
        lines += [f"[scene.s{n}]", f"at = {40 * n}", "v0 = -3"]
    lines += ['[[tell]]\nat = 0\nstory = "x"\nvoice = "v0"'] * tellings
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (night_of(MOST_VOICES + 1), f", [voices]: there are {MOST_VOICES + 1} voices"),
        (night_of(20_000), ", [voices]: there are 20000 voices"),
        (night_of(1, MOST_SCENES + 1), f": there are {MOST_SCENES + 1} scenes"),
        (night_of(1, 1, MOST_TELLINGS + 1), f": there are {MOST_TELLINGS + 1} tellings"),
    ],
    ids=["one voice too many", "voices", "scenes", "tellings"],
)
def test_far_too_much_is_said_before_any_voice_is_opened(
    text: str, says: str, tmp_path: Path, opened: Counter[str]
):
    (tmp_path / "voices").symlink_to(BROKEN / "voices")
    path = tmp_path / "many.toml"
    path.write_text(text)
    opened.clear()
    assert f"{path}{says}; a night has " in message_of(path)
    assert opened == {"many.toml": 1}
    assert [str(mistake) for mistake in check_score(path, KINDS)] == [message_of(path)]


def test_as_much_as_a_night_may_have_is_read_and_no_voice_file_twice(tmp_path: Path, opened: Counter[str]):
    (tmp_path / "voices").mkdir()
    for number in range(8):
        (tmp_path / "voices" / f"rain-{number}.toml").write_text('kind = "rain"\n')
    path = tmp_path / "much.toml"
    path.write_text(night_of(MOST_VOICES, MOST_SCENES))
    opened.clear()
    score = read_score(path, KINDS)
    assert (len(score.voices), len(score.scenes)) == (MOST_VOICES, MOST_SCENES)
    assert opened.pop("rain-0.toml") == 2, "once to find the default of its kind, once to be read"
    assert set(opened.values()) == {1}


def test_a_table_of_unknown_words_is_not_a_mistake_for_each(tmp_path: Path):
    path = tmp_path / "keys.toml"
    path.write_text("\n".join(f"k{n} = 1" for n in range(5000)))
    said = [mistake.what for mistake in check_score(path, KINDS)]
    assert len(said) < 30
    assert any("4976 other names" in what for what in said)


@pytest.mark.parametrize("piece", ["<!--", "<!-- -->\n", "\n \n", "word ", "a <!-- b\n"])
def test_a_story_four_times_as_long_is_about_four_times_the_work(piece: str, tmp_path: Path):
    def read(text: str) -> None:
        (tmp_path / "story.md").write_text(text)
        note_story(tmp_path / "story.md", [])

    once, four = ("# A title\n\n" + piece * (n // len(piece)) for n in (150_000, 600_000))
    assert grows_with_length(read, once, four)


def test_a_ritual_of_thousands_of_movements_is_refused_before_it_looks_for_their_nights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "r.toml").write_text('[[movement]]\ndo = "score"\nscore = "x"\n' * 3000)
    monkeypatch.setattr("lullaby.places.folders", lambda *asked: pytest.fail("looked for"))
    mistakes: list[WrittenWrongly] = []
    assert note_ritual(tmp_path / "r.toml", KINDS, mistakes) is None
    assert "there are 3000 movements" in str(mistakes[0])
    most = int(re.findall(r"a ritual has (\d+) at most", str(mistakes[0]))[0])
    monkeypatch.undo()
    (tmp_path / "r.toml").write_text(
        "".join(f'[[movement]]\ndo = "quiet"\nname = "q{n}"\n' for n in range(most))
    )
    ritual = note_ritual(tmp_path / "r.toml", KINDS, [])
    assert ritual
    assert len(ritual.movements) == most


# What a slip of the hand, a bad disk or an unkind person puts where a value, a word or a byte was.
VALUES = [
    "nan", "-inf", "inf", "1e999", "-0.0", "10" * 200, "1" * 5000, "0x" + "f" * 5000, "-1", "1_000", "true",
    '""', '"silent"', '"\\u0000"', '"\\u202e"', '"\\U0010ffff"', '"' + "x" * 300 + '"', '"../../etc"', '"😀"',
    "[]", "[[]]", "[nan]", "[1, 'a']", "{}", "{ a = 1 }", "{ level = { level = 1 } }", "[{}]", "[" * 3000,
    "{a=" * 2000, "1979-05-27", "1979-05-27T07:32:00Z", "25:00:00", "23:59:60", "00:02", "'''\n'''", "=",
    "a.b", "\0", "\x1b[2J", "ü", "\ud7ff", "٣", "[voices]", "[scene.arriving]", "[[tell]]", "[[scene]]",
    "#", '"', "'''", "\\", "\r",
]  # fmt: skip


def mutated(text: str, chance: random.Random) -> bytes:
    """The text after one to three accidents."""
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(chance.randrange(len(lines)), lines[at])
            case 2 | 3:
                key, equals, _ = lines[at].partition("=")
                lines[at] = key + equals + " " + chance.choice(VALUES)
            case 4:
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice([*VALUES, *text.split()])
                lines[at] = " ".join(words)
            case 5:
                lines[at] = chance.choice(VALUES) + lines[at]
            case 6:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
        text = "\n".join(lines)
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    if content and chance.random() < 0.25:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def test_no_accident_to_a_file_ends_in_anything_but_a_message(tmp_path: Path):
    for folder in ("voices", "stories"):
        (tmp_path / folder).symlink_to(BROKEN / folder)
    score, voice = tmp_path / "score.toml", tmp_path / "voice-file.toml"
    good_voices = [path.read_text("utf-8") for path in sorted((BROKEN / "voices").glob("*.toml"))]
    score.write_text(GOOD, "utf-8")
    assert message_of(score) == ""
    chance = random.Random(1889)
    right = 0
    for i in range(2000):
        path, text = (score, GOOD) if i % 3 else (voice, chance.choice(good_voices))
        content = mutated(text, chance)
        path.write_bytes(content)
        said = message_of(path)
        right += not said
        assert said.startswith(str(tmp_path)) or not said, content
        assert len(said) < 2000, content
        assert all(line.isprintable() for line in said.split("\n")), content
        if path is score:
            assert bool(check_score(score, KINDS)) == bool(said), content
            if not said:
                found = read_score(score, KINDS)
                assert all(part_curves(found, part) for part in found.voices), content
    assert 100 < right < 1900, "accidents that never or always matter test nothing"


TIMES_AND_MORE = """title = "x"
length = 25:00:00
fade_in = 99:99:99
[voices]
rain = "rain"
[scene.all]
at = 1:2:3
rain = { drps = 4 }
"""


def test_a_time_that_is_none_hides_no_other_mistake(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TIMES_AND_MORE)
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "rain.toml").write_text('kind = "rain"\n')
    said = [str(mistake).partition(": ")[2] for mistake in check_score(path, KINDS)]
    assert [line.partition("\n")[0] for line in said] == [
        "25:00:00 is not a time.",
        "99:99:99 is not a time.",
        "1:2:3 is not a time.",
        'rain has no "drps".',
    ]
    assert "No night is longer than 24 hours" in said[0]
    with pytest.raises(WrittenWrongly, match="line 2: 25:00:00 is not a time"):
        read_score(path, KINDS)


def test_a_score_whose_voices_are_all_silent_is_no_night(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "rain.toml").write_text('kind = "rain"\n')
    silent = '[voices]\nrain = "rain"\n[scene.all]\nat = 0\nrain = "silent"\n'
    more = "[scene.more]\nat = 100\nrain = { drops = 3 }\n"
    for text in (silent, silent + more):
        path.write_text(text)
        (mistake,) = check_score(path, KINDS)
        assert "silent from beginning to end, so nothing would be heard" in str(mistake)
    for text in (
        silent + more.replace("drops = 3", "level = -6"),
        silent.replace('"silent"', "{ drops = 3 }"),
    ):
        path.write_text(text)
        assert check_score(path, KINDS) == []


def test_a_scene_whose_time_is_none_begins_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "rain.toml").write_text('kind = "rain"\n')
    path.write_text(
        '[voices]\nrain = "rain"\n[scene.a]\nat = 0\nrain = -3\n[scene.b]\nat = 25:00:00\nrain = -6\n'
    )
    (mistake,) = check_score(path, KINDS)
    assert "25:00:00 is not a time" in str(mistake)


def test_a_time_that_is_none_is_no_number_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('[voices]\nrain = "rain"\n[scene.all]\nat = 0\nrain = { level = -3, drops = 25:00:00 }\n')
    first = check_score(path, KINDS)[0]
    assert "line 5: 25:00:00 is not a time." in str(first)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("length = 00:01:00\nlength = 00:01:00\n", 'line 2: "length" is written a second time.'),
        ("[scene.a]\nat = 0\n[scene.a]\nat = 1\n", 'line 3: "[scene.a]" is written a second time.'),
        ('title = "a\nseed = 2\n', "line 1: a quote that is opened is not closed."),
        ('seed = 2\ntitle = "a', "line 2: a quote that is opened is not closed."),
        ("seed = 2\ntitle = 'a\nlevel = -30\n", "line 2: a quote that is opened is not closed."),
        ('seed = 2\ntitle = """a\nb\n', "a quote that is opened is not closed."),
    ],
)
def test_what_is_there_twice_and_what_is_not_closed_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    (mistake,) = check_score(path, KINDS)
    assert says in str(mistake)
