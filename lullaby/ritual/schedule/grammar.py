"""Rules in plain words.

rule   = part { "and" part } { "from" DATE | "until" DATE | "except" what { "," what } }
part   = days [ "at" ] time | RRULE [ [ "at" ] time ] | FILE.ics
days   = "every day" | "weekdays" | "weekends" | day { "," day } | "every N days"
       | "every N weeks on" day { "," day } | [ "on" ] DATE { "," DATE }
day    = "mon" … "sun" | "mon-thu" | "mon to thu"
time   = HH:MM | N "min" | "hours" "before sleep" | "sleep"
what   = DATE | FILE.ics | day
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule.lexing import Word, Words
from lullaby.ritual.schedule.rule import Days, Listed, Rule, Times
from lullaby.ritual.schedule.zones import DAY
from lullaby.score.plain_text import quoted

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = tuple(name[:3] for name in NAMES)
WEEKDAYS, WEEKENDS = frozenset(range(5)), frozenset((5, 6))
DAYS_TAKE = ("every day", "weekdays", "weekends", *SHORT, "mon-thu", "every 2 weeks on fri", "every 3 days",
             "2026-12-24", "RRULE:FREQ=…", "FILE.ics")  # fmt: skip
TIMES_TAKE = ("22:30", "30 min before sleep", "1 hour before sleep", "sleep")
_UNITS = {"min": 1, "mins": 1, "minute": 1, "minutes": 1, "h": 60, "hour": 60, "hours": 60}
MOST_BEFORE = 12 * 60
MOST_EVERY = 520


@dataclass(frozen=True)
class Known:
    """What a rule's words are understood by."""

    anchor: datetime.date
    """The day from which "every 2 weeks" counts, unless the rule says "from"."""
    bedtime: Callable[[], float] | None
    """When the listener goes to sleep, in hours of the clock; None: nobody in particular listens."""
    calendar: Callable[[str], str]
    """The text of a calendar that the rule names."""


def rule_of(text: str, known: Known) -> Rule:
    """The rule that these words say. An AskedWrongly points at the word that cannot be understood."""
    return _Reading(text, known).rule()


