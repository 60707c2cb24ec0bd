"""Reading a score: the whole file, from its path to a checked night."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from lullaby.errors import AskedWrongly, WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.conditions import read_room, read_wake, read_weather
from lullaby.score.finding import by_name
from lullaby.score.model import SLEEPERS, Music, Part, Scene, Score, Telling
from lullaby.score.music import read_music
from lullaby.score.plain_text import plain, quoted
from lullaby.score.scenes import (
    MOST_SCENES,
    MOST_TELLINGS,
    MOST_VOICES,
    SHORTEST,
    read_follow,
    read_parts,
    read_scenes,
)
from lullaby.score.settings import SILENT, Kind
from lullaby.score.source import Source, read_source, source_of
from lullaby.score.tellings import leaving_time, read_tellings
from lullaby.score.toml_table import TomlTable
from lullaby.time import LONGEST, RATE

_KEYS = (
    "title",
    "length",
    "seed",
    "level",
    "fade_in",
    "fade_out",
    "high_cut",
    "all_night",
    "sleeper",
    "wake",
    "room",
    "weather",
    "voices",
    "scene",
    "follow",
    "tell",
    "music",
)

_LONGEST_FADE = 600 * RATE


def read_score(path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> Score:
    """The score in this file; its first mistake is raised."""
    return _right(read_source(path), kinds)


def score_of(text: str, path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> Score:
    """The score in a text that stands, or will stand, at this path: a mix typed at a prompt, say."""
    return _right(source_of(text, path), kinds)


def _right(source: Source, kinds: Mapping[str, Kind]) -> Score:
    score, mistakes = _read(source, kinds)
    if mistakes:
        raise mistakes[0]
    return score


def check_score(path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> list[WrittenWrongly]:
    """Every mistake in this file and in the voices it names; none where it is right. Silence all night can be
    rendered, and nobody means it: that is one, too."""
    try:
        source = read_source(path)
        score, mistakes = _read(source, kinds)
        if not mistakes and not score.tellings and not _heard(score.voices, score.scenes):
            what = "all its voices are silent from beginning to end, so nothing would be heard."
            hint = "A scene brings one in with a level in dB: rain = -6."
            mistakes = [WrittenWrongly(source.where, what, hint)]
    except WrittenWrongly as mistake:
        mistakes = [mistake]
    return list({str(mistake): mistake for mistake in mistakes}.values())


def score_files() -> dict[str, Path]:
    """Every score by name, the listener's own before the shipped; none of them is opened."""
    return by_name("scores")


def find_score(name_or_path: str, kinds: Mapping[str, Kind]) -> Score:
    """The score at this path, if it looks like one, or else of this name."""
    if name_or_path.endswith(".toml") or "/" in name_or_path or os.sep in name_or_path:
        return read_score(name_or_path, kinds)
    found = score_files()
    if name_or_path not in found:
        many = f"{len(found)} scores: lullaby scores lists them"
        hint = plain(choices(name_or_path, found, "There are", many))
        raise AskedWrongly(f"there is no score {quoted(name_or_path)}." + (f"\n    {hint}" if hint else ""))
    return read_score(found[name_or_path], kinds)


def _heard(parts: Sequence[Part], scenes: Sequence[Scene]) -> bool:
    """Does any scene bring in a voice with a level?"""
    for part in parts:
        changes = [scene.changes[part.name] for scene in scenes if part.name in scene.changes]
        # the first scene that names a voice brings it in at its own level, unless it says another
        levels = [change["level"] for change in changes if "level" in change]
        if changes and "level" not in changes[0]:
            levels.append(part.values["level"])
        if any(level != SILENT for level in levels):
            return True
    return False


