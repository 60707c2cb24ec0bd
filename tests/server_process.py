"""`lullaby serve` in a process of its own, which can be killed and started again at the same port."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 120.0  # seconds until a server that does not begin is given up


class ServerProcess:
    def __init__(self, folder: Path, *night: str) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port: int = door.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "serve.log"
        self._command = [sys.executable, "-m", "lullaby", "serve", *night, "--port", str(self.port)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """What it has printed, in all its lives."""
        return self._log.read_text(errors="replace")

    def start(self) -> None:
        """Until it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.socket() as line:
                line.connect(("127.0.0.1", self.port))
                return
            assert self._process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.02)

    def kill(self) -> None:
        """At once, whatever it is doing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def served_by_a_process(folder: Path, *night: str) -> Iterator[ServerProcess]:
    server = ServerProcess(folder, *night)
    server.start()
    try:
        yield server
    finally:
        server.kill()
