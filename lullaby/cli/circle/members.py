"""`lullaby circle new`, `list`, `show`, `add`, `change`, `leave`, `remove`: who is in it."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from typing import Any

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, LullabyError, WrittenWrongly
from lullaby.ritual.circle import circles
from lullaby.ritual.circle.circle_file import circle_name
from lullaby.ritual.circle.facts import facts_of_circle, facts_of_member, facts_of_removed
from lullaby.ritual.circle.leaving import leave as member_leaves
from lullaby.ritual.circle.member import Circle, Member
from lullaby.ritual.circle.serial import begin_anew
from lullaby.score import checks
from lullaby.score.plain_text import counted, plain, quoted, together


def new(asked: argparse.Namespace, bedside: Bedside) -> int:
    path = circles.new_circle(Circle(asked.name))
    if asked.json:
        bedside.facts(facts_of_circle(circles.find_circle(asked.name)))
        return 0
    bedside.say(plain(str(path)))
    bedside.say("    lullaby circle add MEMBER")
    return 0


def all_circles(asked: argparse.Namespace, bedside: Bedside) -> int:
    """One broken file does not hide the others; it is said, and the exit code with it."""
    code, found = 0, []
    for name in circles.names():
        try:
            found.append(circles.find_circle(name, bedside.note))
        except LullabyError as mistake:
            bedside.note(str(mistake))
            code = mistake.exit_code
    if asked.json:
        bedside.facts([facts_of_circle(circle) for circle in found])
    elif not found and not code:
        bedside.say("No circle yet: lullaby circle new NAME")
    else:
        for circle in found:
            who = together(circle.names) if circle.members else "nobody yet"
            bedside.say(plain(f"{circle.name}: {who}"))
    return code


def show(asked: argparse.Namespace, bedside: Bedside) -> int:
    facts = facts_of_circle(circles.find_circle(circles.which(asked.circle), bedside.note))
    if asked.json:
        bedside.facts(facts)
        return 0
    bedside.say(plain(f"{facts['name']}: {counted(len(facts['members']), 'member')}"))
    for member in facts["members"]:
        bedside.say(plain(f"    {member['name']}: {_says(member)}"))
    if (serial := facts["serial"]) is not None:
        bedside.say(plain(f"    {serial['name']} goes on; told on {counted(serial['evenings'], 'evening')}."))
    bedside.say(plain(f"    {facts['file']}"))
    return 0


def _says(member: dict[str, Any]) -> str:
    told = [f"seat {member['seat']:+g}"]
    told += [f"told by {member['teller']}"] if member["teller"] else []
    told += [f"plays the {member['instrument']}"] if member["instrument"] else []
    for role, done in (("tell", "told"), ("play", "played")):
        if role in member["turns"]:
            one = member["turns"][role]
            told.append(f"{done} {one['turns']} (even: {one['share']:.1f})")
    told += [f"brings {one['title']}" for one in member["brought"] if not one["used"]]
    told += ["may go into packs"] if member["share"] else []
    return ", ".join(told)


def add(asked: argparse.Namespace, bedside: Bedside) -> int:
    try:
        name = circle_name(asked.member)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{quoted(asked.member)} {plain(unfit.what)}") from None

    def joined(circle: Circle) -> Circle:
        if any(name.casefold() == there.casefold() for there in circle.names):
            raise AskedWrongly(f"{quoted(name)} is in the circle {quoted(circle.name)} already.")
        return replace(circle, members=(*circle.members, _changed(Member(name), asked)))

    return _kept(asked, bedside, joined, name)


def change(asked: argparse.Namespace, bedside: Bedside) -> int:
    def other(circle: Circle) -> Circle:
        if _none(asked.story):
            from lullaby.ritual.circle.known import check_story

            check_story("--story", asked.story)
        if asked.story is not None or asked.series is not None:
            circle = replace(circle, story=_none(asked.story), series=_none(asked.series))
        if asked.member is None:
            return circle
        before = circle.member(asked.member)
        after = _changed(before, asked)
        return replace(circle, members=tuple(after if one is before else one for one in circle.members))

    name = circles.which(asked.circle)
    if asked.member is None and _changed(Member("x"), asked) != Member("x"):
        raise AskedWrongly("of whom? lullaby circle change MEMBER …")
    if asked.anew:
        begin_anew(name)
    return _kept(asked, bedside, other, asked.member)


def _none(word: str | None) -> str:
    return "" if word is None or word == "none" else word


def _changed(member: Member, asked: argparse.Namespace) -> Member:
    """The member with what was typed; an empty text takes away what was there."""
    told: dict[str, Any] = {
        "teller": asked.teller,
        "instrument": asked.instrument,
        "tunes": None if asked.tune is None else tuple(name for name in asked.tune if name),
        "seat": asked.seat,
        "likes": None if asked.likes is None else tuple(name for name in asked.likes if name),
        "listener": asked.listener,
        "share": None if asked.share is None else asked.share == "yes",
    }
    from lullaby.ritual.circle.known import check_member

    after = replace(member, **{key: value for key, value in told.items() if value is not None})
    check_member(member, after)
    return after


def _kept(asked: argparse.Namespace, bedside: Bedside, changing: Any, member: str | None) -> int:
    name = circles.which(asked.circle)
    try:
        circle = circles.keep_circle(name, changing)
    except WrittenWrongly as mistake:
        hint = f"\n    {mistake.hint}" if mistake.hint else ""
        raise AskedWrongly(f"{mistake.where}: {mistake.what}{hint}") from None
    if member is not None:
        for said in _unknown(circle.member(member)):
            bedside.note(plain(said))
    if asked.json:
        bedside.facts(facts_of_circle(circle) if member is None else facts_of_member(circle.member(member)))
        return 0
    bedside.say(plain(str(circles.circle_file(name))))
    bedside.say(plain(f"    lullaby circle show --circle {shlex.quote(name)}"))
    return 0


def _unknown(member: Member) -> list[str]:
    """Notes on who was named and is not there. It is kept: they may come later."""
    from lullaby.people.listeners import names as listeners

    if member.listener and member.listener not in listeners():
        return [f"--listener: there is no listener {quoted(member.listener)} here yet."]
    return []


def leave(asked: argparse.Namespace, bedside: Bedside) -> int:
    name = circles.which(asked.circle)
    circles.find_circle(name).member(asked.member)
    if not asked.yes:
        raise AskedWrongly(
            f"{plain(asked.member)} would leave {plain(name)} for good, with turns and all they brought.\n"
            "    --yes does it."
        )
    path = member_leaves(name, asked.member)
    if asked.json:
        bedside.facts(facts_of_removed(asked.member, path))
    else:
        bedside.say(plain(f"{asked.member} has left {name}: nothing of theirs is kept in it."))
    return 0


def remove(asked: argparse.Namespace, bedside: Bedside) -> int:
    name = circles.which(asked.circle)
    if not asked.yes:
        raise AskedWrongly(f"{plain(str(circles.circle_file(name)))} would be erased.\n    --yes does it.")
    path = circles.remove_circle(name)
    if asked.json:
        bedside.facts(facts_of_removed(name, path))
    else:
        bedside.say(plain(f"{path} is erased."))
    return 0
