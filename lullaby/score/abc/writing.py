"""A tune written in ABC notation; what is read of it is the same tune."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from lullaby.score.abc.keys import sharps_of, spelled
from lullaby.score.abc.pieces import Piece, exact, pieces_of
from lullaby.score.abc.spelling import Speller, length_text
from lullaby.score.melody import Tune, beat_of
from lullaby.score.quoting import one_line

_WIDE = 80
"""Characters of a line after which a long phrase goes on in the next."""
_LONGEST = 290
"""Characters of a text that is written."""
_FIELDS = (("C", "composer"), ("O", "origin"), ("S", "source"), ("N", "description"))


def abc_text(tune: Tune) -> str:
    letter, mark = spelled(tune.tonic, tune.mode)
    beat = beat_of(tune.metre)
    title = _escaped(tune.title) or _escaped(tune.name) or "untitled"
    texts = [f"{key}:{_escaped(text)}" for key, name in _FIELDS if (text := getattr(tune, name))]
    unit = _unit(tune, beat)
    speller = Speller(letter, sharps_of(letter, mark, tune.mode), tune.mode)
    return "\n".join(
        (
            "X:1",
            f"T:{title}",
            *texts,
            f"M:{tune.metre[0]}/{tune.metre[1]}",
            f"L:{unit}",
            f"Q:{beat.numerator}/{beat.denominator}={_figure(tune.tempo)}",
            f"K:{letter}{mark}" + ("" if tune.mode == "major" else f" {tune.mode[:3]}"),
            *_lines(pieces_of(tune), unit, beat, speller),
            "",
        )
    )


def _escaped(text: str) -> str:
    return one_line(text, _LONGEST).replace("\\", "\\\\").replace("%", "\\%")


def _figure(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _unit(tune: Tune, beat: Fraction) -> Fraction:
    """The unit with which most notes want no number."""
    lengths = Counter(exact(note.beats) * beat for note in tune.notes)
    return max((Fraction(1, n) for n in (8, 4, 16)), key=lambda unit: lengths[unit])


def _lines(pieces: list[Piece], unit: Fraction, beat: Fraction, speller: Speller) -> list[str]:
    """The music, a phrase to a line; one that is too long goes on in the next, behind a backslash."""
    lines, line, in_three = [], "", 0
    for number, piece in enumerate(pieces):
        if piece.begins_phrase and line:
            lines.append(line.rstrip())
            line = ""
        elif len(line) > _WIDE and not in_three:
            lines.append(f"{line}\\")
            line = ""
        if piece.harmony:
            line += f'"{piece.harmony}"'
        if not in_three and _are_three(pieces[number : number + 3]):
            line += "(3"
            in_three = 3
        length = piece.length / unit
        if in_three:
            length *= Fraction(3, 2)
            in_three -= 1
        line += "z" if piece.pitch is None else speller.written(piece.pitch)
        line += length_text(length) + "-" * piece.tied
        if piece.ends_bar:
            speller.bar_ends()
            line += " | "
        elif piece.stops % beat == 0 and not in_three:
            line += " "
    return [*lines, line.rstrip(" |") + " |]"]


def _are_three(pieces: list[Piece]) -> bool:
    """Are they written as a triplet? It stands within a bar and within a phrase."""
    return (
        len(pieces) == 3
        and all(piece.of_three for piece in pieces)
        and not any(piece.ends_bar for piece in pieces[:2])
        and not any(piece.begins_phrase for piece in pieces[1:])
    )
