"""An invitation: a notification on the desktop, and one soft bell on the device that the rule names.

The notification is shown by the desktop's own program, called with a list of words, so nothing in a rule's
name is ever a command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable

from lullaby.score.plain_text import plain

PATIENCE = 20.0
_SCRIPT = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")
_BALLOON = (
    "Add-Type -AssemblyName System.Windows.Forms; Add-Type -AssemblyName System.Drawing;"
    "$n = New-Object System.Windows.Forms.NotifyIcon; $n.Icon = [System.Drawing.SystemIcons]::Information;"
    "$n.Visible = $true; $n.ShowBalloonTip(10000, $env:LULLABY_TITLE, $env:LULLABY_SAYS, 'None');"
    "Start-Sleep -Seconds 10; $n.Dispose()"
)


def command_for(title: str, says: str, system: str = sys.platform) -> list[str]:
    """The desktop's own program for notifications, and its words."""
    if system == "darwin":
        return ["osascript", *(word for line in _SCRIPT for word in ("-e", line)), title, says]
    if system == "win32":
        return ["powershell", "-NoProfile", "-NonInteractive", "-Command", _BALLOON]
    return ["notify-send", "--app-name=lullaby", "--", title, says]


def notified(title: str, says: str) -> bool:
    """Was it shown? False where the desktop has no such program, or it cannot show anything."""
    title, says = plain(title), plain(says)
    command = command_for(title, says)
    if shutil.which(command[0]) is None:
        return False
    env = {**os.environ, "LULLABY_TITLE": title, "LULLABY_SAYS": says}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def invite(name: str, device: str | None, why: str, note: Callable[[str], None]) -> None:
    """Invites to a night. `why`: why it does not begin by itself although its rule says so; "" otherwise."""
    says = f"{why[:1].upper()}{why[1:]}. " if why else ""
    says += f"lullaby ritual run {shlex.quote(name)}"
    title = f"It is time: {name}"
    if not notified(title, says):
        note(f"{plain(title)}. {plain(says)}")
        note("(No notification could be shown here: notify-send, osascript or PowerShell shows one.)")
    if device is not None:
        from lullaby.ritual.schedule.bell import ring

        unheard = ring(device)
        if unheard:
            note(f"The bell is not heard: {plain(unheard)}.")
