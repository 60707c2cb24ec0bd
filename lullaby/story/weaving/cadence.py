"""How long sentences are, part by part: they shorten towards the end, and no two neighbours begin alike."""

from __future__ import annotations

from collections.abc import Sequence

from lullaby.chance import Key
from lullaby.story.weaving.composing import Part
from lullaby.story.weaving.filling import Filling
from lullaby.story.weaving.sentences import Unit, opening

FIRST = {"small": 12.0, "young": 13.0, "grown": 14.0}
"""Words to a sentence in the first part."""
HOME = 0.66
"""Times that in the last part in which something happens."""
_STEP = 0.4
_LONGEST = 34
_JOINED = 27
"""Words of a sentence that is parted at all costs, and of one that is still made by joining two."""
_CHANGES = 60
_LOWERED = frozenset(
    ("It", "They", "There", "He", "She", "The", "A", "An", "One", "In", "On", "That", "This", "Then", "So")
)


def shape(parts: Sequence[Part], age: str, key: Key, easy: bool = False) -> None:
    """Joins clauses or parts them, until the sentences of every part are shorter than those before. `easy`
    joins what would go on a little long."""
    first, many = FIRST[age], len(parts)
    wanted = [first * (1 - (1 - HOME) * at / max(1, many - 1)) for at in range(many)]
    least = [_least(part) for part in parts]
    wanted = [max(w, low + 0.05) for w, low in zip(wanted, least, strict=True)]
    for at in range(many - 2, -1, -1):
        wanted[at] = max(wanted[at], wanted[at + 1] + _STEP)
    above = 99.0
    for part, want in zip(parts, wanted, strict=True):
        _toward(part, min(want, above - 0.15), key, easy)
        above = mean(part)


def mean(part: Part) -> float:
    sentences = sum(len(unit.sentences) for unit in part.units)
    return part.words / max(1, sentences)


def _least(part: Part) -> float:
    """Words to a sentence if every clause that can stood alone."""
    sentences = sum(len(unit.sentences) + unit.apart.count(False) for unit in part.units)
    return part.words / max(1, sentences)


def _toward(part: Part, want: float, key: Key, easy: bool) -> None:
    """Parts what is joined, or joins what stands apart, by key; a sentence that is very long goes first."""
    sentences = sum(len(unit.sentences) for unit in part.units)
    words = part.words
    joints = [
        (key.draw(unit.line.number * 8 + at), unit, at)
        for unit in part.units
        for at in range(1, len(unit.clauses))
    ]
    joints.sort(key=lambda joint: joint[0])
    for long in (True, False):
        for _, unit, at in joints:
            if unit.apart[at] or (long and _length(unit, at) <= _LONGEST):
                continue
            if not long and words / sentences <= want:
                break
            unit.part(at, True)
            sentences += 1
            words -= unit.joints[at] == "and"
    for _, unit, at in reversed(joints):
        if words / sentences >= want:
            break
        if unit.apart[at] and _length(unit, at) <= _JOINED and (easy or not _rambles(unit, at)):
            unit.part(at, False)
            sentences -= 1
            words += unit.joints[at] == "and"
    if words / sentences < want:
        _together(part, want, words, sentences, easy)


def _together(part: Part, want: float, words: int, sentences: int, easy: bool) -> None:
    """Joins lines that stand side by side, until sentences are long enough."""
    for paragraph in part.paragraphs:
        at = 1
        while paragraph and at < len(paragraph) and words / sentences < want:
            one, other = paragraph[at - 1], paragraph[at]
            last, first = one.sentences[-1], other.sentences[0]
            size = len(last.split()) + len(first.split())
            many = last.count(", and ") + first.count(", and ")
            if (
                (many and not easy)
                or '"' in one.text
                or '"' in other.text
                or size > _JOINED
                or not _joins(other)
            ):
                at += 1
                continue
            one.swallow(other)
            del paragraph[at]
            words += 1
            sentences -= 1


def _rambles(unit: Unit, at: int) -> bool:
    """Would the sentence go on and on, with one "and" after another, if this clause were joined to it?"""
    first = at - 1
    while not unit.apart[first]:
        first -= 1
    return sum(clause.count(" and ") for clause in unit.clauses[first : at + 1]) + at - first > 1


def _length(unit: Unit, at: int) -> int:
    """Words of the sentence that joins this clause to the one before."""
    first, last = at - 1, at + 1
    while not unit.apart[first]:
        first -= 1
    while last < len(unit.clauses) and not unit.apart[last]:
        last += 1
    return sum(len(clause.split()) for clause in unit.clauses[first:last])


