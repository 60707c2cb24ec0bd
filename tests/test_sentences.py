"""Where a sentence ends, in several languages; and where a long one is cut."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from work_done import grows_with_length, seconds_of

from lullaby.score.plain_text import count_words
from lullaby.story.languages import guessed
from lullaby.story.runs import Run, paragraph_of, spoken
from lullaby.story.sentences import LONGEST, cleaned, pieces_of, sentences_of

SPLIT = {
    "en": [
        "“No,” he said.",
        "“Come in!” said Mira.",
        "“Come in!” Mira said.",
        "“Who is it?” I asked.",
        "“Come in!”",
        "He sat down.",
        "'It was late.'",
        "Mr. Smith met Dr. J. R. R. Tolkien at 3.5 p.m. on the 1st.",
        "So am I.",
        "This was plan B.",
        "They went home... and so on.",
        "Well…",
        "Then it rained.",
        "It cost No. 5 dearly, etc.",
        "Really?!",
        "(He was tired.)",
        "The U.S. Navy came, e.g. by boat.",
        "He was 7.",
        "Then it was 1945.",
        "“It is late.",
        "And it rains,” she said.",
    ],
    "de": [
        "Am 1. Mai kam Dr. Quandt, z. B. um 3.5 Uhr.",
        "„Komm!“, sagte sie.",
        "‚Nein‘, dachte er.",
        "»Komm!« rief er.",
        "Er war 7.",
        "Dann ging er.",
        "Das war 1945.",
        "Es gab Brot, Käse usw.",
        "Danach schlief er.",
        "„Wer da?“",
        "Jette lachte.",
        "Ludwig XIV. war König.",
    ],
    "fr": [
        "« Entrez ! » dit Mira.",
        "« Non », dit-il.",
        "M. Dupont arriva.",
        "Il dit : « Viens ! »",
        "Elle vint.",
        "C’est tout…",
    ],
    "es": ["—¡Entra! —dijo Mira.", "¿Quién es?", "El Sr. Pérez vino.", "«Sí», dijo ella."],
    "it": ["«Vieni!» disse Mira.", "Il sig. Rossi arrivò.", "Che notte…", "Poi dormì."],
    "nl": ["‘Kom binnen!’ zei Mira.", "Dhr. Jansen kwam.", "Het was laat.", "„Ja,” zei hij."],
    "sv": ["Hej!", "Det är sent.", "Dr. Berg kom."],
    "ja": ["これはペンです。", "「そうですか？」", "はい。"],
}


@pytest.mark.parametrize("lang", SPLIT)
def test_sentences_end_where_a_reader_ends_them(lang: str) -> None:
    assert sentences_of(("" if lang == "ja" else " ").join(SPLIT[lang]), lang) == SPLIT[lang]


@pytest.mark.parametrize("tag", ["de-AT", "de_CH", "DE"])
def test_a_region_is_read_as_its_language(tag: str) -> None:
    assert sentences_of("Am 3. Oktober kam er.", tag) == ["Am 3. Oktober kam er."]


def test_invisible_marks_and_line_ends_are_no_part_of_a_sentence() -> None:
    assert cleaned("A\u00adbout\u200b\ufeff \u202ethe\x07 la\nmp\u00a0!\t") == "About the la mp !"
    assert cleaned("e\u0301") == "é"


LONG = (
    "When the hour came round they all lay down together, and their windows turned the same soft blue, "
    "which from the roof of the old tram depot you could watch go over with a cup of something warm in "
    "your hands; it came first to the hill with the water tower, then to the hill with the allotments, "
    "and to the low streets last of all."
)


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    pieces = pieces_of(LONG)
    assert " ".join(pieces) == LONG
    assert all(5 <= count_words(piece) <= LONGEST for piece in pieces)
    assert all(piece[-1] in ",;" for piece in pieces[:-1])


def test_pieces_say_that_they_go_on_and_the_last_does_not() -> None:
    paragraph = spoken(f"{LONG} It was late.", "en")
    assert paragraph is not None
    assert [s.ends_clause for s in paragraph.sentences][-2:] == [False, False]
    assert all(s.ends_clause for s in paragraph.sentences[:-2])


@pytest.mark.parametrize("text", ["word " * 500, "x" * 5_000, "and so it went on " * 40, "a—b " * 300])
def test_what_has_no_clauses_is_cut_all_the_same_and_nothing_is_lost(text: str) -> None:
    pieces = pieces_of(text.strip())
    assert all(count_words(piece) <= LONGEST and len(piece) <= 600 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_sentence_keeps_to_one_voice_and_to_the_language_of_most_of_it() -> None:
    paragraph = paragraph_of(
        [
            Run("She said ", source="a"),
            Run("bonjour", "fr"),
            Run(" to them all. "),
            Run("Komm herein, es ist spät.", "de", source="b"),
            Run(" Yes.", who="mira", pace=0.8),
        ],
        "en",
        "p1",
    )
    assert paragraph is not None
    assert [(s.text, s.lang, s.who, s.pace, s.source) for s in paragraph.sentences] == [
        ("She said bonjour to them all.", "en", "", 1.0, "a"),
        ("Komm herein, es ist spät.", "de", "", 1.0, "b"),
        ("Yes.", "en", "mira", 0.8, "p1"),
    ]


def test_lines_of_verse_are_pieces() -> None:
    paragraph = paragraph_of([Run("The moon is up,\nthe stars are out.\nAll sleep")], "en")
    assert paragraph is not None
    assert [(s.text, s.ends_clause) for s in paragraph.sentences] == [
        ("The moon is up,", True),
        ("the stars are out.", False),
        ("All sleep", False),
    ]


@pytest.mark.parametrize("text", ["", "   ", "…", "* * *", "“ ”"])
def test_nothing_to_be_spoken_is_no_paragraph(text: str) -> None:
    assert spoken(text, "en") is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The man and the woman said that it was late, and they had to go to bed with the lamp.", "en"),
        ("Der Mann und die Frau sind nicht im Haus, und das ist auch gut so mit der Zeit.", "de"),
        ("Le chat et la souris sont dans une maison, et il est tard pour elle avec les autres.", "fr"),
        ("El hombre y la mujer no están en la casa que era de los padres, y se van con el perro.", "es"),
        ("Il gatto e la luna non sono nella casa che era della nonna, ma è più tardi per una volta.", "it"),
        ("De man en de vrouw zijn niet in het huis van haar, maar het is ook op tijd voor een kop.", "nl"),
        ("Bo.", "en"),
    ],
)
def test_a_language_is_known_by_its_common_words(text: str, lang: str) -> None:
    assert guessed(text) == lang


def test_a_language_that_cannot_be_known_is_the_usual_one() -> None:
    assert guessed("xyzzy plugh", otherwise="sv") == "sv"


def split(text: str) -> None:
    for one in sentences_of(text):
        pieces_of(one)


@pytest.mark.parametrize("piece", [".", "a ", "a", "a. ", "Mr. ", "“a.” ", "! » ", "I.", "a, "])
def test_four_times_as_much_is_about_four_times_the_work(piece: str) -> None:
    once, four = (piece * (n // len(piece)) for n in (8_000, 32_000))
    assert grows_with_length(split, once, four, 0.02)


def test_a_book_is_split_at_a_speed_that_nobody_waits_for() -> None:
    """In seconds a book has to be there; this is measured against reading it as words at all."""
    text = f"{LONG} “No,” he said. Mr. Smith went. " * 200
    begun = time.process_time()
    count_words(text)
    words = time.process_time() - begun
    assert min(seconds_of(split, text) for _ in range(3)) < 60 * words + 0.05


def test_no_two_pieces_overlap() -> None:
    found = sentences_of(LONG * 3)
    assert all(first != second for first, second in pairwise([*found, ""]))
