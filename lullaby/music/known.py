"""A tune that somebody wrote down, as a melody of this night: in its key, and where its voices lie."""

from __future__ import annotations

from functools import lru_cache

from lullaby.music.melodies import GRID, Melody, Metre, Note, Phrase
from lullaby.music.scales import Scale
from lullaby.score.melody import Tune
from lullaby.score.model import Music


def metre_of(tune: Tune) -> Metre:
    count, unit = tune.metre
    compound = count in (6, 9, 12)
    return Metre(count // 3 if compound else count, 3 if compound else 2, f"{count}/{unit}")


@lru_cache(maxsize=128)
def sung(tune: Tune, music: Music) -> Melody:
    """The tune with its tonic on the music's own, an octave higher or lower where that suits the register. A
    rest lengthens the note before it: what rings is not cut."""
    metre = metre_of(tune)
    lengths = [round(note.beats * GRID) for note in tune.notes]
    ends = {*tune.phrases, len(tune.notes) - 1}
    begins = metre.bar - round(tune.bars[0] * GRID) if tune.bars else 0
    begins = begins if 0 < begins < metre.bar else 0
    phrases: list[list[Note]] = [[]]
    for number, (note, length) in enumerate(zip(tune.notes, lengths, strict=True)):
        if note.pitch is not None:
            phrases[-1].append(Note(note.pitch, length))
        elif phrases[-1]:
            last = phrases[-1][-1]
            phrases[-1][-1] = Note(last.pitch, last.length + length)
        elif len(phrases) > 1:
            last = phrases[-2][-1]
            phrases[-2][-1] = Note(last.pitch, last.length + length)
        else:
            begins += length
        if number in ends and phrases[-1]:
            phrases.append([])
    written = [phrase for phrase in phrases if phrase]
    pitches = [note.pitch for phrase in written for note in phrase]
    by = _moved_by(min(pitches), max(pitches), (music.tonic - tune.tonic) % 12, music.register)
    lowest = min(pitches) + by
    tonic = lowest + (music.tonic - lowest) % 12
    names = _letters(written)
    return Melody(
        tuple(
            Phrase(tuple(Note(note.pitch + by, note.length) for note in phrase), name)
            for phrase, name in zip(written, names, strict=True)
        ),
        metre,
        Scale(tonic, tune.mode, music.just),
        begins,
    )


def _moved_by(lowest: int, highest: int, semitones: int, register: tuple[int, int]) -> int:
    """So many semitones, and as many octaves, as leave the least outside of the register."""
    low, high = register

    def outside(by: int) -> tuple[int, int]:
        beyond = max(0, low - lowest - by) + max(0, highest + by - high)
        return beyond, abs(lowest + highest + 2 * by - low - high)

    return min((semitones + 12 * octave for octave in range(-6, 7)), key=outside)


def _letters(phrases: list[list[Note]]) -> list[str]:
    """A letter for each phrase; the same for those that are the same."""
    known: list[list[Note]] = []
    found = []
    for phrase in phrases:
        if phrase not in known:
            known.append(phrase)
        found.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[known.index(phrase) % 26])
    return found
