"""hibari's dictionaries, packed: they say what hibari's own say, and take a fraction of their memory."""

from __future__ import annotations

import hibari.g2p
import pytest

from lullaby.narrator.hibari.dictionaries import Weights, Words
from lullaby.narrator.hibari.spelling import Speller

ABSENT = ("", "a lamp", "zzzzz", "\u00e9", "\U0001f319", "'", "~")
SAID = (
    "The lamp that Mr. O'Hara read by in 1987 was lit, and he read on.",
    "Well-known cats, 3 of them, live near St. Ives; do the live ones record a record?",
    "Talia's xylograph cost $4.50, \u201cabout half,\u201d said the Vroomlet.",
)


@pytest.mark.parametrize("name", ["us_gold", "us_silver", "gb_gold", "gb_silver"])
def test_each_word_is_found_as_it_was_put_in(name: str) -> None:
    entries = hibari.g2p._load_json(f"lexicon_{name}.json.gz")
    packed = Words(entries)
    sample = list(entries)[::7] + [word for word, said in entries.items() if not isinstance(said, str)]
    assert [word for word in sample if packed.get(word) != entries[word]] == []
    assert [packed.get(word) for word in ABSENT] == [entries.get(word) for word in ABSENT]


def test_each_feature_speaks_for_the_same_parts_of_speech_in_the_same_order() -> None:
    entries = hibari.g2p._load_json("tagger.json.gz")["weights"]
    packed = Weights(entries)
    for name in list(entries)[::7]:
        assert list((packed.get(name) or {}).items()) == list(entries[name].items())
    assert [packed.get(name) for name in ABSENT] == [None] * len(ABSENT)


@pytest.mark.parametrize("british", [False, True])
def test_a_sentence_is_read_as_hibari_reads_it(british: bool) -> None:
    own, packed = hibari.g2p.G2P(british=british), Speller(british)._g2p
    assert vars(packed).keys() == vars(own).keys()  # another hibari may be made of other parts
    for sentence in SAID:
        tokens = own.tokenize(sentence)
        found = packed.tokenize(sentence)
        assert [token.tag for token in found] == [token.tag for token in tokens]
        said, wanted = packed.phonemize_tokens(found), own.phonemize_tokens(tokens)
        assert [token.phonemes for token in said] == [token.phonemes for token in wanted]


def test_nothing_packed_finds_nothing() -> None:
    assert Words({}).get("lamp") is None
    assert Weights({}).get("w=lamp") is None