def untangle(parts: Sequence[Part], filling: Filling) -> None:
    """Changes, joins or drops what begins like the sentence before it."""
    last, before = "", None
    for part in parts:
        for paragraph in part.paragraphs:
            for unit in list(paragraph or ()):
                assert paragraph is not None
                if _clashes(last, unit) and not _mended(last, unit, part, filling):
                    joins = before is not None and before in paragraph and _joins(unit)
                    if unit.optional or joins:
                        paragraph.remove(unit)
                    if unit.optional:
                        continue
                    if before is not None and joins:
                        before.swallow(unit)
                        unit = before
                before = unit
                last = opening(unit.sentences[-1])


def _joins(unit: Unit) -> bool:
    return unit.text.split(None, 1)[0] in _LOWERED


def _clashes(last: str, unit: Unit) -> bool:
    for sentence in unit.sentences:
        begins = opening(sentence)
        if begins == last:
            return True
        last = begins
    return False


def _mended(last: str, unit: Unit, part: Part, filling: Filling) -> bool:
    """Was another way found to say it?"""
    if unit.optional:
        return False
    for at in range(1, len(unit.clauses)):
        unit.part(at, not unit.apart[at])
        if not _clashes(last, unit):
            return True
        unit.part(at, not unit.apart[at])
    for name, pronoun in (("helper", "Hs"), ("name", "She"), ("comp", "Cs")):
        known = str(filling.words[name])
        if unit.text.startswith(known + " ") and last.startswith(opening(known)):
            unit.begin(str(filling.words[pronoun]), known)
            if not _clashes(last, unit):
                return True
    for salt in range(1, 4):
        other = filling.unit(unit.line, part.rich, salt)
        if other is not None and not _clashes(last, other):
            unit.say(other)
            return True
    return False


def settle(parts: Sequence[Part], easy: bool = False) -> None:
    """Small changes, one by one, until every part has shorter sentences than the one before."""
    for _ in range(_CHANGES):
        means = [mean(part) for part in parts]
        wrong = next((at for at in range(1, len(parts)) if means[at] > means[at - 1] - 0.05), None)
        if wrong is None:
            return
        if _shortens(parts[wrong], parts) or _lengthens(parts[wrong - 1], parts, easy):
            continue
        if not (_drops(parts[wrong], longest=True) or _drops(parts[wrong - 1], longest=False)):
            return


def _shortens(part: Part, parts: Sequence[Part]) -> bool:
    """Was a sentence parted in two?"""
    joints = [
        (_length(unit, at), unit, at)
        for unit in part.units
        for at in range(1, len(unit.clauses))
        if not unit.apart[at]
    ]
    return any(_turns(unit, at, True, parts) for _, unit, at in sorted(joints, key=lambda j: -j[0]))


def _lengthens(part: Part, parts: Sequence[Part], easy: bool) -> bool:
    """Were two sentences joined?"""
    joints = [
        (_length(unit, at), unit, at)
        for unit in part.units
        for at in range(1, len(unit.clauses))
        if unit.apart[at]
    ]
    joints = [
        (size, unit, at) for size, unit, at in joints if size <= _JOINED and (easy or not _rambles(unit, at))
    ]
    if any(_turns(unit, at, False, parts) for _, unit, at in sorted(joints, key=lambda j: j[0])):
        return True
    words, sentences = part.words, sum(len(unit.sentences) for unit in part.units)
    _together(part, words / sentences + 0.01, words, sentences, easy)
    return mean(part) > words / sentences


def _turns(unit: Unit, at: int, apart: bool, parts: Sequence[Part]) -> bool:
    unit.part(at, apart)
    units = [one for part in parts for one in part.units]
    here = units.index(unit)
    last = opening(units[here - 1].sentences[-1]) if here else ""
    if not _clashes(last, unit) and not (
        here + 1 < len(units) and opening(unit.sentences[-1]) == opening(units[here + 1].sentences[0])
    ):
        return True
    unit.part(at, not apart)
    return False


def _drops(part: Part, longest: bool) -> bool:
    could = [unit for unit in part.units if unit.optional]
    if not could:
        return _drops_paragraph(part, longest)
    gone = sorted(could, key=lambda u: (u.words / len(u.sentences)) * (-1 if longest else 1))[0]
    for paragraph in part.paragraphs:
        if paragraph and gone in paragraph:
            paragraph.remove(gone)
    return True


def _drops_paragraph(part: Part, longest: bool) -> bool:
    """Leaves out a paragraph that is not missed, where that helps."""
    here = mean(part)
    could = [
        (sum(unit.words for unit in p) / sum(len(unit.sentences) for unit in p), at)
        for at, p in enumerate(part.paragraphs)
        if p and all(unit.spare for unit in p)
    ]
    could = [one for one in could if (one[0] > here if longest else one[0] < here)]
    if not could:
        return False
    _, at = max(could) if longest else min(could)
    del part.paragraphs[at]
    part.way -= at < part.way
    return True
