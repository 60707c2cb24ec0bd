"""`lullaby ritual add`: a rule, checked before it is kept."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from lullaby.cli.options.hours import hour_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.ritual.schedule.book import KeptRule, Other, add_rule, schedule
from lullaby.ritual.schedule.coming import coming
from lullaby.ritual.schedule.durations import seconds_of
from lullaby.ritual.schedule.grammar import Known, rule_of
from lullaby.ritual.schedule.zones import local, own_zone, zone_of
from lullaby.score.plain_text import plain, quoted

DAY, HOUR = 86_400, 3600
MOST_OTHERS = 24
LONGEST_NAME = 60


def add(asked: argparse.Namespace, bedside: Bedside) -> int:
    now = bedside.clock.now()
    name = _name(asked.name)
    calendars: dict[str, str] = {}
    zone = zone_of(asked.zone or _zone_of_calendar(asked.at, calendars) or _own())
    if asked.begins == "alone" and asked.device is None:
        raise AskedWrongly("--begins alone needs --device: nothing begins by itself where nobody said.")
    others = tuple(_other(text) for text in asked.others[: MOST_OTHERS + 1])
    if len(others) > MOST_OTHERS:
        raise AskedWrongly(f"--with names {MOST_OTHERS} people at the most.")
    prepare = None if asked.prepare is None else seconds_of("--prepare", asked.prepare, 60, 12 * HOUR)
    if others and (asked.until or asked.length):
        raise AskedWrongly("--with: all are silent at the rule's time, so --prepare says when you begin.")
    rule = KeptRule(
        name=name,
        night=_night(name, asked.night, asked, bedside),
        at=asked.at,
        zone=zone.key,
        anchor=local(now, zone).date().isoformat(),
        listener=asked.listener,
        device=asked.device,
        begins=asked.begins,
        until=None if asked.until is None else hour_of(asked.until).isoformat("minutes"),
        length=None if asked.length is None else seconds_of("--length", asked.length, 60, DAY),
        grace=seconds_of("--grace", asked.grace, 0, 12 * HOUR),
        prepare=(20 * 60 if others else None) if prepare is None else prepare,
        others=others,
        calendars=calendars,
    )
    _check(rule, calendars)
    _one_zone(rule, calendars)
    with schedule() as db:
        kept = add_rule(db, rule, now)
        start = next(coming(db, kept, now), None)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_rule

        bedside.facts(facts_of_rule(kept, start))
        return 0
    bedside.say(plain(f"{name}: {rule.at}, {rule.zone}."))
    if start is None:
        bedside.note("Nothing comes by it: every night that it names is over, or left out.")
    else:
        how = "begins by itself" if rule.begins == "alone" else "invites you"
        bedside.say(f"It {how} next on {start.local:%A %d %B, %H:%M}.")
        bedside.note("lullaby ritual watch must run for that; lullaby ritual install has this machine do it.")
    return 0


def _check(rule: KeptRule, calendars: dict[str, str]) -> None:
    """Reads the rule once, as it will be read every night; calendars that it names are taken in."""

    def bedtime() -> float:
        from lullaby.people.listeners import find_person

        return find_person(rule.listener or "").bedtime

    def calendar(name: str) -> str:
        if name not in calendars:
            calendars[name] = _text(name)
        return calendars[name]

    if rule.listener is not None:
        bedtime()  # an AskedWrongly where there is no such listener
    anchor = datetime.date.fromisoformat(rule.anchor)
    rule_of(rule.at, Known(anchor, bedtime if rule.listener else None, calendar))


def _one_zone(rule: KeptRule, calendars: dict[str, str]) -> None:
    """A calendar that gives starts gives them by its own clocks; for days that are left out any will do."""
    from lullaby.ritual.schedule.calendar_reading import zone_in

    gives, _, _ = rule.at.partition(" except ")
    for name, text in calendars.items():
        zone = zone_in(text, name) if name in gives else None
        if zone is not None and zone_of(zone).key != rule.zone:
            raise AskedWrongly(
                f"{plain(name)} is by the clocks of {plain(zone)}, and this rule by those of {rule.zone}.\n"
                "    Leave --zone out, and give each zone a rule of its own."
            )


def _text(name: str) -> str:
    from lullaby.ritual.schedule.calendar_reading import MOST_BYTES

    try:
        with Path(name).open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        return raw.decode("utf-8-sig")
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise AskedWrongly(f"{plain(name)}: this calendar cannot be read ({why}).") from None
    except UnicodeDecodeError:
        raise WrittenWrongly(plain(name), "this is no calendar: it is not text in UTF-8.") from None


def _zone_of_calendar(at: str, calendars: dict[str, str]) -> str | None:
    """The zone of a calendar that gives the starts: its own clocks count."""
    first = at.strip().strip('"').split(" and ")[0].split(" except ")[0].strip().strip('"')
    if not first.lower().endswith(".ics"):
        return None
    from lullaby.ritual.schedule.calendar_reading import zone_in

    calendars[first] = _text(first)
    return zone_in(calendars[first], first)


def _own() -> str:
    found = own_zone()
    if found is None:
        raise AskedWrongly("this machine does not say in which zone it is: --zone Europe/Berlin, say.")
    return found


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name.startswith("-"):
        raise AskedWrongly(f"{quoted(text)}: a rule is called by 1 to {LONGEST_NAME} letters, not a - first.")
    return name


def _other(text: str) -> Other:
    parts = text.split(":")
    if len(parts) != 3 or not parts[0].strip():
        raise AskedWrongly(f"--with {quoted(text)} is not like NAME:ZONE:T, mina:America/New_York:20min.")
    who, zone, prepare = parts
    return Other(who.strip(), zone_of(zone).key, seconds_of("--with", prepare, 0, 12 * HOUR))


def _night(name: str, words: list[str], asked: argparse.Namespace, bedside: Bedside) -> tuple[str, ...]:
    """The words of the night, with whole paths: whoever begins it stands in another folder."""
    from lullaby.cli.options.nights import request_of
    from lullaby.cli.parser import parsed

    found = [_whole(word) for word in words]
    if not found and _is_a_night(name):
        found = [name]
    for option, value in (("--circle", asked.circle), ("--mood", asked.mood)):
        found += [option, value] if value is not None else []
    if found:
        from lullaby.evening.which import score_of

        played = parsed(["play", *found, *(["--for", asked.listener] if asked.listener else [])])
        score_of(request_of(played, bedside).what)  # an AskedWrongly where there is no such night
    return tuple(found)


def _is_a_night(name: str) -> bool:
    from lullaby.score import score_files
    from lullaby.score.rituals import ritual_files

    return name in score_files() or name in ritual_files()


def _whole(word: str) -> str:
    is_path = "/" in word or word.endswith(".toml")
    return str(Path(word).absolute()) if is_path and Path(word).exists() else word
