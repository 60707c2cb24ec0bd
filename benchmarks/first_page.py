"""python -m benchmarks.first_page SCORE: a child of `startup`. It makes one page and says what that took."""

from __future__ import annotations

import json
import sys
import time

import lullaby


class Compiling:
    """CPU seconds of every kernel that is compiled, without those compiled inside it."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self._open: list[list[float]] = []

    def begins(self, name: str) -> None:
        self._open.append([time.process_time(), 0.0])

    def ends(self, name: str) -> None:
        began, inside = self._open.pop()
        lasted = time.process_time() - began
        self.taken[name] = self.taken.get(name, 0.0) + lasted - inside
        if self._open:
            self._open[-1][1] += lasted


def main(score: str) -> None:
    night = lullaby.load(score, sleeper="none", stories=False)
    from lullaby.kernels import cache, jit  # only now: the kernels have chosen their cache

    cache.own = True
    compiling = Compiling()
    jit.tuning.append(compiling.begins)
    jit.tuned.append(compiling.ends)
    night.page(0)
    told = {
        "cpu_s": time.process_time(),
        "kernels": sorted(compiling.taken.items(), key=lambda kernel: -kernel[1]),
        "ready": {name: len(kernel.signatures) for name, kernel in jit.kernels.items() if kernel.signatures},
        "bytes": {name: _bytes(name) for name, kernel in jit.kernels.items() if kernel.signatures},
        "modules": sorted(set(sys.modules)),
    }
    print(json.dumps(told), flush=True)


def _bytes(kernel: str) -> int:
    """How large its compiled code is, as it lies in the cache."""
    from lullaby.kernels import jit

    return max((file.stat().st_size for file in jit.folder.glob(f"**/{kernel}-*.nbc")), default=0)


if __name__ == "__main__":
    main(sys.argv[1])
