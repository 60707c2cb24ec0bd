"""Facts of the schedule, for programs. They stand here: the evening's know no rituals."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from lullaby.ritual.schedule.book import KeptRule
from lullaby.ritual.schedule.coming import Coming, elsewhere
from lullaby.ritual.schedule.zones import UTC, local, zone_of


def facts_of_rule(rule: KeptRule, coming: Coming | None = None) -> dict[str, Any]:
    return {
        "name": rule.name,
        "night": list(rule.night),
        "at": rule.at,
        "zone": rule.zone,
        "for": rule.listener,
        "device": rule.device,
        "begins": rule.begins,
        "until": rule.until,
        "length": rule.length,
        "prepare": rule.prepare,
        "grace": rule.grace,
        "with": [{"name": one.name, "zone": one.zone, "prepare": one.prepare} for one in rule.others],
        "paused_until": None if rule.paused_until is None else rule.paused_until.isoformat(),
        "next": None if coming is None else facts_of_coming(rule, coming),
    }


def facts_of_coming(rule: KeptRule, coming: Coming) -> dict[str, Any]:
    ends = coming.ends
    return {
        "name": coming.name,
        "local": coming.local.isoformat(),
        "utc": _utc(coming.utc),
        "reason": coming.reason,
        "zone": rule.zone,
        "evening": coming.evening.isoformat(),
        "key": coming.key,
        "begins": rule.begins,
        "ends": None if ends is None else local(ends, zone_of(rule.zone)).isoformat(),
        "ends_utc": None if ends is None else _utc(ends),
        "with": [
            {
                "name": one.who.name,
                "zone": one.who.zone,
                "local": one.begins.isoformat(),
                "utc": _utc(one.begins),
                "silent": one.silent.isoformat(),
            }
            for one in elsewhere(rule, coming)
        ],
    }


def facts_of_many(found: Sequence[tuple[KeptRule, Coming]]) -> list[dict[str, Any]]:
    return [facts_of_coming(rule, coming) for rule, coming in found]


def facts_of_skip(rule: KeptRule, coming: Coming, *, undone: bool) -> dict[str, Any]:
    return {
        "name": rule.name,
        "skipped": None if undone else coming.key,
        "undone": coming.key if undone else None,
    }


def facts_of_snooze(rule: KeptRule, due: datetime.datetime) -> dict[str, Any]:
    return {"name": rule.name, "local": local(due, zone_of(rule.zone)).isoformat(), "utc": _utc(due)}


def facts_of_gone(rule: KeptRule) -> dict[str, Any]:
    return {"removed": rule.name}


def facts_of_calendar(file: str, events: int) -> dict[str, Any]:
    return {"file": file, "events": events}


def facts_of_entries(entries: Sequence[tuple[str, str]], *, written: bool, then: str) -> dict[str, Any]:
    return {
        "written": written,
        "then": then,
        "entries": [{"file": file, "text": text} for file, text in entries],
    }


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(UTC).isoformat()
