"""A paragraph as a file marks it up: runs of text, each with its language, voice and pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lullaby.story.sentences import cleaned, pieces_of, spans
from lullaby.story.text import Paragraph, Sentence


@dataclass(frozen=True, slots=True)
class Run:
    """Text without any change in it. A line end in it is one that the eye is to see, as in verse."""

    text: str
    lang: str = ""
    """Its own language; "" is that of the paragraph."""
    who: str = ""
    pace: float = 1.0
    source: str = ""
    say: tuple[tuple[str, str], ...] = ()


_Place = tuple[int, int, Run]


def paragraph_of(runs: Iterable[Run], lang: str, source: str = "") -> Paragraph | None:
    """The sentences of these runs; None where nothing in them can be spoken.

    A sentence keeps to one voice. It is spoken in the language, and at the pace, of most of its words.
    """
    found: list[Sentence] = []
    for _, of_one in groupby(runs, key=lambda run: run.who):
        for line, goes_on in _lines(list(of_one)):
            text, places = _joined(line)
            told = [
                sentence
                for start, stop in spans(text, lang)
                for sentence in _spoken(text[start:stop], _within(places, start, stop), lang, source)
            ]
            if told and goes_on and told[-1].text[-1] not in ".!?…":
                told[-1] = replace(told[-1], ends_clause=True)
            found += told
    return Paragraph(tuple(found)) if found else None


def spoken(text: str, lang: str, who: str = "", source: str = "") -> Paragraph | None:
    """The sentences of a paragraph without any change in it."""
    return paragraph_of([Run(text, who=who)], lang, source)


def _lines(runs: Sequence[Run]) -> list[tuple[list[Run], bool]]:
    """The runs of each line, and whether another follows."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(replace(run, text=first))
        lines += [[replace(run, text=text)] for text in others]
    kept = [line for line in lines if any(run.text.strip() for run in line)]
    return [(line, line is not kept[-1]) for line in kept]


def _joined(runs: Sequence[Run]) -> tuple[str, list[_Place]]:
    """The text of these runs, cleaned, and where each stands in it."""
    text, places = "", list[_Place]()
    spaced = False
    for run in runs:
        if inside := cleaned(run.text):
            text += " " if text and (spaced or run.text[0].isspace()) else ""
            places.append((len(text), len(text) + len(inside), run))
            text += inside
            spaced = run.text[-1].isspace()
        else:
            spaced = spaced or bool(run.text)
    return text, places


def _within(places: Sequence[_Place], start: int, stop: int) -> list[tuple[int, Run]]:
    """The runs in a stretch of text, and how many characters of each are in it."""
    inside = ((min(last, stop) - max(first, start), run) for first, last, run in places)
    return [(length, run) for length, run in inside if length > 0]


def _spoken(text: str, runs: Sequence[tuple[int, Run]], lang: str, source: str) -> list[Sentence]:
    if not any(c.isalnum() for c in text):
        return []
    langs, paces = Counter[str](), Counter[float]()
    for length, run in runs:
        langs[run.lang or lang] += length
        paces[run.pace] += length
    sentence = Sentence(
        text,
        langs.most_common(1)[0][0],
        runs[0][1].who,
        paces.most_common(1)[0][0],
        source=next((run.source for _, run in runs if run.source), source),
        say=tuple(dict.fromkeys(entry for _, run in runs for entry in run.say)),
    )
    pieces = pieces_of(text, sentence.lang)
    told = [
        replace(sentence, text=piece, ends_clause=True) for piece in pieces if any(map(str.isalnum, piece))
    ]
    return [*told[:-1], replace(told[-1], ends_clause=False)] if told else []
