"""`lullaby calibrate`: what is just comfortable on a device, and how loud that is at the pillow."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.listener import add_for, person_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score import checks
from lullaby.score.plain_text import plain, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lullaby.people.calibration import Calibration
    from lullaby.people.limits import Limits
    from lullaby.people.listeners import Person

_COMFORTABLE = (
    "Which gain is just comfortable on it, in dB? 0 is as a night is written, -10 softer (Enter: as before): "
)
_METER = "What does a sound meter at the pillow read meanwhile, in dBA? (Enter: none at hand): "
_SILENT = (
    "lullaby does not play its test sound yet. A meter's reading counts only while pink noise of "
    "{level:g} dBFS(A) plays: `lullaby hear pink-noise:{gain:.1f} --seconds 300` is that, on the device as "
    "it will be at night."
)

_MOST_NAMED = 6
"""Scores."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "calibrate", help="what is comfortable on a device, and how loud it is", allow_abbrev=False
    )
    add_for(parser)
    parser.add_argument("--device", metavar="D", help="the device by name (the usual one)")
    parser.add_argument("--comfortable", metavar="DB", help="just comfortable: 0 as written, -10 softer")
    parser.add_argument("--meter", metavar="DBA", help="what a sound meter at the pillow reads")
    parser.add_argument("--json", action="store_true", help="what is kept, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.people import calibration as known
    from lullaby.people.devices import keep_device
    from lullaby.people.listeners import keep_device_of

    person = person_of(asked, bedside)
    _check(asked.device)
    if asking := asked.comfortable is None and asked.meter is None:
        _ask(asked, bedside)
    comfortable = _number("--comfortable", asked.comfortable, known.QUIETEST, known.LOUDEST, "dB")
    meter = _number("--meter", asked.meter, known.LOWEST_METER, known.HIGHEST_METER, "dBA")
    device = known.device_name(asked.device)

    def change(before: Calibration) -> Calibration:
        return before.updated(comfortable, meter)

    found = keep_device_of(person.name, device, change) if person else keep_device(device, change)
    _say(asked, bedside, person, device, found)
    if meter is not None and meter < known.UNSURE_BELOW:
        bedside.note(f"Below {known.UNSURE_BELOW:g} dBA a phone hears mostly itself and the room.")
    if not asked.json and not asking:
        bedside.note(_silent(found.comfortable))
    return 0


def _silent(comfortable: float | None) -> str:
    from lullaby.people.calibration import NOISE, SOUND

    level = SOUND + (comfortable or 0)
    return _SILENT.format(level=level, gain=level - NOISE)


def _check(device: str | None) -> None:
    try:
        if device is not None and not checks.text(device, 100).strip():
            raise checks.Unfit("is not a name.")
    except checks.Unfit as unfit:
        raise AskedWrongly(f"--device {quoted(device or '')} {unfit.what}") from None


def _ask(asked: argparse.Namespace, bedside: Bedside) -> None:
    """Asks the two questions in a terminal; in a pipe, an error says what to give."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()) or asked.json:
        raise AskedWrongly(
            "nobody is there to ask.\n    Give --comfortable DB, --meter DBA, or both: "
            "lullaby calibrate --comfortable -10 --meter 38"
        )
    from lullaby.people.calibration import LOUDEST, QUIETEST

    try:
        asked.comfortable = input(_COMFORTABLE).strip() or None
        gain = _number("--comfortable", asked.comfortable, QUIETEST, LOUDEST, "dB")
        bedside.note(_silent(gain))
        asked.meter = input(_METER).strip() or None
    except EOFError:
        raise AskedWrongly("no answer, so nothing was changed.") from None
    if asked.comfortable is None and asked.meter is None:
        raise AskedWrongly("no answer, so nothing was changed.")


def _number(option: str, text: str | None, low: float, high: float, unit: str) -> float | None:
    if text is None:
        return None
    try:
        return checks.number(float(text.replace("−", "-").replace(",", ".")), low, high, unit)
    except ValueError:
        raise AskedWrongly(f"{option} {quoted(text)} is not a number of {unit}.") from None
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{option} {quoted(text)} {unfit.what}") from None


def _say(
    asked: argparse.Namespace, bedside: Bedside, person: Person | None, device: str, found: Calibration
) -> None:
    from lullaby.evening.facts.device import facts_of_device
    from lullaby.people.limits import limits_at

    limits = person.limits(bedside.clock.now().date()) if person else limits_at(None)
    facts = facts_of_device(device, person, limits, found)
    if asked.json:
        bedside.facts(facts)
        return
    gain = "" if found.comfortable is None else f"just comfortable at {found.comfortable:g} dB"
    bedside.say(plain(f"{device}: {gain or 'what is comfortable has not been asked'}."))
    if found.offset is not None:
        bedside.say(f"    {found.meter:g} dBA at the pillow for {found.sounding:g} dBFS(A).")
    if person:
        bedside.say(f"    {limits.says(found.offset is not None)}")
        if found.meter is not None and found.meter > limits.cap_dba:
            bedside.say(f"    What was measured is {found.meter - limits.cap_dba:g} dB too loud for that.")
    for line in _what_it_does(limits, facts["softened_db"], named=person is not None):
        bedside.say(plain(f"    {line}"))
    bedside.say(plain(f"    {facts['file']}"))


def _what_it_does(limits: Limits, softer: Mapping[str, float] | None, named: bool) -> Iterator[str]:
    """Lines on how nights on this device change from now on: a measured device is held to dBA. Where a
    listener was named, their own limits have been printed already."""
    from lullaby.people.caps import ALL_NIGHT_DBA

    if softer is None:
        return
    if not named:
        yield f"From now on nights are held to {limits.cap_dba:g} dBA at the {limits.place} on it."
    if limits.all_night:
        yield f"What plays all night (all_night in a score) opens at no more than {ALL_NIGHT_DBA:g} dBA."
    if softer:
        most = sorted(softer.items(), key=lambda one: -one[1])
        names = ", ".join(f"{name} up to {lower:.0f} dB" for name, lower in most[:_MOST_NAMED])
        more = f", and {len(most) - _MOST_NAMED} more" if len(most) > _MOST_NAMED else ""
        yield f"Softer there than they are written: {names}{more}."
    else:
        yield "No score there is now is softer there than it is written."
