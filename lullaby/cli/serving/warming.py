"""What a server has compiled before anybody asks for sound: in a process of its own, since a compiler takes a
hundred megabytes, which the server would keep for as long as it runs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable


def warm_up(say: Callable[[str], None]) -> None:
    """Compiles whatever is not in the cache yet. Where that fails, the server does it when it is needed."""
    from lullaby.kernels import jit

    if jit.folder is None or jit.all_are_kept():
        return
    say("Tuning instruments that are new here (once, half a minute) …")
    with contextlib.suppress(OSError):
        subprocess.run(
            [sys.executable, "-P", "-m", "lullaby", "warmup"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
