"""A book that speaks: an EPUB with its narration inside, sentence by sentence."""

from __future__ import annotations

import time
import zipfile
from concurrent.futures import Future
from pathlib import Path
from xml.etree import ElementTree
from zlib import crc32

import pytest
from epubs import book, package, page
from spoken_books import Read, faults
from told import Counting, sentence_of_noise
from typed import typing

from lullaby import places
from lullaby.errors import WrittenWrongly
from lullaby.evening.narration import spoken_book
from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.spoken_book import write_spoken_book
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.export import export
from lullaby.export.overlay_marking import Spoken, marked
from lullaby.export.overlay_text import is_xml, well_formed
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import Speech
from lullaby.night import Night
from lullaby.time import RATE, Span

FACTS = (
    '<dc:identifier id="uid">urn:isbn:1</dc:identifier><dc:title>The Lamp &amp; the Pier</dc:title>'
    "<dc:creator>Ann Writer</dc:creator>"
)
ONE = page(
    "<h1>The lamp</h1>"
    "<p>There was a lamp at the end of the pier. It asked for <em>very little</em>. "
    "“Good,” said Mr. Hale.</p>"
    '<p id="p2"><em>Some oil. A clean</em> glass &#8212; and a person. That was all.</p>'
    '<p>The sea was calm<a epub:type="noteref" href="#n1">1</a>. Nobody minded &amp; nobody spoke.</p>'
    "<ul><li>Rope</li><li>A kettle.</li></ul>"
)
TWO = page(
    '<h2>Home</h2><p><span id="mine">He went home.</span> <b>The stairs creaked.</b> '
    "Then he slept&#160;well.</p>"
)


class Noise(Counting):
    """A speaker whose sentences stand on the shelf."""

    def _ask(self, speech: Speech) -> Future[Shelved]:
        self.asked.append(speech)
        found: Future[Shelved] = Future()
        number = crc32(speech.text.encode()) % 1000
        found.set_result(sentence_of_noise(round(0.3 * len(speech.text.split()) + 0.2, 2), number))
        return found


@pytest.fixture(autouse=True)
def teller() -> None:
    path = places.home() / "voices" / "a-keeper.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('kind = "teller"\n')


def new_package(chapters: list[str]) -> str:
    opf = package(
        chapters,
        facts=FACTS + '<meta property="dcterms:modified">2026-03-01T00:00:00Z</meta>',
        more='<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
    )
    return opf.replace('version="3.0"', 'version="3.0" unique-identifier="uid"').replace(' toc="ncx"', "")


NAV = page('<nav epub:type="toc"><ol><li><a href="one.xhtml">The lamp</a></li></ol></nav>')


def new_book(path: Path, one: str = ONE, two: str = TWO) -> Path:
    chapters = {"one.xhtml": one, "text/two.xhtml": two}
    more = {"OEBPS/nav.xhtml": NAV, "OEBPS/cover.bin": bytes(range(256)) * 40}
    return book(path, chapters, more, new_package([*chapters]))


def spoken(source: Path, target: Path) -> Read:
    """The book, told and written."""
    speaker = Noise()
    evening = story_evening(StoryRequest(source, teller="a-keeper"), lambda: Storytelling(speaker))
    assert write_spoken_book(evening, source, target) >= 1
    return Read(target)


def heard(read: Read) -> dict[str, list[str]]:
    """What each page shows while it is told."""
    return {page: [read.text_of(page, id) for id, *_ in clips] for page, clips in read.overlays()}


def test_a_book_speaks_sentence_by_sentence(tmp_path: Path) -> None:
    source = new_book(tmp_path / "book.epub")
    read = spoken(source, tmp_path / "spoken.epub")
    assert faults(tmp_path / "spoken.epub") == []
    told = heard(read)
    assert told["OEBPS/one.xhtml"][:4] == [
        "The lamp",
        "There was a lamp at the end of the pier.",
        "It asked for very little.",
        "“Good,” said Mr. Hale.",
    ]
    assert "The sea was calm1." in told["OEBPS/one.xhtml"], "the number of a note is shown, and not told"
    assert "Nobody minded & nobody spoke." in told["OEBPS/one.xhtml"]
    assert told["OEBPS/one.xhtml"][-2:] == ["Rope", "A kettle."]
    assert told["OEBPS/text/two.xhtml"] == [
        "Home",
        "He went home.",
        "The stairs creaked.",
        "Then he slept well.",
    ]


