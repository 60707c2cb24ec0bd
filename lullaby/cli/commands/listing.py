"""`lullaby voices`, `scores`, `rituals`, `stories` and `tunes`: what there is."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.listener import add_for, person_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import LullabyError
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.score import Setting


def add(commands: Any) -> None:
    for name, run, says in (
        ("voices", voices, "every voice, and what each may be told"),
        ("scores", scores, "every night there is a score of"),
        ("rituals", rituals, "every ritual, and the moods they know"),
        ("stories", stories, "every story there is to tell"),
        ("tunes", tunes, "every tune there is"),
    ):
        parser = commands.add_parser(name, help=says, allow_abbrev=False)
        parser.add_argument("--json", action="store_true", help="the same for programs")
        if run is stories:
            add_for(parser, "the listener: where each stopped for them")
        parser.set_defaults(run=run)


def voices(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.voices import all_voices, facts_of_voice, settings_of
    from lullaby.voices.kinds import KINDS

    there = all_voices()
    if asked.json:
        bedside.facts([facts_of_voice(voice) for voice in there.found])
        return _complaints(there.wrong, bedside)
    for kind in KINDS.values():
        family = [voice for voice in there.found if voice.kind is kind]
        if family:
            bedside.say(f"{kind.name}: {kind.says}")
            for voice in sorted(family, key=lambda v: (not v.default, v.name)):
                bedside.say(_indented(f"{voice.name}: {voice.description}", 2))
            bedside.say(_indented("may be told " + _setting_names(settings_of(family[0])), 6))
            bedside.say()
    bedside.say("`lullaby hear rain` plays one. Settings and their ranges: lullaby voices --json")
    return _complaints(there.wrong, bedside)


def _setting_names(rows: Iterable[Setting]) -> str:
    return ", ".join(f"{row.name} ({row.unit})" if row.unit else row.name for row in rows)


def _indented(text: str, indent: int) -> str:
    return textwrap.fill(text, 96, initial_indent=" " * indent, subsequent_indent=" " * (indent + 4))


def scores(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.scores import all_scores, facts_of_score

    there = all_scores()
    if asked.json:
        bedside.facts([facts_of_score(score) for score in there.found])
        return _complaints(there.wrong, bedside)
    for score in there.found:
        bedside.say(f"{score.name}: {score.title}, {clock(score.length)}")
        if score.description:
            bedside.say(_indented(score.description, 4))
    if not there.found:
        bedside.say("There are no scores.")
    return _complaints(there.wrong, bedside)


def rituals(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.commands.forms import movements_said
    from lullaby.evening.facts.rituals import all_rituals, facts_of_rituals

    there = all_rituals()
    facts = facts_of_rituals(there.found)
    rows, moods = facts["rituals"], facts["moods"]
    if asked.json:
        bedside.facts(facts)
        return _complaints(there.wrong, bedside)
    for row in rows:
        bedside.say(f"{row['name']}: {row['title']}, {row['longest']} at most")
        if row["description"]:
            bedside.say(_indented(row["description"], 4))
        bedside.say(_indented(f"{movements_said(row['movements'])}.", 4))
    bedside.say()
    bedside.say("A mood is told in a word, as in lullaby play alone --mood worried:")
    for mood in moods:
        bedside.say(_indented(f"{mood['mood']} ({', '.join(mood['also'])}): {mood['does']}", 2))
    return _complaints(there.wrong, bedside)


def stories(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.stories import all_stories, facts_of_told_stories
    from lullaby.story.languages import language_name

    person_of(asked, bedside)
    there = all_stories()
    rows = facts_of_told_stories(there.found, asked.listener)
    if asked.json:
        bedside.facts(rows)
        return _complaints(there.wrong, bedside)
    for says, chosen in _SHELVES:
        shelf = [row for row in rows if chosen(row)]
        if shelf:
            bedside.say(says)
        for row in shelf:
            about = [f"{max(1, round(row['minutes']))} min", row["age"], row["mood"]]
            lang = None if row["lang"] == "en" else f"in {language_name(row['lang'])}"
            also = [row["world"], lang, *row["content"]]
            stopped = row["stopped"] and f"stopped {round(100 * row['stopped'])} % of the way in"
            told = ", ".join(part for part in (*about, *also, stopped) if part)
            bedside.say(_indented(f"{row['name']}: {row['title']}, {told}", 2))
        if shelf:
            bedside.say()
    bedside.say("`lullaby tell rabbit-on-the-line` tells one.")
    return _complaints(there.wrong, bedside)


def tunes(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.tunes import all_tunes, facts_of_listed_tune

    there = all_tunes()
    rows = [facts_of_listed_tune(tune) for tune in there.found]
    if asked.json:
        bedside.facts(rows)
        return _complaints(there.wrong, bedside)
    for row in rows:
        lasts = clock(round(row["seconds"] * RATE))
        about = ", ".join(part for part in (row["title"], row["origin"], lasts, row["key"]) if part)
        bedside.say(_indented(f"{row['name']}: {about}", 0))
    bedside.say()
    bedside.say("`lullaby new tune NAME` begins one of your own.")
    return _complaints(there.wrong, bedside)


_SHELVES: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("for the night", lambda row: row["telling"] == "bedtime"),
    ("for the day", lambda row: row["telling"] == "daytime" and row["kind"] == "tale"),
    ("talks, for the day", lambda row: row["telling"] == "daytime" and row["kind"] == "talk"),
)


def _complaints(wrong: Iterable[LullabyError], bedside: Bedside) -> int:
    wrong = list(wrong)
    for error in wrong:
        bedside.note(str(error))
    return max((error.exit_code for error in wrong), default=0)
