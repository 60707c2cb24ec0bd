"""A sentence as the phonemes that hibari's network reads, each of which knows its word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lullaby.narrator.hibari.dictionaries import Weights, Words
from lullaby.narrator.respelling import phonemes_of
from lullaby.narrator.wording import Places, spelled_out

_BRACKETS = str.maketrans({"[": "(", "]": ")", "\u00ad": ""})


@dataclass(frozen=True)
class Spelled:
    """Phonemes, and for each the index of its word; -1 for spaces and punctuation."""

    phonemes: str
    owners: tuple[int, ...]
    words: tuple[tuple[str, int], ...]


class Speller:
    """hibari's own text to phonemes, loaded once."""

    def __init__(self, british: bool = False) -> None:
        from hibari.g2p.normalize import normalize

        self._g2p = _packed_g2p(british)
        self._normalized = normalize

    def spelled(self, text: str, say: tuple[tuple[str, str], ...] = ()) -> Spelled:
        tokens: list[Any] = []
        for piece, how in spelled_out(text, say):
            if how is None:
                plain = self._normalized(piece.translate(_BRACKETS))
                before, after = piece[:1].isspace() and plain, piece[-1:].isspace() and plain
                made = self._g2p.tokenize(plain) if plain else []
                if before and tokens:
                    tokens[-1].whitespace = " "
                if after and made:
                    made[-1].whitespace = " "
                if not plain and tokens:
                    tokens[-1].whitespace = " "
                tokens += made
            else:
                bare = re.sub(r"[\[\]()]", "", piece)
                tokens += self._g2p.tokenize(f"[{bare}](/{phonemes_of(how)}/)")
        places = Places(text)
        phonemes, owners = "", []
        for token in self._g2p.phonemize_tokens(tokens):
            said = token.phonemes or ""
            spoken = any(sound.isalpha() for sound in said)
            word = places.word(token.text) if spoken else -1
            phonemes += said
            owners += [word if spoken and not sound.isspace() else -1 for sound in said]
            if token.whitespace:
                phonemes += " "
                owners.append(-1)
        start = len(phonemes) - len(phonemes.lstrip())
        stop = len(phonemes.rstrip())
        return Spelled(phonemes[start:stop], tuple(owners[start:stop]), places.words)


def _packed_g2p(british: bool) -> Any:
    """What hibari's G2P(british=british) is, put together here from the same parts, so that its dictionaries
    are packed."""
    import hibari.g2p as parts

    files = "gb" if british else "us"
    gold, silver = (Words(parts._load_json(f"lexicon_{files}_{kind}.json.gz")) for kind in ("gold", "silver"))
    tags = parts._load_json("tagger.json.gz")
    made = parts.G2P.__new__(parts.G2P)
    made.lexicon = parts.Lexicon(gold, silver, british)
    made.tokenizer = parts.Tokenizer(parts._load_json("tokenizer_exceptions.json"))
    made.tagger = parts.Tagger({**tags, "weights": Weights(tags["weights"])})
    made._oov, made.unk, made.british = None, "", british
    return made
