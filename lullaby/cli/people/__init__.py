"""`lullaby people`: the listeners. Each is one file on this machine, which nobody else may read."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from lullaby.cli.people import add as adding
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, LullabyError, choices
from lullaby.score.plain_text import plain, together
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.people.listeners import Person

WORDS = "the listeners: age, sleep, teller, avoid-list, limits"


def add(commands: Any) -> None:
    parser = commands.add_parser("people", help=WORDS, description=WORDS, allow_abbrev=False)
    # the sub-commands' class is this parser's own, so that complaints stay ours
    subcommands = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    adding.add(subcommands)
    for name, run, says in (
        ("list", _list, "who there is"),
        ("show", _show, "what is known of somebody"),
        ("remove", _remove, "erase what is known of somebody"),
    ):
        one = subcommands.add_parser(name, help=says, allow_abbrev=False)
        if name != "list":
            one.add_argument("name", metavar="NAME")
        if name == "remove":
            one.add_argument("--yes", action="store_true", help="for good")
        one.add_argument("--json", action="store_true", help="the same for programs")
        one.set_defaults(run=run)

    def nothing(*_: object) -> NoReturn:
        raise AskedWrongly(f"lullaby people what?\n    {choices('', subcommands.choices, 'There are')}")

    parser.set_defaults(run=nothing)


def _list(asked: argparse.Namespace, bedside: Bedside) -> int:
    """One broken file does not hide the others; it is said, and the exit code with it."""
    from lullaby.people.listeners import find_person, names

    code, found = 0, []
    for name in names():
        try:
            found.append(find_person(name, bedside.note))
        except LullabyError as mistake:
            bedside.note(str(mistake))
            code = mistake.exit_code
    from lullaby.evening.facts.listener import facts_of_listener

    if asked.json:
        bedside.facts([facts_of_listener(person, bedside.clock.now().date()) for person in found])
    elif not found and not code:
        bedside.say("Nobody yet: lullaby people add NAME")
    else:
        for person in found:
            bedside.say(plain(f"{person.name}: {_who(person, bedside)}"))
    return code


def _show(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.people.devices import calibration_for
    from lullaby.people.listeners import find_person, person_file

    person = find_person(asked.name, bedside.note)
    from lullaby.evening.facts.listener import facts_of_listener

    if asked.json:
        bedside.facts(facts_of_listener(person, bedside.clock.now().date()))
        return 0
    bedside.say(plain(f"{person.name}: {_who(person, bedside)}"))
    for line in _lines(person, bedside):
        bedside.say(plain(f"    {line}"))
    calibrated = calibration_for(person, note=bedside.note).offset is not None
    bedside.say(plain(f"    {person.limits(bedside.clock.now().date()).says(calibrated)}"))
    bedside.say(plain(f"    {person_file(person.name)}"))
    return 0


def _remove(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.enough.forgetting import forget_what_was_spoken_for
    from lullaby.journal.erasing import erase
    from lullaby.people.listeners import forget_person, names, person_file

    path = person_file(asked.name)
    if asked.name in names() and not asked.yes:
        raise AskedWrongly(f"{plain(str(path))} would be erased for good.\n    --yes does it.")
    if asked.name in names():
        forget_what_was_spoken_for(asked.name)
    forget_person(asked.name)
    erase(asked.name)
    if asked.json:
        from lullaby.evening.facts.listener import facts_of_removed

        bedside.facts(facts_of_removed(asked.name, path))
    else:
        bedside.say(plain(f"{path} is erased."))
    return 0


def _who(person: Person, bedside: Bedside) -> str:
    profile = person.limits(bedside.clock.now().date()).profile
    return f"{profile}, born {person.birth_year}" if person.birth_year else profile


def _clock(hours: float) -> str:
    hour, minute = divmod(round(hours * 60) % 1440, 60)
    return f"{hour:02d}:{minute:02d}"


def _lines(person: Person, bedside: Bedside) -> list[str]:
    from lullaby.evening.facts.listener import avoided_by

    lines = [f"To bed at {_clock(person.bedtime)}."]
    if person.limits(bedside.clock.now().date()).profile == "adult":  # the model knows nobody younger
        lines.append(f"Insomnia {person.insomnia:g} of 0.8, chronotype {person.chronotype:+g} h.")
        if person.latency != 1:
            lines.append(f"Falls asleep in {person.latency:.2g} times the usual minutes.")
    if timer := person.own_timer(bedside.clock.now().date()):
        hours = timer.between and " to ".join(_clock(hour) for hour in timer.between)
        lines.append(f"Silent after {clock(round(timer.after * RATE))}{f', from {hours}' if hours else ''}.")
    if person.teller:
        lines.append(f"Told by {person.teller}.")
    if person.names:
        lines.append(f"Names for stories: {together(person.names)}.")
    likes = person.stories
    wanted = [likes.place, likes.companion and f"with a {likes.companion}", *likes.favourites]
    if told := [part for part in wanted if part]:
        lines.append(f"Stories of {together(told)}.")
    lines += [
        f"Never to be heard, {sort}: {', '.join(names)}."
        for sort, names in avoided_by(person).items()
        if names
    ]
    if person.say:
        lines.append(f"Said: {', '.join(f'{word} as {how}' for word, how in person.say.items())}.")
    for name, one in person.devices.items():
        says = [] if one.comfortable is None else [f"comfortable at {one.comfortable:g} dB"]
        says += [] if one.meter is None else [f"{one.meter:g} dBA measured at the pillow"]
        lines.append(f"On {name}: {', '.join(says) or 'nothing known'}.")
    return lines