def _read(source: Source, kinds: Mapping[str, Kind]) -> tuple[Score, list[WrittenWrongly]]:
    """The score as far as it can be read, and all its mistakes."""
    mistakes: list[WrittenWrongly] = []
    top = TomlTable.whole_file(source, mistakes)
    _not_too_many(top)
    top.only(_KEYS)
    length = top.clock("length", 8 * 3600 * RATE, RATE, LONGEST)
    fade_in, fade_out = _fades(top, length)

    voices = top.table("voices", f"{top.where}, [voices]")
    names = list(voices.values)
    parts = read_parts(voices, kinds, source.path.absolute().parent)
    scenes = read_scenes(_named(top, "scene"), names, parts, length)
    follow = read_follow(top.table("follow", f"{top.where}, [follow]"), names, parts)
    tellings = read_tellings(top.tables("tell", "telling"), names, parts, length, source.path)
    music = None
    if "music" in top.values:
        table = top.table("music", f"{top.where}, [music]")
        music = read_music(table, names, parts, length, source.path.absolute().parent)
    if not mistakes and not parts:
        top.note("it has no voices.", 'They stand under [voices]: rain = "rain".')
    if not mistakes and not scenes and not tellings:
        top.note("no scene names a voice, so nothing would be heard.", "A scene stands under [scene.NAME].")
    if "fade_out" not in top.values:
        fade_out = leaving_time(fade_out, tellings, length)
    score = Score(
        name=source.path.stem,
        path=source.path,
        title=top.text("title", source.path.stem),
        description=source.description,
        length=length,
        seed=top.whole("seed", 0, 0, 10**15),
        level=top.number("level", Score.level, -60, -14, "LUFS"),
        fade_in=fade_in,
        fade_out=fade_out,
        high_cut=top.number("high_cut", Score.high_cut, 500, 20_000, "Hz"),
        room=read_room(top),
        weather=read_weather(top, length),
        voices=tuple(parts),
        scenes=scenes,
        follow=follow,
        tellings=tellings,
        music=music,
        sleeper=top.take("sleeper", "", _sleeper),
        all_night=top.take("all_night", "", _reason) or None,
        wake=read_wake(top, length),
        sources=(_with_files(source.text, tellings, music), *(part.voice.source for part in parts)),
    )
    return score, mistakes


def _with_files(text: str, tellings: tuple[Telling, ...], music: Music | None) -> str:
    """The text that names a night: one in which another recording is told, or another tune played, is
    another."""
    files = (telling.recording for telling in tellings if telling.recording is not None)
    tunes = () if music is None else music.tunes
    return text + "".join(
        [*(f"\n# recording: {file.sha256}" for file in files), *(f"\n# tune: {tune.notes}" for tune in tunes)]
    )


def _not_too_many(top: TomlTable) -> None:
    """Refuses a score with far too many of anything, before looking at any of it."""
    for key, many, most, about in (
        ("voices", "voices", MOST_VOICES, ", [voices]"),
        ("scene", "scenes", MOST_SCENES, ""),
        ("tell", "tellings", MOST_TELLINGS, ""),
    ):
        value = top.values.get(key)
        if isinstance(value, dict | list) and len(value) > most:
            what = f"there are {len(value)} {many}; a night has {most} at most."
            raise WrittenWrongly(f"{top.where}{about}", what, "Make two nights of it.")


def _named(top: TomlTable, key: str) -> list[tuple[str, TomlTable]]:
    """The tables under [key.NAME], each with its name."""
    outer = top.table(key, hint=f"Each one begins with [{key}.NAME].")
    return [(name, outer.table(name, f"{top.where}, {key} {quoted(name)}")) for name in outer.values]


def _fades(top: TomlTable, length: int) -> tuple[int, int]:
    """Fades that are not written shrink with a short night; written ones must fit in it."""
    usual_in = min(Score.fade_in, length // 2)
    fade_out = top.clock("fade_out", min(Score.fade_out, length - usual_in), SHORTEST, _LONGEST_FADE)
    fade_in = top.clock("fade_in", max(SHORTEST, min(usual_in, length - fade_out)), SHORTEST, _LONGEST_FADE)
    if "fade_out" not in top.values:
        fade_out = max(SHORTEST, min(fade_out, length - fade_in))
    if fade_in + fade_out > length:
        top.note(
            f"fade_in and fade_out take {checks.lasting(fade_in + fade_out)}, "
            f"but the night is {checks.lasting(length)} long."
        )
    return fade_in, fade_out


def _reason(value: object) -> str:
    reason = checks.text(value)
    if not reason.strip():
        raise checks.Unfit("says nothing.", 'It is the reason why: all_night = "company for a ringing ear".')
    return reason


def _sleeper(value: object) -> str:
    word = checks.text(value)
    if word not in SLEEPERS:
        raise checks.Unfit("is nobody a night can follow.", f"There are: {', '.join(SLEEPERS)}.")
    return word
