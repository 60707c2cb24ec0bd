"""What is known of the alarm that is set."""

from __future__ import annotations

from typing import Any

from lullaby.player.alarm import Alarm


def facts_of_alarm(alarm: Alarm | None, waits: bool | None = None) -> dict[str, Any]:
    """`due` is None where none is set. `waits`: is the process there that waits for it, or rings?"""
    if alarm is None:
        return {"due": None, "rise_s": None, "device": None, "percent": None, "waits": False}
    rise, device, percent = alarm.rise, alarm.device, alarm.percent
    return {"due": alarm.due, "rise_s": rise, "device": device, "percent": percent, "waits": waits}