class _Reading:
    def __init__(self, text: str, known: Known) -> None:
        self.words, self.known = Words(text), known

    def rule(self) -> Rule:
        if not self.words.peek():
            self.words.wrong(self.words.next(), "no day that a rule knows", DAYS_TAKE)
        makes = [self._part()]
        while self.words.take("and"):
            makes.append(self._part())
        first = last = None
        left_out: list[tuple[str, Days]] = []
        while self.words.peek():
            if self.words.take("from"):
                first = self._date()
            elif self.words.take("until"):
                last = self._date()
            elif self.words.take("except"):
                left_out.append(self._left_out())
                while self.words.take(","):
                    left_out.append(self._left_out())
            else:
                self.words.wrong(self.words.next(), "not expected here", ("and", "from", "until", "except"))
        anchor = self.known.anchor if first is None else first
        parts = tuple(make(anchor) for make in makes)
        return Rule(self.words.text, parts, tuple(left_out), first, last)

    def _part(self) -> Callable[[datetime.date], Times | Listed]:
        """A part of the rule, once it is known from which day on it counts."""
        begin, word = self.words.place, self.words.peek()
        if word.startswith("rrule:"):
            return self._recurring(self.words.next())
        if word.endswith(".ics"):
            name = self.words.next().text
            from lullaby.ritual.schedule.calendar_reading import starts_in

            listed = Listed(name, starts_in(self.known.calendar(name), name))
            return lambda anchor: listed
        days = self._days()
        self.words.take("at")
        hour, before, next_day = self._time()
        says = self.words.since(begin)
        return lambda anchor: Times(says, days(anchor), hour, before, next_day)

    def _recurring(self, word: Word) -> Callable[[datetime.date], Listed]:
        from lullaby.ritual.schedule.recurring import Recurring, has_hours

        hour = None
        if not has_hours(word.text) or self.words.take("at"):
            hour, before, next_day = self._time()
            if before or next_day:
                self.words.wrong(word, "an RRULE, which takes a plain time behind it", ("22:30",))

        def made(anchor: datetime.date) -> Listed:
            first = datetime.datetime.combine(anchor, hour or datetime.time())
            return Listed(word.text, Recurring(word.text, first, has_hour=hour is not None).on)

        made(self.known.anchor)  # a mistake in it is said now
        return made

    def _days(self) -> Callable[[datetime.date], Days]:
        words = self.words
        for text in ("daily", "nightly"):
            if words.take(text):
                return _always
        if words.peek() == "every":
            return self._every()
        words.take("on")
        if _is_date(words.peek()):
            dates = {self._date()}
            while words.take(","):
                dates.add(self._date())
            return lambda anchor: dates.__contains__
        return _on_weekdays(self._weekdays())

    def _every(self) -> Callable[[datetime.date], Days]:
        words = self.words
        words.next()
        if words.peek() in ("day", "night", "evening"):
            words.next()
            return _always
        if words.peek() != "other" and not (words.peek().isascii() and words.peek().isdigit()):
            return _on_weekdays(self._weekdays())
        counted = words.next()
        count = 2 if counted.low == "other" else int(counted.low[:9])
        if not 1 <= count <= MOST_EVERY:
            words.wrong(counted, f"no number from 1 to {MOST_EVERY}", ())
        unit = words.next()
        if unit.low in ("day", "days", "night", "nights"):
            return lambda anchor: lambda day: (day - anchor).days % count == 0
        if unit.low not in ("week", "weeks"):
            words.wrong(unit, "neither days nor weeks", ("days", "weeks on fri"))
        if not words.take("on"):
            words.wrong(words.next(), "not the days of those weeks", ("on fri", "on mon, thu"))
        return _every_weeks(count, self._weekdays())

    def _weekdays(self) -> frozenset[int]:
        found = self._weekday()
        while self.words.peek() == "," and self.words.peek(1):
            self.words.next()
            found |= self._weekday()
        return found

    def _weekday(self) -> frozenset[int]:
        word = self.words.next()
        if word.low in ("weekdays", "weekday"):
            return WEEKDAYS
        if word.low in ("weekends", "weekend"):
            return WEEKENDS
        first, dash, last = word.low.replace("–", "-").partition("-")
        if not dash and self.words.take("to"):
            dash, last = "to", self.words.next().low
        ends = _weekday_number(first), _weekday_number(last) if dash else _weekday_number(first)
        if ends[0] is None or ends[1] is None:
            self.words.wrong(word, "no day that a rule knows", DAYS_TAKE)
        return frozenset((ends[0] + k) % 7 for k in range((ends[1] - ends[0]) % 7 + 1))

    def _time(self) -> tuple[datetime.time, int, bool]:
        """The hour, the minutes before it, and whether the hour is the next day's."""
        word = self.words.next()
        if word.low in ("sleep", "bedtime"):
            return self._bedtime(word, 0)
        if match := re.fullmatch(r"(\d{1,2})[:.](\d\d)", word.low):
            hour, minute = map(int, match.groups())
            if hour < 24 and minute < 60:
                return datetime.time(hour, minute), 0, False
        if match := re.fullmatch(r"(\d{1,3})([a-z]*)", word.low):
            unit = match[2] or self.words.next().low
            if unit in _UNITS and self.words.take("before"):
                whose = self.words.next()
                if whose.low in ("sleep", "bedtime"):
                    return self._bedtime(word, int(match[1]) * _UNITS[unit])
                self.words.wrong(whose, "nothing that a time can be before", ("sleep",))
        self.words.wrong(word, "no time of day", TIMES_TAKE)

    def _bedtime(self, word: Word, before: int) -> tuple[datetime.time, int, bool]:
        if before > MOST_BEFORE:
            self.words.wrong(word, "more than 12 hours before sleep", TIMES_TAKE)
        if self.known.bedtime is None:
            raise AskedWrongly(
                f"--at {quoted(self.words.text)}: whose sleep? --for NAME says it, and their file when."
            )
        minutes = round(self.known.bedtime() * 60) % (24 * 60)
        return datetime.time(minutes // 60, minutes % 60), before, minutes < 12 * 60

    def _date(self) -> datetime.date:
        word = self.words.next()
        try:
            found = datetime.date.fromisoformat(word.low)
        except ValueError:
            found = datetime.date.min
        if not 1990 <= found.year < 2190:
            self.words.wrong(word, "no date", ("2026-12-24",), "A date is written")
        return found

    def _left_out(self) -> tuple[str, Days]:
        begin, word = self.words.place, self.words.peek()
        if word.endswith(".ics"):
            name = self.words.next().text
            from lullaby.ritual.schedule.calendar_reading import days_in

            return name, days_in(self.known.calendar(name), name)
        if _is_date(word):
            date = self._date()
            return self.words.since(begin), lambda day: day == date
        if not word or (_weekday_number(word.partition("-")[0]) is None and not word.startswith("week")):
            self.words.wrong(
                self.words.next(), "nothing that can be left out", ("2026-12-24", "FILE.ics", *SHORT)
            )
        those = self._weekday()
        return self.words.since(begin), lambda day: day.weekday() in those


def _always(anchor: datetime.date) -> Days:
    return lambda day: True


def _on_weekdays(those: frozenset[int]) -> Callable[[datetime.date], Days]:
    return lambda anchor: lambda day: day.weekday() in those


def _every_weeks(count: int, those: frozenset[int]) -> Callable[[datetime.date], Days]:
    def made(anchor: datetime.date) -> Days:
        # the first such day on or after the anchor is in the first of these weeks
        first = next(day for k in range(7) if (day := anchor + k * DAY).weekday() in those)
        monday = first - first.weekday() * DAY
        return lambda day: day.weekday() in those and (day - monday).days // 7 % count == 0

    return made


def _weekday_number(text: str) -> int | None:
    singular = text.removesuffix("s") if text not in SHORT else text
    for names in (SHORT, NAMES):
        if singular in names:
            return names.index(singular)
    return {"tues": 1, "thur": 3, "thurs": 3}.get(text)


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
