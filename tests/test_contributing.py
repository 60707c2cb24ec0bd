"""The steps of CONTRIBUTING, followed with a made-up format and command; a made-up kind is in test_kinds."""

from __future__ import annotations

import argparse
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typed import Evening

from lullaby.cli import main, parser
from lullaby.cli.terminal.bedside import Bedside
from lullaby.export import ENDINGS
from lullaby.export.tag_reading import read_tags


def test_a_made_up_format_is_one_row_in_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda *_: b"")
    monkeypatch.setitem(ENDINGS, ".oga", replace(ENDINGS[".opus"], ending=".oga", media_type="audio/made-up"))
    kept = tmp_path / "night.oga"
    assert main(["render", "plain", "--to", "1", "-o", str(kept)]) == 0
    assert read_tags(kept).title == "Plain"
    assert main(["feed", str(tmp_path), "--url", "https://example.org/"]) == 0
    assert 'type="audio/made-up"' in (tmp_path / "feed.xml").read_text()


def test_a_made_up_command_is_one_module_in_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def add(commands: Any) -> None:
        command = commands.add_parser("yawn", help="says good night", allow_abbrev=False)
        command.add_argument("--often", type=int, default=1, metavar="N")
        command.set_defaults(run=run)

    def run(asked: argparse.Namespace, bedside: Bedside) -> int:
        for _ in range(asked.often):
            bedside.say("Good night.")
        return 0

    module = types.SimpleNamespace(add=add)
    monkeypatch.setattr(parser, "COMMANDS", (*parser.COMMANDS, module))
    assert main(["yawn", "--often", "2"], Evening()) == 0
    assert capsys.readouterr().out == "Good night.\n" * 2
    assert main(["--help"]) == 0
    assert "says good night" in capsys.readouterr().out
    assert main(["yawn", "--oftn", "2"]) == 2
    assert 'Did you mean "--often"?' in capsys.readouterr().err
