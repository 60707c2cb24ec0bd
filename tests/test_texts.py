"""Whatever a text is written in, it is told as paragraphs and sentences; what is for the eye is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lullaby import places
from lullaby.score.stories import note_story
from lullaby.story.headings import spoken_heading
from lullaby.story.plain import plain_told
from lullaby.story.reading import ENDINGS, read_text
from lullaby.story.text import Item, Paragraph, Part, Rest, Text

STORIES = sorted((places.shipped("scores") / "stories").glob("*.md"))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, content: str | bytes) -> Text:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_text(name)


def shown(item: Item) -> object:
    if isinstance(item, Rest):
        return "***" if item.scene else item.seconds
    return [s.text for s in item.sentences]


def told(part: Part) -> list[object]:
    return [shown(item) for item in part.items]


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_our_own_stories_are_told_word_for_word(path: Path) -> None:
    story, text = note_story(path, []), read_text(path)
    assert story is not None
    assert (text.title, text.words, text.lang) == (story.front.title, story.words, story.front.lang)
    assert text.bedtime == (story.front.telling == "bedtime")
    assert dict(text.say) == dict(story.front.say)
    assert set(text.cast) == set(story.front.cast)
    spoken = " ".join(s.text for s in text.sentences)
    marks = ("***", "[pause")
    assert spoken.split() == " ".join(p for p in story.paragraphs if not p.startswith(marks)).split()
    if story.front.telling == "bedtime" and story.front.kind == "tale":
        assert any(isinstance(item, Rest) for part in text.parts for item in part.items)
        assert len(text.parts) > 2
        assert all(part.heading for part in text.parts[1:])


MARKDOWN = """# My *title*

