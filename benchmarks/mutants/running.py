"""Mutants meet their tests: one after the other in each copy of the checkout, several copies side by side."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.mutants.choosing import Chosen, Reached, Test
from benchmarks.mutants.draw import Mutant
from benchmarks.mutants.tree import Tree
from benchmarks.mutants.uses import Uses
from benchmarks.mutants.verdicts import Verdict

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "benchmarks.mutants.server")
STARTING = 300.0
"""Seconds by the clock to import and collect everything; a fault in what runs on import may never end."""
ANSWERING = 7200.0
"""No job takes as long: the server ends each test that does."""


class Broken(Exception):
    """The tests could not be collected."""


class Server:
    """A process of pytest's in one copy, with some test files collected."""

    def __init__(self, tree: Tree, files: Iterable[str]) -> None:
        jobs, self._jobs = os.pipe()
        self._told, telling = os.pipe()
        env = {"MUTANTS_PACKAGE": f"{tree.package}/", "MUTANTS_FDS": f"{jobs},{telling}"}
        with tree.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *PYTEST, *files],
                cwd=tree.root,
                env=tree.env() | env,
                pass_fds=(jobs, telling),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        os.close(jobs)
        os.close(telling)
        self._rest = b""
        self.first = self._answer(STARTING)
        """That it is ready, or a verdict on what could not even be collected."""

    def run(self, tests: Iterable[Test], swap: list[str] | None = None) -> dict[str, Any]:
        job = {"tests": [(test.name, test.alone_s) for test in tests], "swap": swap}
        os.write(self._jobs, json.dumps(job).encode() + b"\n")
        return self._answer(ANSWERING)

    def close(self) -> None:
        os.close(self._jobs)
        os.close(self._told)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self, patience: float) -> dict[str, Any]:
        while b"\n" not in self._rest:
            if not select.select([self._told], [], [], patience)[0]:
                return {"verdict": "timeout", "by": "the import", "ran": 0, "cpu_s": patience}
            got = os.read(self._told, 1 << 16)
            if not got:
                return {"verdict": "caught", "by": "the import", "ran": 0, "cpu_s": 0.0}
            self._rest += got
        line, self._rest = self._rest.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer


class Bench:
    """One copy of the checkout with the server in it."""

    def __init__(self, tree: Tree, reached: Reached, uses: Uses, budget: float) -> None:
        self._tree, self._reached, self._uses, self._budget = tree, reached, uses, budget
        self._server: Server | None = None

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    def chosen(self, mutant: Mutant) -> Chosen:
        return self._reached.choose(mutant, self._uses, self._budget)

    def verdict(self, mutant: Mutant, chosen: Chosen | None = None) -> Verdict:
        chosen = chosen or self.chosen(mutant)
        if not chosen.tests:
            return _verdict(mutant, chosen, {"verdict": "not reached", "by": "", "ran": 0, "cpu_s": 0.0})
        server = self._ready()  # before the fault stands where it would import it
        before = (self._tree.package / mutant.site.file).read_bytes()
        with self._tree.changed(mutant.site.file, mutant.text):
            answer: dict[str, Any] = {"verdict": "unswappable", "cpu_s": 0.0}
            if mutant.site.inside:
                path = str(self._tree.package / mutant.site.file)
                answer = server.run(chosen.tests, [path, before.decode(), mutant.text.decode()])
            if answer["verdict"] == "unswappable" or (answer["verdict"] == "survived" and chosen.on_import):
                answer = self._anew(chosen.tests)
        return _verdict(mutant, chosen, answer)

    def failing(self, tests: list[Test]) -> list[str]:
        """Of these, those that fail with no fault put in."""
        found: list[str] = []
        while tests:
            answer = self._ready().run(tests)
            if answer["verdict"] == "survived":
                break
            found.append(answer["by"])
            tests = tests[[test.name for test in tests].index(answer["by"]) + 1 :]
        return found

    def _ready(self) -> Server:
        """The server that has all tests collected, with no fault in what it imported."""
        if self._server is None:
            self._server = Server(self._tree, dict.fromkeys(test.file for test in self._reached.tests))
            if "ready" not in self._server.first:
                raise Broken(f"the tests could not be collected: {self._tree.log}")
        return self._server

    def _anew(self, tests: list[Test]) -> dict[str, Any]:
        """The verdict of a process that imports everything with the fault in it."""
        with contextlib.closing(Server(self._tree, dict.fromkeys(test.file for test in tests))) as server:
            return server.run(tests) if "ready" in server.first else server.first


def _verdict(mutant: Mutant, chosen: Chosen, answer: dict[str, Any]) -> Verdict:
    said = answer["verdict"]
    if said == "survived" and chosen.left_out:
        said = "survived within the budget"
    return Verdict(
        id=mutant.id,
        file=mutant.site.file,
        line=mutant.line,
        operator=mutant.edit.operator,
        diff=mutant.diff,
        verdict=said,
        by=answer["by"],
        ran=answer["ran"],
        left_out=chosen.left_out,
        cpu_s=answer["cpu_s"],
    )


def run(mutants: list[Mutant], benches: list[Bench], done: Callable[[Verdict], None]) -> None:
    """All of them, in the order drawn; `done` is told of each as it ends."""
    queue = iter(mutants)
    taking, failed = threading.Lock(), list[BaseException]()

    def taken() -> Iterator[Mutant]:
        while not failed:
            with taking:
                mutant = next(queue, None)
            if mutant is None:
                return
            yield mutant

    def work(bench: Bench) -> None:
        try:
            for mutant in taken():
                verdict = bench.verdict(mutant)
                with taking:
                    done(verdict)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(bench,)) for bench in benches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def check_null() -> None:
    """A fault in what moves files may put one in the device's place, where root runs it."""
    if not Path(os.devnull).is_char_device():
        raise Broken(f"{os.devnull} is no longer a device: a mutant replaced it")
