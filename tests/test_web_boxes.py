"""A night on a box: what it says is not believed, and where it stalls it is sent on at the clock's place."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
from boxes import (
    HOURS,
    WANTED,
    Behaviour,
    Pretended,
    ahead,
    another,
    at_once,
    file_of,
    in_gulps,
    nothing,
    slowly_filling,
    stalling,
)
from conftest import PATIENCE

from lullaby.cli import main
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.time import RATE
from lullaby.web.boxes import casting, chromecast, dlna, finding, sonos
from lullaby.web.boxes.box import Box, Piece
from lullaby.web.boxes.casting import PAUSES, Sent
from lullaby.web.boxes.watching import STILL, Fetched
from lullaby.web.wanted import Wanted
from lullaby.web.who.paired import Paired

HONEST = {
    "half a second ahead": ahead(0.5),
    "ten seconds ahead": ahead(10),
    "a minute ahead": ahead(60),
    "an hour ahead": ahead(HOURS),
    "in gulps of half a minute": in_gulps(30),
    "in gulps of ten minutes": in_gulps(600),
    "in gulps of a minute and a half, long before the last is used up": in_gulps(90, left=30),
    "in gulps of a quarter of an hour, half of them left": in_gulps(900, left=900),
    "all of it at once": at_once(),
    "slowly filling": slowly_filling(600),
    "ten seconds late": lambda since, whole: since - 10,
}
PIECE = Piece(
    "http://10.0.0.1/night/rain+sea.mp3?key=a&b", "Rain & <Sea>", 1_234, 3_725.0, "http://10.0.0.1/x.jpg"
)


@pytest.mark.parametrize("behaves", HONEST.values(), ids=HONEST)
@pytest.mark.parametrize("looks_at_the_end", [False, True], ids=["", "and looks at the end for tags"])
def test_a_box_that_plays_is_left_alone_all_night(behaves: Behaviour, looks_at_the_end: bool):
    box = Pretended([behaves], looks_at_the_end=looks_at_the_end)
    asyncio.run(box.plays())
    assert box.done == ["play"]
    assert box.place >= 8 * HOURS
    (_, piece), *_ = box.given
    assert piece.bytes == file_of(WANTED).length
    assert (piece.title, piece.seconds, piece.type) == ("Eight Hours", 8 * HOURS, "audio/mpeg")


@pytest.mark.parametrize("after", [2 * HOURS, 7 * HOURS + 1_000])
@pytest.mark.parametrize("by", [0.5, 10, 60, 300])
@pytest.mark.parametrize("looks_at_the_end", [False, True])
def test_a_renderer_that_lies_and_stalls_is_sent_on_within_half_a_minute(
    by: float, after: float, looks_at_the_end: bool
):
    box = Pretended([stalling(ahead(by), after), ahead(by)], looks_at_the_end=looks_at_the_end)
    asyncio.run(box.plays())
    assert len(box.given) == 2
    when, _ = box.given[1]
    assert after + STILL - 1 <= when <= after + 30
    assert box.places == [0, pytest.approx(when, abs=0.002)]
    assert box.said == ["Bedroom stood still: it is sent on."]


@pytest.mark.parametrize("behaves", [nothing, stalling(ahead(5), 3), stalling(slowly_filling(20), 1)])
def test_one_that_never_really_begins_is_sent_on_when_it_has_used_up_what_it_has(behaves: Behaviour):
    box = Pretended([behaves, ahead(10)])
    asyncio.run(box.plays())
    has = behaves(100, 8 * HOURS)
    assert len(box.given) == 2
    assert has + STILL - 1 <= box.given[1][0] <= has + 30


def test_one_that_fetches_in_gulps_is_sent_on_when_the_last_is_used_up():
    box = Pretended([stalling(in_gulps(600), 3_700), ahead(10)])
    asyncio.run(box.plays())
    assert 4_200 <= box.given[1][0] <= 4_200 + 30


@pytest.mark.parametrize("left", [10.0, 50.0])
def test_one_that_never_uses_up_what_it_has_is_sent_on_when_it_does(left: float):
    """As GStreamer does it: fifteen seconds at a time, with fifty of them still there."""
    stalls = 2 * HOURS + 7
    box = Pretended([stalling(in_gulps(15, left), stalls), ahead(10)])
    asyncio.run(box.plays())
    assert len(box.given) == 2
    assert stalls + STILL - 1 <= box.given[1][0] <= stalls + 15 + 30


def test_one_that_stalls_again_and_again_is_sent_on_each_time_at_the_clocks_place():
    box = Pretended([stalling(ahead(10), 600)])
    asyncio.run(box.plays())
    assert len(box.given) > 40
    for (when, _), place in zip(box.given, box.places, strict=True):
        assert place == pytest.approx(when, abs=0.002)


def test_one_that_stalls_in_the_last_seconds_is_not_begun_again():
    box = Pretended([stalling(ahead(0.5), 8 * HOURS - 3)])
    asyncio.run(box.plays())
    assert (len(box.given), box.said) == (1, [])


def test_a_night_from_the_middle_goes_on_from_there():
    box = Pretended([stalling(ahead(10), 100), ahead(10)])
    asyncio.run(box.plays(another(WANTED, 5 * HOURS)))
    assert box.places[0] == 5 * HOURS
    assert box.places[1] == pytest.approx(5 * HOURS + box.given[1][0], abs=0.002)
    assert box.place == pytest.approx(3 * HOURS, abs=60)


def test_who_stopped_the_box_is_not_sent_anything_more():
    box = Pretended([ahead(10)], stopped_at=2 * HOURS)
    asyncio.run(box.plays())
    assert box.done == ["play"]
    assert box.said == ["Bedroom was stopped there."]
    assert box.place < 2 * HOURS + 10


def test_a_box_that_says_stopped_because_it_ran_dry_is_sent_on():
    box = Pretended([stalling(ahead(1), HOURS), ahead(10)])

    async def says_so() -> bool:
        return len(box.given) == 1 and box.place > HOURS + 1

    box.was_stopped = says_so  # type: ignore[method-assign]
    asyncio.run(box.plays())
    assert len(box.given) == 2


def test_a_box_that_is_slow_to_begin_is_not_taken_for_one_that_was_stopped():
    box = Pretended([ahead(30)])

    async def says_so() -> bool:
        return box.place < 12

    box.was_stopped = says_so  # type: ignore[method-assign]
    asyncio.run(box.plays())
    assert box.said == []
    assert box.place >= 8 * HOURS


def test_a_box_that_is_gone_is_told_in_words_after_some_tries():
    box = Pretended([stalling(ahead(10), HOURS)], gone=lambda at: at > HOURS)
    with pytest.raises(CouldNot, match=r"Bedroom does not do as it is asked(.|\n)*tried 6 times"):
        asyncio.run(box.plays())
    assert [pause for pause in box.waited if pause > 1] == list(PAUSES)
    assert all(a < b for a, b in pairwise(PAUSES))


def test_a_box_that_will_not_even_begin_is_told_at_once():
    box = Pretended([ahead(10)], gone=lambda at: True)
    with pytest.raises(CouldNot, match="nobody there"):
        asyncio.run(box.plays())
    assert box.waited == []


def test_a_box_that_says_yes_and_fetches_nothing_is_given_up_too():
    box = Pretended([nothing])
    with pytest.raises(CouldNot, match="says that it plays, and fetches nothing"):
        asyncio.run(box.plays())
    assert len(box.given) == 1 + len(PAUSES)


def test_a_box_that_comes_back_plays_on():
    box = Pretended([stalling(ahead(10), HOURS), ahead(10)], gone=lambda at: HOURS < at < HOURS + 60)
    asyncio.run(box.plays())
    assert len(box.given) == 2
    assert box.places[1] == pytest.approx(box.given[1][0], abs=0.002)


def test_whoever_ends_the_cast_stops_the_box_in_a_fade_and_its_volume_is_as_it_was():
    box = Pretended([ahead(10)])

    async def ended() -> None:
        going = asyncio.ensure_future(box.plays())
        box.leaves = lambda at: at == 100 and going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going

    asyncio.run(ended())
    levels = [float(done.split()[1]) for done in box.done if done.startswith("volume")]
    assert box.done[-2:] == ["stop", "volume 0.40"]
    assert levels[-2] == 0.0
    assert all(a >= b for a, b in pairwise(levels[:-1]))


def test_a_ledger_knows_of_no_night_but_what_is_just_being_cast():
    fetched = Fetched()
    fetched.taken("rain", 0, 100)
    assert fetched.until("rain") == 0
    fetched.expect("rain")
    fetched.taken("rain", 0, 100)
    fetched.taken("rain", 50, 20)
    assert fetched.until("rain") == 100
    fetched.forget("rain")
    assert vars(fetched) == {"_until": {}}


def test_a_box_fetches_what_it_is_sent_by_a_key_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda *_: b"")
    box, keys = Pretended([ahead(10)]), Paired.load()
    paths: list[str] = []

    async def found(name: str) -> Pretended:
        return box

    async def sent(
        box: Box, night: Sent, address_of: Callable[[Wanted], str], fetched: Fetched, *_: Any, **__: Any
    ) -> None:
        rest = another(night.wanted, 20.0)
        fetched.expect(str(rest))
        async with httpx.AsyncClient(timeout=PATIENCE) as there:
            answer = await there.get(address_of(rest), headers={"range": "bytes=0-999"})
        assert (answer.status_code, len(answer.content)) == (206, 1_000)
        assert fetched.until(str(rest)) == 1_000
        assert night.file(rest).rendering.span.start == 20 * RATE
        for address in (address_of(rest), night.picture):
            parts = urlsplit(address)
            assert keys.opens(unquote(parts.path), parts.query.removeprefix("key="))
            paths.append(unquote(parts.path))

    monkeypatch.setattr(finding, "box_called", found)
    monkeypatch.setattr(finding, "own_address", lambda towards: "127.0.0.1")
    monkeypatch.setattr(casting, "cast", sent)
    assert main(["cast", "Bedroom", "pink-noise", "--volume", "30"], box.clock) == 0
    tonight = "/night/pink-noise~date=2026-11-30"
    assert paths == [f"{tonight}~from=20.mp3", f"{tonight}.jpg"]
    assert box.done == ["volume 0.30", "close"]
    for wrong in ("-1", "101", "nan"):
        assert main(["cast", "Bedroom", "--volume", wrong], box.clock) == 2


def answering(monkeypatch: pytest.MonkeyPatch, **kinds: Sequence[Any] | Exception) -> None:
    for module in (dlna, chromecast, sonos):
        answer = kinds.get(module.__name__.rsplit(".", 1)[1], [])

        async def find(seconds: float, answer: Any = answer) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(module, "find", find)


def box(name: str, host: str = "10.0.0.1", kind: str = "Pretended") -> Pretended:
    return Pretended([nothing], name=name, host=host, kind=kind)


@pytest.mark.parametrize("said", ["Bedroom", "bedroom", "bed"])
def test_a_box_is_found_by_its_name_and_the_others_are_let_go(monkeypatch: pytest.MonkeyPatch, said: str):
    ours, other = box("Bedroom"), box("Kitchen", "10.0.0.2")
    answering(monkeypatch, dlna=[other], sonos=[ours])
    assert asyncio.run(finding.box_called(said)) is ours
    assert (ours.done, other.done) == ([], ["close"])


def test_one_that_speaks_two_languages_is_one_box(monkeypatch: pytest.MonkeyPatch):
    speaker, renderer = box("Bedroom", kind="Sonos"), box("10.0.0.1 - Sonos One", kind="DLNA")
    answering(monkeypatch, dlna=[renderer], sonos=[speaker])
    assert asyncio.run(finding.boxes_at_home()).boxes == [speaker]


def test_a_name_that_no_box_has_is_answered_by_those_there_are(monkeypatch: pytest.MonkeyPatch):
    answering(monkeypatch, dlna=[box("Kitchen")], chromecast=[box("Bedroom", "10.0.0.2")])
    with pytest.raises(CouldNot, match=r'"Bedrom"(.|\n)*Bedroom, Kitchen(.|\n)*Did you mean "Bedroom"'):
        asyncio.run(finding.box_called("Bedrom"))


def test_a_name_that_several_have_is_answered_by_where_they_are(monkeypatch: pytest.MonkeyPatch):
    answering(monkeypatch, dlna=[box("Bedroom", "10.0.0.1"), box("Bedroom", "10.0.0.2")])
    with pytest.raises(CouldNot, match=r"several(.|\n)*10\.0\.0\.1(.|\n)*10\.0\.0\.2"):
        asyncio.run(finding.box_called("Bedroom"))


def test_what_could_not_be_looked_for_is_said(monkeypatch: pytest.MonkeyPatch):
    answering(monkeypatch, chromecast=CouldNot("Chromecasts could not be looked for."))
    with pytest.raises(CouldNot, match=r"none has answered(.|\n)*could not be looked for"):
        asyncio.run(finding.box_called("Bedroom"))


def test_without_the_libraries_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch):
    for name in ("async_upnp_client", "pychromecast", "soco"):
        for module in [one for one in sys.modules if one.split(".")[0] == name]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, name, None)
    for said in ("Bedroom", "http://192.168.1.9:80/description.xml"):
        with pytest.raises(CouldNot, match=r"pip install '\.\[cast\]'"):
            asyncio.run(finding.box_called(said, 1))


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x.xml", "http://8.8.8.8/x.xml", "http://localhost/x.xml", "http://", "file:///etc"],
)
def test_nothing_is_fetched_from_outside_the_home(address: str):
    with pytest.raises(AskedWrongly, match="no address of a box at home"):
        asyncio.run(dlna.at(address))


def test_a_renderer_is_told_how_long_the_piece_is_and_that_it_can_be_asked_for_in_parts():
    root = ElementTree.fromstring(dlna.about(PIECE))
    spaces = {"d": "urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/", "dc": "http://purl.org/dc/elements/1.1/"}
    assert root.findtext("d:item/dc:title", namespaces=spaces) == "Rain & <Sea>"
    part = root.find("d:item/d:res", spaces)
    assert part is not None
    assert (part.text, part.get("size"), part.get("duration")) == (PIECE.address, "1234", "1:02:05")
    assert str(part.get("protocolInfo")).startswith("http-get:*:audio/mpeg:DLNA.ORG_PN=MP3;DLNA.ORG_OP=01;")


class Media:
    def __init__(self, done: list[Any]) -> None:
        self.done, self.status = done, SimpleNamespace(player_state="PLAYING", idle_reason=None)

    def play_media(self, address: str, type: str, **how: Any) -> None:
        self.done.append((address, type, how))

    def block_until_active(self, timeout: float) -> None:
        self.done.append("active")


class Chromecast:
    name, cast_info, status = "Bedroom", SimpleNamespace(host="10.0.0.3"), SimpleNamespace(volume_level=0.3)

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.media_controller = Media(self.done)

    def wait(self, timeout: float) -> None:
        """It is there."""

    def quit_app(self) -> None:
        self.done.append("quit")

    def set_volume(self, level: float) -> None:
        self.done.append(level)

    def disconnect(self, timeout: float) -> None:
        self.done.append("let go")


def test_a_chromecast_is_sent_a_night(monkeypatch: pytest.MonkeyPatch):
    import pychromecast

    device, let_go = Chromecast(), []
    browser = SimpleNamespace(stop_discovery=lambda: let_go.append("browser"))
    monkeypatch.setattr(pychromecast, "get_chromecasts", lambda **how: ([device], browser))

    async def played() -> list[Any]:
        (one,) = await chromecast.find(1)
        assert (one.name, one.host, await one.volume()) == ("Bedroom", "10.0.0.3", 0.3)
        await one.play(PIECE)
        said = [await one.was_stopped()]
        for state, why in (
            ("PAUSED", None),
            ("IDLE", "CANCELLED"),
            ("IDLE", "FINISHED"),
            ("BUFFERING", None),
        ):
            device.media_controller.status = SimpleNamespace(player_state=state, idle_reason=why)
            said.append(await one.was_stopped())
        await one.set_volume(2.0)
        await one.stop()
        await one.close()
        return said

    assert asyncio.run(played()) == [False, True, True, False, False]
    (address, type, how), *rest = device.done
    assert (address, type, how["stream_type"]) == (PIECE.address, "audio/mpeg", "BUFFERED")
    assert (how["thumb"], how["metadata"]["title"]) == (PIECE.picture, PIECE.title)
    assert rest == ["active", 1.0, "quit", "let go"]
    assert let_go == ["browser"]


def test_of_two_chromecasts_the_one_that_is_kept_keeps_what_found_them(monkeypatch: pytest.MonkeyPatch):
    import pychromecast

    one, other, let_go = Chromecast(), Chromecast(), []

    def never_spoken_to(timeout: float) -> None:
        raise RuntimeError("cannot join thread before it is started")

    monkeypatch.setattr(other, "disconnect", never_spoken_to)
    browser = SimpleNamespace(stop_discovery=lambda: let_go.append("browser"))
    monkeypatch.setattr(pychromecast, "get_chromecasts", lambda **how: ([one, other], browser))

    async def kept() -> None:
        boxes = await chromecast.find(1)
        await boxes[1].close()
        assert let_go == []
        await boxes[0].close()

    asyncio.run(kept())
    assert let_go == ["browser"]


def test_a_chromecast_that_does_not_answer_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch):
    from pychromecast.error import RequestTimeout

    device = Chromecast()

    def never(timeout: float) -> None:
        raise RequestTimeout("wait", timeout)

    monkeypatch.setattr(device, "wait", never)
    with pytest.raises(CouldNot, match="Bedroom does not do as it is asked") as said:
        asyncio.run(chromecast.Cast(device).play(PIECE))  # type: ignore[arg-type]
    assert "\n" not in str(said.value)


class Sonos:
    player_name, ip_address, group, volume = "Bedroom", "10.0.0.4", None, 12

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.state = "PLAYING"

    def play_uri(self, address: str, **how: Any) -> None:
        self.done.append((address, how))

    def stop(self) -> None:
        self.done.append("stop")

    def get_current_transport_info(self) -> dict[str, str]:
        return {"current_transport_state": self.state}


def test_the_first_of_a_group_of_speakers_is_sent_a_night(monkeypatch: pytest.MonkeyPatch):
    import soco

    device, first = Sonos(), Sonos()
    monkeypatch.setattr(device, "group", SimpleNamespace(coordinator=first))
    monkeypatch.setattr(soco, "discover", lambda timeout: {device})

    async def played() -> None:
        (one,) = await sonos.find(1)
        assert (one.name, one.host, await one.volume()) == ("Bedroom", "10.0.0.4", 0.12)
        await one.play(PIECE)
        assert not await one.was_stopped()
        first.state = "PAUSED_PLAYBACK"
        assert await one.was_stopped()
        await one.set_volume(0.2)
        await one.stop()
        await one.close()

    asyncio.run(played())
    (address, how), stop = first.done
    assert (address, how["title"], how["meta"], stop) == (
        PIECE.address,
        PIECE.title,
        dlna.about(PIECE),
        "stop",
    )
    assert (device.volume, device.done) == (20, [])


def test_no_speakers_and_a_speaker_that_says_no(monkeypatch: pytest.MonkeyPatch):
    import soco
    from soco.exceptions import SoCoUPnPException

    monkeypatch.setattr(soco, "discover", lambda timeout: None)
    assert asyncio.run(sonos.find(1)) == []
    device = Sonos()

    def refuses(address: str, **how: Any) -> None:
        raise SoCoUPnPException("UPnP Error 714 received", "714", "")

    monkeypatch.setattr(device, "play_uri", refuses)
    with pytest.raises(CouldNot, match="Bedroom does not do as it is asked"):
        asyncio.run(sonos.Speaker(device).play(PIECE))


def test_the_libraries_are_not_loaded_before_a_box_is_looked_for():
    import subprocess

    asks = "import sys, lullaby.web.boxes.finding, lullaby.web.boxes.casting, lullaby.web.boxes.dlna\n"
    asks += "import lullaby.web.boxes.chromecast, lullaby.web.boxes.sonos\n"
    asks += "print([name for name in ('async_upnp_client', 'pychromecast', 'soco') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
