"""What `tell` makes of a text besides its sound: what it says of it, and what its file says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from epubs import book, package, page
from told import Counting

from lullaby import places
from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.evening import Evening, Request, prepared
from lullaby.evening.facts.checked import facts_of_checked
from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.beats import beats_of
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.export.containers.tags import Tags, id3, vorbis_comment
from lullaby.export.file_tags import tags_of
from lullaby.score.stories import note_story
from lullaby.story.reading import note_text, read_text


def evening_of(path: Path, bed: str | None = None) -> Evening:
    """The evening of this text, told by somebody who says nothing."""
    return story_evening(StoryRequest(path, bed=bed, sleeper="none"), lambda: Storytelling(Counting()))


def test_a_chapter_that_is_missing_is_said_where_its_book_is_told(tmp_path: Path) -> None:
    opf = package(["one.xhtml", "gone.xhtml"])
    path = book(tmp_path / "a.epub", {"one.xhtml": page("<p>One.</p>")}, opf=opf)
    assert [note.says for note in evening_of(path).notes] == [
        f"{path}, OEBPS/gone.xhtml: this chapter is missing, and is left out."
    ]


def test_what_is_not_known_of_a_text_is_said_once_where_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ssml"
    said = '<voice name="Joanna">Come in.</voice> <mood>Kept.</mood>'
    path.write_text(f"<speak><p>One.</p>{said}{said}</speak>")
    assert [note.says.split(": ", 1)[1] for note in evening_of(path).notes] == [
        'there is no voice "Joanna" here; the teller speaks it, as a figure of the story.',
        "there is no <mood> here; its text is told.",
    ]


def tags(evening: Evening) -> Tags:
    return tags_of(evening.night, evening.night.span, b"", 0)


def test_an_audiobook_is_its_authors_and_nobody_says_that_it_may_be_published(tmp_path: Path) -> None:
    theirs = tags(evening_of(book(tmp_path / "a.epub", {"one.xhtml": page("<p>One.</p>")})))
    assert (theirs.artist, theirs.genre) == ("Ann Writer", "Audiobook")
    assert theirs.credits.startswith("Told by ")
    assert "hibari" in theirs.credits
    says = "by Ann Writer: names no licence: if it is not your own work, ask whoever made it."
    assert says in theirs.credits
    assert theirs.credits.endswith("not known: see The Lamp & the Pier.")
    for comment in (vorbis_comment(theirs), id3(theirs, None)):
        assert comment.count(b"Ann Writer") == 3  # the artist, that of the album, and the credits


@pytest.mark.parametrize("header", ['+++\nauthor = "Ann"\n+++\n', "---\nauthor: Ann\n---\n"])
def test_a_text_names_its_author(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.md").write_text(f"{header}# A\n\nOne.\n")
    assert tags(evening_of(tmp_path / "a.md")).artist == "Ann"


def test_a_text_without_an_author_is_nobodys_and_one_that_ships_may_be_published(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nOne.\n")
    assert tags(evening_of(tmp_path / "a.md")).artist == ""
    ours = tags(evening_of(places.shipped("scores") / "stories" / "rabbit-on-the-line.md"))
    assert (ours.artist, ours.genre) == ("lullaby", "Audiobook")
    assert ours.credits.endswith("This sound may be published, and sold.")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Post\ndate: 2024-01-01\n---\n\n# Post\n\nOne two.\n",
        "Just words.\n",
        "<!-- no more than this -->\n",
        "- one\n- two\n",
        "Read: [pause 99 s]\n\n[pause 99 s]\n",
    ],
)
@pytest.mark.parametrize("name", ["a-text.md", "a-text.markdown"])
def test_check_says_of_a_text_what_tell_does_with_it(tmp_path: Path, name: str, text: str) -> None:
    path, mistakes = tmp_path / name, list[WrittenWrongly]()
    path.write_text(text)
    told = note_text(path, mistakes)
    facts = facts_of_checked(path, None)
    assert facts["right"] == (told is not None)
    assert facts.get("mistakes", [])[:1] == [str(one) for one in mistakes]
    if told is not None:
        story = note_story(path, mistakes)
        assert story is not None
        assert not mistakes
        assert story.words == told.words  # and so do the list of stories and an avoid-list


PARTS = "# The lamp\n\nIt shone.\n\n## The rain\n\nIt rained.\n\n## The end\n\nGood night.\n"


@pytest.mark.parametrize("bed", [None, "plain", "rain", "rain sea:-6"])
def test_a_story_has_its_parts_as_chapters_over_a_bed_as_well(tmp_path: Path, bed: str | None) -> None:
    (tmp_path / "a.md").write_text(PARTS)
    evening = evening_of(tmp_path / "a.md", bed)
    assert [chapter.title for chapter in tags(evening).chapters] == ["The lamp", "The rain", "The end"]
    assert len(evening.night.plan.tracks) == {None: 1, "rain": 2}.get(bed, 3)


def test_a_bed_that_is_neither_a_score_nor_voices_is_refused_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PARTS)
    with pytest.raises(AskedWrongly, match='there is no score and no voice "rian"'):
        evening_of(tmp_path / "a.md", "rian")


def test_in_a_score_the_parts_are_chapters_beside_its_scenes(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "a.md").write_text(PARTS)
    (tmp_path / "night.toml").write_text(SCORE)
    request = Request(str(tmp_path / "night.toml"), sleeper="none")
    evening = prepared(request, storytelling=Storytelling(Counting()))
    found = [chapter.title for chapter in tags(evening).chapters]
    assert found == ["All", "The lamp", "The rain", "The end"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("de-guess.md", "Es war einmal.\n"),
        ("de-guess.txt", "Es war einmal.\n"),
        ("de-guess.ssml", "<speak xml:lang='de'>Es war einmal.</speak>"),
        ("de-guess.epub", ""),
    ],
)
def test_the_name_of_a_file_is_not_spoken(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text)
    else:
        book(path, {"one.xhtml": page("<p>Es war einmal.</p>")}, facts="")
    told = read_text(path)
    assert [beat.sentence.text for beat in beats_of(told)] == ["Es war einmal."]
    assert told.title.replace("-", " ") == "de guess"


def test_code_is_told_within_a_sentence_and_left_out_as_a_block(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nType `sleep 60` and wait.\n\n```\nnot told\n```\n\n    x = {y}\n")
    assert [one.text for one in read_text(tmp_path / "a.md").sentences] == ["Type sleep 60 and wait."]


SCORE = """
length = 00:10:00
[voices]
rain = "rain-on-slate"
keeper = "grandmother"
[scene.all]
at = 0
rain = 0
[[tell]]
at = 00:01:00
story = "a"
voice = "keeper"
"""
