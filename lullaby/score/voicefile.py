"""One voice file: a kind of sound, and what this voice of it was told.

A voice is looked for beside the file that names it, then in the listener's own folder, then among the
shipped ones; the nearest file of a name hides the others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.brought import Brought, brought
from lullaby.score.plain import plain, quoted
from lullaby.score.settings import Form, Kind, Value
from lullaby.score.source import Source, read_source
from lullaby.score.told import told
from lullaby.score.written import Written

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
    """By `Setting.name`."""
    licence: str = ""
    default: bool = False
    """Is this the voice that the bare name of its kind stands for?"""
    source: str = field(default="", repr=False)
    """The file's text, and what it brings by content: for fingerprints."""
    brought: Mapping[str, Brought] = field(default_factory=dict)
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
    table = Written.whole_file(source, mistakes)
    if not table.needs("kind", f"kind is one of: {', '.join(kinds)}."):
        return None
    named = table.text("kind")
    if named not in kinds:
        if isinstance(source.values["kind"], str):
            table.note(f"there is no kind {quoted(named)}.", choices(named, kinds, "There are"))
        return None
    return _voice(source, table, kinds[named])


def _voice(source: Source, table: Written, kind: Kind) -> VoiceFile:
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
        brought=files,
    )


def _files(table: Written, kind: Kind, written: Mapping[str, Value], path: Path) -> dict[str, Brought]:
    """The files that this voice needs, as far as they may be used."""
    found: dict[str, Brought] = {}
    for setting in kind:
        named = written.get(setting.name)
        if setting.form is not Form.FILE:
            continue
        if not isinstance(named, str) or not named:
            if setting.name not in written:
                table.needs(setting.at, f'Write it {setting.at} = "my-creek.mp3": a sound beside this file.')
            continue
        try:
            found[setting.name] = brought(named, path)
            if setting.opens:
                setting.opens(found[setting.name].path)
        except checks.Unfit as unfit:
            table.unfit(setting.at, unfit)
    return found


def _gather(table: Written, file: str, kind: Kind, prefix: str, written: dict[str, Value]) -> None:
    """Puts every setting that stands at or under this table where its name says."""
    here = dict.fromkeys(s.at.removeprefix(prefix).split(".")[0] for s in kind if s.at.startswith(prefix))
    table.only([*here] if prefix else [*_OF_THE_FILE, *here], whose=kind.name)
    for key in here:
        at = prefix + key
        if (setting := kind.placed(at)) is None:
            there = ", ".join(s.at.removeprefix(at + ".") for s in kind if s.at.startswith(at + "."))
            inner = table.table(key, f"{file}, [{at}]", hint=f"It has: {there}.")
            _gather(inner, file, kind, at + ".", written)
        elif key in table.values:
            written[setting.name] = table.take(key, setting.default, partial(told, setting=setting))


def voice_paths(beside: Path | None = None) -> dict[str, Path]:
    """Every voice file by name, the nearest of each name, sorted; none of them is opened."""
    return by_name("voices", beside)


def by_name(what: str, beside: Path | None = None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in places.folders(what, beside):
        for path in folder.glob("*.toml"):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def voice_files(kinds: Mapping[str, Kind], beside: Path | None = None) -> list[VoiceFile]:
    """Every voice there is, by name; a mistake in one of them is raised."""
    return [read_voice(path, kinds) for path in voice_paths(beside).values()]


def find_voice(name: str, kinds: Mapping[str, Kind], beside: Path | None = None) -> VoiceFile:
    """The voice of this name, or the default voice of the kind of this name."""
    path = find_voice_path(name, kinds, beside)
    if path is None:
        what, hint = no_such_voice(name, kinds, beside)
        raise AskedWrongly(plain(what) + (f"\n    {plain(hint)}" if hint else ""))
    return read_voice(path, kinds)


def find_voice_path(name: str, kinds: Mapping[str, Kind], beside: Path | None = None) -> Path | None:
    """Where the voice of this name, or the default of its kind, is written; None where nowhere."""
    try:
        checks.name(name)
    except checks.Unfit:
        return None
    paths = voice_paths(beside)
    meant = name if name in kinds else next((k.name for k in kinds.values() if name in k.also), None)
    if name in paths or meant is None:
        return paths.get(name)
    # Files that cannot be read are not this kind's default; reading them by name will say why.
    of_kind = [
        (path, found.get("default") is True)
        for path in paths.values()
        if (found := _peek(path)).get("kind") == meant
    ]
    return next((path for path, default in of_kind if default), of_kind[0][0] if of_kind else None)


def _peek(path: Path) -> Mapping[str, object]:
    try:
        return read_source(path).values
    except WrittenWrongly:
        return {}


def no_such_voice(name: str, kinds: Mapping[str, Kind], beside: Path | None = None) -> tuple[str, str]:
    """What to say, and the hint, where a voice was not found."""
    paths = voice_paths(beside)
    if name in kinds and _wants_a_file(kinds[name]):
        hint = f'Write a voice file that names a recording: kind = {quoted(name)}, file = "my-creek.mp3".'
        return f"there is no {name} of your own yet.", hint
    if name in kinds:
        return f"there is no voice of the kind {quoted(name)}.", choices(name, paths, "There are")
    names = voice_names(kinds, beside)
    return f"there is no voice {quoted(name)}.", choices(name, names, "There are")


def voice_names(kinds: Mapping[str, Kind], beside: Path | None = None) -> list[str]:
    """What may stand for a voice: voices by name, and kinds, but for those that want a recording first."""
    paths = voice_paths(beside)
    return [*paths, *(name for name in kinds if name not in paths and not _wants_a_file(kinds[name]))]


def _wants_a_file(kind: Kind) -> bool:
    return any(setting.form is Form.FILE for setting in kind)
