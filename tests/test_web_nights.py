"""A night as it is served: the bytes that `render` keeps, any of them, by a server that remembers nothing."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import httpx
import numpy as np
import pytest
from conftest import PATIENCE
from nights import night_of
from numpy.typing import NDArray
from starlette.applications import Starlette
from web import ask, served

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.evening import Evening, Request, prepared
from lullaby.evening.enough import Enough
from lullaby.evening.notes import Follows
from lullaby.evening.pressed import HOURS
from lullaby.export import ENDINGS, USES, export
from lullaby.export.delivery import STREAM
from lullaby.export.known_file import KnownFile
from lullaby.night import Night
from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth
from lullaby.sleep.stages import Stage
from lullaby.time import RATE, Span, WallClock
from lullaby.web import stretches
from lullaby.web.changes import Changes
from lullaby.web.facts import facts_of_served
from lullaby.web.hls import BEHIND
from lullaby.web.nights import Nights, Served
from lullaby.web.sending import PIECE, Sending
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted

SCENES = """
title = "Hush"
length = 00:00:30
[voices]
hush = "pink-noise"
[scene.arriving]
at = 0
hush = -6
[scene.further-off]
at = 15
hush = -9
"""
MIX = "pink-noise:-6+brown-noise~date=2026-11-30~sleeper=none~length=125"
"""Two minutes and some: it has three pages."""
FOLLOWED = "pink-noise+brown-noise~date=2026-11-30~length=3600"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def evening() -> Evening:
    return ask(Wanted.read(MIX))


@pytest.fixture(scope="module")
def night(evening: Evening) -> Night:
    return evening.night


@pytest.fixture(scope="module")
def whole(night: Night, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file that `lullaby render --for-use stream` keeps."""
    return export(night, tmp_path_factory.mktemp("kept") / "night.mp3", use=STREAM).read_bytes()


def test_the_whole_of_it_is_the_file_that_is_rendered(url: str, whole: bytes) -> None:
    answer = httpx.get(f"{url}/night/{MIX}.mp3", timeout=120)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(whole)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == whole


def test_two_hundred_ranges_in_any_order_are_its_bytes(url: str, whole: bytes) -> None:
    chance = random.Random(5)
    with httpx.Client(timeout=120) as phone:
        for _ in range(200):
            start = chance.randrange(len(whole))
            stop = min(len(whole), start + chance.choice([1, 2, 480, 70_000]))
            asked = f"bytes={start}-{stop - 1}" if chance.random() < 0.8 else f"bytes=-{len(whole) - start}"
            if asked.startswith("bytes=-"):
                stop = len(whole)
                start = max(start, stop - 90_000)
                asked = f"bytes=-{stop - start}"
            answer = phone.get(f"{url}/night/{MIX}.mp3", headers={"range": asked})
            assert answer.status_code == 206
            assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
            assert answer.content == whole[start:stop], asked


def test_an_open_range_goes_on_to_the_end(url: str, whole: bytes) -> None:
    at = len(whole) - 50_000
    answer = httpx.get(f"{url}/night/{MIX}.mp3", headers={"range": f"bytes={at}-"}, timeout=60)
    assert (answer.status_code, answer.content) == (206, whole[at:])


