"""A renderer that is none of ours is found at home, given a night, and fetches and plays it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_a_real_renderer_is_found_by_its_name_and_plays_a_night_and_stops_when_told():
    apart = ["unshare", "--net", "--map-root-user", "--"]
    able = all(map(shutil.which, ("unshare", "ip", "gmediarender")))
    if not able or subprocess.run([*apart, "true"], check=False).returncode:
        assert not os.environ.get("LULLABY_CI"), (
            "gmediarender, iproute2 and a network apart are to be had here"
        )
        pytest.skip("gmediarender or iproute2 is not here, or no network apart can be had")
    command = [*apart, sys.executable, str(HERE / "renderer_at_home.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=HERE, check=False)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["name"], facts["host"], facts["by address"]) == (
        "The bedroom's box",
        "10.77.0.1",
        facts["name"],
    )
    assert facts["fetched"] == facts["bytes"]
    assert facts["played"] >= 3  # of eight seconds
    assert facts["stopped"] is True
    assert facts["said"] == ["The bedroom's box was stopped there."]
    before, after = facts["volume"]
    assert before == pytest.approx(after, abs=0.02)
