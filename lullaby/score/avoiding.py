"""A score without what somebody does not want to hear: voices, kinds, tunes, clips, imports, stories.

Nothing is changed but what is taken out; the other voices sound as they did.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeAlias

from lullaby.errors import AskedWrongly
from lullaby.score.model import Music, Part, Score, Telling
from lullaby.score.plain_text import plain, quoted
from lullaby.score.settings import Form

_WORD = re.compile(r"[^\W_]+")

TextOf: TypeAlias = Callable[[Telling], str | None]
"""Everything that a telling says: it is read elsewhere, and handed in. None: it is told whatever it says, for
its listener has asked for just that."""


@dataclass(frozen=True)
class Avoid:
    """Something that somebody does not want to hear. A word is looked for in names and in stories; everything
    else is a name."""

    words: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tunes: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    """Scores that came from another program: by name or title, or all of that program's."""
    fears: tuple[str, ...] = ()
    """Words, too, that are looked for wherever words are: what somebody said by day that they fear."""

    @property
    def all_words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.words, *self.fears)))

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def has_word_of(self, text: str) -> bool:
        """Does one of the words stand in it, alone or as several? "spider" also stands in "spiders"."""
        found = f" {' '.join(_words(text))} "
        joined = f" {' '.join(_words(_JOINED.sub('', text)))} " if "-" in text or "\u00ad" in text else found
        return any(
            word in found if _runs_together(word) else f" {word} " in found or f" {word} " in joined
            for word in self.forms
        )

    def found_in(self, text: str) -> tuple[str, ...]:
        """The words that stand in it, as they are on the list."""
        return tuple(word for word in self.all_words if Avoid(words=(word,)).has_word_of(text))

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The words as they may stand in a text: as they are, and as more than one."""
        wanted = filter(None, (" ".join(_words(word)) for word in self.all_words))
        return tuple(dict.fromkeys(form for word in wanted for form in _forms(word)))


def _forms(word: str) -> Iterator[str]:
    """A word, or several, and the last of them as a plural or a singular."""
    *before, last = word.split()
    ends = [last, f"{last}s", f"{last}es"]
    if last.endswith("y"):
        ends.append(f"{last[:-1]}ies")
    if last.endswith("ies"):
        ends.append(f"{last[:-3]}y")
    if last.endswith("f"):
        ends.append(f"{last[:-1]}ves")
    if last.endswith("fe"):
        ends.append(f"{last[:-2]}ves")
    if last.endswith("ves"):
        ends += [f"{last[:-3]}f", f"{last[:-3]}fe"]
    if last.endswith("s") and len(last) > 3:
        ends.append(last[:-1])
    for one, many in _ODD.items():
        if last.endswith(one):
            ends.append(last[: len(last) - len(one)] + many)
        if last.endswith(many):
            ends.append(last[: len(last) - len(many)] + one)
    for end in ends:
        yield " ".join([*before, end])


_ODD = {
    "child": "children",
    "mouse": "mice",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "ox": "oxen",
    "person": "people",
}
_JOINED = re.compile(r"(?<=\w)[-\u00ad\u2010]\s*(?=\w)")
"""What parts a word at the end of a line, or to get it past a list."""

NOTHING = Avoid()


def without(
    score: Score,
    avoid: Avoid,
    text_of: TextOf = lambda telling: "",
    called: str = "what is on the avoid-list",
) -> Score:
    """The score with all of it left out that is to be avoided; an AskedWrongly where nothing is left.
    `called` is what it is, for people."""
    if _is_import(score, avoid):
        raise AskedWrongly(f"{plain(score.title)} is an import on the avoid-list: nothing of it is played.")
    gone = {part.name for part in score.voices if _part_avoided(part, avoid)}
    tellings = tuple(
        turns for t in score.tellings if t.voice not in gone and (turns := _told(t, avoid, text_of))
    )
    music = None if score.music is None else _played(score.music, gone, avoid)
    if not gone and tellings == score.tellings and music == score.music:
        return score
    left = _without_parts(score, gone, tellings, music)
    if not tellings and not _sounds(left):
        held = avoid.found_in(" ".join(_said(turn, text_of) for t in score.tellings for turn in t.in_turn))
        why = f': "{plain(held[0])}" is in it, and with one such word a story is not told' if held else ""
        raise AskedWrongly(f"Nothing is left of {quoted(score.title)} without {called}{why}.")
    return left


def _told(telling: Telling, avoid: Avoid, text_of: TextOf) -> Telling | None:
    """The telling without the stories that hold one of the words, and not where it is a recording that is
    avoided by name; None where nothing is left."""
    left = [
        turn
        for turn in telling.in_turn
        if text_of(turn) is None
        or (
            not avoid.has_word_of(_said(turn, text_of))
            and not (turn.recording and _among((turn.story, turn.path.name, turn.path.stem), avoid.clips))
        )
    ]
    if not left:
        return None
    return replace(left[0], others=tuple((turn.story, turn.path) for turn in left[1:]))


def _played(music: Music, gone: set[str], avoid: Avoid) -> Music | None:
    """The music without the tunes that are to be avoided and without who plays no more. Where no tune is left
    it is composed; None where nobody is left."""
    tunes = tuple(
        tune
        for tune in music.tunes
        if not _among((tune.name, tune.title), avoid.tunes)
        and not avoid.has_word_of(f"{tune.name} {tune.title}")
    )
    players = {role: voice for role, voice in music.players.items() if voice not in gone}
    left = replace(music.played_by(players), tunes=tunes)
    return left if left.players else None


def _said(turn: Telling, text_of: TextOf) -> str:
    """All in which a word is looked for."""
    return f"{turn.story} {turn.path.stem} {text_of(turn) or ''}"


def _without_parts(score: Score, gone: set[str], tellings: tuple[Telling, ...], music: Music | None) -> Score:
    parts = tuple(part for part in score.voices if part.name not in gone)
    scenes = tuple(
        replace(
            scene,
            changes={name: change for name, change in scene.changes.items() if name not in gone},
            silent=scene.silent - gone,
        )
        for scene in score.scenes
    )
    # the texts name a night: two that sound different must never be taken for one
    told = {turn.story for t in tellings for turn in t.in_turn}
    stories = [turn.story for t in score.tellings for turn in t.in_turn if turn.story not in told]
    says = f"# without {sorted(gone)}, untold {stories}"
    if music is not None and score.music is not None and music.tunes != score.music.tunes:
        says += f", unsung {[tune.name for tune in score.music.tunes if tune not in music.tunes]}"
    return replace(
        score,
        voices=parts,
        scenes=scenes,
        follow={name: states for name, states in score.follow.items() if name not in gone},
        tellings=tellings,
        music=music,
        sources=("\n".join([*score.sources[:1], says]), *(part.voice.source for part in parts)),
    )


def _part_avoided(part: Part, avoid: Avoid) -> bool:
    named = [
        value
        for setting in part.kind
        if setting.form in (Form.NAME, Form.FILE)
        if isinstance(value := part.values.get(setting.name), str) and value
    ]
    named += [PurePosixPath(value).stem for value in named] + [PurePosixPath(value).name for value in named]
    return (
        _among((part.name, part.voice.name), avoid.voices)
        or _among((part.kind.name,), avoid.kinds)
        or _among(named, (*avoid.tunes, *avoid.clips))
        or any(map(avoid.has_word_of, (part.name, part.voice.name, part.kind.name, *named)))
    )


def _is_import(score: Score, avoid: Avoid) -> bool:
    if _among((score.name, score.title), avoid.imports):
        return True
    # what another program made says so in the comment that opens it
    says = f" {' '.join(_words(score.description))} "
    programs = (" ".join(_words(program)) for program in avoid.imports)
    return any(
        f" {verb} {program} " in says for program in programs if program for verb in ("made in", "from")
    )


def _among(names: Iterable[str], avoided: Iterable[str]) -> bool:
    return not {_folded(name) for name in names}.isdisjoint(_folded(name) for name in avoided)


def _sounds(score: Score) -> bool:
    """Is anything to be heard of it that is not spoken?"""
    sounding = {part.name for part in score.voices if not part.kind.speaks}
    return any(sounding & (scene.changes.keys() - scene.silent) for scene in score.scenes)


def _runs_together(word: str) -> bool:
    """Is it of a script that is written without blanks between words?"""
    return any(unicodedata.east_asian_width(c) == "W" for c in word)


def _folded(text: str) -> str:
    kept = text.translate(dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)))
    return unicodedata.normalize("NFKC", kept).casefold()


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))
