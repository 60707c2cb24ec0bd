"""Texts that are broken, or made to do harm: each is refused with a message that says where and what, or it
is read in little time and memory."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from epubs import CONTAINER, book, package, page
from work_done import grows_with_length

from lullaby.errors import WrittenWrongly
from lullaby.story import zipped
from lullaby.story.markup import Tag, tags
from lullaby.story.plain import plain_told
from lullaby.story.reading import ENDINGS, note_text, read_text
from lullaby.story.ssml import ssml_text

ONE = {"one.xhtml": page("<p>One.</p>")}
LOCKED = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="urn:x">
<enc:EncryptedData>
<enc:EncryptionMethod Algorithm="{how}"/><enc:CipherData><enc:CipherReference URI="{what}"/></enc:CipherData>
</enc:EncryptedData></encryption>"""
FONTS = "http://www.idpf.org/2008/embedding"
AES = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"


def no_zip(path: Path) -> None:
    path.write_text("This is only text.")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    book(path, ONE)
    path.write_bytes(path.read_bytes()[:-200])


def no_epub(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "A zip file of something else.")


def damaged(path: Path) -> None:
    book(path, {"one.xhtml": page("<p>One.</p>" * 50)})
    with zipfile.ZipFile(path) as file:
        info = file.getinfo("OEBPS/one.xhtml")
    content = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    content[start + 20 : start + 40] = b"\xff" * 20
    path.write_bytes(content)


def locked(path: Path) -> None:
    book(path, ONE, {"META-INF/encryption.xml": LOCKED.format(how=AES, what="OEBPS/one.xhtml")})


def with_a_password(path: Path) -> None:
    book(path, ONE)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    path.write_bytes(content)


def bomb(path: Path) -> None:
    book(path, {"one.xhtml": b"<p>" + b" " * (8 << 20)})


def huge_chapter(path: Path) -> None:
    book(path, {"one.xhtml": os.urandom(1 << 20) + b"x" * (16 << 20)})


def lying_about_its_size(path: Path) -> None:
    """Says that its chapter is small; what is unpacked of it is no more than it said."""
    book(path, {"one.xhtml": page("<p>One.</p>" * 50_000)})
    content = bytearray(path.read_bytes())
    place = content.find(b"OEBPS/one.xhtml", content.find(b"PK\x01\x02")) - 46
    struct.pack_into("<L", content, place + 24, 400)
    path.write_bytes(content)


def entities(path: Path) -> None:
    lol = '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    book(path, {"one.xhtml": f"<?xml version='1.0'?>{lol}<html><body><p>&b;</p></body></html>"})


def out_of_the_book(path: Path) -> None:
    book(path, {**ONE, "two.xhtml": ""}, opf=package(["one.xhtml", "../../../etc/passwd"]))


def absolute(path: Path) -> None:
    book(path, ONE, opf=package(["/etc/passwd"]))


def on_a_drive(path: Path) -> None:
    book(path, ONE, opf=package(["C:%5Cboot.ini"]))


def container_out_of_the_book(path: Path) -> None:
    book(path, ONE, {"META-INF/container.xml": CONTAINER.replace("OEBPS/book.opf", "../book.opf")})


def link_to_a_file(path: Path) -> None:
    book(path, {}, opf=package(["one.xhtml"]))
    info = zipfile.ZipInfo("OEBPS/one.xhtml")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(info, "/etc/passwd")


def no_chapters(path: Path) -> None:
    book(path, {}, opf=package([]))


def only_missing_chapters(path: Path) -> None:
    book(path, {}, opf=package(["gone.xhtml"]))


def only_pictures(path: Path) -> None:
    book(path, {"one.xhtml": page('<img src="a.png" alt="A lamp"/>')})


def too_many_files(path: Path) -> None:
    """As many as the end of the file says; none of them need be there."""
    book(path, ONE)
    content = bytearray(path.read_bytes())
    struct.pack_into("<HHL", content, len(content) - 14, 65_000, 65_000, 60 << 20)
    path.write_bytes(content)


def packed_in_another_way(path: Path) -> None:
    book(path, {}, opf=package(["one.xhtml"]))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as file:
        file.writestr("OEBPS/one.xhtml", page("<p>One.</p>"))


