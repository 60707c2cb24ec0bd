"""survivors.md: each mutant that no test caught, with what a person thinks of it.

    ## 3f2a9c1b04 night/plan.py:120 comparison
    ```diff
    -    if start < stop:
    +    if start <= stop:
    ```
    **equivalent**: an empty span is left out two lines below as well.

The word is *equivalent* (nobody can tell the two apart), *beyond reach* (nobody would mind, a pixel or the
twentieth part of a guess, or only another platform or machine runs it) or *hole* (a test is missing; the
reason says why it may be).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from benchmarks.mutants.verdicts import Verdict

FILE = Path(__file__).with_name("survivors.md")
WORDS = ("equivalent", "beyond reach", "hole")
_ENTRY = re.compile(r"^## +(?P<id>[0-9a-f]{10}) +(?P<where>\S+) *(?P<operator>.*)$", re.M)
_REASON = re.compile(r"^\*\*(?P<word>[a-z ]+)\*\*: *(?P<reason>.+?)(?=\n\n|\Z)", re.M | re.S)
ENOUGH = 4
"""Words a reason has at least."""


@dataclass(frozen=True)
class Survivor:
    id: str
    where: str
    word: str
    reason: str


def read(text: str) -> list[Survivor]:
    heads: list[re.Match[str]] = list(_ENTRY.finditer(text))
    found = []
    for head, after in zip_longest(heads, heads[1:]):
        stop = after.start() if after else len(text)
        reason = _REASON.search(text[head.end() : stop].strip())
        word, why = (reason["word"], " ".join(reason["reason"].split())) if reason else ("", "")
        found.append(Survivor(head["id"], head["where"], word, why))
    return found


def wrong(survivors: Iterable[Survivor]) -> list[str]:
    """What has to be mended in the file itself."""
    said = []
    for one in survivors:
        if one.word not in WORDS:
            said.append(f"{one.id} {one.where}: say **{'**, **'.join(WORDS)}**, and why.")
        elif len(one.reason.split()) < ENOUGH:
            said.append(f"{one.id} {one.where}: say why it is {one.word!r}.")
    return said


def missing(survivors: Iterable[Survivor], verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Survived, and not told of."""
    told = {one.id for one in survivors}
    return [v for v in verdicts if v.verdict not in ("caught", "timeout") and v.id not in told]


def entry(verdict: Verdict) -> str:
    """What is to be filled in for one."""
    head = f"## {verdict.id} {verdict.file}:{verdict.line} {verdict.operator}"
    return f"{head}\n```diff\n{verdict.diff}\n```\n**?**: {verdict.verdict} ({verdict.ran} tests).\n"
