"""A child of test_same_bits_everywhere: prints what this process, on this processor, makes of every voice and
score, and of what its kernels are made. Cached kernels keep no assembly to read."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import numpy as np
from nights import SCORES, VOICES, alone_text, night_of

import lullaby
from lullaby.kernels import bank
from lullaby.kernels.jit import kernels
from lullaby.time import PAGE, Span


def sha(array: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def bits() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for voice in VOICES:
        one = night_of(alone_text(voice)).plan.tracks[0]
        blocks = [np.array(b) for b in one.voice.render(one.key, Span(PAGE, PAGE + 96_000), one.controls)]
        found[voice] = sha(np.concatenate(blocks, axis=1))
    for score in SCORES:
        night = lullaby.load(score, seed=5, sleeper="none")
        found[score] = sha(night.page(8))
        found[f"{score} gain"] = float(night.gain)
    found["headphones"] = sha(lullaby.load("harbour-rain", seed=5, headphones=True).page(8))
    return found


def assembly() -> dict[str, list[str]]:
    """The widest registers, and every product fused with a sum."""
    code = "".join(bank.fill_coloured.inspect_asm().values())  # type: ignore[attr-defined]
    every = (asm for kernel in kernels.values() for asm in kernel.inspect_asm().values())
    return {
        "registers": [name for name in ("zmm", "ymm", "xmm") if f"%{name}" in code],
        "fused": sorted({word for asm in every for word in re.findall(r"\bv?fn?m(?:add|sub)\w*", asm)}),
    }


if __name__ == "__main__":
    made = bits()
    fresh = not bank.fill_coloured.stats.cache_hits  # type: ignore[attr-defined]
    print(json.dumps({"bits": made, "assembly": assembly() if fresh else {}}))
