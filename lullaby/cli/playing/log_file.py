"""`--log FILE`: what happened while a night was heard, a line of JSON each, added to the file's end."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import CouldNot
from lullaby.places import why_not
from lullaby.score.plain_text import plain


class _LogFile:
    """Called with an entry it writes a line, from any thread. A full disk is said once and ends no night."""

    def __init__(self, path: Path, bedside: Bedside) -> None:
        self._path, self._bedside, self._lock = path, bedside, threading.Lock()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise CouldNot(f"{plain(str(path))}: {why_not(error)}") from None
        self.file = os.fdopen(handle, "ab", buffering=0)
        self._is_whole = True

    def __call__(self, entry: Mapping[str, object]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            try:
                self.file.write(line)
            except (OSError, ValueError) as error:
                if self._is_whole:
                    self._is_whole = False
                    self._bedside.note(f"{plain(str(self._path))} could not be written to ({error}).")


@contextlib.contextmanager
def log_file(path: str | None, bedside: Bedside) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Where entries go while this lasts: into that file, or nowhere."""
    if path is None:
        yield lambda entry: None
        return
    log = _LogFile(Path(path), bedside)
    try:
        yield log
    finally:
        log.file.close()
