"""A renderer that is none of ours is found at home, given a night, and fetches and plays it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NAME = "The bedroom's box"


def at_home(what: str) -> dict[str, Any]:
    """What happens there, in a network apart."""
    apart = ["unshare", "--net", "--map-root-user", "--"]
    missing = [name for name in ("unshare", "ip", "gmediarender") if shutil.which(name) is None]
    if missing:
        assert not os.environ.get("LULLABY_CI"), f"{missing} are to be had here"
        pytest.skip(f"{missing} are not here")
    cable = ["ip", "link", "add", "home0", "type", "veth", "peer", "name", "home1"]
    if subprocess.run([*apart, *cable], check=False).returncode:
        pytest.skip("the kernel gives this process no network apart, and the renderer takes no loopback")
    command = [*apart, sys.executable, str(HERE / "renderer_at_home.py"), what]
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=env, check=False)
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def test_a_real_renderer_is_found_by_its_name_and_plays_a_night_and_stops_when_told():
    facts = at_home("seen")
    assert (facts["name"], facts["host"], facts["by address"]) == (NAME, "10.77.0.1", NAME)
    assert facts["fetched"] == facts["bytes"]
    assert facts["played"] >= 3  # of eight seconds
    assert facts["stopped"] is True
    assert facts["said"] == [f"{NAME} was stopped there."]
    before, after = facts["volume"]
    assert before == pytest.approx(after, abs=0.02)


@pytest.mark.soak  # five minutes by the wall clock, in which a renderer shows how it fetches
def test_a_real_renderer_that_freezes_is_sent_on_at_the_clocks_place():
    facts = at_home("frozen")
    (first, _), (when, place) = [map(float, line.split()) for line in facts["addresses"]]
    assert first == 0.0
    assert place == pytest.approx(3_600 + when, abs=10)
    assert when - facts["froze"] <= max(facts["ahead"][-60:]) + 30, "what it had fetched it may have played"
    assert facts["sent on"][0] >= facts["froze"] + 10


def test_a_night_is_cast_by_its_command_and_ended_by_ctrl_c():
    facts = at_home("typed")
    assert (facts["code"], facts["err"]) == (130, "Stopped.\n"), facts
    assert facts["out"] == f"Pink-noise plays on {NAME}. Ctrl-C ends it.\n"
    assert facts["stopped"] is True
    assert [facts["volume"], facts["volume after"]] == pytest.approx([0.5, 0.5], abs=0.02)
    assert facts["listed"] == [{"name": NAME, "kind": "DLNA", "address": "10.77.0.1"}]
