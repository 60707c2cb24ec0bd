"""One voice file: a kind of sound, and what this voice of it was told.

How a voice is found by name is told in finding.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lullaby.errors import WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.attached_files import AttachedFile, attached
from lullaby.score.plain_text import quoted
from lullaby.score.setting_values import setting_value
from lullaby.score.settings import Form, Kind, Value
from lullaby.score.source import Source, read_source
from lullaby.score.toml_table import TomlTable

_OF_THE_FILE = ("kind", "licence", "default")
"""Keys that every voice file may have, whatever its kind."""


@dataclass(frozen=True)
class VoiceFile:
    """A voice as it is written, with every setting of its kind filled in."""

    name: str
    kind: Kind
    path: Path
    description: str
    values: Mapping[str, Value]
    """The values by `Setting.name`."""
    licence: str = ""
    default: bool = False
    """Is this the voice that the bare name of its kind stands for?"""
    source: str = field(default="", repr=False)
    """The file's text, and what it brings by content: for fingerprints."""
    attached: Mapping[str, AttachedFile] = field(default_factory=dict)
    """Files that stand beside it, by setting."""


def read_voice(path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> VoiceFile:
    """The voice written in this file; its first mistake is raised."""
    mistakes: list[WrittenWrongly] = []
    voice = note_voice(path, kinds, mistakes)
    if voice is None or mistakes:
        raise mistakes[0]
    return voice


def note_voice(
    path: str | os.PathLike[str], kinds: Mapping[str, Kind], mistakes: list[WrittenWrongly]
) -> VoiceFile | None:
    """The voice written in this file, as far as it can be read; all its mistakes are noted."""
    try:
        source = read_source(path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
    table = TomlTable.whole_file(source, mistakes)
    if not table.needs("kind", f"kind is one of: {', '.join(kinds)}."):
        return None
    named = table.text("kind")
    if named not in kinds:
        if isinstance(source.values["kind"], str):
            table.note(f"there is no kind {quoted(named)}.", choices(named, kinds, "There are"))
        return None
    return _voice(source, table, kinds[named])


def _voice(source: Source, table: TomlTable, kind: Kind) -> VoiceFile:
    written: dict[str, Value] = {}
    _gather(table, source.where, kind, "", written)
    files = _files(table, kind, written, source.path)
    return VoiceFile(
        name=source.path.stem,
        kind=kind,
        path=source.path,
        description=source.description,
        values={s.name: written.get(s.name, s.default) for s in kind},
        licence=table.text("licence"),
        default=table.flag("default"),
        source=source.text + "".join(f"\n# {name}: {file.sha256}" for name, file in files.items()),
        attached=files,
    )


def _files(table: TomlTable, kind: Kind, written: Mapping[str, Value], path: Path) -> dict[str, AttachedFile]:
    """The files that this voice needs, as far as they may be used."""
    found: dict[str, AttachedFile] = {}
    for setting in kind:
        named = written.get(setting.name)
        if setting.form is not Form.FILE:
            continue
        if not isinstance(named, str) or not named:
            if setting.name not in written:
                table.needs(
                    setting.key, f'Write it {setting.key} = "my-creek.mp3": a sound beside this file.'
                )
            continue
        try:
            found[setting.name] = attached(named, path)
            if setting.opens:
                setting.opens(found[setting.name].path)
        except checks.Unfit as unfit:
            table.unfit(setting.key, unfit)
    return found


def _gather(table: TomlTable, file: str, kind: Kind, prefix: str, written: dict[str, Value]) -> None:
    """Puts every setting that stands at or under this table where its name says."""
    here = dict.fromkeys(s.key.removeprefix(prefix).split(".")[0] for s in kind if s.key.startswith(prefix))
    table.only([*here] if prefix else [*_OF_THE_FILE, *here], whose=kind.name)
    for key in here:
        place = prefix + key
        if (setting := kind.placed(place)) is None:
            there = ", ".join(s.key.removeprefix(place + ".") for s in kind if s.key.startswith(place + "."))
            inner = table.table(key, f"{file}, [{place}]", hint=f"It has: {there}.")
            _gather(inner, file, kind, place + ".", written)
        elif key in table.values:
            written[setting.name] = table.take(key, setting.default, partial(setting_value, setting=setting))
