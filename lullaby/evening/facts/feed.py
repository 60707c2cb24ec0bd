"""What is known of a folder of kept nights that became a feed."""

from __future__ import annotations

from typing import Any

from lullaby.export.feed import Fed


def facts_of_feed(fed: Fed) -> dict[str, Any]:
    nights = [
        {"file": night.path.name, "title": night.title, "date": str(night.published.date())}
        for night in fed.nights
    ]
    return {"file": str(fed.path), "nights": nights, "left_out": list(fed.left_out)}
