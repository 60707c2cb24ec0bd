"""A small night with a story and a voice of its own, and packs of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SCORE = """# evening.toml — a little rain, and a boat.
title = "A Boat"
length = 00:02:00
seed = 5
sleeper = "none"
fade_out = 5
[voices]
rain = "soft-rain"
hush = { voice = "pink-noise", width = 0.5 }
keeper = "lamp-keeper"
[scene.all]
at = 0
rain = -4
hush = -20
[[tell]]
at = 00:00:04
story = "boat"
voice = "keeper"
"""
RAIN = 'kind = "rain"\n[drops]\nrate = 5\n'
BOAT = "# The Boat\n\nA small boat came in. Nobody was in a hurry.\n"
DATE = "2026-11-30"


def a_night(folder: Path) -> Path:
    """The score in this folder, with its voice and its story beside it."""
    for name, text in (("evening.toml", SCORE), ("voices/soft-rain.toml", RAIN), ("stories/boat.md", BOAT)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "evening.toml"


def files_in(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(pack) as file:
        return {name: file.read(name) for name in file.namelist()}


def rewritten(
    pack: Path,
    to: Path,
    change: Callable[[dict[str, bytes]], object] = lambda files: None,
    head: Callable[[dict[str, Any]], object] = lambda head: None,
    *,
    named: bool = True,
    info: Mapping[str, Callable[[zipfile.ZipInfo], object]] | None = None,
    packed: int = zipfile.ZIP_STORED,
) -> Path:
    """The pack with a change, put together by somebody who knows how: hashes and sizes are right, unless
    it is not `named`. `info`: what is said of single files in the list of the zip file."""
    files = files_in(pack)
    change(files)
    table = json.loads(files.pop("pack.json"))
    if named:
        table["files"] = {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        }
    head(table)
    with zipfile.ZipFile(to, "w", packed) as file:
        for name, content in {"pack.json": json.dumps(table).encode(), **files}.items():
            one = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            one.compress_type, one.external_attr = packed, 0o600 << 16
            (info or {}).get(name, lambda info: None)(one)
            file.writestr(one, content)
    return to
