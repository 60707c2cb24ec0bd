"""A copy of the checkout that mutants are put into, so that nobody's files are changed.

It stays where it is from run to run: numba keeps its compiled kernels by the path of their sources, so that
they are compiled once for each copy and never for a mutant.
"""

from __future__ import annotations

import compileall
import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOT_COPIED = {".git", ".cache", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist"}
BUILT = {"__pycache__"}


@dataclass(frozen=True)
class Tree:
    """A checkout's copy: `package` and `tests` stand in its root."""

    root: Path
    package_name: str = "lullaby"

    @property
    def package(self) -> Path:
        return self.root / self.package_name

    @property
    def tests(self) -> Path:
        return self.root / "tests"

    @property
    def log(self) -> Path:
        """What pytest said when it was last started here."""
        return self.root.with_name(f"{self.root.name}.log")

    def test_files(self) -> list[str]:
        return sorted(f"tests/{path.name}" for path in self.tests.glob("test_*.py"))

    def env(self, *before: Path, keeping_compiled: bool = False) -> dict[str, str]:
        """The environment in which Python finds this copy's code and no other's, its children's too.
        What a mutant was compiled to must not be left for the next one."""
        tool = Path(__file__).parents[2]
        path = os.pathsep.join(map(str, (*before, self.root, tool)))
        kept = {"LULLABY_CACHE": str(self.root.with_name(f"{self.root.name}-kernels"))}
        without = "" if keeping_compiled else "1"
        return {**os.environ, **kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": without}

    def take(self, checkout: Path) -> None:
        """Makes the copy what the checkout is now; a file that is as it was keeps its times."""
        self.root.mkdir(parents=True, exist_ok=True)
        there = _files(checkout)
        for name in _files(self.root) - there:
            (self.root / name).unlink()
        for name in sorted(there):
            source, copy = checkout / name, self.root / name
            if not (copy.exists() and _same(source, copy)):
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                shutil.copy2(source, copy)
        compileall.compile_dir(self.package, quiet=2)

    def hash_of_package(self) -> str:
        return _hash(sorted(self.package.rglob("*.py")))

    def hash_of_test(self, file: str) -> str:
        """Of a test file and of all that tests share."""
        shared = [path for path in self.tests.glob("*.py") if not path.name.startswith("test_")]
        return _hash([*sorted(shared), self.root / file])

    @contextlib.contextmanager
    def changed(self, file: str, text: bytes) -> Iterator[None]:
        """Another text for one file of the package, and then its own again."""
        path = self.package / file
        before, times = path.read_bytes(), path.stat()
        path.write_bytes(text)
        # what Python kept of the file compiled goes by its size and whole seconds of this
        os.utime(path, (times.st_atime + 2, times.st_mtime + 2))
        try:
            yield
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _files(root: Path) -> set[str]:
    found: set[str] = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_COPIED | BUILT]
        found |= {os.path.relpath(os.path.join(folder, name), root) for name in files}
    return found


def _same(source: Path, copy: Path) -> bool:
    a, b = source.stat(), copy.stat()
    return (a.st_size, int(a.st_mtime)) == (
        b.st_size,
        int(b.st_mtime),
    ) and source.read_bytes() == copy.read_bytes()


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
