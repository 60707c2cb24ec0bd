"""Processes of lullaby run lullaby's code, whatever lies in the folder they are started in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lullaby
from lullaby.narrator.narrator import Narrator
from lullaby.narrator.speech import Speech

SOURCE = Path(lullaby.__file__).parent
STRANGERS = ("nt", "random", "wave", "hibari", "numpy")


def test_no_file_of_the_folder_is_run_in_place_of_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python looks for modules in the folder that it is started in, unless it is told otherwise; and a folder
    of somebody's may hold a `random.py`, or something worse."""
    for name in STRANGERS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    monkeypatch.chdir(tmp_path)
    with Narrator() as narrator:
        assert narrator.speak(Speech("The lamp was lit.")).seconds > 0.5
    assert not (tmp_path / "ran").exists()


def test_every_process_is_started_so() -> None:
    starts = [
        (path.name, found)
        for path in SOURCE.rglob("*.py")
        for found in re.findall(r"\[sys\.executable, ([^\]]*)\]", path.read_text("utf-8"))
    ]
    assert len(starts) >= 3
    assert [start for start in starts if not start[1].startswith('"-P"')] == []
