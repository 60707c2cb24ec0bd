"""What `tell` makes of a text besides its sound: what it says of it, and what its file says of itself."""

from __future__ import annotations

from pathlib import Path

from epubs import book, package, page
from told import Counting

from lullaby.evening import Evening
from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.storytelling import Storytelling


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
