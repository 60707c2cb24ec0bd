"""`lullaby import`: another program's preset or sequence as a score of the listener's own, a MIDI file as a
tune."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby.cli.files.saving import name_from, own_path, save_score
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import counted, plain

if TYPE_CHECKING:
    from lullaby.score.foreign import Foreign


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="a preset of Noice, Moodist, SBaGen or SynapSeq as a score; a MIDI file as a tune",
        allow_abbrev=False,
    )
    parser.add_argument(
        "file", metavar="FILE", help="an exported preset, a share link in a file, .sbg, .spsq, .mid"
    )
    parser.add_argument("--name", metavar="NAME", help="what it will be called (as its title)")
    parser.add_argument("-o", dest="to", metavar="FILE.abc", help="of a MIDI file: where the tune is kept")
    parser.add_argument("--track", type=int, metavar="N", help="of a MIDI file: the track of the melody")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.score.midi.file import is_midi

    if is_midi(asked.file):
        return _tune(asked, bedside)
    if asked.to is not None or asked.track is not None:
        raise AskedWrongly(f"{plain(asked.file)}: -o and --track are for MIDI files.")
    from lullaby.evening.facts.imported import facts_of_imported
    from lullaby.score.foreign import read_foreign
    from lullaby.score.writing import toml_of
    from lullaby.voices.kinds import KINDS

    found = read_foreign(asked.file, KINDS)
    names = _names(found, asked.name, Path(asked.file).stem)
    for name in names:  # all of them, or none
        own_path(name)
    facts = []
    for foreign, name in zip(found, names, strict=True):
        path = save_score(toml_of(foreign.draft), name)
        facts.append(facts_of_imported(foreign, name, path))
        if not asked.json:
            _say(facts[-1], bedside)
    if asked.json:
        bedside.facts(facts)
    for said in dict.fromkeys(KINDS[kind].caution for kind in _kinds(found) if KINDS[kind].caution):
        bedside.note(said)
    return 0


def _tune(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.files.saving import new_tune_path, save_tune
    from lullaby.evening.facts.imported import facts_of_brought
    from lullaby.score.midi.reading import tune_from

    if asked.to is not None and asked.name is not None:
        raise AskedWrongly("-o and --name both say what it is called: give one.")
    path = None if asked.to is None else new_tune_path(asked.to)
    brought = tune_from(asked.file, asked.track)
    path = save_tune(brought.text, path, asked.name or name_from(brought.tune.title, Path(asked.file).stem))
    facts = facts_of_brought(brought, path)
    if asked.json:
        bedside.facts([facts])
        return 0
    notes = counted(facts["notes"], "note")
    bedside.say(plain(f"{facts['file']}: {facts['title']}, {notes} in {facts['key']}, {facts['metre']}."))
    for remark in facts["remarks"]:
        bedside.say(f"    {remark}")
    bedside.say(plain(f"    Next: lullaby check {shlex.quote(facts['file'])}"))
    return 0


def _names(found: Sequence[Foreign], asked: str | None, stem: str) -> list[str]:
    """A name for each: the one asked for, or its title's; numbered where two would be alike."""
    names: list[str] = []
    for foreign in found:
        usual = asked if asked is not None else name_from(foreign.draft.title, stem)
        name, number = usual, 2
        while name in names:
            name, number = f"{usual}-{number}", number + 1
        names.append(name)
    return names


def _say(facts: dict[str, Any], bedside: Bedside) -> None:
    bedside.say(plain(f"{facts['file']}: {facts['title']}, {facts['length']}, from {facts['program']}."))
    for remark in facts["remarks"]:
        bedside.say(f"    {remark}")
    render = f"lullaby render {shlex.quote(facts['name'])}"
    if facts["ends"] != facts["length"]:
        ends = f"It follows a made-up sleeper and ends at {facts['ends']} of {facts['length']}"
        keeps = f'{render} --all-night "reason", or all_night = "reason" in the file, keeps it on'
        bedside.say(plain(f"    {ends}; {keeps}."))
    bedside.say(plain(f"    Next: {render}"))


def _kinds(found: Sequence[Foreign]) -> list[str]:
    """The kinds of all voices in these drafts, each once."""
    from lullaby.score import find_voice
    from lullaby.voices.kinds import KINDS

    names = dict.fromkeys(voice.voice for foreign in found for voice in foreign.draft.voices.values())
    return list(dict.fromkeys(find_voice(name, KINDS).kind.name for name in names))
