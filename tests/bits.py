"""A child of test_same_bits_everywhere: prints what this process, on this processor, makes of every voice and
score, and of what its kernels are made. Cached kernels keep no assembly to read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from nights import SCORES, VOICES, alone_text, night_of
from processors import WIDE

import lullaby
from lullaby.kernels import bank
from lullaby.kernels.jit import cache_folder, kernels
from lullaby.night.pages import fill
from lullaby.time import PAGE, RATE, Span


def sha(array: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def bits(voices: Sequence[str] = VOICES, scores: Sequence[str] = SCORES) -> dict[str, Any]:
    """Hashes of these voices and scores, and of a night for headphones."""
    found: dict[str, Any] = {}
    for voice in voices:
        one = night_of(alone_text(voice)).plan.tracks[0]
        blocks = [np.array(b) for b in one.voice.render(one.key, Span(PAGE, PAGE + 96_000), one.controls)]
        found[voice] = sha(np.concatenate(blocks, axis=1))
    for score in scores:
        night = lullaby.load(score, seed=5, sleeper="none", stories=False)
        found[score] = sha(eight_minutes_on(night))
        found[f"{score} gain"] = float(night.gain)
    found["headphones"] = sha(
        eight_minutes_on(lullaby.load("harbour-rain", seed=5, headphones=True, stories=False))
    )
    return found


def eight_minutes_on(night: lullaby.Night) -> Any:
    """Five seconds."""
    sound = np.empty((5 * RATE, 2), np.float32)
    fill(night.plan, night.loudness(), Span(8 * PAGE, 8 * PAGE + len(sound)), sound)
    return sound


def assembly() -> dict[str, list[str]]:
    """The widest registers, every product fused with a sum, and the kernels that count references to arrays
    they were given: an atomic step or two in their inner loops, with all vectors put aside."""
    code = "".join(bank.fill_coloured.compiled.inspect_asm().values())  # type: ignore[attr-defined]
    every = (asm for kernel in kernels.values() for asm in kernel.compiled.inspect_asm().values())
    assert sum(bool(kernel.signatures) for kernel in kernels.values()) > 15
    return {
        "registers": [name for name in ("zmm", "ymm", "xmm") if f"%{name}" in code],
        "counting": [
            name
            for name, kernel in kernels.items()
            if _counts("".join(kernel.compiled.inspect_asm().values()))
        ],
        "fused": sorted({word for asm in every for word in re.findall(r"\bv?fn?m(?:add|sub)\w*", asm)}),
    }


def _counts(asm: str) -> bool:
    return "NRT_decref" in asm and "NRT_MemInfo_alloc" not in asm


def assembly_of_all() -> dict[str, list[str]]:
    """The assembly, read as all of it is compiled and kept beside what was; nothing where this process found
    some kernels and compiled others."""
    path = cache_folder() / "assembly.json"
    if not any(kernel.alone or kernel.compiled.stats.cache_hits for kernel in kernels.values()):
        found = assembly()
        with contextlib.suppress(OSError):
            path.write_text(json.dumps(found))
        return found
    if any(kernel.compiled.stats.cache_misses for kernel in kernels.values()) or not path.exists():
        return {}
    kept: dict[str, list[str]] = json.loads(path.read_text())
    return kept


if __name__ == "__main__":
    made = bits()
    print(json.dumps({"bits": made, "assembly": assembly_of_all(), "numpy": WIDE}))