def test_a_sentence_that_would_cut_an_element_is_its_paragraph(tmp_path: Path) -> None:
    read = spoken(new_book(tmp_path / "book.epub"), tmp_path / "spoken.epub")
    clips = dict(read.overlays())["OEBPS/one.xhtml"]
    assert [id for id, *_ in clips].count("p2") == 1
    assert "Some oil. A clean glass — and a person. That was all." in heard(read)["OEBPS/one.xhtml"]


def test_an_id_that_is_there_is_used(tmp_path: Path) -> None:
    read = spoken(new_book(tmp_path / "book.epub"), tmp_path / "spoken.epub")
    assert "mine" in [id for id, *_ in dict(read.overlays())["OEBPS/text/two.xhtml"]]


def test_nothing_else_in_the_book_is_changed(tmp_path: Path) -> None:
    source = new_book(tmp_path / "book.epub")
    read = spoken(source, tmp_path / "spoken.epub")
    before = zipfile.ZipFile(source)
    for name in ("OEBPS/cover.bin", "OEBPS/nav.xhtml", "META-INF/container.xml"):
        assert read.zip.read(name) == before.read(name)
    for name in ("OEBPS/one.xhtml", "OEBPS/text/two.xhtml"):
        texts = ["".join(ElementTree.fromstring(file.read(name)).itertext()) for file in (before, read.zip)]
        assert texts[0] == texts[1], "its words are what they were"


def test_a_clip_is_where_its_sentence_is_heard(tmp_path: Path) -> None:
    """Each begins where a sentence begins, and pauses belong to what was said before them."""
    source = new_book(tmp_path / "book.epub")
    speaker = Noise()
    evening = story_evening(StoryRequest(source, teller="a-keeper"), lambda: Storytelling(speaker))
    write_spoken_book(evening, source, tmp_path / "spoken.epub")
    assert evening.storytelling is not None
    tale = evening.storytelling.tales[0]
    clips = dict(Read(tmp_path / "spoken.epub").overlays())["OEBPS/text/two.xhtml"]
    part = tale.told.text.parts[-1]
    assert part.source == "OEBPS/text/two.xhtml"
    lines = [one.line for one in tale.laid if one.beat.part == len(tale.told.text.parts) - 1]
    begins = [(line.start - lines[0].start) / RATE for line in lines]
    lead = clips[1][1] - begins[1]
    assert 0 < lead <= 0.26
    assert [begin for _, begin, _, _ in clips[1:]] == pytest.approx(
        [at + lead for at in begins[1:]], abs=0.002
    )
    assert [end for _, _, end, _ in clips[:-1]] == [begin for _, begin, _, _ in clips[1:]]


def test_the_sound_of_a_page_is_one_channel_at_24_khz(tmp_path: Path, ffprobe: object) -> None:
    read = spoken(new_book(tmp_path / "book.epub"), tmp_path / "spoken.epub")
    sound = next(iter(read.overlays()))[1][0][3]
    (tmp_path / "sound.m4a").write_bytes(read.zip.read(sound))
    (stream,) = [s for s in ffprobe(tmp_path / "sound.m4a")["streams"] if s["codec_type"] == "audio"]  # type: ignore[operator]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == ("aac", "24000", 1)
    kinds = {read.name[id]: item.attrib["media-type"] for id, item in read.items.items()}
    assert kinds[sound] == "audio/mp4"


def test_the_same_book_twice_is_the_same_file(tmp_path: Path) -> None:
    source = new_book(tmp_path / "book.epub")
    spoken(source, tmp_path / "one.epub")
    spoken(source, tmp_path / "two.epub")
    assert (tmp_path / "one.epub").read_bytes() == (tmp_path / "two.epub").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.epub", "one.epub", "two.epub"]


