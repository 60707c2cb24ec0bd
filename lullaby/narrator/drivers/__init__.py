"""Drivers of ours for pyttsx3, which finds a driver as the module `pyttsx3.drivers.NAME`: they are put there
by `register`.

Besides pyttsx3's own topics each says "spoken" when a sentence is done: its sound, its rate, and the words
with the samples between which they are heard.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from lullaby.narrator.drivers.driver import Driver

PREFIX = "lullaby_"
"""What pyttsx3 calls a driver of ours: `pyttsx3.init("lullaby_hibari")`."""


def register(name: str, driver: Callable[[Any], Driver]) -> str:
    """Makes a driver known to pyttsx3; the name to ask it for."""
    module = types.ModuleType(f"pyttsx3.drivers.{PREFIX}{name}")
    module.buildDriver = driver  # type: ignore[attr-defined]
    sys.modules.setdefault(module.__name__, module)
    return f"{PREFIX}{name}"
