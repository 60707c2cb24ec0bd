"""A start invites; it begins by itself only where its rule says so, on its device, over no other sound."""

from __future__ import annotations

import datetime
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lullaby.errors import CouldNot
from lullaby.player.client import NothingPlays
from lullaby.player.device import Device
from lullaby.ritual.schedule import beginning, bell, inviting, sounding
from lullaby.ritual.schedule.book import KeptRule, add_rule, schedule
from lullaby.ritual.schedule.claims import CLAIMED, INVITED, claim, known
from lullaby.ritual.schedule.sounding import Sounding

ADDED = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)
HEADPHONES = Device(0, "headphones", False, 2, 48_000.0)
LOUDSPEAKER = Device(1, "loudspeaker", True, 2, 48_000.0)


class Became(Exception):
    """The error that stands for becoming another program."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What is shown and rung, without a desktop or a sound card."""
    found: list[tuple[str, ...]] = []
    monkeypatch.setattr(inviting, "notified", lambda title, says: found.append((title, says)) or True)
    monkeypatch.setattr(bell, "ring", lambda device: found.append(("bell", device)) or "")
    return found


def there(monkeypatch: pytest.MonkeyPatch, sounds: Sounding, *devices: Device) -> None:
    monkeypatch.setattr(sounding, "sounding", lambda: sounds)
    monkeypatch.setattr(bell, "sounding", lambda: sounds)
    monkeypatch.setattr("lullaby.player.device.devices", lambda: list(devices))


def begun(monkeypatch: pytest.MonkeyPatch, **how: Any) -> tuple[str, list[str] | None, str]:
    """What becomes of a night that is due: its state, the command that its process became, and what was said
    of it."""
    words = {"name": "bed", "night": ("rain",), "at": "every day 22:30", "zone": "Europe/Berlin"}
    became: list[list[str]] = []

    def become(command: list[str], env: dict[str, str]) -> int:
        became.append(command)
        return 0

    monkeypatch.setattr(beginning, "_become", become)
    with schedule() as db:
        rule = add_rule(db, KeptRule(**{**words, "anchor": "2026-11-02", **how}), ADDED)  # type: ignore[arg-type]
        mine = claim(db, rule.number, "2026-11-02T22:30", ADDED)
    assert beginning.main([str(mine), "--", *beginning.command_of(rule, None, ADDED)]) == 0
    with schedule() as db:
        was = known(db, rule.number, "2026-11-02T22:30")
    assert was is not None
    return was.state, became[0] if became else None, was.said


def test_a_start_invites_by_a_notification_and_a_bell_on_the_named_device(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, ...]]
):
    there(monkeypatch, Sounding(), HEADPHONES)
    assert begun(monkeypatch, device="headphones") == (INVITED, None, "")
    assert shown == [("It is time: bed", "lullaby ritual run bed"), ("bell", "headphones")]


def test_no_bell_is_rung_where_no_device_is_named(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, ...]]
):
    there(monkeypatch, Sounding(), LOUDSPEAKER)
    begun(monkeypatch)
    assert [what for what, _ in shown] == ["It is time: bed"]


def test_it_begins_alone_where_the_rule_says_so_by_the_ordinary_command_line(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, ...]]
):
    there(monkeypatch, Sounding(), HEADPHONES, LOUDSPEAKER)
    state, command, _ = begun(monkeypatch, device="headphones", begins="alone", listener=None)
    assert state == CLAIMED  # until it sounds
    assert command == [sys.executable, "-P", "-m", "lullaby", "play", "rain", "--device", "headphones"]
    assert shown == []


@pytest.mark.parametrize(
    ("sounds", "devices", "says"),
    [
        (Sounding(other="Firefox"), [HEADPHONES], "Firefox plays"),
        (Sounding(ours="Harbour in the Rain"), [HEADPHONES], "Harbour in the Rain plays"),
        (Sounding(is_known=False), [HEADPHONES], "cannot be told"),
        (Sounding(), [LOUDSPEAKER], "headphones is not there"),
        (Sounding(), [], "headphones is not there"),
    ],
)
def test_it_never_begins_over_other_sound_or_elsewhere_but_invites_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
    shown: list[tuple[str, ...]],
    sounds: Sounding,
    devices: list[Device],
    says: str,
):
    there(monkeypatch, sounds, *devices)
    state, command, said = begun(monkeypatch, device="headphones", begins="alone")
    assert (state, command) == (INVITED, None)
    assert says in said
    assert says.lower() in shown[0][1].lower()


@pytest.mark.parametrize(
    ("sounds", "devices"),
    [
        (Sounding(other="Firefox"), [HEADPHONES]),
        (Sounding(), [LOUDSPEAKER]),
        (Sounding(is_known=False), [HEADPHONES]),
    ],
)
def test_the_bell_is_never_rung_over_other_sound_or_elsewhere(
    monkeypatch: pytest.MonkeyPatch, sounds: Sounding, devices: list[Device]
):
    there(monkeypatch, sounds, *devices)
    monkeypatch.setattr(bell, "_play", lambda sound, device: pytest.fail("it was rung"))
    assert bell.ring("headphones") != ""


