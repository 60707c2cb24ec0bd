"""`lullaby voices` and `lullaby scores`: what there is."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lullaby.cli.bedside import Bedside
from lullaby.errors import LullabyError
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.score import Score, Setting, Value, VoiceFile


def add(commands: Any) -> None:
    for name, run, says in (
        ("voices", voices, "every voice, and what each may be told"),
        ("scores", scores, "every night there is a score of"),
    ):
        parser = commands.add_parser(name, help=says, allow_abbrev=False)
        parser.add_argument("--json", action="store_true", help="the same for programs")
        parser.set_defaults(run=run)


def voices(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.score import read_voice, voice_paths
    from lullaby.voices.kinds import KINDS

    found: list[VoiceFile] = []
    wrong: list[LullabyError] = []
    for path in voice_paths().values():
        try:
            found.append(read_voice(path, KINDS))
        except LullabyError as error:  # one broken file hides none of the others
            wrong.append(error)
    if asked.json:
        bedside.facts([_facts(voice) for voice in found])
    else:
        for kind in KINDS.values():
            family = [voice for voice in found if voice.kind is kind]
            if family:
                bedside.say(f"{kind.name}: {kind.says}")
                for voice in sorted(family, key=lambda v: (not v.default, v.name)):
                    bedside.say(_indented(f"{voice.name}: {voice.description}", 2))
                bedside.say(_indented("may be told " + _told(settings_of(family[0])), 6))
                bedside.say()
        bedside.say("`lullaby hear rain` plays one. Settings and their ranges: lullaby voices --json")
    return _complaints(wrong, bedside)


def settings_of(voice: VoiceFile) -> Iterable[Setting]:
    from lullaby.score.told import settings

    return settings(voice.kind).values()


def _told(rows: Iterable[Setting]) -> str:
    return ", ".join(f"{row.name} ({row.unit})" if row.unit else row.name for row in rows)


def _indented(text: str, by: int) -> str:
    return textwrap.fill(text, 96, initial_indent=" " * by, subsequent_indent=" " * (by + 4))


def _facts(voice: VoiceFile) -> dict[str, Any]:
    from lullaby.score.told import can_move

    values: dict[str, Value] = {"level": 0.0, **voice.values}
    return {
        "name": voice.name,
        "kind": voice.kind.name,
        "default": voice.default,
        "file": str(voice.path),
        "description": voice.description,
        "licence": voice.licence,
        "settings": [
            {
                "name": row.name,
                "at": row.at,
                "value": _plain(values[row.name]),
                "unit": row.unit,
                "low": _plain(row.low),
                "high": _plain(row.high),
                "form": row.form.value,
                "choices": list(row.choices),
                "moves": can_move(row),
                "says": row.says,
            }
            for row in settings_of(voice)
        ],
    }


def _plain(value: Value) -> Any:
    """A value JSON can hold; the level nothing is the word that files use."""
    if isinstance(value, float) and value == float("-inf"):
        return "silent"
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def scores(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.score import read_score, score_files
    from lullaby.voices.kinds import KINDS

    found: list[Score] = []
    wrong: list[LullabyError] = []
    for path in score_files().values():
        try:
            found.append(read_score(path, KINDS))
        except LullabyError as error:
            wrong.append(error)
    if asked.json:
        bedside.facts(
            [
                {
                    "name": score.name,
                    "title": score.title,
                    "length": clock(score.length),
                    "seconds": score.length / RATE,
                    "level": score.level,
                    "file": str(score.path),
                    "description": score.description,
                }
                for score in found
            ]
        )
    else:
        for score in found:
            bedside.say(f"{score.name}: {score.title}, {clock(score.length)}")
            if score.description:
                bedside.say(_indented(score.description, 4))
        if not found:
            bedside.say("There are no scores.")
    return _complaints(wrong, bedside)


def _complaints(wrong: list[LullabyError], bedside: Bedside) -> int:
    for error in wrong:
        bedside.note(str(error))
    return max((error.exit_code for error in wrong), default=0)
