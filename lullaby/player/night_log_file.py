"""The file of a night's log: private, and only ever appended to, a line at a time, as things happen.

A line is in the file as soon as `write` returns, whatever becomes of this process. A thread of its own has
the system put it on the disk, so whoever plays never waits for that.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.night.night import Night
from lullaby.night.night_log import entry_line, grown_line, head_line
from lullaby.score.plain_text import plain


class NightLogFile:
    """The log of a night that is heard now. Any thread may write."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        night: Night,
        asked: Mapping[str, Any],
        note: Callable[[str], None],
    ) -> None:
        """A new file; an AskedWrongly where there is one of this name. `asked`: `evening.logged.asked_in`.
        What goes wrong later is noted once, and the night goes on."""
        self.path, self._note = Path(path), note
        self._grown = len(night.grown)
        self._lock, self._written = threading.Lock(), threading.Event()
        self._failed = self._closed = False
        head = head_line(night, asked)
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except FileExistsError:
            raise AskedWrongly(f"{plain(str(self.path))} is there already, and is left as it is.") from None
        except (OSError, ValueError) as error:
            raise CouldNot(f"{plain(str(self.path))}: {_why_not(error)}") from None
        with contextlib.suppress(OSError):  # a umask takes away from the mode
            os.chmod(self.path, 0o600)
        self._append(head)
        self._thread = threading.Thread(target=self._keep_on_disk, name="night log", daemon=True)
        self._thread.start()

    def write(self, entry: Mapping[str, Any]) -> None:
        """A line of the player's own: {"pause": frame}."""
        self._append(entry_line(entry))

    def grow(self, night: Night) -> None:
        """Writes what was added to the night since this was asked last."""
        with self._lock:
            new = night.grown[self._grown :]
            self._grown += len(new)
        for growth in new:
            self._append(grown_line(growth))

    def close(self) -> None:
        """Everything is on the disk after this."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._written.set()
        self._thread.join()
        os.close(self._file)

    def _append(self, line: str) -> None:
        try:
            with self._lock:
                if self._closed or self._failed:
                    return
                content = line.encode()
                while content:
                    content = content[os.write(self._file, content) :]
        except OSError as error:
            self._failed = True
            self._note(
                f"{plain(str(self.path))}: {places.why_not(error)} The log ends here; the night goes on."
            )
            return
        self._written.set()

    def _keep_on_disk(self) -> None:
        while True:
            self._written.wait()
            self._written.clear()
            closed = self._closed
            with contextlib.suppress(OSError):  # a pipe, a file system without it
                os.fsync(self._file)
            if closed:
                return


def _why_not(error: OSError | ValueError) -> str:
    return places.why_not(error) if isinstance(error, OSError) else "this is not a path."
