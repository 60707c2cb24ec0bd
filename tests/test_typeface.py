"""What is drawn is a letter, never the box that fonts draw for what they lack."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from fnmatch import fnmatch
from pathlib import Path

import pytest
from made_fonts import made_font, put_font
from PIL import features

from lullaby.drawing import installed_fonts, typeface
from lullaby.drawing.charmap import charmap_of
from lullaby.drawing.typeface import BUNDLED, LONGEST, bundled_face, in_any_font, in_bundled_font

TITLES = {
    "English": "Harbour in the Rain – at 3 o’clock",
    "German": "Wenn der Regen fällt, große Straße",
    "Polish": "Śpij, łódź w żółtej mgle",
    "Icelandic": "Þögn við sjóinn, æði",
    "Vietnamese": "Mưa trên bến cảng, tiếng sóng vỗ về giấc ngủ",
    "Russian": "Дождь над гаванью, подъезд и ёжик",
    "Ukrainian": "Дощ у ґавані: її їжак",
    "Kazakh": "Жаңбыр, әлди-әлди бөпем",
    "Greek": "Βροχή στο λιμάνι, καληνύχτα",
    "ancient Greek": "Ὕπνος ἡδύς, νὺξ ἀμβροσίη",
    "Yoruba": "Òjò ń rọ̀ ní etí òkun",
}
UNKNOWN = {
    "Japanese": "雨の港",
    "Chinese": "雨夜",
    "Korean": "비 오는 항구",
    "Arabic": "مطر على الميناء",
    "Hebrew": "גשם בנמל",
    "Thai": "ฝนตก",
    "Hindi": "बारिश",
}


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder of installed fonts; empty yet."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(installed_fonts, "font_folders", lambda: [folder])
    installed_fonts._found.cache_clear()
    return folder


def shape(face: object, c: str) -> tuple[float, bytes]:
    return face.getlength(c), bytes(face.getmask(c))  # type: ignore[attr-defined]


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_every_letter_of_a_title_is_drawn_and_none_as_a_box(title: str):
    drawn = in_bundled_font(title)
    assert drawn.text == unicodedata.normalize("NFC", title)
    assert drawn.missing == ""
    face = bundled_face(40)
    box = shape(face, "\uffff")
    assert any(box[1])
    for c in set(drawn.text) - {" "}:
        assert shape(face, c) != box, c
        assert any(face.getmask(c)), c


def test_the_charmap_says_what_the_font_draws():
    charmap = charmap_of(BUNDLED)
    assert charmap is not None
    face = bundled_face(24)
    box = shape(face, "\uffff")
    codes = [*range(0x20, 0x600), *range(0x1E00, 0x2100), *range(0x2100, 0x10000, 97), 0x1F327, 0x20000]
    seen = {charmap.has(chr(code)) for code in codes if not 0xD800 <= code < 0xE000}
    assert seen == {True, False}
    for code in codes:
        if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) not in ("Cc", "Cf"):
            assert charmap.has(chr(code)) == (shape(face, chr(code)) != box), hex(code)


@pytest.mark.parametrize("title", UNKNOWN.values(), ids=UNKNOWN)
def test_letters_of_no_font_are_left_out_and_named(title: str, fonts: Path):
    for drawn in (in_bundled_font(title), in_any_font(title)):
        assert not drawn.has_every_letter
        assert drawn.text == ""
        assert set(drawn.missing) == set(unicodedata.normalize("NFC", title)) - {" "}
    mixed = in_any_font(f"Rain {title} Sea")
    assert mixed.text == "Rain Sea"
    assert not mixed.has_every_letter


def test_accents_that_stand_alone_join_their_letters():
    for title in TITLES.values():
        assert in_bundled_font(unicodedata.normalize("NFD", title)) == in_bundled_font(title)


def test_signs_go_and_the_letters_stay(fonts: Path):
    for drawn in (in_bundled_font("Rain 🌧️ at 3️⃣ \U0001f468\u200d\U0001f467"), in_any_font("Rain 🌧️ at 3")):
        assert drawn.text == "Rain at 3"
        assert drawn.has_every_letter
        assert "🌧" in drawn.missing
    assert in_any_font("🌧🌧").text == ""


def test_what_cannot_be_seen_is_not_drawn():
    assert in_bundled_font("a\x07\u202eb\u2066\n\tc\u200b\u00ad\x00 \u3164\ufeff").text == "ab c"
    assert in_bundled_font("").text == ""
    assert in_bundled_font("\u202e").text == ""
    assert in_bundled_font("\ud800x").text == "x"


def test_a_text_without_end_is_cut():
    for text in ("x" * 10_000, "e\u0301" * 10_000, "\u0301" * 10_000, "\u202e" * 10_000 + "x", "雨" * 10_000):
        drawn = in_bundled_font(text)
        assert len(drawn.text) <= LONGEST
        short = drawn.shortened(200, 30)
        assert short.width(30) <= 200
    assert in_bundled_font("x" * 10_000).text.endswith("x…")


def test_a_text_is_cut_to_a_width_with_an_ellipsis():
    drawn = in_bundled_font("Harbour in the Rain")
    assert drawn.shortened(1000, 20) == drawn
    short = drawn.shortened(100, 20)
    assert short.width(20) <= 100
    assert short.text.endswith("…")
    assert drawn.text.startswith(short.text[:-1])
    assert drawn.shortened(1, 20).text == ""


@pytest.mark.parametrize(
    "how", [{}, {"short": True}, {"collection": True}, {"collection": True, "short": True}]
)
def test_an_installed_font_lends_its_letters(how: dict[str, bool], fonts: Path):
    path = put_font(fonts / "cjk", "雨の港、 ", "Any.ttc" if "collection" in how else "Any.ttf", **how)
    drawn = in_any_font("雨の港、")
    assert (drawn.text, drawn.font, drawn.missing) == ("雨の港、", path, "")
    face = drawn.face(30)
    shapes = {shape(face, c) for c in "雨の港"}
    assert len(shapes) == 3
    assert shape(face, "Q") not in shapes
    assert in_any_font("雨の港、春").text == ""  # a font that lacks one of them is not taken
    assert in_any_font("雨 🌧").missing == "🌧"
    assert in_any_font("Harbour").font == BUNDLED
    assert in_bundled_font("雨の港、").text == ""


def test_a_plain_style_is_taken_before_others(fonts: Path):
    for name in ("Any-Bold.ttf", "Any-Italic.ttf", "AnyMono.otf", "Any-Regular.ttf", "AnySerif.ttf"):
        put_font(fonts, "雨", name)
    assert in_any_font("雨").font.name == "Any-Regular.ttf"


def test_what_is_no_font_is_passed_by(fonts: Path):
    (fonts / "a folder.ttf").mkdir()
    (fonts / "words.ttf").write_text("this is no font")
    (fonts / "empty.otf").touch()
    (fonts / "nowhere.ttf").symlink_to("gone")
    (fonts / "circle").symlink_to(fonts)
    os.mkfifo(fonts / "pipe.ttf")
    put_font(fonts, "雨", "Bitmaps.ttf", outlines=False)
    whole = made_font("雨", short=True)
    for k in range(0, 400, 3):
        (fonts / f"cut{k}.ttf").write_bytes(whole[:k] if k < 200 else whole[: -k // 8])
        (fonts / f"other{k}.ttf").write_bytes(whole[:k] + b"\xff" * 9 + whole[k + 9 :])
    for drawn in (in_any_font("雨"), in_any_font("雨 Rain")):
        drawn.face(30).getmask(drawn.text)
    assert in_any_font("雪").text == ""


def test_a_font_that_cannot_be_drawn_is_passed_by(fonts: Path):
    whole = made_font("雨")
    (fonts / "A.ttf").write_bytes(whole.replace(b"head", b"haed", 1))
    (fonts / "B.ttf").write_bytes(whole.replace(b"loca", b"laco", 1))
    assert charmap_of(fonts / "A.ttf") is not None
    assert in_any_font("雨").text == ""
    put_font(fonts, "雨", "Sound.ttf")
    installed_fonts._found.cache_clear()
    assert in_any_font("雨").font.name == "Sound.ttf"


def test_without_a_font_folder_there_is_no_other_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_DATA_DIRS", f"{tmp_path / 'neither'}:")
    assert installed_fonts.installed_font("\ue000\ue001") is None
    put_font(tmp_path / "neither/fonts", "\ue000\ue001")
    installed_fonts._found.cache_clear()
    assert installed_fonts.installed_font("\ue000\ue001") is not None


@pytest.mark.parametrize("name", ["Arabic", "Hebrew", "Hindi"])
def test_what_needs_shaping_is_drawn_only_by_who_can(name: str, fonts: Path, monkeypatch: pytest.MonkeyPatch):
    title = UNKNOWN[name]
    put_font(fonts, title)
    monkeypatch.setattr(features, "check", lambda what: False)
    assert in_any_font(title).text == ""
    assert in_any_font(f"Rain {title}").text == "Rain"
    monkeypatch.setattr(features, "check", lambda what: what == "raqm")
    drawn = in_any_font(title)
    assert drawn.shaped
    assert drawn.text == title
    assert not in_any_font("Rain").shaped


def test_the_font_ships_with_its_licence():
    project = Path(__file__).parent.parent
    shipped = tomllib.loads((project / "pyproject.toml").read_text())
    licence = BUNDLED.with_name("OFL.txt")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text()
    assert "OFL-1.1" in shipped["project"]["license"]
    assert str(licence.relative_to(project)) in shipped["project"]["license-files"]
    assert BUNDLED.stat().st_size < 800_000
    # everything in the package is in the wheel, but for what git leaves alone
    assert shipped["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["lullaby"]
    ignored = (project / ".gitignore").read_text().split()
    for path in (BUNDLED, licence):
        parts = path.relative_to(project).parts
        assert not any(fnmatch(part, pattern.strip("/")) for part in parts for pattern in ignored)


def test_no_fonts_are_looked_for_while_the_bundled_one_has_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(typeface, "installed_font", lambda letters: pytest.fail("fonts were looked for"))
    for title in TITLES.values():
        assert in_any_font(title).font == BUNDLED
