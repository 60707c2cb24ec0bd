"""The machine stays awake while it plays, and only then; a lid is held, or warned of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lullaby.cli.playing.session import kept_awake
from lullaby.cli.terminal.bedside import Bedside
from lullaby.player import Way
from lullaby.player.awake import Awake
from lullaby.player.outlet import Outlet
from lullaby.player.ring import Ring
from lullaby.time import WallClock

HOLDS = '#!/bin/sh\necho "$@" >> "$0.asked"\nexec cat\n'
REFUSES = "#!/bin/sh\nexit 1\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="logind is Linux's own")


@pytest.fixture
def logind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for systemd-inhibit that says what it was asked for."""
    path = tmp_path / "systemd-inhibit"
    path.write_text(HOLDS)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("WAKEPY_FAKE_SUCCESS", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return path


def asked(logind: Path) -> list[str]:
    path = Path(f"{logind}.asked")
    return path.read_text().splitlines() if path.exists() else []


def test_it_is_held_once_and_let_go(logind: Path) -> None:
    notes: list[str] = []
    awake = Awake(notes.append)
    awake.hold(False)
    assert asked(logind) == []
    awake.hold(True)
    awake.hold(True)
    assert awake.holds
    (words,) = asked(logind)
    assert "handle-lid-switch" in words
    assert "sleep" in words
    assert words.endswith(" cat")
    awake.hold(False)
    assert not awake.holds
    awake.hold(True)
    assert len(asked(logind)) == 2
    awake.close()
    assert notes == []


def test_a_lid_that_cannot_be_held_is_warned_of_once(logind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logind.write_text(REFUSES)
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "1")
    notes: list[str] = []
    awake = Awake(notes.append)
    for wanted in (True, False, True, False):
        awake.hold(wanted)
    assert notes == ["Leave the lid open: closing it may end the sound."]


def test_a_machine_that_cannot_be_kept_awake_is_said(logind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logind.write_text(REFUSES)
    monkeypatch.setattr("shutil.which", lambda name: str(logind) if name == "systemd-inhibit" else None)
    notes: list[str] = []
    awake = Awake(notes.append)
    awake.hold(True)
    awake.close()
    assert notes == ["Nothing here can keep this machine awake: it may fall asleep before you do."]


@pytest.mark.parametrize("all_along", [False, True])
def test_a_night_with_a_morning_is_kept_awake_for_all_along(
    all_along: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it sleeps while it rests, and no morning comes; else whoever plays asks for it."""
    held = list[bool]()
    monkeypatch.setattr(Awake, "hold", lambda self, wanted: held.append(wanted))
    monkeypatch.setattr(Awake, "close", lambda self: held.append(False))
    with kept_awake(Outlet(Ring(), Way()), Bedside(WallClock()), all_along=all_along) as awake:
        assert held == ([True] if all_along else [])
        assert (awake is None) is all_along
    assert held[-1] is False
