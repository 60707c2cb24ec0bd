"""EPUBs are told chapter by chapter, in their order, without anything that is only for the eye."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from epubs import book, package, page

from lullaby.story.epub import open_book
from lullaby.story.reading import read_text
from lullaby.story.text import Paragraph, Part, Rest, Sentence, Text

NAV = (
    '<nav epub:type="toc"><ol><li><a href="one.xhtml">The Pier</a></li>'
    '<li><a href="two.xhtml#b">The  <i>Lamp</i></a></li></ol></nav>'
    '<nav epub:type="landmarks"><ol><li><a href="two.xhtml">Not this</a></li></ol></nav>'
)
NCX = (
    "<ncx><docTitle><text>Not this</text></docTitle>"
    "<navMap><navPoint><navLabel><text>The Pier</text></navLabel>"
    '<content src="one.xhtml"/></navPoint><navPoint><navLabel><text>The Lamp</text></navLabel>'
    '<content src="two.xhtml#b"/></navPoint></navMap></ncx>'
)


def told(part: Part | Text) -> list[str]:
    parts = part.parts if isinstance(part, Text) else (part,)
    return [
        s.text for one in parts for item in one.items if isinstance(item, Paragraph) for s in item.sentences
    ]


def read(folder: Path, body: str, **facts: str) -> Text:
    return read_text(book(folder / "book.epub", {"one.xhtml": page(body)}, **facts))


def sentences(text: Text) -> list[Sentence]:
    return list(text.sentences)


def test_a_book_has_a_title_an_author_a_language_and_its_chapters_in_order(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.epub",
        {"two.xhtml": page("<p>Second, by name.</p>"), "one.xhtml": page("<h1>One</h1><p>First.</p>")},
        lang="en-GB",
    )
    text = read_text(path)
    assert (text.title, text.author, text.lang) == ("The Lamp & the Pier", "Ann Writer", "en-GB")
    assert [(part.heading, part.source, told(part)) for part in text.parts] == [
        ("", "OEBPS/two.xhtml", ["Second, by name."]),
        ("One", "OEBPS/one.xhtml", ["First."]),
    ]
    assert {sentence.lang for sentence in text.sentences} == {"en-GB"}


@pytest.mark.parametrize(
    ("name", "item", "content"),
    [
        (
            "nav.xhtml",
            '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
            NAV,
        ),
        ("toc.ncx", '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>', NCX),
    ],
)
def test_headings_come_from_the_table_of_contents_of_either_edition(
    name: str, item: str, content: str, tmp_path: Path
) -> None:
    chapters = {
        "one.xhtml": page("<h1>CHAPTER ONE</h1><p>First.</p>"),
        "two.xhtml": page("<p>Still first.</p><section id='b'><h2>II</h2><p id='p1'>Second.</p></section>"),
    }
    opf = package([*chapters], more=item)
    text = read_text(book(tmp_path / "a.epub", chapters, {f"OEBPS/{name}": content}, opf))
    assert [(part.heading, told(part)) for part in text.parts] == [
        ("The Pier", ["First."]),
        ("", ["Still first."]),
        ("The Lamp", ["Second."]),
    ]
    assert sentences(text)[-1].source == "p1"


def test_what_is_for_the_eye_is_left_out(tmp_path: Path) -> None:
    body = """<p>He rowed<a epub:type="noteref" href="#n1">1</a> out.<sup><a href="#n2">2</a></sup>
    <a href="x.xhtml#fn3" id="r3">[3]</a> The tide<a href="n.xhtml#a"><sup>4</sup></a> turned.</p>
    <img alt="a picture"/><figure><svg><title>drawn</title></svg></figure>
    <aside epub:type="footnote" id="n1"><p>It was red.</p></aside><script>var x = "<p>no</p>";</script>
    <span epub:type="pagebreak" title="12"/><div role="doc-endnotes"><p>Ends.</p></div>
    <p>See <a href="two.xhtml#c">chapter 3</a>, H<sub>2</sub>O<!-- <p>no</p> -->.</p>
    <p hidden="">Hidden.</p>"""
    assert told(read(tmp_path, body)) == [
        "He rowed out.",
        "The tide turned.",
        "See chapter 3, H2O.",
    ]


def test_blocks_are_paragraphs_and_rules_are_scenes(tmp_path: Path) -> None:
    body = """<div>One.<p>Two.</p>Three.</div><hr/><ul><li>Four</li><li>Five</li></ul>
    <p>* * *</p><blockquote>Six<br/>and seven</blockquote>
    <table><tr><th>a</th><th><p>b</p></th></tr><tr><td>c</td><td>d</td></tr></table><p>Last.</p><hr/>"""
    (part,) = read(tmp_path, body).parts
    shown = [
        [s.text for s in item.sentences] if isinstance(item, Paragraph) else item.scene for item in part.items
    ]
    assert shown == [
        ["One."], ["Two."], ["Three."], True, ["Four"], ["Five"], True, ["Six", "and seven"],
        ["a, b."], ["c, d."], ["Last."],
    ]  # fmt: skip
    assert not isinstance(part.items[-1], Rest), "nothing follows the last rule"


def test_of_ruby_the_base_is_told_and_a_drop_cap_stays_with_its_word(tmp_path: Path) -> None:
    body = "<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>です。</p><p><span>T</span>he end.</p>"
    assert told(read(tmp_path, body)) == ["東京です。", "The end."]


def test_a_sentence_in_another_language_says_so(tmp_path: Path) -> None:
    body = '<p>She said <i xml:lang="fr">bonjour</i>.</p><p xml:lang="de">Guten Abend. Am 1. Mai kam er.</p>'
    found = [(s.text, s.lang) for s in read(tmp_path, body).sentences]
    assert found == [("She said bonjour.", "en"), ("Guten Abend.", "de"), ("Am 1. Mai kam er.", "de")]


def test_ids_are_kept_to_find_a_sentence_again(tmp_path: Path) -> None:
    body = '<section id="all"><p id="p1">One. <span id="s2">Two.</span></p><p>Three.</p></section>'
    assert [(s.text, s.source) for s in read(tmp_path, body).sentences] == [
        ("One.", "p1"),
        ("Two.", "s2"),
        ("Three.", ""),
    ]


def test_covers_and_tables_of_contents_in_the_order_of_chapters_are_not_told(tmp_path: Path) -> None:
    chapters = {
        "cover.xhtml": page("<p>Cover</p>"),
        "toc.xhtml": page("<p>Contents</p>"),
        "notes.xhtml": page('<section epub:type="endnotes"><p>Note.</p></section>'),
        "one.xhtml": page("<p>Told.</p>"),
    }
    guide = '<reference type="cover" href="cover.xhtml"/><reference type="toc" href="toc.xhtml"/>'
    assert told(read_text(book(tmp_path / "a.epub", chapters, tail=f"<guide>{guide}</guide>"))) == ["Told."]


def test_a_book_that_does_not_say_its_language_is_known_by_its_words(tmp_path: Path) -> None:
    body = "<p>Der Mann und die Frau sind nicht im Haus, und das ist auch gut so mit der Zeit.</p>"
    assert read(tmp_path, body, lang="").lang == "de"


def test_a_missing_chapter_is_said_and_the_others_are_told(tmp_path: Path) -> None:
    opf = package(["one.xhtml", "gone.xhtml", "two.xhtml"])
    chapters = {"one.xhtml": page("<p>One.</p>"), "two.xhtml": page("<p>Two.</p>")}
    text = read_text(book(tmp_path / "a.epub", chapters, opf=opf))
    assert told(text) == ["One.", "Two."]
    (note,) = text.notes
    assert note.endswith("a.epub, OEBPS/gone.xhtml: this chapter is missing, and is left out.")


@pytest.mark.parametrize(
    "body",
    [
        "<p>One.<p>Two.<div>Three.",
        "<p>One.</i></p></div><p><b>Two.</p><p>Three.</b>",
        "<P CLASS=a>One.</P>\n<p title='>'>Two.</p><p>Three.</p><p unclosed",
        "<p>One.</p><![CDATA[Two.]]><p>Three.</p><!-- never closed <p>Four.</p>",
    ],
)
def test_broken_markup_is_read_as_far_as_it_can_be(body: str, tmp_path: Path) -> None:
    text = read_text(book(tmp_path / "a.epub", {"one.xhtml": f"<html><body>{body}"}))
    assert told(text) == ["One.", "Two.", "Three."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_chapter_is_read_in_the_encoding_it_names(encoding: str, tmp_path: Path) -> None:
    text = page("<p>Caf&eacute; é &#8220;ü&#x201D; &nbsp;&mdash; end.</p>").replace("utf-8", encoding)
    assert told(read_text(book(tmp_path / "a.epub", {"one.xhtml": text.encode(encoding)}))) == [
        "Café é “ü” — end."
    ]


def test_one_chapter_of_a_big_book_is_held_at_a_time(tmp_path: Path) -> None:
    sentence = "<p>The tide came in over the flats and went out again before anybody woke.</p>"
    chapters = {f"c{n}.xhtml": page(sentence * 300 + f"<p>Number {n}.</p>") for n in range(24)}
    path = book(tmp_path / "big.epub", chapters)
    size = sum(map(len, chapters.values()))
    del chapters
    tracemalloc.start()
    count = 0
    for part in open_book(path).parts():
        count += len(part.items)
        del part
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 24 * 301
    assert peak < size / 2


def test_the_title_of_a_book_without_one_is_that_of_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, "<p>One.</p>", facts="").title == "book"