def test_past_the_end_there_is_nothing(url: str, whole: bytes) -> None:
    answer = httpx.get(f"{url}/night/{MIX}.mp3", headers={"range": f"bytes={len(whole)}-"}, timeout=60)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_tag_stands_for_the_bytes(url: str, whole: bytes) -> None:
    head = httpx.head(f"{url}/night/{MIX}.mp3", timeout=60)
    assert (head.status_code, head.content, int(head.headers["content-length"])) == (200, b"", len(whole))
    assert head.headers["cache-control"] == "private, no-cache", "a phone asks by the tag, and keeps it alone"
    tag = head.headers["etag"]
    ours = {"range": "bytes=10-19", "if-range": tag}
    assert httpx.get(f"{url}/night/{MIX}.mp3", headers=ours).content == whole[10:20]
    with httpx.stream("GET", f"{url}/night/{MIX}.mp3", headers=ours | {"if-range": '"other"'}) as answer:
        assert answer.status_code == 200
    assert httpx.get(f"{url}/night/{MIX}.mp3", headers={"if-none-match": tag}).status_code == 304
    others = [
        MIX + "~seed=4",
        MIX.replace(":-6", ":-7"),
        MIX + "~from=10",
        MIX + "~to=20~fade=3",
        MIX + "~to=20",
    ]
    tags = [httpx.head(f"{url}/night/{other}.mp3", timeout=60).headers["etag"] for other in others]
    assert len({tag, *tags}) == 1 + len(others)


def test_a_server_that_was_started_again_goes_on_in_mid_byte(whole: bytes) -> None:
    """Nothing of the first one is left: other nights, other caches, another port."""
    at = 1_234_567
    with served() as first, httpx.stream("GET", f"{first}/night/{MIX}.mp3", timeout=60) as answer:
        tag, got = answer.headers["etag"], b""
        for some in answer.iter_raw():
            got += some
            if len(got) > at:
                break
    again = {"range": f"bytes={len(got)}-", "if-range": tag}
    with served() as second:
        answer = httpx.get(f"{second}/night/{MIX}.mp3", headers=again, timeout=120)
    assert answer.status_code == 206
    assert got + answer.content == whole


@pytest.mark.parametrize("ending", [".ogg", ".m4o", ".wav"])
def test_in_other_forms_too(url: str, night: Night, tmp_path: Path, ending: str) -> None:
    kept = export(night, tmp_path / f"night{ending}", use=STREAM).read_bytes()
    answer = httpx.get(f"{url}/night/{MIX}{ending}", headers={"range": "bytes=900000-999999"}, timeout=60)
    assert answer.content == kept[900_000:1_000_000]
    assert answer.headers["content-range"] == f"bytes 900000-999999/{len(kept)}"


def test_a_part_of_it_is_the_part_that_is_rendered(url: str, night: Night, tmp_path: Path) -> None:
    span = Span(50 * RATE + RATE // 2, 70 * RATE)
    kept = export(night, tmp_path / "part.mp3", span=span, use=STREAM).read_bytes()
    assert httpx.get(f"{url}/night/{MIX}~from=50.5~to=70.mp3", timeout=60).content == kept


def heard(url: str, address: str, path: Path) -> NDArray[np.int16]:
    path.write_bytes(httpx.get(f"{url}/night/{address}.wav", timeout=60).content)
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1).reshape(-1, 2)


