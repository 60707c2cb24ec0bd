"""The page as it is written on the server: what stands in it, how large it is, that no title breaks it."""

from __future__ import annotations

import re
import threading
import tomllib
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE
from small_house import FULL

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.places import shipped
from lullaby.web import library
from lullaby.web.library import AGE, Shelves
from lullaby.web.page import (
    ASSETS,
    Choice,
    MixKind,
    MixVoice,
    Tonight,
    View,
    asked_for,
    asset,
    child_page,
    language_of,
    page,
    pairing_page,
)
from lullaby.web.page.frame import lasting
from lullaby.web.page.markup import Markup, night_url, tag
from lullaby.web.page.words import words
from lullaby.web.wanted import Wanted

LANGUAGES = ("en", "de")
VOID = {"meta", "link", "img", "input"}
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{n}\u202e"
PAGES = {
    "page": page,
    "playing": lambda view, language: page(replace(view, started=view.tonight.id), language),
    "wrong": lambda view, language: page(replace(view, said="There is no such night."), language),
    "child": child_page,
    "pairing": lambda view, language: pairing_page(language),
    "pairing, wrong": lambda view, language: pairing_page(language, view.said or "These are not they."),
}


class Read(HTMLParser):
    """What a page says; that it is well formed is found out on the way."""

    def __init__(self, body: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.doctypes: list[str] = []
        self.feed(body.decode())
        self.close()
        assert self.open == []

    def handle_decl(self, decl: str) -> None:
        self.doctypes.append(decl)

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len(dict(attributes)) == len(attributes), f"{name} says something twice"
        self.elements.append((name, {key: value or "" for key, value in attributes}))
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open
        assert self.open.pop() == name

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for element, attributes in self.elements if element == name]

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def every_text(value: Any, new: str) -> Any:
    """The same view with this text in the place of every text."""
    if isinstance(value, str):
        return new
    if isinstance(value, tuple):
        return tuple(every_text(one, new) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: every_text(getattr(value, f.name), new) for f in fields(value)})
    return value


def everything_that_ships() -> View:
    """A view of a house with all that comes with it, as long as it gets without files of one's own."""
    voices: dict[str, list[MixVoice]] = {}
    for path in sorted(shipped("voices").glob("*.toml")):
        kind = tomllib.loads(path.read_text("utf-8"))["kind"]
        if kind != "teller":
            voices.setdefault(kind, []).append(MixVoice(path.stem, path.stem.replace("-", " ").capitalize()))
    scores = shipped("scores")
    nights = [
        tuple(
            Choice(path.stem.replace("-", " ").title(), f"{path.stem}~date=2026-11-27~for=kim", "x" * about)
            for path in sorted(scores.glob(pattern))
        )
        for pattern, about in (("*.toml", 120), ("rituals/*.toml", 120), ("stories/*.md", 10))
    ]
    kinds = tuple(MixKind(kind.capitalize(), tuple(found)) for kind, found in voices.items())
    assert len(nights[0]) > 10
    assert sum(len(found) for found in voices.values()) > 60
    return replace(FULL, kinds=kinds, scores=nights[0], rituals=nights[1], stories=nights[2])


def test_both_languages_say_the_same_things() -> None:
    english, german = words("en"), words("de")
    assert list(english) == list(german)
    for key, text in english.items():
        assert text.strip()
        assert german[key].strip()
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", german[key]), key
    same = {key for key in english if english[key] == german[key]}
    assert same <= {"timer"}


