"""The machine stays awake while it plays, and only then; a lid is held, or warned of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lullaby.player.awake import Awake

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
