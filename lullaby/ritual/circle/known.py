"""Is there what somebody names for themselves, and can it do that? It is checked as a ritual's file is, and
when it is said: at bedtime it would be too late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lullaby.errors import AskedWrongly, LullabyError, choices
from lullaby.ritual.circle.member import Member
from lullaby.ritual.parts import Parts
from lullaby.score.checks import Unfit
from lullaby.score.movements import Found, named
from lullaby.score.plain_text import plain, quoted
from lullaby.score.rituals import there_is
from lullaby.score.tellings import bedtime_instead, is_for_bedtime
from lullaby.voices.kinds import KINDS


def check_member(before: Member, after: Member) -> None:
    """An AskedWrongly where something that is new of a member is not there. What was there before is not
    looked at, so that it is in nobody's way."""
    if (before.teller, before.instrument, before.tunes, before.likes) == (
        after.teller, after.instrument, after.tunes, after.likes,
    ):  # fmt: skip
        return
    found = _found()
    check_voices(
        after.teller if after.teller != before.teller else "",
        after.instrument if after.instrument != before.instrument else "",
        found,
    )
    for name in after.tunes:
        if name not in before.tunes:
            _named("--tune", name, tuple(found.tunes), "tune")
    for name in after.likes:
        if name not in before.likes:
            check_story("--likes", name, found)


def check_voices(teller: str, instrument: str, found: Found | None = None) -> None:
    """The same of a guest's voices; "" is none."""
    parts = Parts(Path().absolute())
    found = found or (_found() if teller or instrument else None)
    if teller and found is not None:
        _can("--teller", teller, parts.can_tell, found.tellers, "teller")
    if instrument and found is not None:
        _can("--instrument", instrument, parts.can_play, found.instruments, "instrument")


def check_story(option: str, name: str, found: Found | None = None) -> None:
    """The same of a story, which is told at bedtime."""
    stories = (found or _found()).stories
    if name not in stories:
        many = f"{len(stories)} of them: lullaby stories lists them"
        hint = choices(name, sorted(stories), "There are", many)
        raise AskedWrongly(f"{option}: there is no story {quoted(name)}.\n    {plain(hint)}")
    if not is_for_bedtime(stories[name]):
        hint = bedtime_instead(name, stories)
        raise AskedWrongly(
            f"{option}: {quoted(name)} is for the day, and a ritual is held at bedtime.\n    {plain(hint)}"
        )


def _found() -> Found:
    return there_is(Path().absolute(), KINDS)


def _can(option: str, name: str, can: Callable[[str], None], names: tuple[str, ...], what: str) -> None:
    """A voice may be meant by any word that a mix knows, and only then it is looked for in the list."""
    try:
        can(name)
    except LullabyError:
        _named(option, name, names, what)
        raise  # it is one by its name, and what else is wrong with it is said by itself


def _named(option: str, name: str, names: tuple[str, ...], what: str) -> None:
    try:
        named(name, names, what)
    except Unfit as unfit:
        hint = f"\n    {plain(unfit.hint)}" if unfit.hint else ""
        raise AskedWrongly(f"{option} {quoted(name)} {plain(unfit.what)}{hint}") from None
