"""What is known of the alarm that is set."""

from __future__ import annotations

from typing import Any

from lullaby.player.alarm import Alarm


def facts_of_alarm(alarm: Alarm | None) -> dict[str, Any]:
    """`due` is None where none is set."""
    if alarm is None:
        return {"due": None, "rise_s": None, "device": None, "percent": None}
    return {"due": alarm.due, "rise_s": alarm.rise, "device": alarm.device, "percent": alarm.percent}