Some **bold** and _soft_ [link](http://x.org) and ![a picture](p.png) text[^1]. “No,” he said.
It is `code`, ~~not~~ gone.

[^1]: The note,
which goes on.

    And on.

- one
- [x] two
  still two

1. first
   - inner

> A quote. Two.

```python
print("not told")
```

    pip install nothing

    It was a dark night.

| Name | Age |
|------|-----|
| Bo   | 4   |

***

<!-- not
told -->

[pause]

[pause 4 s]

## Next

One line\\
and another<br>and a third. [pause 2.5 s] After it.

<div align="center">In the middle</div>

#### Deep

Setext
------

The end.
"""


def test_markdown_is_told_without_its_marks() -> None:
    text = read("a.md", MARKDOWN)
    assert text.title == "My title"
    assert [part.heading for part in text.parts] == ["", "Next", "Deep", "Setext"]
    assert told(text.parts[0]) == [
        ["Some bold and soft link and text.", "“No,” he said.", "It is code, not gone."],
        ["one"],
        ["two still two"],
        ["first"],
        ["inner"],
        ["A quote.", "Two."],
        ["It was a dark night."],
        ["Name, Age."],
        ["Bo, 4."],
        "***",
        None,
        4.0,
    ]
    assert told(text.parts[1]) == [
        ["One line", "and another", "and a third."],
        2.5,
        ["After it."],
        ["In the middle"],
    ]
    assert told(text.parts[-1]) == [["The end."]]
    assert next(text.sentences).source == "line 3"


def test_a_paragraph_that_names_a_figure_is_in_that_voice() -> None:
    front = '+++\n[cast]\ntalia = { name = "Talia" }\nold_man = { name = "The Old Man" }\n+++\n'
    body = (
        "# A\n\nShe came in.\nTALIA: Come in! It is late.\nthe old man (slowly): Yes.\n\n"
        "**Talia:** Good.\n\nBORIS: Who?\n\n“Talia: no,” he said. At 7: bed.\n"
    )
    text = read("a.md", front + body)
    assert [(s.who, s.text) for s in text.sentences] == [
        ("", "She came in."),
        ("talia", "Come in!"),
        ("talia", "It is late."),
        ("old_man", "Yes."),
        ("talia", "Good."),
        ("", "BORIS: Who?"),
        ("", "“Talia: no,” he said."),
        ("", "At 7: bed."),
    ]
    assert dict(text.cast) == {"talia": "Talia", "old_man": "The Old Man"}


def test_the_header_that_other_programs_write_is_known() -> None:
    text = read(
        "a.markdown", '---\ntitle: "Der Turm"\nauthor: Bo\nlang: de\ntags: [a]\n---\n\nAm 1. Mai kam er.\n'
    )
    assert (text.title, text.author, text.lang) == ("Der Turm", "Bo", "de")
    assert [(s.text, s.lang) for s in text.sentences] == [("Am 1. Mai kam er.", "de")]


def test_several_headings_of_the_first_rank_are_parts_and_none_is_the_title() -> None:
    text = read("two-tales.md", "# One\n\nA.\n\n# Two\n\nB.\n")
    assert (text.title, [part.heading for part in text.parts]) == ("two tales", ["One", "Two"])


GUTENBERG = """The Project Gutenberg eBook of The Lamp

Title: The Lamp

Author: Ann Writer

Language: English

*** START OF THE PROJECT GUTENBERG EBOOK THE LAMP ***


Produced by Somebody and the Online Team

[Illustration]

THE LAMP

by Ann Writer


CONTENTS

CHAPTER I. Down the Pier
CHAPTER II. Up Again
CHAPTER III. And Home


CHAPTER I.

Down the Pier

It was a _dark_ night, and the lamp burned
low upon the pier--so low that the well-
known boats could not be seen from the old
house.[1]

   The moon is up,
   The stars are out.

* * * * *

He went down and thought about the long

13

and narrow way that led to the sea. “Ah,”
he said.

[Footnote 1: It was
red.]


CHAPTER II

[Illustration: The pier by day]

It was light again.

*** END OF THE PROJECT GUTENBERG EBOOK THE LAMP ***

Licence follows.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_book_of_project_gutenberg_is_told_without_what_stands_around_it(line_end: str) -> None:
    text = read("a.txt", GUTENBERG.replace("\n", line_end))
    assert (text.title, text.author, text.lang) == ("The Lamp", "Ann Writer", "en")
    assert [part.heading for part in text.parts] == ["CHAPTER I. Down the Pier", "CHAPTER II"]
    assert told(text.parts[0]) == [
        [
            "It was a dark night, and the lamp burned low upon the pier—so low that the well-known boats "
            "could not be seen from the old house."
        ],
        ["The moon is up,", "The stars are out."],
        "***",
        ["He went down and thought about the long and narrow way that led to the sea.", "“Ah,” he said."],
    ]
    assert told(text.parts[1]) == [["It was light again."]]


@pytest.mark.parametrize(
    "content",
    [
        "“Süß”, sagte er.".encode(),
        b"\xef\xbb\xbf" + "“Süß”, sagte er.".encode(),
        "“Süß”, sagte er.".encode("utf-16"),
        b"\xfe\xff" + "“Süß”, sagte er.".encode("utf-16-be"),
        "“Süß”, sagte er.".encode("cp1252"),
    ],
    ids=["utf-8", "with a mark", "utf-16", "the other way round", "windows-1252"],
)
def test_plain_text_is_read_in_any_usual_encoding(content: bytes) -> None:
    assert [s.text for s in read("a.txt", content).sentences] == ["“Süß”, sagte er."]


def test_text_without_empty_lines_has_a_paragraph_a_line_or_lines_broken_by_hand() -> None:
    lines = "A first line is one.\nHere is a second, which goes on for much longer than the others do.\nNo."
    assert [len(told(part)) for part in plain_told(lines).parts] == [3]
    wrapped = (
        "  This line goes on to the right edge of the page where it\n"
        "was broken by hand, as it was done upon machines that had\n"
        "no other way to do it.\n"
        "  And this one begins another paragraph, which is shown by\n"
        "its indent.\n"
    )
    assert [len(told(part)) for part in plain_told(wrapped).parts] == [2]


def test_chapters_by_numeral_alone_are_found_where_they_count_up() -> None:
    text = plain_told("I\n\nIt began.\n\nII\n\nIt went on.\n\nIII\n\nIt ended.\n")
    assert [part.heading for part in text.parts] == ["I", "II", "III"]
    assert [part.heading for part in plain_told("One.\n\nII\n\nTwo.\n").parts] == [""]


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("CHAPTER ONE", True),
        ("Chapter 12: The Pier", True),
        ("BOOK THE FIRST.", True),
        ("Zweites Kapitel", True),
        ("Epilogue", True),
        ("Part of him wanted to go.", False),
        ("Part Two was lost at sea.", False),
        ("Act now, he thought.", False),
        ("He read chapter ten.", False),
    ],
)
def test_a_line_is_a_heading_only_where_it_counts_chapters(line: str, is_heading: bool) -> None:
    text = plain_told(f"It began, as it had to.\n\n\n{line}\n\nIt went on from there to the end.\n")
    assert ([part.heading for part in text.parts] == ["", line]) == is_heading


