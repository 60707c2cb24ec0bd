"""One core held to a share of its speed, by a control group of Linux, for the processes of one command.

It takes the right to make one: root, as in most containers. Where there is none, `held_to` says so.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD_US = 20_000
"""How often the share is dealt out: as seldom as a block of 1024 frames is asked for."""


class NoGroup(Exception):
    """There is no control group to be had."""


@contextlib.contextmanager
def held_to(share: float) -> Iterator[Path]:
    """The file that a process writes its number into to be held to this share of one core, it and its
    children."""
    quota = round(share * PERIOD_US)
    old = ROOT / "cpu"
    folder = (old if old.is_dir() else ROOT) / f"lullaby-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        raise NoGroup(f"{folder} cannot be made ({error.strerror})") from None
    try:
        try:
            if old.is_dir():
                (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
                (folder / "cpu.cfs_quota_us").write_text(str(quota))
            else:
                (folder / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        except OSError as error:
            raise NoGroup(f"{folder} holds nobody to a share ({error.strerror})") from None
        yield folder / "cgroup.procs"
    finally:
        while (folder / "cgroup.procs").read_text().strip():  # its processes are ending
            time.sleep(0.01)
        folder.rmdir()
