"""python -m benchmarks.peers.ours PATCH SECONDS FILE: a patch by lullaby itself, as raw float32 stereo.

It goes the way every night goes: a score file, the voices, the reverb and the mixer.
"""

from __future__ import annotations

import sys
from pathlib import Path

import lullaby

HERE = Path(__file__).parent
PATCHES = ("p1", "p2", "p3")


def score(patch: str) -> Path:
    return HERE / f"{patch}.toml"


def main(patch: str, seconds: float, file: str) -> None:
    night = lullaby.load(score(patch), sleeper="none")
    with open(file, "wb", buffering=0) as out:
        for _, page in night.pieces(lullaby.span(0, seconds)):
            out.write(memoryview(page))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
