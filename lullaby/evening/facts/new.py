"""What is known of a file that was begun from a template."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def facts_of_new(what: str, name: str, path: Path) -> dict[str, Any]:
    return {"what": what, "name": name, "file": str(path)}
