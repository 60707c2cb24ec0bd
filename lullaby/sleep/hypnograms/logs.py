"""The JSON that watches and rings export: a list of logs, one a night."""

from __future__ import annotations

from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import called
from lullaby.sleep.hypnograms.opening import Opened
from lullaby.sleep.json_text import json_from

MOST = 50_000
"""Nights and naps of a life."""


def logs_in(file: Opened, *names: str) -> list[tuple[str, dict[str, Any]]]:
    """Every log with its place: the whole, the list that it is, or the list under one of these names."""
    found = json_from(file.text(), file.where)
    for name in names:
        if isinstance(found, dict) and isinstance(found.get(name), list):
            found = found[name]
    logs = found if isinstance(found, list) else [found]
    if len(logs) > MOST:
        raise WrittenWrongly(file.where, f"there are more than {MOST} logs.")
    return [(f"{file.where}, log {k}", table(log, f"{file.where}, log {k}")) for k, log in enumerate(logs, 1)]


def table(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrittenWrongly(
            place, f"this is {called(value) if value is not None else 'nothing'}, not a table."
        )
    return value


def listed(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise WrittenWrongly(place, "this is not a list.")
    return value
