"""A phone plays from the whole of a real server, and strangers attack it meanwhile: nothing falters."""

from __future__ import annotations

import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hostile_requests import attack
from server_process import served_by_a_process

NIGHT = "pink-noise:-6+brown-noise~date=2026-11-30~sleeper=none~length=28800"
A_SECOND = 20_000  # bytes
BUFFER = 2.0  # seconds of sound that the phone has before it begins, and keeps
PLACE = 200_000_000  # somewhere in hour three


def played_while(address: str, attacking: Future[Any]) -> tuple[float, float]:
    """Reads as a phone does that plays: two seconds before it needs them. The seconds it played, and the
    least that it had left when more came."""
    asked = {"range": f"bytes={PLACE}-"}
    with httpx.stream("GET", address, headers=asked, timeout=120) as answer:
        assert answer.status_code == 206
        got, began, least = 0, 0.0, BUFFER
        for some in answer.iter_raw(A_SECOND // 4):
            got += len(some)
            have = got / A_SECOND
            if not began:
                if have < BUFFER:
                    continue
                began = time.monotonic()
            played = time.monotonic() - began
            least = min(least, (got - len(some)) / A_SECOND - played)
            if attacking.done() and played > BUFFER:
                return played, least
            time.sleep(max(0.0, have - played - BUFFER))  # a phone takes no more than it has room for
    raise AssertionError("the night was over")


# ten thousand requests are minutes of a server that does nothing else
@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_night_that_is_played_does_not_falter_while_strangers_attack(tmp_path: Path, count: int) -> None:
    source = "127.0.0.9" if sys.platform == "linux" else None
    with (
        served_by_a_process(tmp_path, "pink-noise:-6", "brown-noise") as server,
        ThreadPoolExecutor(1) as others,
    ):
        address = f"{server.url}/night/{NIGHT}.mp3"
        httpx.get(address, headers={"range": f"bytes={PLACE}-{PLACE + 9}"}, timeout=120)  # it is prepared
        attacking = others.submit(
            attack, server.url, count, 20_265, source=source, night=f"/night/{NIGHT}.mp3"
        )
        _, least = played_while(address, attacking)
        outcomes = attacking.result()
    assert len(outcomes) == count
    assert [str(one) for one in outcomes if one.status is not None and one.status >= 500] == []
    assert least > 0, f"it stood still for {-least:.2f} s"
    assert "Traceback" not in server.said
