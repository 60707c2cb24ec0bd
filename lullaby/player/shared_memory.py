"""Memory that two processes can see. It has no name in any folder, so nothing is left when they are gone."""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
import uuid
from typing import Any


class Shared:
    """So many bytes of it. A child opens them by `handle`, if it was given `fds`."""

    def __init__(self, size: int) -> None:
        self.memory: Any
        self.fds: tuple[int, ...]
        if sys.platform == "win32":
            self.handle, self.fds = f"lullaby-{uuid.uuid4().hex}", ()
            self.memory = mmap.mmap(-1, size, tagname=self.handle)
            return
        if sys.platform == "linux":
            fd = os.memfd_create("lullaby")
        else:
            with tempfile.TemporaryFile() as file:
                fd = os.dup(file.fileno())
        os.truncate(fd, size)
        self.handle, self.fds = str(fd), (fd,)
        self.memory = mmap.mmap(fd, size)

    def __del__(self) -> None:
        for fd in getattr(self, "fds", ()):  # the memory stays for as long as somebody looks at it
            os.close(fd)


def opened(handle: str, size: int) -> Any:
    """The same memory, in a child."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=handle)
    return mmap.mmap(int(handle), size)
