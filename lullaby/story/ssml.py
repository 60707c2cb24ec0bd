"""A part of SSML as a text to be told: paragraphs, sentences, breaks, pace, spellings, languages and voices.

What it may say besides is left out, and noted once; the text in it is told all the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain, quoted
from lullaby.score.stories import LONGEST_PAUSE
from lullaby.score.xml_faults import fault
from lullaby.story import opening
from lullaby.story.languages import guessed
from lullaby.story.runs import Run, paragraph_of
from lullaby.story.sentences import cleaned
from lullaby.story.text import Item, Paragraph, Part, Rest, Sentence, Text

LARGEST = 8 << 20
"""Bytes: a hundred hours of speech."""
_DEEPEST = 100
RATES = {"x-slow": 0.65, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.2, "x-fast": 1.4}
SLOWEST, FASTEST = 0.4, 2.0
STRENGTHS = {"none": 0.0, "x-weak": 0.0, "weak": 0.25, "medium": 0.5, "strong": 1.0, "x-strong": 2.0}
"""Seconds of a break, by its strength."""
_SILENT = ("metadata", "meta", "desc", "mark", "lexicon", "lookup")
_KNOWN = (
    "speak",
    "p",
    "s",
    "emphasis",
    "lang",
    "voice",
    "w",
    "token",
    "sub",
    "say-as",
    "phoneme",
    "prosody",
    "break",
)
_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(ms|s)")
_PERCENT = re.compile(r"([+-]?)(\d{1,4}(?:\.\d{1,4})?)%")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def ssml_text(path: str | os.PathLike[str]) -> Text:
    """The text in this file; its first mistake is raised."""
    where, content = opening.content(path, LARGEST)
    reader = _Reader(where)
    reader.read(content)
    if not reader.items:
        raise WrittenWrongly(where, "nothing is told in it.", "Its text stands in <speak>…</speak>.")
    lang = reader.lang or "en"
    title = Path(path).stem.replace("-", " ").replace("_", " ").strip()
    part = Part("", tuple(reader.items))
    return Text(title, lang, (part,), cast=reader.cast, titled=False, notes=tuple(reader.notes))


@dataclass(frozen=True)
class _Open:
    """What holds inside an element."""

    name: str
    lang: str
    who: str = ""
    pace: float = 1.0
    silent: bool = False
    spelled: bool = False
    sounds: str = ""
    """The phonemes of all that is in it."""


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.lang = ""
        self.items: list[Item] = []
        self.cast: dict[str, str] = {}
        self.notes: list[str] = []
        self._noted: set[str] = set()
        self._sentences: list[Sentence] = []
        self._runs: list[Run] = []
        self._open: list[_Open] = []
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            where = f"{self.where}, line {error.lineno}"
            raise WrittenWrongly(
                where, f"this is not whole XML: {fault(error)}.", "Is the file whole?"
            ) from None
        except (LookupError, ValueError):
            raise WrittenWrongly(self.where, "its encoding is not understood.", "Save it as UTF-8.") from None
        self._paragraph()

    def _place(self) -> str:
        return f"{self.where}, line {self._parser.CurrentLineNumber}"

    def _entity(self, *_: object) -> NoReturn:
        what = "it defines entities of its own."
        raise WrittenWrongly(self._place(), what, "Write the text itself in their place.")

    def _doctype(self, _name: str, system: str | None, public: str | None, _inside: bool) -> None:
        if system or public:
            what = "it leans on another file (DOCTYPE)."
            raise WrittenWrongly(self._place(), what, "Nothing is fetched; remove that line.")

    def _note(self, name: str, what: str) -> None:
        if name not in self._noted and len(self._noted) < 50:
            self._noted.add(name)
            self.notes.append(f"{self._place()}: {what}")

    def _begin(self, full_name: str, facts: Mapping[str, str]) -> None:
        name = full_name.rpartition(":")[2]
        if not self._open and name != "speak":
            what = f"this is XML and no SSML: it begins with <{plain(full_name[:40])}>."
            raise WrittenWrongly(self._place(), what, "SSML begins with <speak>.")
        if len(self._open) >= _DEEPEST:
            raise WrittenWrongly(self._place(), "elements stand too deep inside each other.")
        top = self._open[-1] if self._open else _Open("", "")
        lang = facts.get("xml:lang", "")
        if lang and not _TAG.fullmatch(lang):
            raise WrittenWrongly(
                self._place(), f"{quoted(lang)} is not the tag of a language, like en or de-AT."
            )
        if not self._open:
            self.lang = lang
        inside = replace(top, name=name, lang=lang or top.lang)
        self._open.append(self._inside(inside, name, full_name, facts))

    def _inside(self, found: _Open, name: str, full_name: str, facts: Mapping[str, str]) -> _Open:
        """What holds inside this element."""
        if name == "audio":
            what = "a recording stands in it (<audio>); in a story none is played."
            raise WrittenWrongly(self._place(), what, "Take it out.")
        if name in _SILENT:
            return replace(found, silent=True)
        if found.silent:
            return found
        if name == "p":
            self._paragraph()
        elif name == "s":
            self._sentence()
        elif name == "break":
            self._break(facts)
        elif name == "voice" and facts.get("name"):
            return replace(found, who=self._figure(facts["name"]))
        elif name == "prosody":
            if facts.keys() - {"rate"}:
                self._note(
                    "prosody", "pitch, range and loudness are the teller's own; only a rate is followed."
                )
            return replace(found, pace=self._pace(facts.get("rate", ""), found.pace))
        elif name == "sub":
            self._text(facts.get("alias", ""))
            return replace(found, silent="alias" in facts)
        elif name == "say-as":
            return replace(
                found, spelled=facts.get("interpret-as") in ("characters", "spell-out", "verbatim")
            )
        elif name == "phoneme":
            if facts.get("alphabet", "ipa") == "ipa":
                return replace(found, sounds=cleaned(facts.get("ph", "")).strip("/"))
            self._note("alphabet", "phonemes are read in the alphabet ipa; these are not, and are left out.")
        elif name not in _KNOWN:
            self._note(full_name, f"there is no <{plain(full_name[:40])}> here; its text is told.")
        return found

    def _figure(self, name: str) -> str:
        id = re.sub(r"\W+", "_", cleaned(name)).lower().strip("_")
        self.cast.setdefault(id, cleaned(name))
        called = quoted(cleaned(name)[:40])
        self._note(
            f"voice {id}", f"there is no voice {called} here; the teller speaks it, as a figure of the story."
        )
        return id

    def _pace(self, rate: str, around: float) -> float:
        if not rate:
            return around
        percent = _PERCENT.fullmatch(rate.strip())
        if percent:
            share = float(percent[2]) / 100
            times = 1 + share if percent[1] == "+" else 1 - share if percent[1] == "-" else share
        elif rate.strip() in RATES:
            times = RATES[rate.strip()]
        else:
            what = f"{quoted(rate)} is no rate of speaking."
            raise WrittenWrongly(self._place(), what, f"It may be: {', '.join(RATES)}, 80%, -10%.")
        return min(FASTEST, max(SLOWEST, around * times))

    def _break(self, facts: Mapping[str, str]) -> None:
        time = _TIME.fullmatch(facts.get("time", "").strip())
        if "time" in facts and not time:
            what = f"{quoted(facts['time'])} is no length of time."
            raise WrittenWrongly(self._place(), what, 'It is written time="2s" or time="500ms".')
        strength = facts.get("strength", "medium")
        if strength not in STRENGTHS:
            what = f"{quoted(strength)} is no strength of a break."
            raise WrittenWrongly(self._place(), what, f"It may be: {', '.join(STRENGTHS)}.")
        seconds = STRENGTHS[strength]
        if time:
            seconds = min(LONGEST_PAUSE, float(time[1]) / (1000 if time[2] == "ms" else 1))
        if seconds:
            self._sentence()
            if self._sentences and self._sentences[-1].text.rstrip("\"'”’»)")[-1:] not in (*".!?…",):
                self._sentences[-1] = replace(self._sentences[-1], ends_clause=True)
            self._paragraph()
            self.items.append(Rest(seconds))

    def _text(self, text: str) -> None:
        top = self._open[-1] if self._open else _Open("", "")
        if top.silent:
            return
        text = text.replace("\n", " ")
        if top.spelled:
            text = ", ".join(c for c in text if not c.isspace())
        word = cleaned(text)
        say = ((word, f"/{top.sounds}/"),) if top.sounds and word else ()
        self._runs.append(
            Run(text, top.lang, top.who, top.pace, f"line {self._parser.CurrentLineNumber}", say)
        )

    def _end(self, full_name: str) -> None:
        closed = self._open.pop()
        if closed.name == "p":
            self._paragraph()
        elif closed.name == "s":
            self._sentence()

    def _sentence(self) -> None:
        """Ends what has been read of a sentence."""
        runs, self._runs = self._runs, []
        lang = next((run.lang for run in runs if run.lang and run.text.strip()), "") or self.lang
        if not lang:
            lang = guessed(" ".join(run.text for run in runs))
        if paragraph := paragraph_of(runs, lang):
            self._sentences += paragraph.sentences

    def _paragraph(self) -> None:
        self._sentence()
        if self._sentences:
            self.items.append(Paragraph(tuple(self._sentences)))
        self._sentences = []
