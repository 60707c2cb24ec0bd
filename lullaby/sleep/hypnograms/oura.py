"""Oura's sleep documents, version 2: a digit every five minutes."""

from __future__ import annotations

from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import called, quoted
from lullaby.sleep.hypnograms.checked import hypnogram_of
from lullaby.sleep.hypnograms.logs import logs_in
from lullaby.sleep.hypnograms.opening import Opened, between, instant
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.stages import Stage

PHASES = {"1": Stage.N3, "2": Stage.N2, "3": Stage.REM, "4": Stage.AWAKE}
EVERY = 300
"""Seconds of a digit."""
_MOST = 24 * 3600 // EVERY


def is_oura(head: bytes) -> bool:
    return b'"sleep_phase_5_min"' in head or b'"bedtime_start"' in head


def read_oura(file: Opened) -> list[Hypnogram]:
    nights = [
        _night(file.where, log_place, log)
        for log_place, log in logs_in(file, "data", "sleep")
        if log.get("type") != "deleted" and log.get("sleep_phase_5_min") is not None
    ]
    if not nights:
        raise WrittenWrongly(file.where, "no night in it has phases (sleep_phase_5_min).")
    return nights


def _night(where: str, log_place: str, log: dict[str, Any]) -> Hypnogram:
    phases = log["sleep_phase_5_min"]
    if not isinstance(phases, str):
        raise WrittenWrongly(log_place, f"sleep_phase_5_min is a text of digits, not {called(phases)}.")
    if len(phases) > _MOST:
        raise WrittenWrongly(log_place, f"it has {len(phases)} phases of five minutes, more than a day.")
    if wrong := next((c for c in phases if c not in PHASES), None):
        raise WrittenWrongly(
            log_place, f"{quoted(wrong)} is not a phase.", "There are 1 deep, 2 light, 3 REM, 4 awake."
        )
    start = instant(log.get("bedtime_start"), f"{log_place}, bedtime_start")
    lasts = between(start, instant(log.get("bedtime_end"), f"{log_place}, bedtime_end"), log_place)
    place = log_place.removeprefix(f"{where}, ")
    seconds = len(phases) * EVERY
    if seconds - lasts >= EVERY:
        raise WrittenWrongly(log_place, f"its phases last {seconds} s, and its time in bed {lasts:g} s.")
    stretches = [
        Stretch(k * EVERY, min((k + 1) * EVERY, lasts), PHASES[c], f"{place}, phase {k + 1}")
        for k, c in enumerate(phases)
    ]
    remarks = (
        [f"its last {(lasts - seconds) / 60:.0f} min in bed have no phase"]
        if lasts - seconds >= EVERY
        else []
    )
    return hypnogram_of(where, stretches, source="Oura", start=start, four_class=True, remarks=remarks)
