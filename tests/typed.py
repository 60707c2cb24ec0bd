"""What a person types, on an evening that never moves on, and what is said to it."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lullaby.cli import main

EVENING = datetime.datetime(2026, 11, 30, 22, 15, tzinfo=datetime.UTC)


class Evening:
    def now(self) -> datetime.datetime:
        return EVENING


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


Say = Callable[..., Said]


def is_asked_wrongly(say: Say, *words: str, says: str) -> None:
    """Nothing is done, nothing printed for a pipe, and it is said what is wrong."""
    said = say(*words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err


def typing(capsys: pytest.CaptureFixture[str], *first: str) -> Say:
    """Types `lullaby FIRST… WORDS…`."""

    def typed(*words: str) -> Said:
        capsys.readouterr()
        code = main([*first, *words], Evening())
        return Said(code, *capsys.readouterr())

    return typed


def plays(*words: str, speed: int = 1000) -> Said:
    """`lullaby play WORDS…` into nothing, so many times as fast as life and by the clock of this machine: in
    this process, which has loaded what a child of its own would take two seconds to load. What renders and
    what plays are processes of their own all the same."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["play", *words, "--null", f"{speed}", "--plain"])
    return Said(code, out.getvalue(), err.getvalue())
