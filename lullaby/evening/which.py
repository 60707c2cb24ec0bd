"""Which score is meant: one by name or path, or voices by name with levels, mixed into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lullaby.errors import AskedWrongly, WrittenWrongly, choices
from lullaby.evening.mix import as_night, mix, no_recordings
from lullaby.evening.notes import Caution
from lullaby.evening.request import Mix
from lullaby.score import Score, find_score, score_files
from lullaby.score.finding import Voices, find_voice_path
from lullaby.score.plain_text import plain, quoted
from lullaby.score.rituals import ritual_files
from lullaby.score.source import read_source
from lullaby.voices.kinds import KINDS


def score_of(what: str | Mix | Score, *, alone: bool = False) -> Score:
    """The score that is meant, read or mixed; of voices `alone`, without the shape of a night."""
    if isinstance(what, Score):
        return what
    if isinstance(what, str):
        no_recordings([what])
        return find_score(what, KINDS)
    score = mix(what.voices, what.settings, what.length)
    return score if alone else as_night(score)


def bed_of(what: str) -> Score:
    """The score that is meant by one word, or by several with spaces between them, as a bed is named."""
    words = [what] if Path(what).is_file() else what.split()
    return score_of(words[0] if is_a_score(words) else Mix(tuple(words)))


def cautions(score: Score) -> Iterator[Caution]:
    """The cautions a listener should read before hearing these voices."""
    for said in dict.fromkeys(part.kind.caution for part in score.voices if part.kind.caution):
        yield Caution(said)
    if any(part.voice.attached for part in score.voices):
        from lullaby.voices.clips.clip import remarks

        for said in remarks(score.voices):
            yield Caution(said)


def is_a_score(words: Sequence[str]) -> bool:
    """Do these words name one score, rather than voices? A mistaken name is said to be neither."""
    no_recordings(words)
    scores = score_files()
    for word in words:
        name = word.rpartition(":")[0] or word
        if name.endswith(".toml") or "/" in name:
            found = _file_is_a_score(name, alone=len(words) == 1)
        else:
            voice = find_voice_path(name, KINDS)
            found = name in scores and (len(words) == 1 or voice is None)
            if not found and voice is None and name in ritual_files():
                raise AskedWrongly(
                    f"{plain(name)} is a ritual, and lies beneath nothing: name a score, or voices."
                )
            if not found and voice is None:
                raise _nothing_called(name, [*scores] if len(words) == 1 else [])
        if found and len(words) > 1:
            raise AskedWrongly(f"{plain(name)} is a whole night; name it alone, or voices alone.")
        if found:
            return word == name or name.endswith(".toml")
    return False


def _file_is_a_score(name: str, *, alone: bool) -> bool:
    try:
        return "kind" not in read_source(name).values
    except WrittenWrongly:
        return alone


def _nothing_called(name: str, scores: list[str]) -> AskedWrongly:
    voices = Voices(KINDS)
    sounding = [n for n in voices.names if n not in KINDS or not KINDS[n].speaks]
    what = "score and no voice" if scores else "voice"
    many = voices.many
    if scores:
        many = f"{len(scores)} scores (lullaby scores), rituals (lullaby rituals), and {voices.many}"
    nights = [*scores, *ritual_files()] if scores else []
    hint = plain(choices(name, dict.fromkeys([*nights, *sounding]), "There are", many))
    return AskedWrongly(f"there is no {what} {quoted(name)}.\n    {hint}")