@pytest.mark.parametrize(
    ("heading", "spoken"),
    [
        ("CHAPTER IV. THE LAMP", "CHAPTER 4. THE LAMP"),
        ("Chapter I", "Chapter 1"),
        ("Book Two", "Book Two"),
        ("XIX", "19"),
        ("IX. The Pier", "9. The Pier"),
        ("Kapitel XII", "Kapitel 12"),
        ("I Remember", "I Remember"),
        ("I. M. Pei", "I. M. Pei"),
        ("", ""),
    ],
)
def test_a_heading_is_spoken_with_its_number(heading: str, spoken: str) -> None:
    assert spoken_heading(heading) == spoken


SSML = """<?xml version="1.0"?>
<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-GB">
<p><s>Good evening</s><s>The <emphasis>bow</emphasis> of a <phoneme ph="bəʊ">bow</phoneme>.</s></p>
<p>Hello.<break time="500ms"/> World. <prosody rate="80%" pitch="low">Slow <prosody rate="slow">now it is
slower than slow, and that is enough of it.</prosody></prosody>
<sub alias="World Wide Web">WWW</sub> and <say-as interpret-as="characters">AB</say-as>
on <say-as interpret-as="date">1 May</say-as>.</p>
<p xml:lang="de">Guten Abend.</p><break strength="none"/><break/>
<voice name="Old Mira">Come in.</voice> <mark name="x"/><x:thing xmlns:x="u">Kept.</x:thing>
<x:thing xmlns:x="u"/>
</speak>"""


@pytest.mark.parametrize("name", ["a.ssml", "a.xml"])
def test_ssml_says_how_a_text_is_told(name: str) -> None:
    text = read(name, SSML)
    assert (text.title, text.lang, dict(text.cast)) == ("a", "en-GB", {"old_mira": "Old Mira"})
    (part,) = text.parts
    assert told(part) == [
        ["Good evening", "The bow of a bow."],
        ["Hello."],
        0.5,
        [
            "World.",
            "Slow now it is slower than slow, and that is enough of it.",
            "World Wide Web and A, B on 1 May.",
        ],
        ["Guten Abend."],
        0.5,
        ["Come in.", "Kept."],
    ]
    found = {s.text.split()[0]: s for s in text.sentences}
    assert found["The"].say == (("bow", "/bəʊ/"),)
    assert found["Slow"].pace == pytest.approx(0.64)
    assert (found["Guten"].lang, found["Good"].lang) == ("de", "en-GB")
    assert (found["Come"].who, found["Kept."].who) == ("old_mira", "")
    assert found["Come"].source == "line 9"
    assert [note.split(": ", 1)[1] for note in text.notes] == [
        "pitch, range and loudness are the teller's own; only a rate is followed.",
        'there is no voice "Old Mira" here; the teller speaks it, as a figure of the story.',
        "there is no <x:thing> here; its text is told.",
    ]


@pytest.mark.parametrize(
    ("rate", "pace"),
    [("80%", 0.8), ("-10%", 0.9), ("+20%", 1.2), ("x-slow", 0.65), ("fast", 1.2), ("1%", 0.4), ("900%", 2.0)],
)
def test_a_rate_in_ssml_is_followed_within_what_a_voice_bears(rate: str, pace: float) -> None:
    text = read("a.ssml", f'<speak xml:lang="en"><prosody rate="{rate}">On it went.</prosody></speak>')
    assert [sentence.pace for sentence in text.sentences] == [pytest.approx(pace)]


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != ".epub"])
def test_no_sentence_can_move_a_cursor(ending: str) -> None:
    body = "One \u202etwo\u202c \u2066three\u2069\u200b.\n"
    marked = {".ssml": f"<speak>{body}</speak>", ".xml": f"<speak>{body}</speak>"}.get(ending, body)
    if ending in (".md", ".markdown"):
        marked = "# A\n\nOne two three.\n"
    assert [s.text for s in read(f"a{ending}", marked).sentences] == ["One two three."]


def test_a_rest_within_a_sentence_leaves_it_unfinished() -> None:
    text = read("a.ssml", '<speak>And so <break time="2s"/> to bed.</speak>')
    assert [(s.text, s.ends_clause) for s in text.sentences] == [("And so", True), ("to bed.", False)]
    assert isinstance(text.parts[0].items[0], Paragraph)
