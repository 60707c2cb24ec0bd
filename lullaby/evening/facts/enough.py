"""Facts about what is enough: limits, what has been heard, a month, a pledge."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lullaby.evening.enough import DOSE_HOURS, Standing
from lullaby.evening.enough_month import Finding, MonthResult
from lullaby.people.enough.month import Month
from lullaby.people.enough.own_limits import OwnLimits


def facts_of_standing(at: Standing, coming: Sequence[tuple[str, str, datetime.date]]) -> dict[str, Any]:
    return {
        "limits": facts_of_limits(at.limits),
        "to_come": [{"limit": name, "value": value, "from": day.isoformat()} for name, value, day in coming],
        "pledge_with": at.held_by,
        "heard": {
            "tonight_min": round(at.heard.tonight_min, 1),
            "week_min": round(at.heard.week_min, 1),
            "dose_dba": _dose(at),
            "unmeasured_min": round(at.heard.unmeasured_min, 1),
            "nights_without_end": at.heard.without_end,
        },
        "without": at.heard.without,
        "month_evening": None if at.month is None else at.month.number,
    }


def facts_of_limits(limits: OwnLimits) -> dict[str, Any]:
    """Null: no limit."""
    return {
        "nightly_min": limits.nightly,
        "weekly_min": limits.weekly,
        "dose_dba": limits.dose,
        "quiet_nights": sorted(limits.quiet_nights),
    }


def _dose(at: Standing) -> float | None:
    """dBA over 40 hours; null where nothing of the week was measured."""
    if at.heard.energy <= 0:
        return None
    import math

    return round(10 * math.log10(at.heard.energy / (DOSE_HOURS * 60)), 1)


def facts_of_change(
    wanted: Mapping[str, str], later: Mapping[str, datetime.date | None], evening: datetime.date
) -> list[dict[str, Any]]:
    return [
        {"limit": name, "value": value, "from": (later[name] or evening).isoformat()}
        for name, value in wanted.items()
    ]


def facts_of_pledge(holder: str, ends: datetime.date | None) -> dict[str, Any]:
    return {"with": holder, "ends": None if ends is None else ends.isoformat()}


def facts_of_without(evening: datetime.date) -> dict[str, Any]:
    return {"evening": evening.isoformat(), "without": True}


def facts_of_month(month: Month, evening: datetime.date) -> dict[str, Any]:
    """Of the evenings to come only tonight's is told: who knows them all sleeps differently."""
    night = month.night(evening)
    return {
        "begins": month.begins.isoformat(),
        "over": month.over.isoformat(),
        "tonight": night
        and {
            "evening": night.number,
            "without": night.without,
            "share": round(night.share, 4),
            "softer_db": round(night.softer_db, 3),
        },
    }


def facts_of_result(result: MonthResult) -> dict[str, Any]:
    return {
        "begins": result.month.begins.isoformat(),
        "over": result.month.over.isoformat(),
        "went_otherwise": result.otherwise,
        "findings": [_finding(finding) for finding in result.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    effect = finding.effect

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 2)

    return {
        "of": finding.asked.name,
        "difference": rounded(effect.difference),
        "low": rounded(effect.low),
        "high": rounded(effect.high),
        "seen": effect.is_seen,
        "nights_with": effect.nights_with,
        "nights_without": effect.nights_without,
        "says": finding.says,
    }


def facts_of_leaving(
    target: Path, count: int, entries: Sequence[str], others: Sequence[Path]
) -> dict[str, Any]:
    """`left`: what stands in lullaby's folder and is not its own."""
    return {
        "exported_to": str(target),
        "files": count,
        "removed_entries": list(entries),
        "left": [str(path) for path in others],
    }
