"""Memory of a process and of its children, at its highest."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Most:
    """What was needed at the most while somebody watched."""

    mb: float = 0.0
    """Of all processes at once; what they share is counted once."""
    resident_mb: float = 0.0
    """The same, what they share counted in each."""


@contextlib.contextmanager
def most_memory(pid: int, every: float = 0.5) -> Iterator[Most]:
    """Watches this process and its children while the block runs."""
    most, ended = Most(), threading.Event()

    def watch() -> None:
        while not ended.wait(every):
            rows = [_memory(one) for one in family(pid)]
            most.mb = max(most.mb, sum(row[0] for row in rows))
            most.resident_mb = max(most.resident_mb, sum(row[1] for row in rows))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


def family(pid: int) -> list[int]:
    """This process, its children and theirs."""
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            for task in Path(f"/proc/{one}/task").iterdir():
                children += (task / "children").read_text().split()
        except OSError:
            continue
        found += [child for child in dict.fromkeys(map(int, children)) if child not in found]
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds of this process and its children so far, those that have ended included."""
    ticks = 0
    for number, one in enumerate(family(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11 : 15 if number == 0 else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes: of what is shared its share (PSS), and all of it (RSS)."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = {row.split(":")[0]: int(row.split()[1]) / 1024 for row in rows[1:]}
    return found.get("Pss", 0.0), found.get("Rss", 0.0)
