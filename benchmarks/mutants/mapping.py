"""The map from tests to the lines they run, recorded once for the sources as they are."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.mutants.reach import HOOK
from benchmarks.mutants.tree import Tree

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "benchmarks.mutants.reach")


class Map:
    """A folder with a file for each test file, and a note of what it was recorded with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self, tree: Tree) -> list[Path]:
        return [path for file in tree.test_files() if (path := self._of(file)).exists()]

    def stale(self, tree: Tree, tests_only: bool = False) -> list[str]:
        """Test files that have changed, or whose package has, since they were recorded."""
        noted = json.loads(self._notes.read_text()) if self._notes.exists() else {}
        package = tree.hash_of_package()
        found = []
        for file in tree.test_files():
            of_test, of_package = noted.get(file, ("", ""))
            if of_test != tree.hash_of_test(file) or not (tests_only or of_package == package):
                found.append(file)
        return found

    def record(self, trees: list[Tree], files: list[str], say: Callable[[str], None]) -> None:
        """These test files, side by side in the copies there are."""
        self._folder.mkdir(parents=True, exist_ok=True)
        free = list(trees)
        package = trees[0].hash_of_package()
        writing = threading.Lock()

        def one(file: str) -> None:
            tree = free.pop()
            try:
                said = self._record(tree, file)
            finally:
                free.append(tree)
            with writing:
                noted = json.loads(self._notes.read_text()) if self._notes.exists() else {}
                noted[file] = (tree.hash_of_test(file), package)
                self._notes.write_text(json.dumps(noted, indent=1))
            say(f"{file}: {said}")

        with ThreadPoolExecutor(len(trees)) as threads:
            for _ in threads.map(one, files):
                pass

    def _record(self, tree: Tree, file: str) -> str:
        draft = self._of(file).with_suffix(".part")
        draft.unlink(missing_ok=True)
        env = {"MUTANTS_PACKAGE": f"{tree.package}/", "MUTANTS_REACH": str(draft)}
        done = subprocess.run(
            [sys.executable, *PYTEST, file],
            cwd=tree.root,
            env=tree.env(HOOK, keeping_compiled=True) | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if draft.exists():
            draft.replace(self._of(file))
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-300:]

    @property
    def _notes(self) -> Path:
        return self._folder / "notes.json"

    def _of(self, file: str) -> Path:
        return self._folder / f"{Path(file).stem}.jsonl"