def test_stopped_and_asked_again_no_finished_page_is_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = new_book(tmp_path / "book.epub")
    spoken(source, tmp_path / "whole.epub")
    made: list[Span] = []

    def stopped(night: Night, path: Path, *, span: Span, **how: object) -> Path:
        if made and "stop" in stops:
            raise KeyboardInterrupt
        made.append(span)
        return export(night, path, span=span, **how)  # type: ignore[arg-type]

    stops = {"stop"}
    monkeypatch.setattr(spoken_book, "export", stopped)
    with pytest.raises(KeyboardInterrupt):
        spoken(source, tmp_path / "spoken.epub")
    assert not (tmp_path / "spoken.epub").exists()
    stops.clear()
    spoken(source, tmp_path / "spoken.epub")
    assert len(made) == 2, "one before, one after"
    assert (tmp_path / "spoken.epub").read_bytes() == (tmp_path / "whole.epub").read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


OLD = """<?xml version="1.0" encoding="ISO-8859-1"?>
<opf:package xmlns:opf="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="uid">
<opf:metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Lamp</dc:title><dc:language>en</dc:language>
<dc:identifier id="uid" opf:scheme="ISBN">1</dc:identifier>
<dc:creator opf:role="aut" opf:file-as="Writer, Ann">Ann Writer</dc:creator>
<dc:date opf:event="publication">2001</dc:date><dc:date opf:event="creation">2000</dc:date>
<opf:meta name="cover" content="c1"/></opf:metadata>
<opf:manifest><opf:item id="c1" href="one.html" media-type="application/xhtml+xml"/>
<opf:item id="c2" href="two%20b.html" media-type="application/xhtml+xml"/>
<opf:item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></opf:manifest>
<opf:spine toc="ncx"><opf:itemref idref="c1"/><opf:itemref idref="c2"/></opf:spine></opf:package>"""
OLD_PAGE = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
    '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head>'
    "<title>x</title></head><body>{}</body></html>"
)
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint id="n1">'
    '<navLabel><text>Part one</text></navLabel><content src="one.html"/></navPoint></navMap></ncx>'
)


def test_an_old_book_becomes_a_new_one(tmp_path: Path) -> None:
    chapters = {
        "one.html": OLD_PAGE.format(
            "<h1>Part one</h1><p>It rained&nbsp;all day.<br/>Nobody&eacute; minded.</p>"
        ),
        "two b.html": OLD_PAGE.format("<p>It was dry &ndash; at last. We slept.</p>"),
        "toc.ncx": NCX,
    }
    source = book(tmp_path / "old.epub", chapters, opf=OLD)
    read = spoken(source, tmp_path / "spoken.epub")
    assert faults(tmp_path / "spoken.epub") == []
    told = heard(read)
    assert told["OEBPS/two b.html"] == ["It was dry – at last.", "We slept."]
    assert told["OEBPS/one.html"] == ["Part one", "It rained all day.", "Nobodyé minded."]
    nav = next(read.name[id] for id, one in read.items.items() if one.attrib.get("properties") == "nav")
    assert "Part one" in read.zip.read(nav).decode()


def test_broken_pages_are_mended(tmp_path: Path) -> None:
    broken = (
        "<html><head><title>x</title></head><body><p class=a>Rain & wind.<br>He said <i>no more</p>"
        "<p>It was <b>late.</i> We went on.</p>"
    )
    source = new_book(tmp_path / "book.epub", one=broken)
    read = spoken(source, tmp_path / "spoken.epub")
    assert faults(tmp_path / "spoken.epub") == []
    assert "Rain & wind." in " ".join(heard(read)["OEBPS/one.xhtml"])


