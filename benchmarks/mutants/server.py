"""A plug-in of pytest that collects the tests once, and runs some of them in a child as often as it is asked.

    MUTANTS_PACKAGE=…/lullaby/ MUTANTS_FDS=IN,OUT python -m pytest -p benchmarks.mutants.server

Each line that comes in is a job: {"tests": [[name, CPU seconds], …], "swap": [path, before, after] or null}.
The child has everything imported and its kernels loaded; it exchanges the code of the functions that differ,
runs the tests up to the first that fails, and is gone. A line goes out for each job: {"verdict": …, "by": …,
"ran": …, "cpu_s": …}.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import resource
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from benchmarks.mutants.swap import Loaded, Unswappable

SLOWER = 10
"""Times its usual CPU seconds a test may take with a fault, and the same seconds more …"""
SPARE = 6.0
PATIENCE = 60.0
"""… and so many by the clock besides, where it waits for something."""
MEMORY = 10 << 30
"""Bytes; a fault may ask for all there is."""


class Server:
    def __init__(self) -> None:
        self._package = os.environ["MUTANTS_PACKAGE"]
        reading, writing = map(int, os.environ["MUTANTS_FDS"].split(","))
        self._jobs, self._out = os.fdopen(reading), os.fdopen(writing, "w")
        self._failed = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            self._say(verdict="caught", by="the import", ran=0, cpu_s=0.0)
            return True
        _load_kernels(Path(self._package))
        items = Items(session.items)
        loaded = Loaded(self._package)
        gc.freeze()  # what stands now is shared with every child
        self._say(ready=len(session.items))
        for line in self._jobs:
            self._say(**self._run(json.loads(line), items, loaded))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed = report.nodeid

    def _say(self, **what: Any) -> None:
        self._out.write(json.dumps(what) + "\n")
        self._out.flush()

    def _run(self, job: dict[str, Any], items: Items, loaded: Loaded) -> dict[str, Any]:
        folder = tempfile.mkdtemp(prefix="m-")  # short: a socket's path may be no longer than 107 bytes
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._try(job, items, loaded, folder, writing)
        os.close(writing)
        try:
            return _watched(child, reading)
        finally:
            os.close(reading)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # children of the tests that were left behind
            shutil.rmtree(folder, ignore_errors=True)

    def _try(self, job: dict[str, Any], items: Items, loaded: Loaded, folder: str, out: int) -> NoReturn:
        try:
            os.setsid()
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            os.environ["LULLABY_HOME"] = f"{folder}/home"
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            if job["swap"]:
                path, before, after = job["swap"]
                loaded.swap(path, before.encode(), after.encode())
            loaded.forget()
            os.write(out, f"{self._first_failed(items.of(job['tests']), out)}\n".encode())
        except Unswappable:
            os.write(out, b"unswappable\n")
        finally:
            os._exit(0)

    def _first_failed(self, tests: list[tuple[pytest.Item, float]], out: int) -> str:
        for (item, cpu_s), (after, _) in zip(tests, [*tests[1:], (None, 0.0)], strict=True):
            os.write(out, f"test {cpu_s} {item.nodeid}\n".encode())
            signal.setitimer(signal.ITIMER_PROF, SPARE + SLOWER * cpu_s)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self._failed:
                with contextlib.suppress(BaseException):  # what it had going is ended
                    item.session._setupstate.teardown_exact(None)
                return f"caught {self._failed}"
        return "survived"


class Items:
    """The collected tests, by name; where a fault has renamed a test's variants, all of them."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self._by_name = {item.nodeid: item for item in items}
        self._by_function: dict[str, list[pytest.Item]] = {}
        for item in items:
            self._by_function.setdefault(item.nodeid.partition("[")[0], []).append(item)

    def of(self, tests: list[tuple[str, float]]) -> list[tuple[pytest.Item, float]]:
        found: dict[pytest.Item, float] = {}
        for name, cpu_s in tests:
            known = self._by_name.get(name)
            alike = [known] if known else self._by_function.get(name.partition("[")[0], [])
            for item in alike:
                found.setdefault(item, cpu_s)
        return list(found.items())


def _watched(child: int, reading: int) -> dict[str, Any]:
    """What the child tells, until it ends or takes too long."""
    ran, test, verdict = 0, "", ""
    told = b""
    end = time.monotonic() + PATIENCE
    while not verdict:
        if not select.select([reading], [], [], max(0.0, end - time.monotonic()))[0]:
            os.killpg(child, signal.SIGKILL)
            verdict = "timeout"
            break
        got = os.read(reading, 1 << 16)
        if not got:
            break
        told += got
        *lines, told = told.split(b"\n")
        for what, _, rest in (line.decode().partition(" ") for line in lines):
            if what == "test":
                cpu_s, _, test = rest.partition(" ")
                end = time.monotonic() + PATIENCE + SPARE + SLOWER * float(cpu_s)
                ran += 1
            else:
                verdict, test = what, rest or test
    _, status, used = os.wait4(child, 0)
    if not verdict:
        by_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        verdict = "timeout" if by_time else "caught"  # or the interpreter itself has gone down
    by = "" if verdict in ("survived", "unswappable") else test
    return {"verdict": verdict, "by": by, "ran": ran, "cpu_s": round(used.ru_utime + used.ru_stime, 2)}


def _load_kernels(package: Path) -> None:
    """Once, rather than by each child."""
    if (package / "cli" / "warmup.py").exists():
        cli = importlib.import_module(f"{package.name}.cli")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            cli.main(["warmup", "--json"])


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Server())
