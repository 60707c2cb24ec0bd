"""Words that are written alike and spoken in several ways are named where a machine may misread them, until a
story or a listener says how they sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from typed import Say, typing

from lullaby.errors import WrittenWrongly
from lullaby.narrator.wording import spelled_out
from lullaby.people.person_file import person_from
from lullaby.people.person_writing import rows_of, written
from lullaby.score.stories import note_story
from lullaby.story.heteronyms import heteronyms_in, known
from lullaby.story.lexicon import merged, spellings_for
from lullaby.story.markdown import markdown_told
from lullaby.story.reading import read_text
from lullaby.story.text import Sentence


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return typing(capsys)


def found(text: str, **say: str) -> list[str]:
    return [one.word for one in heteronyms_in(markdown_told(text), say)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I read every day.", ["read"]),
        ("The bow of the boat.", ["bow"]),
        ("A tear in the sail.", ["tear"]),
        ("A lead weight.", ["lead"]),
        ("A minute crack.", ["minute"]),
        ("They had a row about the sow.", ["row", "sow"]),
        ("Bows and arrows.", ["Bows"]),
        ("People object to that.", ["object"]),
    ],
)
def test_a_word_that_may_be_misread_is_named(text: str, words: list[str]) -> None:
    assert found(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "She wanted to read it, and he had read it.",
        "The wind blew. He felt a wound. They live here. Stay close to me.",
        "He waited a minute and left.",
        "A record of it. To record it. The object. They object.",
        "It does not. He does.",
        "The path leads down to a row of boats.",
        "Mr. Lead met Dove.",
        "Nothing of the sort.",
    ],
)
def test_what_the_words_beside_it_settle_is_not_named(text: str) -> None:
    assert found(text) == []


def test_a_spelling_settles_a_word_and_other_languages_have_none() -> None:
    assert found("The bow of the boat.", bow="boh") == []
    assert found("Bow low. A bow.", Bow="bow") == ["bow"]
    assert heteronyms_in(markdown_told('The bow.\n')) != []  # fmt: skip
    german = markdown_told("Der Wind und die Tear sind nicht im Haus, und das ist auch gut so mit der Zeit.")
    assert (german.lang, heteronyms_in(german)) == ("de", [])


def test_it_is_said_where_a_word_stands(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# A\n\nOne.\n\n## Two\n\nShe stood all day upon the bow of the old boat.\n"
    )
    (one,) = heteronyms_in(read_text(tmp_path / "a.md"))
    assert (one.word, one.source, one.part) == ("bow", "line 7", "Two")
    assert one.around == "day upon the bow of the old"
    assert {how for how, _ in one.readings} == {"boh", "bow"}


def test_the_table_knows_what_every_reader_stumbles_over() -> None:
    must = "read bow tear lead minute wind wound close live row sow dove desert content refuse object present"
    assert {*must.split(), "project", "record"} <= known().keys()
    assert len(known()) > 90
    assert all(len({how for how, _ in one.readings}) == 2 for one in known().values())


def test_every_spelling_of_the_table_may_stand_in_a_story(tmp_path: Path) -> None:
    for place in (0, 1):
        lines = [f'{word} = "{one.readings[place][0]}"' for word, one in known().items()]
        (tmp_path / "a.md").write_text("\n".join(["+++", "[say]", *lines, "+++", "# A", "", "One."]))
        mistakes: list[WrittenWrongly] = []
        note_story(tmp_path / "a.md", mistakes)
        assert mistakes == []


def test_spellings_are_those_of_whole_words_in_the_sentence() -> None:
    say = {"Mira": "MEER-ah", "bow": "boh", "Old Pier": "old peer", "Read": "reed", "lux": "lucks"}
    assert spellings_for("Bow to Mira at the Old Pier, and read the bowl, luxury.", say) == (
        ("Mira", "MEER-ah"),
        ("bow", "boh"),
        ("Old Pier", "old peer"),
    )
    one = Sentence("The bow of a bow.", say=(("bow", "/bəʊ/"),))
    assert spellings_for(one, say) == (("bow", "/bəʊ/"),)
    assert spellings_for("Nothing.", {}) == ()


def test_the_spelling_of_a_name_is_not_that_of_a_word_written_alike() -> None:
    say = (("Rose", "ROHZ"), ("rose", "/rOz/"), ("Polish", "POH-lish"), ("bow", "boh"))
    said = [
        (piece, how)
        for piece, how in spelled_out("Rose rose. Polish men polish. BOW, and Bow.", say)
        if how is not None or "polish" in piece
    ]
    assert said == [
        ("Rose", "ROHZ"),
        ("rose", "/rOz/"),
        ("Polish", "POH-lish"),
        (" men polish. ", None),
        ("BOW", "boh"),
        ("Bow", "boh"),
    ]


def test_a_listeners_spelling_stands_for_a_storys() -> None:
    assert merged({"Mira": "MEER-ah", "bow": "boh"}, {"mira": "MY-rah"}) == {"bow": "boh", "mira": "MY-rah"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('Mira = "/mˈɪɹə"', 'a.md, [say]: Mira = "/mˈɪɹə" begins or ends with a slash, and not both.'),
        ('Mira = "/m1/"', '[say]: Mira = "/m1/" has "1" in it, which is no phoneme.'),
        ('Mira = "//"', "begins or ends with a slash, and not both."),
        ('Mira = "/./"', "has no sound in it."),
        ('Mira = "<b>"', '[say]: Mira = "<b>" is no respelling: letters and hyphens make one.'),
        ('Mira = ""', "[say]: Mira = \"\" is empty."),
        ("Mira = 3", "[say]: Mira = 3 is a number, not a text in quotes."),
        ('"<Mira>" = "MEER-ah"', '[say]: "<Mira>" is not a word.'),
    ],
)  # fmt: skip
def test_a_spelling_that_is_none_is_said_with_its_place(line: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"+++\n[say]\n{line}\n+++\n# A\n\nOne.\n")
    mistakes: list[WrittenWrongly] = []
    note_story(tmp_path / "a.md", mistakes)
    assert len(mistakes) == 1
    assert says in str(mistakes[0])


def test_a_listener_has_spellings_of_their_own(tmp_path: Path) -> None:
    text = '[say]\nSiobhan = "shih-VAWN"\n"Old Pier" = "/old pɪɹ/"\ninsomnia = "in-SOM-nee-ah"\n'
    kim = person_from(text, tmp_path / "kim.toml")
    assert kim.say == {"Siobhan": "shih-VAWN", "Old Pier": "/old pɪɹ/", "insomnia": "in-SOM-nee-ah"}
    assert rows_of(kim)["say"]["Old Pier"] == '"/old pɪɹ/"'
    assert person_from(written(kim), tmp_path / "kim.toml").say == kim.say
    with pytest.raises(WrittenWrongly, match=r"kim\.toml, \[say\]: Bo = \"/\" begins"):
        person_from('[say]\nBo = "/"\n', tmp_path / "kim.toml")


def test_check_names_them_and_the_file_is_right(lullaby: Say) -> None:
    Path("a.md").write_text("# A\n\nThe bow of the boat.\n")
    said = lullaby("check", "a.md")
    assert said.code == 0
    assert (
        '    line 3: "bow" may be misread in “The bow of the boat”. Settle it under [say]: bow = "boh" ('
    ) in said.out
    assert "pause after" in said.out
    Path("a.md").write_text('+++\n[say]\nbow = "bow"\n+++\n# A\n\nThe bow of the boat.\n')
    assert "misread" not in lullaby("check", "a.md").out


def test_check_says_that_a_recording_is_told_and_has_one_table_for_all_stories(lullaby: Say) -> None:
    soundfile.write("me.wav", np.zeros(800), 8_000)
    said = lullaby("check", "me.wav")
    assert said.code == 2
    assert "is a recording, which is told and not checked: lullaby tell me.wav" in said.out
    for name in ("a.md", "b.md"):
        Path(name).write_text("# A\n\nOne two.\n")
    assert lullaby("check", "a.md", "b.md").out.count("pause after") == 1


@pytest.mark.parametrize("name", ["a.txt", "a.ssml", "a.markdown"])
def test_check_reads_whatever_can_be_told(name: str, lullaby: Say) -> None:
    Path(name).write_text("<speak>One two. <x>Three.</x></speak>" if name == "a.ssml" else "One two. Three.")
    said = lullaby("check", name)
    assert (said.code, said.out.split("\n")[0]) == (
        0,
        f"{name}: right. a, a story of 3 words, a few seconds as it is told.",
    )
    assert ("there is no <x> here" in said.out) == (name == "a.ssml")
    Path(name).write_text("")
    assert lullaby("check", name).code == 2


@pytest.mark.parametrize(
    ("telling", "says"),
    [
        ('telling = "daytime"', 'Its bedtime telling is "tale".'),
        ('kind = "talk"\n[sources]\ns1 = "doi"', 'Its bedtime telling is "tale".'),
        ('telling = "bedtime"', ""),
    ],
)
def test_what_is_for_the_day_is_not_told_after_lights_out(telling: str, says: str, lullaby: Say) -> None:
    Path("stories").mkdir()
    Path("voices").mkdir()
    Path("voices/old-keeper.toml").write_text('kind = "teller"\n')
    Path("stories/tale.md").write_text("# Tale\n\nOne.\n")
    Path("stories/tale-by-day.md").write_text(f"+++\n{telling}\n+++\n# Tale\n\nOne.\n")
    Path("a.toml").write_text(
        'length = 01:00:00\n[voices]\nkeeper = "old-keeper"\n[[tell]]\nat = 60\nvoice = "keeper"\n'
        'story = ["tale", "tale-by-day"]\n'
    )
    said = lullaby("check", "a.toml")
    assert said.code == (2 if says else 0)
    assert said.out.startswith(
        f'a.toml, telling: "tale-by-day" is for the day, and a score begins at lights-out.\n    {says}'
        if says
        else "a.toml: right."
    )