def test_the_bell_is_one_soft_stroke():
    sound = bell.bell()
    assert len(sound) == bell.LASTS
    assert 0.01 < np.abs(sound).max() <= bell.PEAK + 1e-6
    assert np.abs(sound[-1]).max() < 1e-4


# the desktop's own programs


def program(folder: Path, name: str, does: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{does}\n")
    (folder / name).chmod((folder / name).stat().st_mode | stat.S_IXUSR)


def test_a_name_is_never_a_command(home: Path, monkeypatch: pytest.MonkeyPatch):
    program(home / "bin", "notify-send", f'for word in "$@"; do echo "$word" >> {home}/told; done')
    monkeypatch.setenv("PATH", f"{home / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "linux")
    assert inviting.notified("$(touch /tmp/x); `id`", '"; rm -rf ~; \x1b[31m')
    told = (home / "told").read_text().splitlines()
    assert told == ["--app-name=lullaby", "--", "$(touch /tmp/x); `id`", '"; rm -rf ~; \\x1b[31m']


def test_on_other_systems_words_are_handed_over_as_words_too():
    said = '" & do shell script "id" & "'
    mac = inviting.command_for("bed", said, "darwin")
    assert (mac[0], mac[-2:]) == ("osascript", ["bed", said])
    assert said not in " ".join(mac[:-1])
    windows = inviting.command_for("bed", said, "win32")
    assert windows[0] == "powershell"
    assert said not in " ".join(windows)


@pytest.mark.parametrize("does", [None, "exit 1", "exit 127"])
def test_without_notifications_a_line_is_said_and_the_night_is_invited_to(
    home: Path, monkeypatch: pytest.MonkeyPatch, does: str | None
):
    if does is not None:
        program(home / "bin", "notify-send", does)
    (home / "bin").mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", str(home / "bin"))
    said: list[str] = []
    inviting.invite("bed", None, "", said.append)
    assert "It is time: bed" in said[0]
    assert "lullaby ritual run bed" in said[0]


def test_without_a_sound_card_it_is_said_that_no_bell_is_heard(monkeypatch: pytest.MonkeyPatch):
    there(monkeypatch, Sounding())
    monkeypatch.setattr(inviting, "notified", lambda title, says: True)
    said: list[str] = []
    inviting.invite("bed", "headphones", "", said.append)
    assert said == ["The bell is not heard: the device headphones is not there."]


# what sounds


def pactl(home: Path, monkeypatch: pytest.MonkeyPatch, streams: object) -> None:
    (home / "streams").write_text(json.dumps(streams))
    program(home / "bin", "pactl", f"cat {home}/streams")
    monkeypatch.setenv("PATH", f"{home / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "linux")


def test_another_program_that_plays_is_heard_of(home: Path, monkeypatch: pytest.MonkeyPatch):
    pactl(home, monkeypatch, [{"corked": False, "properties": {"application.name": "Firefox"}}])
    assert sounding.sounding() == Sounding(other="Firefox")


def test_one_that_is_paused_counts_for_nothing(home: Path, monkeypatch: pytest.MonkeyPatch):
    pactl(home, monkeypatch, [{"corked": True, "properties": {"application.name": "Firefox"}}])
    assert sounding.sounding() == Sounding()
    assert sounding.sounding().why_not is None


def test_without_a_sound_server_the_cards_themselves_say_what_plays(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    pactl(home, monkeypatch, [])
    program(home / "bin", "pactl", "exit 1")
    monkeypatch.setattr(sounding, "ALSA", home / "asound")
    assert not sounding.sounding().is_known
    status = home / "asound/card0/pcm0p/sub0/status"
    status.parent.mkdir(parents=True)
    status.write_text("closed\n")
    assert sounding.sounding() == Sounding()
    status.write_text("state: RUNNING\nowner_pid   : 99\n")
    assert sounding.sounding() == Sounding(other="another program")


def test_where_no_program_is_told_what_plays_nothing_begins_by_itself(monkeypatch: pytest.MonkeyPatch):
    for system in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        assert "cannot be told" in str(sounding.sounding().why_not)


def test_our_own_player_counts_even_if_it_is_too_busy_to_answer(monkeypatch: pytest.MonkeyPatch):
    def answers(what: object) -> Any:
        def ask(request: object, patience: float) -> Any:
            if isinstance(what, Exception):
                raise what
            return what

        return ask

    for what, ours in (
        ({"title": "Plain"}, "Plain"),
        (CouldNot("the player does not answer."), "a night"),
    ):
        monkeypatch.setattr("lullaby.player.client.ask", answers(what))
        assert sounding.sounding().ours == ours
    monkeypatch.setattr("lullaby.player.client.ask", answers(NothingPlays()))
    assert sounding.sounding().ours is None
