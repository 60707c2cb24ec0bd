"""An evening in which every teller says a few sentences, and its name: to choose one by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lullaby.evening.narration.gathering import told_with
from lullaby.evening.narration.story_night import FADE_IN, FADE_OUT, ROOM
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.prepare import Evening, prepared
from lullaby.evening.request import Request
from lullaby.score import Part, Score
from lullaby.score.finding import voice_files
from lullaby.score.model import Telling, Until
from lullaby.story.runs import spoken
from lullaby.story.text import Part as TextPart
from lullaby.story.text import Text
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

SAYS = {
    "en": (
        "There was a lamp at the end of the pier, and somebody kept it for forty years. It asked for very "
        "little: some oil, a clean glass, and a person who did not mind the rain."
    ),
    "de": (
        "Am Ende der Mole stand eine Lampe, und jemand hat sie vierzig Jahre lang gehütet. Sie wollte nicht "
        "viel: etwas Öl, ein sauberes Glas und jemanden, dem der Regen nichts ausmachte."
    ),
    "fr": (
        "Au bout de la jetée il y avait une lampe, et quelqu'un l'a gardée pendant quarante ans. Elle ne "
        "demandait pas grand-chose : un peu d'huile, un verre propre, quelqu'un que la pluie ne gênait pas."
    ),
}


def audition_evening(storytelling: Storytelling) -> Evening:
    tellers = sorted((v for v in voice_files(KINDS) if v.kind.speaks), key=lambda voice: voice.name)
    parts = tuple(Part(voice.name, voice, {"level": 0.0, **voice.values}) for voice in tellers)
    told = []
    for part in parts:
        lang = str(part.values.get("lang") or "en")
        said = SAYS.get(lang.split("-")[0], SAYS["en"])
        name = part.name.replace("-", " ")
        paragraph = spoken(said, lang)
        assert paragraph is not None
        text = Text(f"{name[:1].upper()}{name[1:]}", lang, (TextPart("", (paragraph,)),))
        telling = Telling(FADE_IN, part.name, Path(part.name), part.name, Until.END)
        told.append(told_with(telling, text, part.values))
    score = Score(
        name="audition",
        path=Path("audition"),
        title="The tellers",
        description="",
        length=len(parts) * 60 * RATE,
        fade_in=FADE_IN,
        fade_out=FADE_OUT,
        room=ROOM,
        voices=parts,
        tellings=tuple(one.telling for one in told),
        at_most=RATE,
        sources=tuple(part.voice.source for part in parts),
    )
    storytelling.tells(told)
    return prepared(replace(Request(score), sleeper="none"), storytelling=storytelling)
