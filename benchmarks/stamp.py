"""What a figure was measured with: without date, commit, processor and versions it means nothing later."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.cpu import ROOT

RESULTS = Path(__file__).parent / "results.jsonl"
"""One line a run, oldest first."""

PACKAGES = ("numba", "llvmlite", "numpy")


def stamp(what: str) -> dict[str, Any]:
    """What was measured, when, where and with what."""
    return {
        "what": what,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "cpu": cpu_name(),
        "versions": versions(),
    }


def commit() -> str:
    """The commit the checkout stands at; a + where what sounds has changed since."""
    said = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--", "lullaby", "voices", "scores")
    return (said or "unknown") + ("+" if changed else "")


def _git(*words: str) -> str:
    try:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu_name() -> str:
    """The processor as it calls itself; Linux alone says more than its family."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def append(result: Mapping[str, Any], path: Path = RESULTS) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False) + "\n")
