"""`lullaby check`: are these files right, and if a voice, is it as loud as the others.

What a file is shows in what it holds: a story is Markdown, a voice has a kind, a tune has notes, a ritual
has steps; anything else is a score.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from lullaby.cli.commands.forms import FORMS
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import counted
from lullaby.time import clock

SLACK, PEAK = 1.0, -7.5
"""The limits for a voice measured alone: LUFS, give or take LU, and the most dBTP."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "check", help="are these files right: scores, voices, stories, rituals, tunes", allow_abbrev=False
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="a score, voice, story, ritual or tune")
    parser.add_argument("--no-listen", action="store_true", help="do not measure how loud a voice is")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    found = [_checked(Path(name), bedside, listen=not asked.no_listen) for name in asked.files]
    if asked.json:
        bedside.facts(found)
    else:
        for facts in found:
            _say(facts, bedside)
    return 0 if all(facts["right"] for facts in found) else 2


def _checked(path: Path, bedside: Bedside, listen: bool) -> dict[str, Any]:
    """All mistakes in this file, or, where there are none, its facts."""
    from lullaby.score.source import read_source

    if path.suffix.lower() == ".md":
        return _form("story", path)
    try:
        values = read_source(path).values
    except WrittenWrongly as mistake:
        return _wrong(path, "file", [mistake])
    if "kind" in values:
        return _voice(path, bedside, listen)
    if "notes" in values:
        return _form("tune", path)
    return _form("ritual", path) if "step" in values or "when" in values else _score(path)


def _form(what: str, path: Path) -> dict[str, Any]:
    mistakes: list[WrittenWrongly] = []
    facts = FORMS[what][0](path, mistakes)
    if mistakes:
        return _wrong(path, what, mistakes)
    return {"file": str(path), "what": what, "right": True, **facts}


def _wrong(path: Path, what: str, mistakes: list[WrittenWrongly]) -> dict[str, Any]:
    return {
        "file": str(path),
        "what": what,
        "right": False,
        "mistakes": [str(mistake) for mistake in mistakes],
    }


def _score(path: Path) -> dict[str, Any]:
    from lullaby.score import check_score, read_score
    from lullaby.voices.kinds import KINDS

    if mistakes := check_score(path, KINDS):
        return _wrong(path, "score", mistakes)
    score = read_score(path, KINDS)
    if any(part.voice.attached for part in score.voices):
        from lullaby.voices.clips.clip import make_ready

        make_ready(score.voices)
    return {
        "file": str(path),
        "what": "score",
        "right": True,
        "title": score.title,
        "length": clock(score.length),
        "level": score.level,
        "voices": {part.name: part.voice.name for part in score.voices},
        "scenes": {scene.name: clock(scene.at) for scene in score.scenes},
    }


def _voice(path: Path, bedside: Bedside, listen: bool) -> dict[str, Any]:
    from lullaby.score.voicefile import note_voice
    from lullaby.voices.kinds import KINDS

    mistakes: list[WrittenWrongly] = []
    voice = note_voice(path, KINDS, mistakes)
    if voice is None or mistakes:
        return _wrong(path, "voice", mistakes)
    facts: dict[str, Any] = {
        "file": str(path),
        "what": "voice",
        "right": True,
        "kind": voice.kind.name,
        "description": voice.description,
    }
    if listen and not voice.kind.speaks:
        from lullaby.evening.measured import measured

        with bedside.working(f"Listening to {path.name}"):
            loudness, peak = measured(voice)
        facts["lufs"] = round(loudness, 2) if math.isfinite(loudness) else None
        facts["true_peak"] = round(peak, 2) if math.isfinite(peak) else None
        unity, trim = voice.kind.unity, voice.values.get("trim", 0.0)
        if math.isfinite(loudness) and abs(loudness - unity) > SLACK:
            facts |= {"trim": round(float(trim) + unity - loudness, 1), "unity": unity}  # type: ignore[arg-type]
    return facts


def _say(facts: dict[str, Any], bedside: Bedside) -> None:
    if not facts["right"]:
        for mistake in facts["mistakes"]:
            bedside.say(mistake)
        return
    if facts["what"] in FORMS:
        bedside.say(f"{facts['file']}: right. {facts['title']}, {FORMS[facts['what']][1](facts)}")
        return
    if facts["what"] == "score":
        voices, scenes = ", ".join(facts["voices"]), counted(len(facts["scenes"]), "scene")
        bedside.say(f"{facts['file']}: right. {facts['title']}, {facts['length']}, {scenes}; {voices}.")
        return
    bedside.say(f"{facts['file']}: right, a voice of the kind {facts['kind']}.")
    if "lufs" not in facts:
        return
    if facts["lufs"] is None:
        bedside.say("    At unity nothing is heard of it in half a minute.")
        return
    bedside.say(f"    At unity it measures {facts['lufs']:.1f} LUFS, {facts['true_peak']:.1f} dBTP.")
    if "trim" in facts:
        bedside.say(f"    trim = {facts['trim']:g} would put it at {facts['unity']:g} LUFS.")
    if facts["true_peak"] > PEAK:
        bedside.say(f"    That peak is above {PEAK:g} dBTP: alone, the limiter would hold it.")