def test_every_word_is_said_somewhere() -> None:
    folder = Path(asset.__wrapped__.__code__.co_filename).parent.parent
    source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert [key for key in words("en") if f'"{key}"' not in source and f'_nights("{key}"' not in source] == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.3", "de"),
        ("fr,ja", "en"),
        ("de;q=0", "en"),
        ("en;q=0.2, de;q=0.7", "de"),
        ("de;q=nan,en", "en"),
        ("de;q=7", "en"),
        (";;;,,,=", "en"),
        ("*" * 100_000, "en"),
    ],
)
def test_the_page_speaks_the_language_the_browser_asks_for(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_well_formed(kind: str, language: str) -> None:
    read = Read(PAGES[kind](FULL, language))
    assert read.doctypes == ["doctype html"]
    assert read.all("html")[0]["lang"] == language
    assert read.all("meta")[0] == {"charset": "utf-8"}
    ids = Counter(read.values("id"))
    assert [id for id, count in ids.items() if count > 1] == []
    for reference in ("for", "form", "aria-labelledby", "aria-describedby"):
        assert set(read.values(reference)) <= set(ids), reference
    assert len(read.all("h1")) == len(read.all("main")) == len(read.all("title")) == 1
    assert "None" not in re.sub(r">None</option>", "", PAGES[kind](FULL, language).decode())


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_inline_and_nothing_is_asked_of_anybody_else(kind: str) -> None:
    read = Read(PAGES[kind](FULL, "en"))
    assert read.all("style") == []
    assert [one for one in read.all("script") if one != {"src": "/script.js", "defer": ""}] == []
    for name, attributes in read.elements:
        assert [key for key in attributes if key == "style" or key.startswith("on")] == [], name
        for key in ("src", "href", "action"):
            if key in attributes:
                assert re.match(r"/(?!/)", attributes[key]), f"{name} {key}"
    for name in ASSETS:
        text = asset(name)[0].decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "://" not in text
        assert not re.search(r"@import|url\(|localStorage|sessionStorage|indexedDB|document\.cookie", text)
        assert not re.search(r"wakeLock|serviceWorker|new Audio|innerHTML|eval\(", text)


@pytest.mark.parametrize("kind", PAGES)
def test_a_hostile_title_is_only_read(kind: str) -> None:
    calm = Read(PAGES[kind](every_text(FULL, "calm"), "en"))
    hostile = Read(PAGES[kind](every_text(FULL, HOSTILE), "en"))
    assert [name for name, _ in hostile.elements] == [name for name, _ in calm.elements]
    assert [set(said) for _, said in hostile.elements] == [set(said) for _, said in calm.elements]
    assert hostile.text.replace(HOSTILE, "calm") == calm.text
    if not kind.startswith("pairing"):
        assert HOSTILE in hostile.text


def test_markup_escapes_all_but_markup() -> None:
    assert tag("p", "a<b", Markup("<i>"), title='"') == '<p title="&quot;">a&lt;b<i></p>'
    assert tag("input", name="x", checked=True, hidden=False, value=None) == '<input name="x" checked>'
    assert night_url("a+b:-6~for=Jo Ann", ".mp3") == "/night/a+b:-6~for=Jo%20Ann.mp3"
    assert night_url("../x?y#z", "") == "/night/..%2Fx%3Fy%23z"


def test_all_of_it_is_less_than_sixty_thousand_bytes() -> None:
    files = sum(len(asset(name)[0]) for name in ASSETS)
    largest = max(len(page(everything_that_ships(), language)) for language in LANGUAGES)
    assert files + largest < 60_000
    assert largest > 15_000  # all of it was there


def test_the_page_shows_what_there_is() -> None:
    read = Read(page(FULL, "en"))
    for choice in (*FULL.suggestions, *FULL.scores, *FULL.rituals, *FULL.stories):
        assert choice.title in read.text
        assert choice.about in read.text
        assert {"name": "play", "value": choice.id} in read.all("button")
    boxes = [one for one in read.all("input") if one.get("type") == "checkbox"]
    assert [one["value"] for one in boxes if "checked" in one] == ["rain", "brook", "purr"]
    assert len(boxes) == 8
    sliders = {one["name"]: one["value"] for one in read.all("input") if one.get("type") == "range"}
    assert sliders["level-rain"] == "-6"
    assert [one["value"] for one in read.all("button") if "aria-current" in one] == ["Kim"]
    assert "Long Tones is playing." in read.text
    assert "Does not answer." in read.text
    assert set(read.values("data-room")) == {"kitchen", "nursery", "attic"}
    bare = Read(page(View(Tonight("Rain", "rain", 60)), "en"))
    assert len(bare.all("section")) == 1  # the dock: nothing that is not there has a heading
    assert "Tonight\nRain\n1 min" in bare.text


def test_what_there_is_to_choose_is_looked_at_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside: whoever opens the page then is given what was read before."""
    made, now, given = [], [1_000.0], threading.Event()

    def read() -> Shelves:
        if threading.current_thread().name == "library":
            given.wait(PATIENCE)
        made.append(Shelves((), (), (), ()))
        return made[-1]

    monkeypatch.setattr(library, "read_shelves", read)
    monkeypatch.setattr(library, "boot_time", lambda: now[0])
    found = library.Library()

    def after(seconds: float) -> int:
        now[0] += seconds
        shelves = found.shelves()
        given.set()
        for thread in threading.enumerate():
            if thread.name == "library":
                thread.join(PATIENCE)
        given.clear()
        return next(number for number, one in enumerate(made) if one is shelves)

    assert [after(seconds) for seconds in (0, AGE, 1, AGE, 1, 0)] == [0, 0, 0, 1, 1, 2]
    assert len(made) == 3


def test_a_length_is_read_in_hours_and_minutes() -> None:
    said = {30: "1 min", 45 * 60: "45 min", 3600: "1 h", 5400: "1 h 30 min", 8 * 3600 + 29: "8 h"}
    assert {seconds: lasting(seconds) for seconds in said} == said


def test_a_childs_page_plays_softens_and_stops_and_nothing_else() -> None:
    read = Read(page(replace(FULL, is_child=True), "de"))
    assert page(replace(FULL, is_child=True), "de") == child_page(replace(FULL, is_child=True), "de")
    shown = [line for line in read.text.split("\n") if line]
    title, buttons = "Harbour in the Rain", ["Leiser", "Abspielen", "Anhalten"]
    assert shown == [title, "Heute Nacht", title, "20 min", *buttons]
    assert [one.get("action") for one in read.all("form")] == ["/", "/"]


def test_the_one_element_waits_until_somebody_plays() -> None:
    (quiet,) = Read(page(FULL, "en")).all("audio")
    assert quiet["src"] == f"/night/{FULL.tonight.id}.mp3"
    assert quiet["preload"] == "none"
    assert "controls" in quiet
    assert "autoplay" not in quiet
    (playing,) = Read(page(replace(FULL, started="long-tones"), "en")).all("audio")
    assert playing["src"] == "/night/long-tones.mp3"
    assert "autoplay" in playing
    assert "hidden" not in playing


def test_the_pairing_page_asks_for_six_digits() -> None:
    read = Read(pairing_page("de", "Das war es nicht."))
    (form,) = read.all("form")
    assert form == {"action": "/pair", "method": "post"}
    assert [(one["name"], one.get("pattern")) for one in read.all("input")] == [
        ("code", "[0-9]{6}"),
        ("name", None),
    ]
    assert "Das war es nicht." in read.text
    assert read.all("script") == []


def test_there_are_three_files_and_no_others() -> None:
    assert {name: asset(name)[1].partition(";")[0] for name in ASSETS} == {
        "style.css": "text/css",
        "script.js": "text/javascript",
        "moon.svg": "image/svg+xml",
    }
    for name in ("", "words.toml", "../page/style.css", "style.css/", "/etc/passwd", "view.py"):
        with pytest.raises(CouldNot):
            asset(name)


def test_forms_say_what_an_address_says() -> None:
    def asked(**said: str) -> str:
        return str(asked_for(list(said.items())))

    assert asked_for([]) is None
    assert asked_for([("for", "Kim"), ("more", "1")]) is None
    assert asked(play="rain:-6+purr~date=2026-11-27") == "rain:-6+purr~date=2026-11-27"
    assert asked(play="plain", timer="", fade="5") == "plain"
    assert asked(play="plain", timer="45", fade="5") == "plain~to=2700~fade=300"
    assert asked(play="plain~from=100.5", timer="45", fade="15") == "plain~from=100.5~to=2800.5~fade=900"
    assert asked(play="plain", timer="4", fade="30") == "plain~to=240~fade=120"
    query = [("like", "plain~date=2026-11-27~for=Kim~to=9~fade=1"), ("voice", "rain"), ("level-rain", "-6")]
    query += [("level-brook", "-3"), ("voice", "purr"), ("level-purr", "0")]
    assert str(asked_for(query)) == "rain:-6+purr~date=2026-11-27~for=Kim"


@pytest.mark.parametrize(
    "query",
    [
        [("play", "")],
        [("play", "../../etc/passwd")],
        [("play", "plain"), ("timer", "-5")],
        [("play", "plain"), ("timer", "1e3")],
        [("play", "plain"), ("timer", "²")],
        [("play", "plain"), ("timer", "9" * 400)],
        [("play", "plain"), ("timer", "30"), ("fade", "x")],
        [("play", "plain~to=10"), ("like", "plain"), ("timer", "1441")],
        [("like", "plain")],
        [("like", "plain"), ("voice", "rain"), ("level-rain", "loud")],
        [("like", "plain"), ("voice", "rain~for=Kim")],
        [("like", "plain"), ("voice", "rain+" * 30)],
        [("like", "?"), ("voice", "rain")],
    ],
)
def test_a_form_that_asks_wrongly_is_told_so(query: list[tuple[str, str]]) -> None:
    with pytest.raises(AskedWrongly):
        asked_for(query)


def test_what_a_form_asks_for_can_be_read_again() -> None:
    for minutes in (1, 10, 119, 1440):
        wanted = asked_for([("play", "plain~for=Kim"), ("timer", str(minutes)), ("fade", "30")])
        assert wanted is not None
        assert Wanted.read(str(wanted)) == wanted


def _linear(part: int) -> float:
    x = part / 255
    return x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * _linear(r) + 0.7152 * _linear(g) + 0.0722 * _linear(b)

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_is_warm_and_every_word_stands_out() -> None:
    style = asset("style.css")[0].decode()
    colours = re.findall(r"#[0-9a-f]{6}\b", style)
    assert len(colours) > 8
    for colour in colours:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert red > green >= blue, colour
        assert blue <= 0.65 * red, colour
    assert re.findall(r"#[0-9a-f]{3}\b(?![0-9a-f])", style) == ["#000"]
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    for paper in ("paper", "raised"):
        for ink in ("ink", "lesser", "ember"):
            assert contrast(named[ink], named[paper]) >= 4.5, (ink, paper)
    assert contrast("#ffc79c", "#3a190a") >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
