"""Voices, scores and stories found by name: beside the file that names one, in the listener's own folder, and
among the shipped ones. The nearest file of a name hides the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.plain_text import plain, quoted
from lullaby.score.settings import Form, Kind
from lullaby.score.source import read_source
from lullaby.score.voicefile import VoiceFile, note_voice, read_voice


def by_name(what: str, source_folder: Path | None = None) -> dict[str, Path]:
    """Every file of "voices" or "scores" by name, the nearest of each, sorted; none of them is opened."""
    found: dict[str, Path] = {}
    for folder in places.folders(what, source_folder):
        for path in folder.glob("*.toml"):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def voice_paths(source_folder: Path | None = None) -> dict[str, Path]:
    return by_name("voices", source_folder)


@dataclass
class Voices:
    """The voices there are for one file that names some: folders are listed once, no file is read twice."""

    kinds: Mapping[str, Kind]
    source_folder: Path | None = None
    _read: dict[Path, VoiceFile | None] = field(default_factory=dict)

    @cached_property
    def paths(self) -> dict[str, Path]:
        return voice_paths(self.source_folder)

    @cached_property
    def _of_kinds(self) -> dict[str, Path]:
        """The voice that the bare name of each kind stands for: its default, or else its first."""
        # Files that cannot be read are not their kind's default; reading them by name will say why.
        found: dict[str, Path] = {}
        defaults: dict[str, Path] = {}
        for path in self.paths.values():
            values = _peek(path)
            if isinstance(kind := values.get("kind"), str):
                found.setdefault(kind, path)
                if values.get("default") is True:
                    defaults.setdefault(kind, path)
        return found | defaults

    def path(self, name: str) -> Path | None:
        """The file in which the voice of this name, or the default of its kind, is written; None where there
        is none."""
        try:
            checks.name(name)
        except checks.Unfit:
            return None
        kinds = self.kinds
        meant = name if name in kinds else next((k.name for k in kinds.values() if name in k.also), None)
        if name in self.paths or meant is None:
            return self.paths.get(name)
        return self._of_kinds.get(meant)

    def note(self, path: Path, mistakes: list[WrittenWrongly]) -> VoiceFile | None:
        """The voice in this file; its mistakes are noted once, however often it is named."""
        if path not in self._read:
            self._read[path] = note_voice(path, self.kinds, mistakes)
        return self._read[path]

    @property
    def names(self) -> list[str]:
        """The names that may stand for a voice: voices by name, and kinds, except those that want a recording
        first."""
        kinds = (name for name, kind in self.kinds.items() if not _wants_a_file(kind))
        return [*self.paths, *(name for name in kinds if name not in self.paths)]

    def none_called(self, name: str) -> tuple[str, str]:
        """The error and its hint, where no voice is called so."""
        kinds = self.kinds
        if name in kinds and _wants_a_file(kinds[name]):
            hint = f'Write a voice file that names a recording: kind = {quoted(name)}, file = "my-creek.mp3".'
            return f"there is no {name} of your own yet.", hint
        if name in kinds:
            hint = choices(name, self.paths, "There are", self.many)
            return f"there is no voice of the kind {quoted(name)}.", hint
        return f"there is no voice {quoted(name)}.", choices(name, self.names, "There are", self.many)

    @property
    def many(self) -> str:
        """The number of voices, and the command that lists them: for a hint where they are too many to be
        listed."""
        return f"{len(self.paths)} voices of {len(self._of_kinds)} kinds: lullaby voices lists them"


def _peek(path: Path) -> Mapping[str, object]:
    """What is written in a voice file; nothing where it cannot be read."""
    try:
        told = path.stat()
    except OSError:
        return {}
    return _as_it_stands(path, (told.st_ino, told.st_size, told.st_mtime_ns))


@lru_cache(maxsize=512)
def _as_it_stands(path: Path, version: tuple[int, ...]) -> Mapping[str, object]:
    """The same, read once a version of the file: who names a kind has all voices looked at."""
    try:
        return read_source(path).values
    except WrittenWrongly:
        return {}


def _wants_a_file(kind: Kind) -> bool:
    return any(setting.form is Form.FILE for setting in kind)


def voice_files(kinds: Mapping[str, Kind], source_folder: Path | None = None) -> list[VoiceFile]:
    """Every voice there is, by name; a mistake in one of them is raised."""
    return [read_voice(path, kinds) for path in voice_paths(source_folder).values()]


def find_voice(name: str, kinds: Mapping[str, Kind], source_folder: Path | None = None) -> VoiceFile:
    """The voice of this name, or the default voice of the kind of this name."""
    voices = Voices(kinds, source_folder)
    path = voices.path(name)
    if path is None:
        what, hint = voices.none_called(name)
        raise AskedWrongly(plain(what) + (f"\n    {plain(hint)}" if hint else ""))
    return read_voice(path, kinds)


def find_voice_path(name: str, kinds: Mapping[str, Kind], source_folder: Path | None = None) -> Path | None:
    """The file in which the voice of this name, or the default of its kind, is written; None where there is
    none."""
    return Voices(kinds, source_folder).path(name)
