"""The page in a browser: heard, changed while it plays, read aloud, without a script, in the dark.

One Debian Chromium for the whole file, against a small house that remembers what it was asked for.
"""

from __future__ import annotations

import math
import os
import random
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_house import FULL, LENGTH, House, served

from lullaby.web.wanted import _OPTIONS, Wanted

sync_api = pytest.importorskip("playwright.sync_api")
axe_of = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = 60_000
"""Milliseconds until what never comes is given up."""
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 568}
LARGE_LETTERS = {"fontSizes": {"standard": 32, "fixed": 26}}
IOS = """Object.defineProperty(HTMLMediaElement.prototype, "volume", { get() { return 1; }, set() {} });"""
"""What a page finds on iOS: the volume cannot be set."""

Page = Any
Opened = Callable[..., Page]

if not Path(CHROMIUM).exists() and not os.environ.get("LULLABY_CI"):
    pytest.skip("there is no chromium here", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def one_house() -> Iterator[House]:
    with served() as house:
        yield house


@pytest.fixture
def house(one_house: House) -> House:
    one_house.view, one_house.answers = FULL, True
    one_house.asked.clear(), one_house.facts.clear(), one_house.told.clear()
    return one_house


@pytest.fixture
def opened(browser: Any, house: House) -> Generator[Opened, None, None]:
    """Opens the page in a context of its own. What a script stumbles over fails the test."""
    contexts, wrong = [], []

    def open_(
        path: str = "/",
        *,
        large: bool = False,
        before: str = "",
        clock: bool = False,
        language: str = "en-GB",
        viewport: dict[str, int] = PHONE,
        **more: Any,
    ) -> Page:
        context = browser.new_context(viewport=viewport, locale=language, has_touch=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(house.url) or wrong.append(asked.url))
        page.on("console", lambda said: "Security Policy" in said.text and wrong.append(said.text))
        if before:
            page.add_init_script(before)
        if clock:
            page.clock.install()
        if large:
            session = context.new_cdp_session(page)
            session.send("Page.enable")
            session.send("Page.setFontSizes", LARGE_LETTERS)
        page.goto(house.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def until(page: Page, true: Callable[[], Any]) -> Any:
    """Waits until it is so. A page with our policy lets nobody wait in it."""
    for _ in range(PATIENCE // 20):
        if found := true():
            return found
        page.wait_for_timeout(20)
    raise AssertionError("it never came")


def at(page: Page) -> float:
    """The place of the night that is heard."""
    return float(page.evaluate("offset() + sound.currentTime"))


def heard(page: Page, more: float = 0.2) -> None:
    """Waits until some of it was heard from now on."""
    begun = (page.evaluate("current"), page.evaluate("sound.currentTime"))

    def is_further() -> bool:
        now = (page.evaluate("current"), page.evaluate("sound.currentTime"))
        return bool(now[1] > more if now[0] != begun[0] else now[1] > begun[1] + more)

    until(page, is_further)


def has_nothing_left(page: Page) -> bool:
    """Plays what it has as fast as it can. Has it come to the end of that?"""
    return bool(page.evaluate("sound.playbackRate = 16; sound.readyState < 3 || sound.error !== null"))


def play(page: Page) -> None:
    page.evaluate("sound.mark = 'the first'")
    page.get_by_role("button", name=re.compile("^(Play|Abspielen)$")).click()
    heard(page)


def newest(house: House, page: Page, known: int) -> Wanted:
    """The night the element went over to, once it is heard."""
    until(page, lambda: len(house.asked) > known and page.evaluate("current") == house.asked[-1])
    heard(page)
    return Wanted.read(house.asked[-1])


def is_the_same_element(page: Page) -> bool:
    return page.evaluate(
        "[document.querySelector('audio').mark, document.querySelectorAll('audio').length]"
    ) == [
        "the first",
        1,
    ]


def blemishes(page: Page) -> list[str]:
    """What axe finds."""
    found = axe_of.Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


TARGETS = """[...document.querySelectorAll(
    "button, select, summary, label:has([type=checkbox]), input[type=range]")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48).map(([text]) => text)"""

STATES: dict[str, dict[str, Any]] = {
    "open": {},
    "playing": {"do": lambda page: (page.select_option("#timer", "45"), play(page))},
    "mixing": {"do": lambda page: page.click("#mix summary >> nth=0")},
    "stopped": {"do": lambda page: (play(page), page.click("#stop button"))},
    "wrong": {"view": replace(FULL, said="There is no such night.")},
    "child": {"view": replace(FULL, is_child=True)},
    "child playing": {"view": replace(FULL, is_child=True), "do": play},
    "pairing": {"path": "/pair"},
    "paired wrongly": {
        "path": "/pair",
        "do": lambda page: (page.fill("#code", "123456"), page.click("button")),
    },
    "black": {"do": lambda page: (play(page), page.evaluate("dark.hidden = false"))},
    "playing as it opens": {"path": "/?play=long-tones"},
}


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_touched_and_seen(
    opened: Opened, house: House, state: str, language: str
) -> None:
    """On a phone, on a very small one, and there with letters of twice the size."""
    said = STATES[state]
    house.view = said.get("view", FULL)
    page = opened(said.get("path", "/"), language=language)
    said.get("do", lambda _: None)(page)
    assert blemishes(page) == []
    assert page.evaluate(TARGETS) == []
    page.set_viewport_size(SMALL)
    assert not is_too_wide(page)
    assert page.evaluate(TARGETS) == []
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", LARGE_LETTERS)
    until(page, lambda: page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px")
    assert not is_too_wide(page)
    assert blemishes(page) == []
    cut = """[...document.querySelectorAll("button > span:not(.icon), h1, h2, label, #said")].filter((one) =>
      one.checkVisibility() && !one.matches(".unseen") && one.scrollWidth > one.clientWidth + 1 &&
      getComputedStyle(one).display !== "inline").map((one) => one.outerHTML)"""
    assert page.evaluate(cut) == []


def test_one_touch_plays_and_another_stops_in_a_fade(opened: Opened, house: House) -> None:
    page = opened()
    page.evaluate("volumes = []; sound.addEventListener('volumechange', () => volumes.push(sound.volume))")
    scrolled = page.evaluate("scrollY")
    play(page)
    assert page.evaluate("scrollY") == scrolled
    assert set(house.asked) == {FULL.tonight.id}
    assert page.locator("#said").text_content() == "It plays."
    page.get_by_role("button", name="Stop", exact=True).click()
    until(page, lambda: page.evaluate("sound.paused"))
    volumes = page.evaluate("volumes")
    assert len(volumes) > 10
    assert volumes == sorted(volumes, reverse=True)
    assert volumes[-1] < 0.1
    place = at(page)
    page.get_by_role("button", name="Play", exact=True).click()
    heard(page)
    assert at(page) > place
    assert page.evaluate("sound.volume") == 1
    assert set(house.asked) == {FULL.tonight.id}  # it goes on with what it had
    assert is_the_same_element(page)


def test_another_level_is_gone_over_to_at_the_same_place(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    before, known = at(page), len(house.asked)
    page.get_by_role("slider", name="Level of Rain on slate").fill("-14")
    wanted = newest(house, page, known)
    assert wanted.words == ("rain:-6", "brook", "purr:-12")
    assert wanted.faders == (("rain", -8.0),)
    assert wanted.start is not None
    assert before < wanted.start <= at(page)
    assert wanted.rise == 1.5
    assert house.facts[-1] == house.asked[-1]  # it was asked for before it was gone over to
    known = len(house.asked)
    page.get_by_label("Brook").first.uncheck()
    second = newest(house, page, known)
    assert second.faders == (("brook", -math.inf), ("rain", -8.0))
    assert second.start is not None
    assert second.start > wanted.start
    known = len(house.asked)
    page.get_by_text("Wind", exact=True).click()
    page.get_by_label("Wind over the moor").first.check()
    third = newest(house, page, known)
    assert third.words == ("rain:-6", "brook", "purr:-12", "moor")
    assert third.faders == second.faders
    page.get_by_label("Brook").first.check()
    known = len(house.asked)
    assert newest(house, page, known).faders == (("rain", -8.0),)
    assert page.evaluate("sound.volume") == 1
    assert is_the_same_element(page)


def test_a_mix_that_has_not_begun_is_another_mix(opened: Opened, house: House) -> None:
    page = opened()
    page.get_by_role("slider", name="Level of Rain on slate").fill("-14")
    page.get_by_label("Brook").first.uncheck()
    until(page, lambda: page.evaluate("wanted.words.length") == 2)
    play(page)
    assert set(house.asked) == {"rain:-14+purr:-12~date=2026-11-27"}


def test_the_voices_of_a_score_have_faders_while_it_plays(opened: Opened, house: House) -> None:
    house.view = replace(FULL, tonight=replace(FULL.tonight, id="harbour-rain~date=2026-11-27"))
    page = opened()
    assert not page.locator("#levels").is_visible()
    play(page)
    page.locator("#levels summary").click()
    known = len(house.asked)
    sea = page.get_by_role("slider", name="sea")
    sea.fill("-5")
    assert newest(house, page, known).faders == (("sea", -5.0),)
    known = len(house.asked)
    sea.focus()
    page.keyboard.press("Home")
    assert newest(house, page, known).faders == (("sea", -math.inf),)
    assert page.evaluate("document.activeElement.name") == "sea"  # it was not drawn anew under the hand
    assert blemishes(page) == []
    assert page.evaluate(TARGETS) == []


def test_of_many_changes_at_once_the_last_is_heard(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    page.evaluate("""
        for (const level of [-20, -19, -18])
          change((night) => { night.words = [`rain:${level}`, 'purr']; });
        change((night) => { night.mood = 'calm'; });
    """)
    until(page, lambda: page.evaluate("!going && readAddress(current).mood === 'calm'"))
    heard(page)
    assert Wanted.read(house.asked[-1]).words == ("rain:-18", "purr")
    assert len(set(house.asked)) <= 3
    assert is_the_same_element(page)


def test_a_timer_fades_in_the_stream_and_more_puts_it_off(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    assert not page.get_by_role("button", name="Ten minutes more").is_visible()
    known = len(house.asked)
    page.get_by_label("Timer").select_option("20")
    wanted = newest(house, page, known)
    assert wanted.stop is not None
    assert wanted.stop == pytest.approx(1200, abs=5)
    assert wanted.fade == 300
    known = len(house.asked)
    page.get_by_label("It fades for").select_option("15")
    assert newest(house, page, known).fade == 600  # half of it at most
    known = len(house.asked)
    page.get_by_role("button", name="Ten minutes more").click()
    assert newest(house, page, known).stop == pytest.approx(wanted.stop + 600, abs=30)
    known = len(house.asked)
    page.get_by_label("Timer").select_option("")
    assert newest(house, page, known).stop is None
    assert is_the_same_element(page)


def test_a_timer_set_before_goes_with_the_first_touch(opened: Opened, house: House) -> None:
    page = opened()
    page.get_by_label("Timer").select_option("10")
    play(page)
    assert set(house.asked) == {f"{FULL.tonight.id}~to=600~fade=300"}


def test_whoever_is_still_awake_says_so(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    before, known = at(page), len(house.asked)
    page.get_by_role("button", name="Still awake").click()
    first = newest(house, page, known)
    assert first.start is not None
    assert len(first.awake) == 1
    assert before <= first.awake[0] < first.start
    known = len(house.asked)
    page.get_by_role("button", name="Still awake").click()
    second = newest(house, page, known)
    assert second.awake[:1] == first.awake
    assert len(second.awake) == 2
    assert is_the_same_element(page)


def test_a_night_that_has_ended_goes_on_for_whoever_is_awake(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    page.evaluate("sound.currentTime = sound.duration - 0.3")
    until(page, lambda: page.evaluate("over"))
    assert page.locator("#said").text_content() == "The night has ended."
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    known = len(house.asked)
    page.get_by_role("button", name="Still awake").click()
    until(page, lambda: len(house.asked) > known)
    wanted = Wanted.read(house.asked[-1])
    assert wanted.awake == (wanted.start,)
    assert wanted.start == pytest.approx(LENGTH, abs=0.5)


def test_after_a_timer_there_are_ten_minutes_more(opened: Opened, house: House) -> None:
    page = opened()
    page.get_by_label("Timer").select_option("10")
    play(page)
    page.evaluate("sound.currentTime = sound.duration - 0.3")
    until(page, lambda: page.evaluate("over"))
    known = len(house.asked)
    page.get_by_role("button", name="Ten minutes more").click()
    wanted = newest(house, page, known)
    assert wanted.start == pytest.approx(600, abs=0.5)
    assert wanted.stop == 1_200
    assert is_the_same_element(page)


def test_another_night_begins_at_its_beginning_and_keeps_the_timer(opened: Opened, house: House) -> None:
    page = opened()
    page.get_by_label("Timer").select_option("10")
    play(page)
    known = len(house.asked)
    page.get_by_role("button", name="Bowl and Tide").click()
    wanted = newest(house, page, known)
    assert wanted.words == ("bowl-and-tide",)
    assert wanted.start is None
    assert wanted.stop == pytest.approx(600, abs=10)
    assert page.get_by_role("heading", level=1).text_content() == page.title() == "Bowl And Tide"
    known = len(house.asked)
    page.get_by_role("slider", name="Level of Brook").fill("-3")
    page.get_by_role("button", name="Play this mix").click()
    mix = newest(house, page, known)
    assert mix.words == ("rain:-6", "brook:-3", "purr:-12")
    assert str(mix.date) == "2026-11-27"
    assert is_the_same_element(page)


def test_a_night_that_is_refused_leaves_the_other_playing(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    page.evaluate("choose('no-such-night')")
    until(page, lambda: "no score" in page.locator("#said").text_content())
    heard(page)
    assert set(house.asked) == {FULL.tonight.id}
    assert page.locator("#said").is_visible()
    assert page.get_by_role("button", name="Stop", exact=True).is_visible()


def test_on_ios_the_fade_is_in_the_stream(opened: Opened, house: House) -> None:
    page = opened(before=IOS)
    play(page)
    known = len(house.asked)
    page.get_by_role("button", name="Stop", exact=True).click()
    until(page, lambda: len(house.asked) > known)
    wanted = Wanted.read(house.asked[-1])
    assert wanted.start is not None
    assert wanted.stop == pytest.approx(wanted.start + 4)
    assert wanted.fade == 3.5
    until(page, lambda: page.evaluate("sound.ended"))
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    known = len(house.asked)
    page.get_by_role("button", name="Play", exact=True).click()
    again = newest(house, page, known)
    assert again.start == pytest.approx(wanted.start, abs=0.1)
    assert again.stop is None
    assert is_the_same_element(page)


def test_on_ios_hls_comes_first_and_mp3_where_there_is_none(opened: Opened, house: House) -> None:
    says = "HTMLMediaElement.prototype.canPlayType = (kind) => kind.includes('mpegurl') ? 'maybe' : '';"
    page = opened(before=IOS + says)
    asked: list[str] = []
    page.on("request", lambda request: request.resource_type == "media" and asked.append(request.url))
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, lambda: any(url.endswith(".mp3") for url in asked))
    heard(page)
    assert asked[0].endswith(".m3u8")


def media_of(page: Page) -> list[str]:
    """What the page asks for as sound from now on."""
    asked: list[str] = []
    page.on("request", lambda request: request.resource_type == "media" and asked.append(request.url))
    return asked


def says_of_opus(answer: str) -> str:
    """A browser that says so of Opus in MP4, and of nothing else that it might play it."""
    plays = f"kind.includes('opus') ? '{answer}' : ''"
    return f"HTMLMediaElement.prototype.canPlayType = (kind) => {plays};"


@pytest.mark.parametrize(
    ("answer", "ending"), [("probably", ".m4o"), ("maybe", ".mp3"), ("", ".mp3")], ids=["yes", "maybe", "no"]
)
def test_opus_in_mp4_is_asked_for_where_the_browser_says_that_it_plays_it(
    opened: Opened, house: House, answer: str, ending: str
) -> None:
    page = opened(before=says_of_opus(answer))
    asked = media_of(page)
    play(page)
    known = len(house.asked)
    page.get_by_role("slider", name="Level of Rain on slate").fill("-14")
    newest(house, page, known)
    assert {url[-4:] for url in asked} == {ending}


def test_this_browser_says_that_it_plays_opus_in_mp4(opened: Opened) -> None:
    page = opened()
    asked = media_of(page)
    play(page)
    assert {url[-4:] for url in asked} == {".m4o"}


def test_where_opus_in_mp4_is_not_played_after_all_mp3_is(opened: Opened, house: House) -> None:
    page = opened(before=says_of_opus("probably"))
    page.route("**/*.m4o", lambda route: route.fulfill(body=b"no sound", content_type="audio/mp4"))
    asked = media_of(page)
    play(page)
    assert asked[0].endswith(".m4o")
    assert page.evaluate("sound.currentSrc").endswith(".mp3")
    known, before = len(asked), len(house.asked)
    page.get_by_role("slider", name="Level of Rain on slate").fill("-14")
    newest(house, page, before)
    assert {url[-4:] for url in asked[known:]} == {".mp3"}  # it is not tried once more


def test_a_page_that_plays_at_once_goes_over_to_opus_before_it_is_heard(opened: Opened, house: House) -> None:
    page = opened(before=says_of_opus("probably"))
    page.route("**/*.mp3", lambda _: None)  # it is long in coming
    page.goto(house.url + "/?play=plain~from%3D60")
    heard(page)
    assert page.evaluate("sound.currentSrc").endswith("/plain~from=60.m4o")
    assert at(page) > 60


def test_a_server_that_does_not_answer_is_asked_until_it_does(opened: Opened, house: House) -> None:
    page = opened()
    house.answers = False
    page.evaluate("sound.mark = 'the first'")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, lambda: "does not answer" in page.locator("#said").text_content())
    assert page.get_by_role("button", name="Stop", exact=True).is_visible()
    house.answers = True
    heard(page)
    assert page.locator("#said").text_content() == "It plays."
    assert is_the_same_element(page)


def test_it_goes_on_where_it_was_when_the_server_is_begun_again(opened: Opened, house: House) -> None:
    """Once while the browser has enough to play on by itself, once where it has nothing left."""
    page = opened()
    play(page)
    before = at(page)
    house.end()
    house.begin()
    heard(page)
    assert at(page) > before
    house.end()
    until(page, lambda: has_nothing_left(page))
    before = page.evaluate("place()")
    assert before > 3
    house.begin()
    heard(page)
    assert before <= at(page) < before + 30
    house.end()
    house.answers = False  # it answers again, but only that it is out of order
    house.begin()
    until(page, lambda: has_nothing_left(page) and page.evaluate("trying"))
    before = page.evaluate("place()")
    house.answers = True
    until(page, lambda: page.evaluate("!trying && !moving && !sound.seeking && sound.currentTime > 0"))
    assert before - 0.1 <= at(page)
    heard(page)
    assert at(page) < before + 30
    assert set(house.asked) == {FULL.tonight.id}
    assert is_the_same_element(page)


def test_a_change_waits_for_a_server_that_is_away(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    known = len(house.asked)
    house.answers = False
    page.get_by_role("button", name="Still awake").click()
    until(page, lambda: "does not answer" in page.locator("#said").text_content())
    heard(page)  # what it has it plays on
    house.answers = True
    assert len(newest(house, page, known).awake) == 1


def test_the_black_page_wakes_at_a_touch_that_does_nothing_else(opened: Opened, house: House) -> None:
    page = opened(clock=True)
    dark = page.locator("#dark")
    page.clock.run_for(60_000)
    assert not dark.is_visible()  # while nothing plays nobody wants it dark
    play(page)
    stop = page.get_by_role("button", name="Stop", exact=True).bounding_box()
    page.clock.run_for(20_000)  # the clock goes on by itself, too, however busy the machine is
    assert not dark.is_visible()
    page.clock.run_for(11_000)
    assert dark.is_visible()
    assert dark.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(0, 0, 0)"
    box = dark.bounding_box()
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    assert blemishes(page) == []
    for touch in (page.touchscreen.tap, page.mouse.click):
        touch(stop["x"] + stop["width"] / 2, stop["y"] + stop["height"] / 2)
        until(page, lambda: not dark.is_visible())
        assert page.get_by_role("button", name="Stop", exact=True).is_visible()
        page.clock.run_for(31_000)
        assert dark.is_visible()
    for key in ("Enter", "Space", "a"):
        page.evaluate("document.querySelector('#stop button').focus()")
        page.clock.run_for(31_000)
        assert dark.is_visible()
        page.keyboard.press(key)
        assert not dark.is_visible()
        assert page.get_by_role("button", name="Stop", exact=True).is_visible()
    heard(page)
    page.keyboard.press("Enter")  # the next one counts
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.clock.run_for(90_000)
    assert not dark.is_visible()


def test_nothing_moves_for_whoever_wants_no_motion(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    page.evaluate("dark.hidden = false")
    assert page.evaluate("document.getAnimations().length") == 0
    moving = opened()
    moving.evaluate("dark.hidden = false")
    assert moving.evaluate("document.getAnimations().length") == 1


REACHED = """() => { const one = document.activeElement;
  if (!one || one === document.body) return null;
  const dock = document.getElementById("dock"), box = one.getBoundingClientRect();
  const top = dock.contains(one) ? innerHeight : dock.getBoundingClientRect().top;
  const ring = getComputedStyle(one);
  return [one.name || one.textContent, one.value || "", ring.outlineStyle, parseFloat(ring.outlineWidth),
    box.top >= 0 && box.bottom <= top + 1]; }"""


@pytest.mark.parametrize("viewport", [PHONE, SMALL])
def test_the_keyboard_alone_reaches_everything_and_sees_where_it_is(
    opened: Opened, house: House, viewport: dict[str, int]
) -> None:
    page = opened(viewport=viewport)
    every = """[...document.querySelectorAll("button, select, summary, input:not([type=hidden])")]
      .filter((one) => one.checkVisibility()).length"""
    count, reached = page.evaluate(every), []
    for _ in range(count):
        page.keyboard.press("Tab")
        found = page.evaluate(REACHED)
        assert found is not None
        name, value, ring, width, is_seen = found
        assert ring != "none"
        assert width >= 2
        assert is_seen, f"{name} {value} is behind the dock"
        reached.append((name, value))
    assert len(set(reached)) > count // 2
    page.keyboard.press("Tab")
    assert page.evaluate(REACHED) is None or page.evaluate(REACHED)[0] == reached[0][0]  # no trap
    page.evaluate("document.querySelector('#play button').focus()")
    page.keyboard.press("Enter")
    heard(page)
    assert page.evaluate("document.activeElement.textContent") == "Stop"  # where the other stood
    page.keyboard.press("Space")
    until(page, lambda: page.evaluate("sound.paused"))
    assert page.evaluate("document.activeElement.textContent") == "Play"
    page.evaluate("document.querySelector('[name=level-rain]').focus()")
    page.keyboard.press("ArrowLeft")
    until(page, lambda: page.evaluate("wanted.faders") == "rain:-1")


def test_without_a_script_it_plays_mixes_and_stops(opened: Opened, house: House) -> None:
    page = opened(java_script_enabled=False)
    audio = page.locator("audio")
    assert not audio.is_visible()
    assert not page.get_by_role("button", name="Still awake").is_visible()  # it would do nothing
    page.get_by_label("Timer").select_option("10")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, lambda: house.asked)
    assert house.asked[0] == f"{FULL.tonight.id}~to=600~fade=300"
    assert audio.is_visible()
    assert audio.get_attribute("controls") is not None
    until(page, lambda: page.evaluate("document.querySelector('audio').currentTime") > 0.1)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.wait_for_url(re.compile(r"/\??$"))
    assert not audio.is_visible()
    known = len(house.asked)
    page.get_by_label("Brook").first.uncheck()
    page.get_by_role("slider", name="Level of Sleeping cat").fill("-20")
    page.get_by_role("button", name="Play this mix").click()
    until(page, lambda: len(house.asked) > known)
    assert house.asked[-1] == "rain:-6+purr:-20~date=2026-11-27"
    page.get_by_role("button", name="Hearth and Snow").click()
    until(page, lambda: house.asked[-1] == "hearth-and-snow~date=2026-11-27")


def test_what_began_without_the_script_goes_on_with_it(opened: Opened, house: House) -> None:
    page = opened("/?play=plain~from%3D60")
    page.evaluate("sound.mark = 'the first'")
    heard(page)
    assert at(page) > 60
    known = len(house.asked)
    page.get_by_role("button", name="Still awake").click()
    wanted = newest(house, page, known)
    assert wanted.start is not None
    assert wanted.start > 60
    assert is_the_same_element(page)


def test_a_child_makes_it_softer(opened: Opened, house: House) -> None:
    house.view = replace(FULL, is_child=True)
    page = opened()
    play(page)
    page.get_by_role("button", name="Softer").click()
    until(page, lambda: page.evaluate("sound.volume") == pytest.approx(0.7))
    for _ in range(12):
        page.get_by_role("button", name="Softer").click()
    until(page, lambda: page.evaluate("sound.volume") == pytest.approx(0.1))
    page.get_by_role("button", name="Stop", exact=True).click()
    until(page, lambda: page.evaluate("sound.paused"))
    page.get_by_role("button", name="Play", exact=True).click()
    heard(page)
    assert page.evaluate("sound.volume") == pytest.approx(0.1)  # as soft as it was


def test_on_ios_a_child_makes_it_softer_in_the_stream(opened: Opened, house: House) -> None:
    house.view = replace(FULL, is_child=True)
    page = opened(before=IOS)
    play(page)
    known = len(house.asked)
    page.get_by_role("button", name="Softer").click()
    assert newest(house, page, known).faders == (("brook", -3.0), ("purr", -3.0), ("rain", -3.0))


def test_a_room_begins_and_stops_and_says_so(opened: Opened, house: House) -> None:
    page = opened()
    nursery = replace(FULL.rooms[1], playing="Harbour in the Rain")
    house.view = replace(FULL, rooms=(FULL.rooms[0], nursery, FULL.rooms[2]))
    page.get_by_role("button", name="Begin in Nursery").click()
    line = page.locator("[data-room=nursery] > p")
    until(page, lambda: line.text_content() == "Harbour in the Rain is playing.")
    page.get_by_role("button", name="Stop every room").click()
    until(page, lambda: len(house.told) == 2)
    assert house.told == [("/rooms/nursery/begin", {"night": FULL.tonight.id}), ("/rooms/stop", {})]
    assert page.url == house.url + "/"  # what plays here was not left


def test_somebody_else_listens_while_it_plays_on(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    known = len(house.asked)
    page.get_by_role("button", name="Jo").click()
    assert newest(house, page, known).listener == "Jo"
    assert page.locator("[aria-current]").all_text_contents() == ["Jo"]
    assert is_the_same_element(page)


def test_the_lock_screen_shows_the_title_and_nothing_to_seek_by(opened: Opened) -> None:
    spy = """actions = {};
      MediaSession.prototype.setActionHandler = (name, does) => { actions[name] = does; };"""
    page = opened(before=spy)
    assert page.evaluate("navigator.mediaSession.metadata.title") == "Harbour in the Rain"
    assert page.evaluate("navigator.mediaSession.metadata.artwork[0].src").endswith("/picture.jpg")
    none = ["seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"]
    assert page.evaluate("Object.keys(actions).filter((name) => actions[name] === null)") == none
    page.evaluate("actions.play()")
    heard(page)
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    page.evaluate("actions.pause()")
    until(page, lambda: page.evaluate("sound.paused"))
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"


def test_nothing_is_stored(opened: Opened, house: House) -> None:
    page = opened()
    play(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    kept = (
        "[localStorage.length, sessionStorage.length, document.cookie, !!navigator.serviceWorker?.controller]"
    )
    assert page.evaluate(kept) == [0, 0, "", False]
    assert page.context.cookies() == []


def some_night(dice: random.Random) -> Wanted:
    """Any night that an address can name."""
    names = ["rain", "felt-piano", "brook_2", "Regen", "фонтан", "雨"]
    words = []
    for _ in range(dice.choice([1, 1, 2, 5])):
        level = dice.choice(["", ":-6", ":3", ":-12.5", ":0", ":-3.25"])
        words.append(dice.choice(names) + level)

    def seconds() -> float:
        return round(dice.choice([dice.uniform(1, 80_000), float(dice.randrange(1, 80_000)), 0.001]), 3)

    said: list[str] = ["+".join(words)]
    options = {
        "date": lambda: "2026-11-27",
        "for": lambda: dice.choice(["kim", "Jo Ann", "Zoë", "O'Neil"]),
        "circle": lambda: "friends",
        "mood": lambda: "calm",
        "seed": lambda: dice.choice(["0", "007", "1000000000000000", "88"]),
        "sleeper": lambda: dice.choice(["none", "slow"]),
        "headphones": lambda: "1",
        "length": lambda: f"{1 + seconds():.3f}",
        "awake": lambda: ",".join(str(one) for one in sorted({seconds() for _ in range(4)})),
        "faders": lambda: dice.choice(["sea:-3,rain:silent", "rain:3.50", "rain:12,brook:-60,a-b:-0.25"]),
        "from": lambda: dice.choice(["0", "0.0", "5400.50", "12.340"]),
        "to": lambda: f"{6000 + dice.randrange(10_000)}.{dice.randrange(1000):03d}",
    }
    if dice.random() < 0.5:
        options["fade"] = lambda: dice.choice(["300", "0.5", "3600.000"])
    else:
        del options["to"]
    for name in dice.sample(list(options), len(options)):
        if name in ("fade", "to") or dice.random() < 0.5:
            said.append(f"{name}={options[name]()}")
    return Wanted.read("~".join(said)) if dice.random() < 0.5 else _as_it_was("~".join(said))


def _as_it_was(text: str) -> Any:
    """A night whose text is as somebody typed it."""
    wanted = Wanted.read(text)
    return type("Typed", (), {"typed": text, "__str__": lambda self: str(wanted)})()


def test_the_script_writes_addresses_as_the_server_does(opened: Opened) -> None:
    dice = random.Random(20261127)
    nights = [some_night(dice) for _ in range(400)]
    typed = [getattr(night, "typed", str(night)) for night in nights]
    page = opened()
    assert page.evaluate("OPTIONS") == list(_OPTIONS)
    written = page.evaluate("texts => texts.map((text) => writeAddress(readAddress(text)))", typed)
    assert written == [str(night) for night in nights]
    assert any(one != other for one, other in zip(typed, written, strict=True))


def test_the_first_paint_is_told(opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    """No seconds are asserted: a machine may be busy."""
    page = opened()
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    told = until(page, lambda: page.evaluate(paint))
    with capsys.disabled():
        print(f"\nfirst contentful paint after {told:.0f} ms")
    weight = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
      .filter((one) => !one.name.endsWith(".jpg")).reduce((sum, one) => sum + one.decodedBodySize, 0)"""
    assert 15_000 < page.evaluate(weight) < 60_000