@pytest.mark.parametrize(
    ("body", "sentences", "shown"),
    [
        ("<p>One. Two.</p>", ["One.", "Two."], ["One.", "Two."]),
        ("<p>One <i>is</i> here. Two.</p>", ["One is here.", "Two."], ["One is here.", "Two."]),
        ("<p><i>One</i> is here. Two.</p>", ["One is here.", "Two."], ["One is here.", "Two."]),
        ("<p>One is <i>here.</i> Two.</p>", ["One is here.", "Two."], ["One is here.", "Two."]),
        (
            "<p>One <i>is here. Two</i> is not.</p>",
            ["One is here.", "Two is not."],
            ["One is here. Two is not."] * 2,
        ),
        (
            "<p>A cafe\u0301 &#233; &lt; b. Two.</p>",
            ["A café é < b.", "Two."],
            ["A cafe\u0301 é < b.", "Two."],
        ),
        ("<p>Soft\u00adly now.</p>", ["Softly now."], ["Soft\u00adly now."]),
        (
            "<p>Told<sup>12</sup> so well and so long. Two.</p>",
            ["Told so well and so long.", "Two."],
            ["", "Two."],
        ),
        (
            "<p>There once was a lamp<sup>12</sup> at the end of the long pier. Two.</p>",
            ["There once was a lamp at the end of the long pier.", "Two."],
            ["There once was a lamp12 at the end of the long pier.", "Two."],
        ),
        ("<p>One.<!-- a. b. --> Two.</p><style>Two.</style>", ["One.", "Two."], ["One.", "Two."]),
        ("<div>One.<p>Two.</p>Three.</div>", ["One.", "Two.", "Three."], ["One.", "Two.", "Three."]),
    ],
)
def test_spans_are_put_round_sentences(body: str, sentences: list[str], shown: list[str]) -> None:
    text = well_formed(page(body))
    assert text is not None
    made, targets = marked(text, [Spoken(sentence) for sentence in sentences])
    assert is_xml(made)
    tree = ElementTree.fromstring(made)
    by_id = {one.attrib["id"]: "".join(one.itertext()) for one in tree.iter() if "id" in one.attrib}
    assert [by_id.get(target, "") for target in targets] == shown
    before = ElementTree.fromstring(text)
    assert "".join(tree.itertext()) == "".join(before.itertext())


@pytest.mark.parametrize(
    "many",
    ["<!--", "<![CDATA[", "<b>", "</b>", "<a ", '<a b="', "&a", "<", "<!DOCTYPE [", "<i></b>"],
)
def test_a_page_that_is_meant_to_take_for_ever_does_not(many: str) -> None:
    """Twice as much takes about twice as long: by the square it would be sixteen times for four times."""

    def takes(count: int) -> float:
        began = time.process_time()
        text = well_formed(f"<html><body><p>{many * count}</p></body></html>")
        if text is not None:
            marked(text, [Spoken("Nothing."), Spoken("Of it.")] * 20)
        return time.process_time() - began

    takes(1_000)
    assert takes(40_000) < 9 * takes(10_000) + 0.5


def test_a_book_of_a_page_that_is_told_twice_has_one_narration(tmp_path: Path) -> None:
    one = page('<h1 id="a">The lamp</h1><p>It burned.</p><h1 id="b">The pier</h1><p>It stood.</p>')
    source = new_book(tmp_path / "book.epub", one=one)
    read = spoken(source, tmp_path / "spoken.epub")
    assert faults(tmp_path / "spoken.epub") == []
    assert heard(read)["OEBPS/one.xhtml"] == ["The lamp", "It burned.", "The pier", "It stood."]


def test_a_damaged_list_of_files_is_said(tmp_path: Path) -> None:
    source = new_book(tmp_path / "book.epub")
    evening = story_evening(StoryRequest(source, teller="a-keeper"), lambda: Storytelling(Noise()))
    book(source, {"one.xhtml": ONE, "text/two.xhtml": TWO}, opf="<package><manifest>")
    with pytest.raises(WrittenWrongly, match="list of files"):
        write_spoken_book(evening, source, tmp_path / "spoken.epub")
    assert not (tmp_path / "spoken.epub").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rabbit-on-the-line", "--overlays", "x.epub"), "is no EPUB"),
        (("book.epub", "--overlays", "x.mp3"), "ends in .epub"),
        (("book.epub", "--overlays", "book.epub"), "the book itself"),
    ],
)
def test_what_cannot_be_overlaid_is_refused(
    tmp_path: Path,
    words: tuple[str, ...],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new_book(tmp_path / "book.epub")
    monkeypatch.chdir(tmp_path)
    said = typing(capsys)("tell", *words, "-o", "x.m4b")
    assert said.code == 2
    assert says in said.err
    assert not (tmp_path / "x.m4b").exists()