def test_a_timer_fades_in_the_stream_itself(url: str, tmp_path: Path) -> None:
    plain = heard(url, MIX + "~from=20~to=50", tmp_path / "plain.wav")
    timed = heard(url, MIX + "~from=20~to=50~fade=20", tmp_path / "timed.wav")
    assert len(timed) == len(plain) == 30 * RATE
    assert (timed[RATE : 9 * RATE] == plain[RATE : 9 * RATE]).all()
    levels = [float(np.abs(1.0 * timed[at * RATE : (at + 1) * RATE]).mean()) for at in (9, 15, 20, 25, 29)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < levels[0] / 20


def test_it_rises_softly_where_it_was_changed(url: str, tmp_path: Path) -> None:
    cut = heard(url, MIX + "~from=20~to=30", tmp_path / "cut.wav")
    soft = heard(url, MIX + "~from=20~rise=2~to=30", tmp_path / "soft.wav")
    first, then = (slice(0, RATE // 2), slice(3 * RATE, 8 * RATE))
    assert np.abs(1.0 * soft[first]).mean() < np.abs(1.0 * cut[first]).mean() / 3
    assert (soft[then] == cut[then]).all()


def test_a_fader_is_moved_from_where_the_file_begins(url: str, tmp_path: Path) -> None:
    alone = "pink-noise~date=2026-11-30~sleeper=none~length=100"
    plain = heard(url, f"{alone}~from=30~to=40", tmp_path / "plain.wav")
    moved = heard(url, f"{alone}~faders=pink-noise:-12~from=30~to=40", tmp_path / "moved.wav")
    ratio = np.abs(1.0 * moved[2 * RATE :]).mean() / np.abs(1.0 * plain[2 * RATE :]).mean()
    assert 20 * np.log10(ratio) == pytest.approx(-12, abs=0.2)


@pytest.mark.parametrize("before", [900, 60, 0])
def test_who_is_awake_still_has_a_longer_night(url: str, before: int) -> None:
    """Also who says so in the last minute of it, or when it is over."""
    facts = httpx.get(f"{url}/night/{FOLLOWED}.json", timeout=60).json()
    assert facts["length"] < 3600
    assert facts["follows"]
    awake = f"{FOLLOWED}~awake={facts['length'] - before:.0f}"
    longer = httpx.get(f"{url}/night/{awake}.json", timeout=60).json()
    assert longer["length"] > facts["length"]
    there = httpx.get(f"{url}/night/{awake}~from={facts['length']:.0f}.json", timeout=60)
    assert there.status_code == 200


def test_who_says_so_again_has_a_longer_night_still(url: str) -> None:
    def length(awake: str = "") -> float:
        return float(httpx.get(f"{url}/night/{FOLLOWED}{awake}.json", timeout=60).json()["length"])

    first = f"~awake={length() - 900:.0f}"
    once = length(first)
    assert length(f"{first},{once - 300:.0f}") > once


def test_who_was_awake_is_followed_into_sleep_again() -> None:
    """What a press says holds for a while, and no longer: after it, somebody falls asleep once more."""
    night = Nights(ask).served(Wanted.read(FOLLOWED + "~awake=600")).night
    (growth,) = night.grown
    assert growth.runs[0].run.start == growth.frame == 600 * RATE
    assert growth.runs[0].run.stage is Stage.AWAKE
    assert growth.runs[-1].run.stage is not Stage.AWAKE
    assert growth.runs[-1].run.start < (600 + HOURS * 3600) * RATE


def test_its_facts_say_what_it_is(url: str) -> None:
    facts = httpx.get(f"{url}/night/{MIX}.json", timeout=60).json()
    assert facts["title"]
    assert (facts["start"], facts["stop"], facts["length"]) == (0, 125, 125)
    assert [voice["name"] for voice in facts["voices"]] == ["pink-noise", "brown-noise"]
    assert facts["voices"][0]["level"] == -6
    picture = httpx.get(url + facts["picture"], timeout=60)
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content[:2] == b"\xff\xd8"


def test_the_facts_of_a_part_are_those_of_its_place() -> None:
    night = Night(night_of(SCENES).score, seed=3, day=datetime.date(2026, 11, 30), gain=1.0)
    night = night.from_frame(Growth(20 * RATE, moves=(FaderMove(20 * RATE, "hush", -12.0),)))
    notes = (
        SimpleNamespace(says="It is good to know."),
        Follows(None, "", None, 0, 0, for_listener=False, all_night=False),
    )
    wanted = Wanted.read("hush~date=2026-11-30~for=kim~from=20~rise=2~to=25~fade=3")
    evening: Any = SimpleNamespace(night=night, notes=notes)
    facts = facts_of_served(Served(wanted, evening, Span(20 * RATE, 25 * RATE)))
    assert (facts["start"], facts["stop"], facts["length"]) == (20, 25, 30)
    assert facts["id"] == str(wanted)
    assert facts["picture"] == "/night/hush~date=2026-11-30~for=kim.jpg"
    assert facts["scenes"] == [{"at": 0, "name": "arriving"}, {"at": 15, "name": "further-off"}]
    assert facts["chapters"] == [{"at": 0, "title": "Arriving"}, {"at": 15, "title": "Further off"}]
    assert facts["voices"] == [{"name": "hush", "level": pytest.approx(-9, abs=3), "fader": -12}]
    assert facts["notes"] == ["It is good to know."]
    assert (facts["follows"], facts["moves_on"]) == (False, True)


def test_a_part_has_the_whole_nights_cover_and_fades_that_fit_into_it(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Span] = []
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda night, span, _: drawn.append(span))
    part = Nights(lambda _: evening).served(Wanted.read(MIX + "~from=10~rise=30~to=20~fade=30"))
    assert part.cover is None
    assert drawn == [evening.night.span]
    assert part.rendering(ENDINGS[".mp3"]).fades == (10 * RATE, 10 * RATE)


def test_a_fader_is_moved_at_the_frame_where_the_file_begins(evening: Evening) -> None:
    moved = Nights(lambda _: evening).served(Wanted.read(MIX + "~faders=pink-noise:-3~from=30.5"))
    (growth,) = moved.night.grown
    assert growth == Growth(30 * RATE + RATE // 2, moves=(FaderMove(growth.frame, "pink-noise", -3.0),))


def test_a_night_in_pieces_is_its_fragments(url: str, evening: Evening) -> None:
    address = MIX + "~to=20"
    made, _ = Nights(lambda _: evening).served(Wanted.read(address)).fragments()
    listed = httpx.get(f"{url}/night/{address}.m3u8", timeout=60)
    assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    places = [line for line in listed.text.splitlines() if line.startswith("/")]
    assert len(places) == len(made) == 3
    for number, place in enumerate(places):
        assert httpx.get(url + place, timeout=60).content == made.fragment(number), place
    assert httpx.get(f"{url}/night/{address}/init.mp4", timeout=60).content == made.init
    for none in ("3.m4s", "-1.m4s", "0.mp3"):
        assert httpx.get(f"{url}/night/{address}/{none}", timeout=60).status_code == 404
    faded = httpx.get(f"{url}/night/{address}~fade=10/2.m4s", timeout=60)
    assert faded.content != made.fragment(2), "a piece belongs to one address, its fade and all"


def test_a_list_by_the_clock_is_of_about_now(url: str) -> None:
    def listed(began: str) -> httpx.Response:
        return httpx.get(f"{url}/night/{MIX}.m3u8", params={"began": began}, timeout=60)

    ago = WallClock().now() - datetime.timedelta(seconds=100)
    first = re.search("#EXT-X-MEDIA-SEQUENCE:([0-9]+)", listed(ago.isoformat()).text)
    assert first is not None
    assert int(first[1]) >= 100 // 8 - BEHIND
    for wrong in ("2026-11-30T22:15:00", "soon", ""):
        assert listed(wrong).status_code == 404, "nobody knows of which zone"


def test_what_was_taken_is_told_byte_by_byte(evening: Evening) -> None:
    taken: list[tuple[str, int, int]] = []
    fetched = Sending(Nights(lambda _: evening), Stretches(), WallClock(), lambda *one: taken.append(one))
    with served(Starlette(routes=fetched.routes)) as url:
        httpx.get(f"{url}/night/{MIX}.mp3", headers={"range": "bytes=1000-200999"}, timeout=60)
    assert {address for address, _, _ in taken} == {MIX}
    places = [1_000, *(start + count for _, start, count in taken)]
    assert [start for _, start, _ in taken] == places[:-1]
    assert places[-1] == 201_000
    assert max(count for _, _, count in taken) <= PIECE


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nothing-of-this-name.mp3", "nothing-of-this-name"),
        ("rain.exe", ".mp3"),
        ("rain.flac", ".mp3"),
        ("rain~from=7200~length=60.mp3", "lasts until 00:01:00"),
        ("rain~to=5~from=9.mp3", "before it begins"),
        ("..%2F..%2Fetc%2Fpasswd.mp3", ""),
        ("rain~faders=sea:-3~date=2026-11-30.mp3", "no voice"),
        ("rain~sleeper=none~awake=5.mp3", "follows nobody"),
    ],
)
def test_what_is_no_night_is_said_in_a_line(url: str, address: str, says: str) -> None:
    answer = httpx.get(f"{url}/night/{address}", timeout=60)
    assert answer.status_code == 404
    assert says in answer.text
    assert "Traceback" not in answer.text


def test_what_nobody_takes_is_not_made(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone that reads a second of an hour costs some stretches, and no more while it waits."""
    made: list[int] = []
    make = Stretches._make

    def noted(self: Stretches, file: KnownFile, tag: str, number: int) -> bytes:
        made.append(number)
        return make(self, file, tag, number)

    monkeypatch.setattr(Stretches, "_make", noted)
    address = "pink-noise~date=2026-11-30~sleeper=none~length=3600"
    with httpx.stream("GET", f"{url}/night/{address}.wav", timeout=60) as answer:
        next(answer.iter_raw())
        answers = httpx.get(f"{url}/night/{address}.json", timeout=60)  # the server is well meanwhile
        assert answers.status_code == 200
        assert int(answer.headers["content-length"]) > 600_000_000
    assert len(made) < 60


def test_ten_who_hear_the_same_have_it_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Nights(ask).served(Wanted.read(MIX)).file(".mp3")
    made: list[int] = []
    make = Stretches._make

    def noted(self: Stretches, file: KnownFile, tag: str, number: int) -> bytes:
        made.append(number)
        return make(self, file, tag, number)

    monkeypatch.setattr(Stretches, "_make", noted)

    async def hear(kept: Stretches) -> bytes:
        return b"".join([some async for some in kept.read(file, "tag", 0, 300_000)])

    async def ten() -> list[bytes]:
        kept = Stretches()
        try:
            return await asyncio.gather(*(hear(kept) for _ in range(10)))
        finally:
            kept.close()

    assert len(set(asyncio.run(ten()))) == 1
    assert len(made) == len(set(made))


class Told:
    """Stretches that say whose they are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun: list[int] = []

    def from_stretch(self, number: int) -> Iterator[bytes]:
        self.begun.append(number)
        for at in itertools.count(number):
            yield f"{self.name} {at}".encode()

    def ends_segment(self, number: int) -> bool:
        return False


def test_two_nights_never_share_a_stretch() -> None:
    async def heard() -> list[bytes]:
        kept = Stretches(2)
        try:
            at_once = await asyncio.gather(*(kept.stretch(Told(name), name, 4) for name in ("one", "two")))
            return [*at_once, *[await kept.stretch(Told(name), name, 5) for name in ("one", "two", "one")]]
        finally:
            kept.close()

    assert asyncio.run(heard()) == [b"one 4", b"two 4", b"one 5", b"two 5", b"one 5"]


def test_what_was_made_is_at_hand_and_what_follows_is_made_by_the_same_run() -> None:
    told = Told("one")

    async def heard() -> None:
        kept = Stretches(1)
        try:
            for number in (4, 5, 7, 4, 6, 5, 8, 20, 9):
                assert await kept.stretch(told, "tag", number) == f"one {number}".encode()
        finally:
            kept.close()

    asyncio.run(heard())
    assert told.begun == [4, 20]


def test_what_a_listener_has_decided_is_asked_of_a_night_at_hand_too(evening: Evening) -> None:
    asked: list[Wanted] = []

    def may(wanted: Wanted) -> None:
        asked.append(wanted)
        if len(asked) > 1:
            raise Enough("Enough for tonight; sleep well.")

    nights = Nights(lambda _: evening, may)
    nights.served(Wanted.read(MIX))
    assert nights.at_hand(Wanted.read(MIX)) is not None
    with pytest.raises(Enough):
        nights.served(Wanted.read(MIX))


def test_an_address_without_a_date_is_of_the_evening_that_it_is(evening: Evening) -> None:
    prepared: list[Wanted] = []
    days = [datetime.date(2026, 11, 30)]

    def noted(wanted: Wanted) -> Evening:
        prepared.append(wanted)
        return evening

    nights = Nights(noted, evening=lambda: days[-1])
    nights.served(Wanted.read("rain"))
    days.append(datetime.date(2026, 12, 1))
    nights.served(Wanted.read("rain"))
    assert [wanted.date for wanted in prepared] == days


def test_whatever_makes_it_another_night_has_it_prepared_anew_and_a_part_does_not(evening: Evening) -> None:
    prepared: list[str] = []

    def noted(wanted: Wanted) -> Evening:
        prepared.append(str(wanted))
        return evening

    nights = Nights(noted)
    plain = "rain~date=2026-11-30"
    others = ["for=kim", "for=ida", "circle=home", "mood=tired", "seed=3", "sleeper=slow", "headphones=1",
              "all-night=the neighbours", "length=3600"]  # fmt: skip
    others = [str(Wanted.read(f"{plain}~{one}")) for one in others]
    for address in (plain, f"{plain}~from=10", f"{plain}~from=5~rise=1~to=90~fade=3", *others[:5]):
        nights.served(Wanted.read(address))
    assert prepared == [plain, *others[:5]]
    prepared.clear()
    for address in (*others[5:], "rain~date=2026-12-01", "rain:-3~date=2026-11-30"):
        nights.served(Wanted.read(address))
    assert prepared == [*others[5:], "rain~date=2026-12-01", "rain:-3~date=2026-11-30"]


def test_a_night_that_could_not_be_made_is_tried_again(evening: Evening) -> None:
    fails = [CouldNot("the disk is away."), None]

    def at_first(_: Wanted) -> Evening:
        if (error := fails.pop(0)) is not None:
            raise error
        return evening

    nights = Nights(at_first)
    with pytest.raises(CouldNot):
        nights.served(Wanted.read(MIX))
    assert nights.at_hand(Wanted.read(MIX)) is None
    assert nights.served(Wanted.read(MIX)).evening is evening


def test_only_the_last_nights_are_kept(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lullaby.web.nights.EVENINGS", 2)
    monkeypatch.setattr("lullaby.web.nights.NIGHTS", 3)
    nights = Nights(lambda _: evening)
    wanted = [Wanted.read(f"rain~date=2026-11-30~seed={seed}") for seed in range(5)]
    for one in (*wanted, wanted[3]):
        nights.served(one)
    assert [nights.at_hand(one) is not None for one in wanted] == [False, False, True, True, True]
    assert list(nights._evenings) == wanted[3:]


def test_what_is_made_ready_waits_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    file, kept = Nights(ask).served(Wanted.read(MIX)).file(".mp3"), Stretches()
    kept.get_ready(file, "tag")
    monkeypatch.setattr(kept, "_make", None)

    async def first() -> bytes:
        return await kept.stretch(file, "tag", 0) + await kept.stretch(file, "tag", 1)

    made = file.from_stretch(0)
    assert asyncio.run(first()) == next(made) + next(made)
    kept.close()


def test_whoever_wants_to_hear_does_not_wait_for_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    served, begun, goes_on = Nights(ask).served(Wanted.read(MIX)), threading.Event(), threading.Event()

    def drawn(*_: object) -> bytes:
        begun.set()
        assert goes_on.wait(60)
        return b"a picture"

    monkeypatch.setattr("lullaby.drawing.cover.cover", drawn)
    with ThreadPoolExecutor(2) as others:
        picture = others.submit(lambda: served.cover)
        begun.wait(60)
        try:
            assert others.submit(served.file, ".mp3").result(60).length
        finally:
            goes_on.set()
        assert picture.result() == b"a picture"


def test_only_so_much_is_kept_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "MOST_BYTES", 100_000)
    monkeypatch.setattr(stretches, "MOST_RUNS", 2)
    file = Nights(ask).served(Wanted.read(MIX)).file(".mp3")

    async def all_over() -> tuple[int, int]:
        kept = Stretches()
        try:
            for number in (0, 40, 20, 60, 10, 0, 40):
                assert await kept.stretch(file, "tag", number) == next(file.from_stretch(number))
            return kept._bytes, len(kept._runs)
        finally:
            kept.close()

    held, runs = asyncio.run(all_over())
    assert 0 < held <= 100_000
    assert runs <= 2


def test_an_address_is_read_and_written_the_same() -> None:
    text = (
        "rain+sea:-6.5~date=2026-11-30~for=Kim O'Hara~seed=3~sleeper=slow~headphones=1"
        "~all-night=the neighbours~length=3600~faders=rain:-3,sea:silent~awake=60,90.5"
        "~from=100~rise=2~to=3000.125~fade=300"
    )
    assert str(Wanted.read(text)) == text
    scrambled = "~".join([text.split("~")[0], *reversed(text.split("~")[1:])])
    assert str(Wanted.read(scrambled)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "a b", "./rain.toml", "rain:", "rain:200", "-rain", "x" * 2_000, "+".join(["rain"] * 25),
        "rain~", "rain~nothing=1", "rain~seed", "rain~seed=-1", "rain~seed=1~seed=2", "rain~headphones=0",
        "rain~date=2026-13-01", "rain~date=20261130", "rain~from=-1", "rain~from=90000", "rain~from=1e3",
        "rain~fade=5", "rain~rise=5", "rain~awake=5,5", "rain~awake=9,5", "rain~length=0",
        "rain~sleeper=kim", "rain~for=../kim", "rain~for=", "rain~mood=--help",
        "rain~faders=rain:40", "rain~faders=rain", "rain:-٣", "rain~seed=٣", "rain~from=٣",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AskedWrongly):
        Wanted.read(text)


def test_the_form_that_is_sent_is_one_that_can_be_rendered() -> None:
    assert USES["stream"] is STREAM
    assert STREAM.ending == ".mp3"


def test_a_file_that_changes_is_heard_from_the_next_request_on(tmp_path: Path) -> None:
    """A parent's new limit waits for no restart."""
    score = tmp_path / "scores" / "mine.toml"
    score.parent.mkdir()
    text = 'title = "{}"\nlength = 90\n[voices]\nhush = "pink-noise"\n[scene.all]\nat = 0\nhush = 0\n'
    score.write_text(text.format("Before"))
    stamps = [Changes([tmp_path]).stamp()]
    nights = Nights(lambda _: prepared(Request(str(score))), stamp=lambda: stamps[-1])
    assert nights.served(Wanted.read("mine")).night.score.title == "Before"
    score.write_text(text.format("After, and longer"))
    assert nights.served(Wanted.read("mine")).night.score.title == "Before"
    stamps.append(Changes([tmp_path]).stamp())
    assert nights.served(Wanted.read("mine")).night.score.title == "After, and longer"
    assert nights.ready(Wanted.read("mine")) is not None
    assert len(set(stamps)) == 2


def test_who_wants_a_night_at_hand_waits_for_no_other(evening: Evening) -> None:
    """Two others are prepared meanwhile, and never done."""
    goes_on = threading.Event()

    def slow(wanted: Wanted) -> Evening:
        if wanted.words in (("slow",), ("slower",)):
            goes_on.wait(PATIENCE)
        return evening

    async def asked() -> Served:
        sends = Sending(Nights(slow), Stretches(), WallClock())
        await sends.served(Wanted.read("quick"))
        others = [asyncio.ensure_future(sends.served(Wanted.read(name))) for name in ("slow", "slower")]
        try:
            return await sends.served(Wanted.read("quick"))
        finally:
            goes_on.set()
            await asyncio.gather(*others)
            sends.close()

    assert asyncio.run(asked()).evening is evening
