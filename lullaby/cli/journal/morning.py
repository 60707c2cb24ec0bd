"""`lullaby morning`: a few questions, each of which may be left out. What was answered is kept at once, so
that Ctrl-C loses nothing."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from lullaby.cli.journal.traces import before_forgetting
from lullaby.cli.journal.whose import whose
from lullaby.cli.options.hours import DAY, hour_of, on
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, choices
from lullaby.evening.enough_leaning import leaning
from lullaby.journal.dreams import keep_dream
from lullaby.journal.mornings import RESTED, Morning, keep_morning
from lullaby.score.plain_text import plain, quoted

_LONGEST_MOOD = 40
"""Characters."""


def morning(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener = whose(asked)
    today = bedside.clock.now().date()
    before_forgetting(listener, today)
    evening = asked.date or today - DAY
    if evening > today:
        raise AskedWrongly(f"{evening} is still to come.")
    if asked.share_dream and not asked.dream:
        raise AskedWrongly("--share-dream is about a --dream, and there is none.")
    writing = _Writing(listener, Morning(evening), today, bedside)
    if any(getattr(asked, name) is not None for name in _ANSWERS):
        writing.all_at_once(asked)
    elif sys.stdin is not None and sys.stdin.isatty() and not asked.json:
        writing.ask()
    else:
        raise AskedWrongly(
            "there is no terminal to ask in: say how it was, as in --rested well --woke 06:40."
        )
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_morning

        bedside.facts(facts_of_morning(writing.kept))
    else:
        bedside.say("Nothing was kept." if writing.is_empty else "Kept, and only here. A good day to you.")
        if writing.kept.nightmare:
            from lullaby.cli.enough.facing import offered

            bedside.say(offered(listener))
        elif evening < today and (said := leaning(listener, today)):
            bedside.say(said)
    return 0


_ANSWERS = (
    "rested", "in_bed", "lights_out", "asleep_after", "awakenings", "awake", "woke", "up", "mood", "dream",
    "nightmare",
)  # fmt: skip


@dataclass
class _Writing:
    listener: str | None
    kept: Morning
    today: datetime.date
    bedside: Bedside
    is_empty: bool = True

    def all_at_once(self, asked: argparse.Namespace) -> None:
        """What was given as options: all of it or, where one cannot be, nothing."""
        said = self.kept
        for name, text in (("in_bed", asked.in_bed), ("lights_out", asked.lights_out)):
            said = said if text is None else self._at(said, name, text)
        for name, text in (("woke", asked.woke), ("got_up", asked.up)):
            said = said if text is None else self._at(said, name, text)
        said = replace(
            said,
            rested=None if asked.rested is None else rested_of(asked.rested),
            latency_min=asked.asleep_after,
            awakenings=asked.awakenings,
            awake_min=asked.awake,
            mood=None if asked.mood is None else _mood(asked.mood),
            nightmare=None if asked.nightmare is None else asked.nightmare == "yes",
        )
        self._keep(said)
        if asked.dream is not None:
            self._dream(asked.dream, shared=asked.share_dream)

    def ask(self) -> None:
        """One question after another; an answer that cannot be is asked for again."""
        self.bedside.say("Enter leaves a question out; Ctrl-C leaves the rest.")
        try:
            self._asked("How did you sleep? 1 very poorly … 5 very well: ", self._rested)
            self._asked(
                "Lights out at (23:10): ", lambda text: self._keep(self._at(self.kept, "lights_out", text))
            )
            self._asked("Asleep after how many minutes: ", lambda text: self._number("latency_min", text))
            self._asked("Awake in the night, minutes in all: ", lambda text: self._number("awake_min", text))
            self._asked(
                "Woke for the last time at (06:40): ",
                lambda text: self._keep(self._at(self.kept, "woke", text)),
            )
            self._asked("Got up at: ", lambda text: self._keep(self._at(self.kept, "got_up", text)))
            self._asked("A dream, in a line: ", self._told)
        except (KeyboardInterrupt, EOFError):
            self.bedside.say()

    def _asked(self, question: str, answer: Callable[[str], None]) -> None:
        while text := input(question).strip():
            try:
                answer(text)
            except AskedWrongly as mistake:
                self.bedside.say(str(mistake))
            else:
                return

    def _rested(self, text: str) -> None:
        self._keep(replace(self.kept, rested=rested_of(text)))

    def _number(self, name: str, text: str) -> None:
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            raise AskedWrongly(f"{quoted(text[:20])} is no number of minutes.")
        self._keep(replace(self.kept, **{name: int(text)}))  # type: ignore[arg-type]

    def _told(self, text: str) -> None:
        frightened = input("Did it frighten you? y/N: ").strip().lower()
        if frightened:
            self._keep(replace(self.kept, nightmare=frightened.startswith(("y", "j"))))
        shared = self.listener is not None and _yes(input("May it be told in your circle? y/N: "))
        self._dream(text, shared=shared)

    def _dream(self, text: str, *, shared: bool) -> None:
        evening = self.kept.evening
        number = keep_dream(self.listener, text, evening, self.today, shared=shared, note=self.bedside.note)
        self.is_empty = False
        if shared:
            self.bedside.note(
                f"Dream {number} may be told; lullaby journal withdraw {number} takes that back."
            )

    def _keep(self, said: Morning) -> None:
        self.kept = keep_morning(self.listener, said, self.today, self.bedside.note)
        self.is_empty = self.is_empty and self.kept.is_empty

    def _at(self, said: Morning, name: str, text: str) -> Morning:
        """The morning with this time, on the day that it fell on: the first after what came before it."""
        hour, evening = hour_of(text), said.evening
        after = on(evening, datetime.time(12))
        if name != "in_bed":
            before = [said.in_bed] if name == "lights_out" else [said.in_bed, said.lights_out]
            before += [said.woke] if name == "got_up" else []
            known = [moment for moment in before if moment is not None]
            after = (
                known[-1] if known else after if name == "lights_out" else on(evening + DAY, datetime.time(0))
            )
        moments = (on(evening + days * DAY, hour) for days in range(3))
        return replace(said, **{name: next(moment for moment in moments if moment >= after)})  # type: ignore[arg-type]


def rested_of(text: str) -> str:
    said = text.strip().lower()
    if said in ("1", "2", "3", "4", "5"):
        return RESTED[int(said) - 1]
    if said not in RESTED:
        raise AskedWrongly(f"{quoted(text[:40])} is none of them.\n    {choices(said, RESTED, 'There are')}")
    return said


def _mood(text: str) -> str:
    said = text.strip()
    if not said or len(said) > _LONGEST_MOOD:
        raise AskedWrongly(f"a mood is a word or two: {plain(quoted(said[:_LONGEST_MOOD]))}.")
    return said


def _yes(text: str) -> bool:
    return text.strip().lower().startswith(("y", "j"))
