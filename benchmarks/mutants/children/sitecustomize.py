"""Notes which functions a child of a test calls: Python runs this first where the folder is on its path.

Each is noted at its first call, at once, since some tests kill their children. Nothing heavy is imported,
since some tests look at what is.
"""

import os
import sys
import threading
from types import FrameType


def _watch(package: str, folder: str) -> None:
    out = os.open(f"{folder}/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    seen = set()

    def called(frame: FrameType, event: str, arg: object) -> None:
        code = frame.f_code
        if code not in seen:
            seen.add(code)
            if code.co_filename.startswith(package) and code.co_flags & 1:  # a function's, not a module's
                lines = sorted({line for _, _, line in code.co_lines() if line})
                told = f"{code.co_filename[len(package) :]}\t{' '.join(map(str, lines))}\n"
                os.write(out, told.encode())

    threading.settrace(called)
    sys.settrace(called)


if "MUTANTS_CHILDREN" in os.environ:
    _watch(os.environ["MUTANTS_PACKAGE"], os.environ["MUTANTS_CHILDREN"])
