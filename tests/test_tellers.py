"""Tellers sound like somebody, and pass the gates that a plain machine's voice fails.

Over three quarters of a minute of each; `python -m benchmarks tellers` hears ten minutes, and how much of
them a recogniser understands. The judges and their thresholds are in benchmarks/judging.py.
"""

from __future__ import annotations

from functools import lru_cache

import pytest
from nights import TELLERS

from benchmarks import judging
from lullaby.evening.narration.gathering import manner_from
from lullaby.narrator.rates import natural_rate
from lullaby.narrator.speech import Manner
from lullaby.score import find_voice
from lullaby.voices.kinds import KINDS

SENTENCES = (
    "The rain came in over the harbour, and nobody minded.",
    "She set the kettle on the stove and waited for it to sing.",
    "Down by the pier the lamp was lit, and the boats turned slowly on their ropes.",
    "Pepper was a small black goat who lived downstairs in the barn.",
    "In the corner by the hens there was a stair made of wood.",
    "It went up and up and through a hole in the ceiling.",
    "The evening sun came under the door and made a yellow stripe on the floor.",
    "Nobody was in a hurry, and the road was long and soft with dust.",
    "There was a lamp at the end of the pier, and somebody kept it for forty years.",
    "Far out on the water a bell was ringing, slower and slower.",
)
GERMAN = (
    "Der Regen kam über den Hafen, und niemand störte sich daran.",
    "Sie stellte den Kessel auf den Herd und wartete, bis er sang.",
    "Unten an der Mole brannte die Lampe, und die Boote drehten sich langsam an ihren Leinen.",
    "Es war einmal eine kleine schwarze Ziege, die wohnte unten in der Scheune.",
    "In der Ecke bei den Hühnern stand eine Treppe aus Holz.",
    "Die Abendsonne kam unter der Tür herein und malte einen gelben Streifen auf den Boden.",
    "Niemand hatte es eilig, und der Weg war lang und weich.",
    "Weit draußen auf dem Wasser läutete eine Glocke, langsamer und immer langsamer.",
)
FRENCH = (
    "La pluie est venue sur le port, et personne ne s'en souciait.",
    "Elle posa la bouilloire sur le poêle et attendit qu'elle chante.",
    "En bas, près de la jetée, la lampe était allumée, et les bateaux tournaient lentement.",
    "Il y avait une petite chèvre noire qui habitait en bas, dans la grange.",
    "Dans le coin, près des poules, il y avait un escalier de bois.",
    "Le soleil du soir passait sous la porte et faisait une bande jaune sur le sol.",
    "Personne n'était pressé, et le chemin était long et doux.",
    "Loin sur l'eau, une cloche sonnait, de plus en plus lentement.",
)
TEXTS = {"en": SENTENCES, "de": GERMAN, "fr": FRENCH}
LIGHT = {"aunt", "grandmother", "near-whisper", "neighbour", "young-reader", "night-nurse"}


@lru_cache
def heard(teller: str) -> judging.Judged:
    values = find_voice(teller, KINDS).values
    manner, lang = manner_from(values), str(values["lang"])
    pace = 1.2 * float(str(values["pace"])) / natural_rate(manner, lang)  # the pauses take the rest
    return judging.judged(judging.told(TEXTS[lang], manner, lang, pace), rounds=4)


@lru_cache
def english() -> list[str]:
    return [name for name in TELLERS if find_voice(name, KINDS).values["engine"] == "hibari"]


def test_there_are_tellers_enough() -> None:
    assert len(TELLERS) >= 8
    assert set(english()) >= LIGHT
    assert len({find_voice(name, KINDS).values["lang"] for name in TELLERS}) >= 3


@pytest.mark.parametrize("teller", english())
def test_a_teller_passes_every_gate(teller: str) -> None:
    found = heard(teller)
    assert found.seconds > 35
    assert found.fails(judging.LIGHT if teller in LIGHT else judging.DEEP) == [], found


@pytest.mark.parametrize("teller", [name for name in TELLERS if name not in english()])
def test_a_teller_of_another_language_is_as_good_as_its_engine_can_be(teller: str) -> None:
    """What eSpeak NG reaches: the tune, the pauses, nothing shrill. It stays a machine to those judges who
    hear the grain of a voice."""
    found = heard(teller)
    assert set(found.fails(judging.DEEP)) <= {"plcmos", "jitter", "shimmer"}, found
    assert found.jitter > 0.8
    assert found.shimmer > 3.5


def test_an_untreated_machine_fails_at_least_four_gates() -> None:
    found = judging.judged(judging.told(SENTENCES, Manner(), plain=judging.plain_espeak), rounds=4)
    assert len(found.fails(judging.LIGHT)) >= 4, found
