"""The README, docs/ and CONTRIBUTING as the tests read them: blocks, code spans, tables, links, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """(language, text) of every fenced block, in order."""
        return re.findall(r"^```(\w*)\n(.*?)^```", self.text, re.M | re.S)

    def written_in(self, language: str) -> list[str]:
        return [text for its, text in self.blocks if its == language]

    @cached_property
    def prose(self) -> str:
        return re.sub(r"^```.*?^```", "", self.text, flags=re.M | re.S)

    @cached_property
    def spans(self) -> list[str]:
        """Everything between two backticks in prose, on one line."""
        found = re.findall(r"`([^`]+)`", self.prose)
        return [" ".join(span.replace("\\|", "|").split()) for span in found]

    @cached_property
    def typed(self) -> list[str]:
        """Lines of shell blocks, without their comments."""
        lines = [line for text in self.written_in("sh") for line in text.splitlines()]
        return [line for line in (line.split(" #")[0].strip() for line in lines) if line]

    @cached_property
    def links(self) -> list[str]:
        return re.findall(r"\]\(([^)\s]+)\)", self.prose)

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may name behind a #, as repositories derive it from headings."""
        headings = re.findall(r"^#+ (.*)$", self.prose, re.M)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def section(self, heading: str) -> str:
        """From this heading to the next of its rank or above."""
        marks = heading.split(" ")[0]
        _, found, after = f"\n{self.prose}".partition(f"\n{heading}\n")
        assert found, f"{self.name} has no {heading!r}"
        return re.split(rf"^#{{1,{len(marks)}}} ", after, maxsplit=1, flags=re.M)[0]

    def rows(self, heading: str) -> Iterator[list[str]]:
        """Cells of the tables in a section, without their heads."""
        table: list[list[str]] = []
        for line in [*self.section(heading).splitlines(), ""]:
            if line.startswith("|"):
                cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
                table.append([cell.strip().replace("\\|", "|") for cell in cells])
            else:
                yield from table[2:]
                table = []


README = Page(ROOT / "README.md")
DOCS = [Page(path) for path in sorted((ROOT / "docs").glob("*.md"))]
PAGES = [README, *DOCS]
ALL = [*PAGES, Page(ROOT / "CONTRIBUTING.md")]


def page(name: str) -> Page:
    return next(page for page in ALL if page.path.name == name)


def is_a_pattern(text: str) -> bool:
    """Does it stand for something else: `lullaby check FILE…`?"""
    return bool(re.search(r"[…│|]|\b[A-Z][A-Z\d.]*\b", text))
