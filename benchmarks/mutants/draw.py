"""Which faults are tried: drawn by a seed, the same ones for everybody who has the same sources.

A file is drawn by its lines, then one of its places evenly, then one of the ways to go wrong there. A longer
draw begins with the shorter one.
"""

from __future__ import annotations

import difflib
import hashlib
import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants.sites import Site, sites_of
from benchmarks.mutants.source import Edit, Source

PACKAGES = ("night", "voices", "sleep", "export", "score", "people", "evening", "drawing")
"""What is drawn from; a mutant of a kernel would have every kernel compiled anew."""


@dataclass(frozen=True)
class Mutant:
    """A file with one fault in it."""

    id: str
    """Ten letters that stay the same while its function does, wherever in the file that moves to."""
    site: Site
    edit: Edit
    line: int
    text: bytes
    """The whole file."""
    diff: str

    @property
    def where(self) -> str:
        return f"{self.site.file}:{self.line}"


def draw(package: Path, seed: int, count: int, only: Sequence[str] = PACKAGES) -> list[Mutant]:
    """So many mutants of these packages inside `package`, or all there are."""
    chance = random.Random(seed)
    files = {
        path.relative_to(package).as_posix(): path.read_bytes()
        for name in sorted(only)
        for path in sorted((package / name).rglob("*.py"))
    }
    sites = {file: sites_of(file, text) for file, text in files.items()}
    left = {file: len(text.splitlines()) for file, text in files.items() if sites[file]}
    drawn: list[Mutant] = []
    while left and len(drawn) < count:
        (file,) = chance.choices(list(left), list(left.values()))
        site = sites[file].pop(chance.randrange(len(sites[file])))
        if not sites[file]:
            del left[file]
        mutant = made(Source(files[file]), site, chance.choice(site.edits))
        if mutant is not None:
            drawn.append(mutant)
    return drawn


def made(source: Source, site: Site, edit: Edit) -> Mutant | None:
    """The mutant, or None where it is no program or the very same one."""
    text = source.after(edit)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            changed, before = (compile(t, site.file, "exec", dont_inherit=True) for t in (text, source.text))
    except (SyntaxError, ValueError):
        return None
    if changed == before:
        return None
    line = source.text.count(b"\n", 0, edit.start) + 1
    return Mutant(_id(source, site, edit), site, edit, line, text, _diff(source.text, text))


def _id(source: Source, site: Site, edit: Edit) -> str:
    """From the words of its line, and which of those that read alike in its function it is."""
    start = source.text.rfind(b"\n", 0, edit.start) + 1
    words = source.text[start : edit.start].strip() + b"|" + source.text[edit.start : edit.stop]
    alike = source.text[:start].count(source.text[start : edit.stop].strip())
    named = (site.file, site.scope, edit.operator, repr(words), repr(edit.text), str(alike))
    return hashlib.sha256("\0".join(named).encode()).hexdigest()[:10]


def _diff(before: bytes, after: bytes) -> str:
    """The lines that changed, with - and + before them."""
    lines = difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")
