"""One night, one set of bits: on SSE2, AVX2 and AVX-512 code, and whatever numpy picks for itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

CHILD = """
import hashlib, json, re, sys
sys.path.insert(0, sys.argv[1])
from nights import SCORES, VOICES, alone_text, night_of
import numpy as np
import lullaby
from lullaby.kernels import bank
from lullaby.kernels.jit import kernels
from lullaby.time import PAGE, Span

def sha(array): return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()

facts = {}
for voice in VOICES:
    one = night_of(alone_text(voice)).plan.tracks[0]
    blocks = [np.array(b) for b in one.voice.render(one.key, Span(PAGE, PAGE + 96_000), one.controls)]
    facts[voice] = sha(np.concatenate(blocks, axis=1))
for score in SCORES:
    night = lullaby.load(score, seed=5, sleeper="none")
    facts[score] = sha(night.page(8))
    facts[score + " gain"] = float(night.gain)
facts["headphones"] = sha(lullaby.load("harbour-rain", seed=5, headphones=True).page(8))
code = "".join(bank.fill_coloured.inspect_asm().values())
facts["registers"] = [name for name in ("zmm", "ymm", "xmm") if "%" + name in code]
facts["fused"] = sorted({word for k in kernels.values() for asm in k.inspect_asm().values()
                         for word in re.findall(r"\\\\bv?fn?m(?:add|sub)\\\\w*", asm)})
print(json.dumps(facts))
""".replace("\\\\", "\\")

_WIDE = sorted(
    name
    for name in np._core._multiarray_umath.__cpu_dispatch__  # type: ignore[attr-defined]
    if ("512" in name or "V4" in name) and np._core._multiarray_umath.__cpu_features__.get(name)  # type: ignore[attr-defined]
)

TARGETS: dict[str, dict[str, str]] = {
    "native": {},
    "haswell": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""},
    "generic": {"NUMBA_CPU_NAME": "generic"},
    "numpy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": " ".join(_WIDE)},
}


@lru_cache
def facts(target: str) -> dict[str, object]:
    """What a fresh process makes of it, from kernels compiled anew: cached ones keep no assembly to read."""
    with tempfile.TemporaryDirectory() as cache:
        child = subprocess.run(
            [sys.executable, "-c", CHILD, str(Path(__file__).parent)],
            env={**os.environ, "LULLABY_CACHE": cache, **TARGETS[target]},
            capture_output=True,
            text=True,
        )
    assert child.returncode == 0, child.stderr
    return dict(json.loads(child.stdout))


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "native"])
def test_every_voice_and_score_is_the_same_bits(target: str) -> None:
    native, other = facts("native"), facts(target)
    different = [
        name for name in native if name not in ("registers", "fused") and native[name] != other[name]
    ]
    assert not different


def test_the_targets_really_are_different_code() -> None:
    """AVX-512 where this processor has it, AVX2 without it, SSE alone."""
    widest = "zmm" if "avx512f" in Path("/proc/cpuinfo").read_text() else "ymm"
    assert widest in facts("native")["registers"]  # type: ignore[operator]
    assert facts("haswell")["registers"] == ["ymm", "xmm"]
    assert facts("generic")["registers"] == ["xmm"]


@pytest.mark.parametrize("target", TARGETS)
def test_no_kernel_fuses_a_product_with_a_sum(target: str) -> None:
    assert facts(target)["fused"] == []