EPUBS: dict[Callable[[Path], None], str] = {
    no_zip: "x.epub: this is no EPUB: it is not a zip file.",
    empty: "x.epub: this file is empty.",
    truncated: "x.epub: this is only the beginning of an EPUB, or a damaged one.\n    Is it whole?",
    no_epub: "x.epub: this is a zip file and no EPUB: it has no list of chapters.",
    damaged: "x.epub, OEBPS/one.xhtml: this is damaged.\n    Is it whole?",
    locked: 'x.epub: this book is locked (DRM): "OEBPS/one.xhtml" in it is encrypted.\n    Only its seller',
    with_a_password: "this is locked by a password.",
    bomb: "x.epub, OEBPS/one.xhtml: this would unpack to 10",
    huge_chapter: "x.epub, OEBPS/one.xhtml: this is larger than 16 MiB, which no chapter is.",
    lying_about_its_size: "x.epub, OEBPS/one.xhtml: this is damaged.",
    entities: "x.epub, OEBPS/one.xhtml: it defines entities of its own.",
    out_of_the_book: 'x.epub, OEBPS/book.opf: it names "../../../etc/passwd", which is not inside of it.',
    absolute: 'x.epub, OEBPS/book.opf: it names "/etc/passwd", which is not inside of it.',
    on_a_drive: 'x.epub, OEBPS/book.opf: it names "C:%5Cboot.ini", which is not inside of it.',
    container_out_of_the_book: 'x.epub, META-INF/container.xml: it names "../book.opf"',
    link_to_a_file: "x.epub, OEBPS/one.xhtml: this is a link to another file; it is not followed.",
    no_chapters: "x.epub, OEBPS/book.opf: it names no chapter.",
    only_missing_chapters: "no chapter with words.\n    x.epub, OEBPS/gone.xhtml: this chapter is missing",
    only_pictures: "x.epub: nothing is told in it: it has no chapter with words.\n    Are they pictures?",
    too_many_files: "x.epub: there are far more files in it than in a book.",
    packed_in_another_way: "x.epub, OEBPS/one.xhtml: this is packed in a way that no EPUB is.",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("made", EPUBS, ids=lambda made: made.__name__)
def test_a_bad_book_is_refused_with_its_reason(made: Callable[[Path], None]) -> None:
    made(Path("x.epub"))
    mistakes: list[WrittenWrongly] = []
    assert note_text("x.epub", mistakes) is None
    assert EPUBS[made] in str(mistakes[0])


def test_a_book_whose_fonts_alone_are_locked_is_read() -> None:
    for what in ("OEBPS/font.otf", "OEBPS/one.xhtml"):
        book(Path("x.epub"), ONE, {"META-INF/encryption.xml": LOCKED.format(how=FONTS, what=what)})
        assert read_text("x.epub").words == 1


def test_files_with_names_that_lead_out_of_a_book_are_not_touched() -> None:
    book(Path("x.epub"), ONE, {"../../evil.xhtml": "evil", "/tmp/evil": "evil"})
    assert read_text("x.epub").words == 1
    assert sorted(path.name for path in Path().iterdir()) == ["x.epub"]


def test_every_place_where_a_book_may_be_cut_gives_a_message() -> None:
    whole = book(Path("w.epub"), ONE).read_bytes()
    for length in range(1, len(whole), 37):
        Path("x.epub").write_bytes(whole[:length])
        with pytest.raises(WrittenWrongly, match=r"x\.epub"):
            read_text("x.epub")


def test_any_byte_of_a_book_may_be_wrong_and_no_traceback_is_seen() -> None:
    whole = book(Path("w.epub"), {"one.xhtml": page("<h1>A</h1><p>One. Two.</p>")}).read_bytes()
    for place in range(0, len(whole), 3):
        content = bytearray(whole)
        content[place] ^= 0xFF
        Path("x.epub").write_bytes(content)
        note_text("x.epub", [])


def test_many_chapters_that_are_each_small_enough_may_still_be_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chapters = {f"{number}.xhtml": page(f"<p>{'Rain. ' * 200}</p>") for number in range(5)}
    book(Path("x.epub"), chapters)
    read_text("x.epub")
    monkeypatch.setattr(zipped, "LARGEST_IN_ALL", 5_000)
    with pytest.raises(WrittenWrongly, match="of text are in it"):
        read_text("x.epub")


def test_a_bomb_takes_no_memory() -> None:
    bomb(Path("x.epub"))
    tracemalloc.start()
    note_text("x.epub", [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


SSML = {
    "<speak>One.": "x.ssml, line 1: this is not whole XML: it ends before its last tag is closed.",
    "<speak>\n<p>One.</speak>": "x.ssml, line 2: this is not whole XML: a tag is closed here",
    "One.": "x.ssml, line 1: this is not whole XML",
    "<html><p>One.</p></html>": "x.ssml, line 1: this is XML and no SSML: it begins with <html>.",
    "<speak>\n<audio src='a.mp3'/></speak>": "x.ssml, line 2: a recording stands in it (<audio>)",
    "<speak><break time='soon'/></speak>": 'x.ssml, line 1: "soon" is no length of time.',
    "<speak><break strength='long'/></speak>": 'x.ssml, line 1: "long" is no strength of a break.',
    "<speak><prosody rate='lento'>a</prosody></speak>": 'x.ssml, line 1: "lento" is no rate of speaking.',
    "<speak xml:lang='de DE'>a</speak>": 'x.ssml, line 1: "de DE" is not the tag of a language',
    "<!DOCTYPE speak [<!ENTITY a 'lol'>]><speak>&a;</speak>": "line 1: it defines entities of its own.",
    "<!DOCTYPE speak SYSTEM 'http://x/y.dtd'><speak>a</speak>": "x.ssml, line 1: it leans on another file",
    "<speak></speak>": "x.ssml: nothing is told in it.",
    "<speak>" + "<p>" * 200: "x.ssml, line 1: elements stand too deep inside each other.",
}


@pytest.mark.parametrize("text", SSML)
def test_bad_ssml_is_refused_with_its_line(text: str) -> None:
    Path("x.ssml").write_text(text)
    with pytest.raises(WrittenWrongly) as caught:
        ssml_text("x.ssml")
    assert SSML[text] in str(caught.value)


OTHERS: dict[str, tuple[str | bytes, str]] = {
    "a.pdf": ("%PDF", 'a.pdf: what kind of text this is nobody can tell: it ends in ".pdf", not in'),
    "a": ("a", "a: what kind of text this is nobody can tell: it has no ending"),
    "zero.txt": (b"One.\n\0\n", "zero.txt, line 2: there are zero bytes in it: this is no text."),
    "half.txt": (b"\xff\xfeO", "half.txt: this is not whole UTF-16 text."),
    "empty.txt": ("\n\n", "empty.txt: nothing is told in it."),
    "only-marks.md": ("# A\n\n***\n", "only-marks.md: nothing is told in it."),
    "mark.md": ("# A\n\nOne.\n\n[pause 4s]\n", 'mark.md, line 5: "[pause 4s]" is no pause.'),
    "long.md": ("# A\n\nOne.\n\n[pause 900 s]\n", 'long.md, line 5: "[pause 900 s]" is too long.'),
    "open.md": ("# A\n\nOne. <!-- b\n", "open.md, line 3: a comment begins here and does not end."),
    "binary.md": (b"# A\n\n\xff\xfe\n", "binary.md, line 3: this is not UTF-8 text."),
    "front.md": ('+++\nlang = "de DE"\n+++\n# A\n\nOne.\n', 'front.md: lang = "de DE" is not the tag'),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_bad_texts_are_refused_with_their_reason(name: str) -> None:
    content, says = OTHERS[name]
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(WrittenWrongly) as caught:
        read_text(name)
    assert says in str(caught.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_no_ordinary_file_is_refused_in_every_format(ending: str) -> None:
    Path(f"folder{ending}").mkdir()
    os.mkfifo(f"pipe{ending}")
    for name, says in (("folder", "folder"), ("pipe", "not an ordinary file"), ("gone", "no such file")):
        with pytest.raises(WrittenWrongly, match=says):
            read_text(f"{name}{ending}")


def markup(text: str) -> None:
    for found in tags(text, "x"):
        assert isinstance(found, str | Tag)


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<a b='",
        '<a "',
        "<!--",
        "<",
        "<!",
        "<?",
        "</",
        "<![CDATA[",
        "&#",
        "<a b=c d",
        "<p>",
        "&a",
        "<b x=''",
    ],
)
def test_four_times_as_much_broken_markup_is_about_four_times_the_work(piece: str) -> None:
    once, four = (piece * (n // len(piece)) for n in (30_000, 120_000))
    assert grows_with_length(markup, once, four, 0.02)


@pytest.mark.parametrize(
    "piece", ["<b>", "<p>", "</b>", "<div><b>", "<p>a</p>", "<td>a", "<a href='#'>1</a>", "<br/>"]
)
def test_four_times_as_many_elements_are_about_four_times_the_work(piece: str) -> None:
    def read(text: str) -> None:
        book(Path("x.epub"), {"one.xhtml": page(f"One. {text}")})
        note_text("x.epub", [])

    once, four = (piece * (n // len(piece)) for n in (10_000, 40_000))
    assert grows_with_length(read, once, four, 0.05)


@pytest.mark.parametrize(
    "piece",
    ["_a ", "* ", "\n\n1", "[1", "[Illustration", "CHAPTER I\n\n", "I\n\n", "a\n", "-- ", "(", "x\n "],
)
def test_four_times_as_much_plain_text_is_about_four_times_the_work(piece: str) -> None:
    once, four = (piece * (n // len(piece)) for n in (10_000, 40_000))
    assert grows_with_length(plain_told, once, four, 0.05)
