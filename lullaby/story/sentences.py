"""A paragraph becomes sentences, and a long sentence becomes pieces that can be spoken in one breath."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from lullaby.score.plain_text import count_words
from lullaby.story.languages import Language, language

LONGEST = 40
"""Words in one piece: small neural voices fade on long sentences."""
LONGEST_PIECE = 600
"""Characters in one piece, where a language or a slip has no spaces."""

_CLOSE = r"[\"'”’»)\]}›“‘」』]"
_STOP = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++)(?P<close>(?:" + _CLOSE + r"|[ ]»(?=[ ]))*+)(?=[ ])"
    r"|[。！？]+[」』”’）]*|(?<![।۔؟])[।۔؟]++(?=[ ]|$)"
)
"""Where a sentence may end: a stop, what closes with it, and a space; a space before » is French. No stop is
looked at twice, so that a million dots are read as fast as a million letters."""
_OPENERS = "\"'“„‚‘’«»‹›([{¿¡—–-* "
_LAST_WORD = re.compile(r"(?<!\w)(?:(?:[^\W\d_]+[.’'-])*[^\W\d_]+|\d+)$")
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?|\d+")
_AND_SO_ON = ("etc", "usw", "ecc", "enz")
"""Abbreviations that end a sentence wherever a capital follows."""
_ROMAN = re.compile(r"[IVXLCDM]+")
_CUTS = (
    (re.compile(r"[;:][\"'”’»]*[ ]"), 1.0),
    (re.compile(r"[ ]?[—–][ ]?|[ ]-+[ ]|[)\]],?[ ]"), 0.9),
    (re.compile(r"[,،、，][\"'”’»“‘]*[ ]?"), 0.75),
)
"""Where a sentence may be cut, and how good a place that is."""
_AT_ONCE = 12_000
"""Characters that one cut is looked for in."""
_AT_WORD, _AT_SPACE, _NOT_SO_SOON = 0.45, 0.05, 5
"""How good a cut is before a word that begins a clause, and between any two; words of a piece at least."""


def cleaned(text: str) -> str:
    """The text on one line, without marks that nobody sees; what a letter is made of does not matter."""
    text = unicodedata.normalize("NFC", text)
    if not text.isascii():
        text = "".join(c for c in text if c.isprintable() or c.isspace() or c in "\u200c\u200d")
    return " ".join("".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in text).split())


def sentences_of(paragraph: str, lang: str = "en") -> list[str]:
    """The sentences of one paragraph. What somebody says stays with who says it: “No,” he said."""
    text = cleaned(paragraph)
    return [text[start:stop] for start, stop in spans(text, lang)]


def spans(text: str, lang: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends, in a cleaned text."""
    known = language(lang)
    start = 0
    for found in _STOP.finditer(text):
        stop = found.end()
        ends = stop < len(text) and (found["stop"] is None or _ends(text, start, found, known))
        if ends and any(c.isalnum() for c in text[start:stop]):
            yield start, stop
            start = stop + (text[stop] == " ")
    if start < len(text):
        yield start, len(text)


def _ends(text: str, start: int, found: re.Match[str], known: Language) -> bool:
    """Does a sentence end at this stop?"""
    rest = text[found.end() : found.end() + 80].lstrip(_OPENERS)
    follows = _NEXT_WORD.match(rest)
    if not rest or (follows is None and rest[0] in ",;:.!?…"):
        return not rest
    word = follows[0] if follows else ""
    if word[:1].islower():
        return False
    stop, closed = found["stop"], bool(found["close"].strip(")]} "))
    if stop == "." and not found["close"]:
        return _ends_at_full_stop(text, start, found.start(), word, known)
    if stop != "." and closed:
        return not _tells_who_speaks(rest, known)
    return True


def _ends_at_full_stop(text: str, start: int, place: int, word: str, known: Language) -> bool:
    """Is this one dot the end of a sentence, rather than of an abbreviation, an initial or a number?"""
    before = _LAST_WORD.search(text[max(start, place - 24) : place])
    if before is None:
        return True
    last = before[0]
    begins = word.lower() in known.begin
    if last.isdigit() or (known.ordinals and len(last) > 1 and _ROMAN.fullmatch(last)):
        alone = not any(c.isalnum() for c in text[start : max(start, place - len(last))])
        return not alone and not (known.ordinals and len(last) <= 2 and not begins)
    short = last.lower()
    if short in known.numbered and word[:1].isdigit():
        return False
    if short in known.before:
        return False
    if short in known.may_end:
        return begins or short in _AND_SO_ON or not word
    if len(last) == 1 and last.isupper() and not (last == "I" and known is language("en")):
        return begins and word != "I"
    return not (re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", last) and not begins)


def _tells_who_speaks(rest: str, known: Language) -> bool:
    """“Come in!” Mira said: does this go on with a name and a verb of speaking?"""
    words = [word.strip(",.;:!?…—") for word in rest.split()[:5]]
    for place, word in enumerate(words):
        if place and word.lower() in known.speaking:
            return (
                words[0] == "I" or words[0].lower() in ("the", "old") or words[0].lower() not in known.begin
            )
        if place and not (word[:1].isupper() or words[0].lower() == "the"):
            return False
    return False


def pieces_of(sentence: str, lang: str = "en") -> list[str]:
    """The sentence in pieces of at most 40 words, cut where a clause begins as far as there is one."""
    words = count_words(sentence)
    if words <= LONGEST and len(sentence) <= LONGEST_PIECE:
        return [sentence]
    done: list[str] = []
    left = [sentence[start : start + _AT_ONCE] for start in range(0, len(sentence), _AT_ONCE)][::-1]
    while left:
        piece = left.pop().strip()
        if count_words(piece) <= LONGEST and len(piece) <= LONGEST_PIECE:
            done += [piece] if piece else []
            continue
        cut = _best_cut(piece, language(lang))
        left += [piece[cut:], piece[:cut]]
    return done


def _best_cut(piece: str, known: Language) -> int:
    """The place where a piece is best cut in two: a strong one, neither near its ends."""
    places: dict[int, float] = {}
    for pattern, strength in _CUTS:
        for found in pattern.finditer(piece):
            places[found.end()] = max(strength, places.get(found.end(), 0))
    starts = [found.start() for found in re.finditer(r"\S+", piece)]
    for start, stop in pairwise([*starts, len(piece)]):
        word = piece[start:stop].strip(" ,").lower()
        places.setdefault(start, _AT_WORD if word in known.clause else _AT_SPACE)
    number = {start: n for n, start in enumerate(starts)}
    best, most = 0, 0.0
    for place, strength in places.items():
        before = number.get(place)
        by_words = before is not None and len(starts) > LONGEST
        share = (before or 0) / len(starts) if by_words else place / len(piece)
        near_end = by_words and min(before or 0, len(starts) - (before or 0)) < _NOT_SO_SOON
        worth = strength * (1 - abs(2 * share - 1)) * (0.1 if near_end else 1)
        if 0 < place < len(piece) and worth > most:
            best, most = place, worth
    return best or min(LONGEST_PIECE, len(piece) // 2)
