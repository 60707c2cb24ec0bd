"""`lullaby check`: are these files right, and if a voice, is it as loud as the others."""

from __future__ import annotations

import argparse
import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from lullaby.cli.commands.forms import FORMS, REMARKS, no_remarks
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import counted


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "check", help="are these files right: scores, voices, stories, rituals, tunes", allow_abbrev=False
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a score, voice, story (.md .txt .epub .ssml), ritual or tune (.abc)",
    )
    parser.add_argument("--no-listen", action="store_true", help="do not measure how loud a voice is")
    parser.add_argument(
        "--music", action="store_true", help="of a score: what its music is like, beside real lullabies"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="with --music: of another night")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.checked import facts_of_checked

    def listening(path: Path) -> AbstractContextManager[object]:
        return bedside.working(f"Listening to {path.name}")

    if asked.seed is not None and not asked.music:
        raise AskedWrongly("--seed is about music: --music measures what a score plays.")
    paths = [_path(name) for name in asked.files]
    found = [facts_of_checked(path, None if asked.no_listen else listening) for path in paths]
    if asked.music:
        from lullaby.evening.facts.music import with_music

        found = [with_music(facts, asked.seed) for facts in found]
    if asked.json:
        bedside.facts(found)
    else:
        for facts in found:
            _say(facts, bedside)
            if "music" in facts:
                from lullaby.cli.files.music import say_music

                say_music(facts["music"], bedside)
        if any(facts["what"] == "story" and facts["right"] for facts in found):
            _say_pauses(bedside)
    return 0 if all(facts["right"] for facts in found) else 2


def _path(named: str) -> Path:
    """A file, or a score by its name."""
    from lullaby.score import score_files

    path = Path(named)
    return path if path.suffix or os.path.lexists(path) else score_files().get(named, path)


def _say_pauses(bedside: Bedside) -> None:
    """How long it is silent after what, in every story."""
    from lullaby.story.pauses import table

    bedside.say()
    for line in table():
        bedside.say(line)


def _say(facts: dict[str, Any], bedside: Bedside) -> None:
    from lullaby.evening.measured import PEAK

    if not facts["right"]:
        for mistake in facts["mistakes"]:
            bedside.say(mistake)
        return
    if facts["what"] in FORMS:
        bedside.say(f"{facts['file']}: right. {facts['title']}, {FORMS[facts['what']](facts)}")
        for remark in REMARKS.get(facts["what"], no_remarks)(facts):
            bedside.say(f"    {remark}")
        return
    if facts["what"] == "score":
        voices, scenes = ", ".join(facts["voices"]), counted(len(facts["scenes"]), "scene")
        bedside.say(f"{facts['file']}: right. {facts['title']}, {facts['length']}, {scenes}; {voices}.")
        for remark in (*facts["unheard"], *facts["untold"]):
            bedside.say(f"    {remark}")
        return
    bedside.say(f"{facts['file']}: right, a voice of the kind {facts['kind']}.")
    if "lufs" not in facts:
        return
    if facts["lufs"] is None:
        bedside.say("    At unity nothing is heard of it in three minutes.")
        return
    bedside.say(f"    At unity it measures {facts['lufs']:.1f} LUFS, {facts['true_peak']:.1f} dBTP.")
    if "trim" in facts:
        bedside.say(f"    trim = {facts['trim']:g} would put it at {facts['unity']:g} LUFS.")
    if facts["true_peak"] > PEAK:
        bedside.say(f"    That peak is above {PEAK:g} dBTP: alone, the limiter would hold it.")
