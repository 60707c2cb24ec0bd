"""A ritual in a pack: its own text and the evening it is composed for, and all files that these name. Who
opens it composes it anew, and has the same night."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.ritual.circle.pack.names import RITUALS, TONIGHT
from lullaby.ritual.circle.pack.tonight_text import BROUGHT, tonight_from, tonight_text
from lullaby.ritual.tonight import Present, Tonight, Turn
from lullaby.score import Score
from lullaby.score.stories import story_files
from lullaby.score.tunes import tune_files

Compose: TypeAlias = Callable[[Path, Tonight, str, int | None], Score]
"""Composes the ritual in this file for an evening, a hemisphere and a seed."""


@dataclass(frozen=True)
class PackedRitual:
    """A ritual that is to be packed."""

    path: Path
    tonight: Tonight
    """Of those alone who have agreed: `tonight_of(…, to_share=True)`."""
    compose: Compose
    hemisphere: str = "north"
    scores: Mapping[str, Path] | None = None
    """Other nights that its movements name."""

    def files(self) -> Iterator[tuple[str, bytes | Path]]:
        """Its own files, by their names in the pack."""
        yield f"{RITUALS}{self.path.stem}.toml", self.path.read_bytes()  # chance goes by its name
        yield TONIGHT, tonight_text(self.packed_tonight, self.hemisphere).encode()
        for name, path in (self.scores or {}).items():
            yield f"scores/{name}.toml", path.read_bytes()
        for turn in (self.tonight.tells, self.tonight.plays):
            if turn is not None and turn.brings is not None:
                yield f"{BROUGHT}/{turn.brings.name}", turn.brings
        stories, tunes = self._there(story_files), self._there(tune_files)
        for one in self._everybody():
            for story in one.likes:
                if story in stories:
                    yield f"stories/{story}.md", stories[story].read_bytes()
            for tune in one.tunes:
                if tune in tunes:
                    yield f"tunes/{tune}.abc", tunes[tune].read_bytes()

    @property
    def packed_tonight(self) -> Tonight:
        """The evening without stories and tunes that somebody likes and that are not here: elsewhere they may
        be, and it would be another evening."""
        stories, tunes = self._there(story_files), self._there(tune_files)

        def found(one: Present) -> Present:
            likes = tuple(name for name in one.likes if name in stories)
            return replace(one, likes=likes, tunes=tuple(name for name in one.tunes if name in tunes))

        def turn(one: Turn | None) -> Turn | None:
            return None if one is None else replace(one, who=found(one.who))

        present = tuple(map(found, self.tonight.present))
        tells, plays = turn(self.tonight.tells), turn(self.tonight.plays)
        return replace(self.tonight, present=present, tells=tells, plays=plays)

    def _everybody(self) -> list[Present]:
        turns = (self.tonight.tells, self.tonight.plays)
        return [*self.tonight.present, *(turn.who for turn in turns if turn is not None)]

    def _there(self, files: Callable[[Path], dict[str, Path]]) -> dict[str, Path]:
        folder = self.path.absolute().parent
        return {**files(folder.parent), **files(folder)}


def ritual_in(folder: Path, where: str, seed: int, compose: Compose | None) -> Score:
    """The night of the ritual that lies in this folder."""
    if compose is None:
        raise CouldNot(f"{where} holds a ritual, and this lullaby composes none. Update lullaby.")
    found = list((folder / RITUALS).glob("*.toml"))
    if len(found) != 1:
        raise WrittenWrongly(where, "it holds an evening, and not one ritual that is composed for it.")
    content = (folder / TONIGHT).read_bytes()
    tonight, hemisphere = tonight_from(content, f"{where}, {TONIGHT}", folder)
    return compose(found[0], tonight, hemisphere, seed)
