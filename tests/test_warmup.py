"""`lullaby warmup` compiles every kernel that a night can ask for; a server has it done beforehand."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lullaby.cli.serving import warming
from lullaby.kernels import jit

HOUSE = Path(jit.__file__).parent.parent
WITHOUT = {
    "grains.add_grains",  # of own recordings: nobody's warmup has any
    "playback.play",  # of a sound card's thread, compiled as it is opened
    "playback.publish",
}

AFTER = """
import json, sys
from importlib import import_module
from lullaby.kernels import cache, jit
cache.own = True
for name in json.loads(sys.argv[1]):
    import_module(name)
from lullaby.cli import main
ended = main(["warmup"])
print(json.dumps({"ended": ended, "kernels": {n: bool(k.signatures) for n, k in jit.kernels.items()},
                  "all": jit.all_are_kept()}))
"""


def asked_from_outside() -> set[str]:
    """Kernels' functions that some module other than a kernel's imports, as module.function."""
    found = set()
    for path in HOUSE.rglob("*.py"):
        if path.parent.name == "kernels":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lullaby.kernels."):
                module = str(node.module).rsplit(".", 1)[-1]
                found |= {f"{module}.{name.name}" for name in node.names}
    return found


def test_every_kernel_that_is_asked_for_is_compiled_by_a_warmup() -> None:
    asked = asked_from_outside() - WITHOUT
    modules = sorted({f"lullaby.kernels.{name.split('.')[0]}" for name in asked})
    said = subprocess.run(
        [sys.executable, "-P", "-c", AFTER, json.dumps(modules)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(HOUSE.parent)},
    ).stdout
    told = json.loads(said.splitlines()[-1])
    assert told["ended"] == 0
    assert told["all"]
    ready = told["kernels"]
    assert len(asked & set(ready)) > 15, "a check of nothing"
    assert sorted(name for name in asked & set(ready) if not ready[name]) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(jit, "folder", tmp_path)
    return tmp_path


def test_a_server_has_what_is_new_compiled_by_another_process_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[list[str]] = []

    def run(words: list[str], **_: object) -> None:
        began.append(words)
        jit.say_all_are_kept()

    monkeypatch.setattr(warming.subprocess, "run", run)
    lines: list[str] = []
    warming.warm_up(lines.append)
    warming.warm_up(lines.append)
    assert [words[-2:] for words in began] == [["lullaby", "warmup"]]
    assert len(lines) == 1


def test_what_could_not_be_kept_is_not_said_to_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "unkept", [OSError()])
    jit.say_all_are_kept()
    assert not jit.all_are_kept()
    monkeypatch.setattr(jit, "unkept", [])
    jit.say_all_are_kept()
    assert jit.all_are_kept()
