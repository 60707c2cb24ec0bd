"""Values of settings, checked against their rows: the form, the range and the unit of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TypeVar

from lullaby.score import attached_files, checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import called
from lullaby.score.settings import SILENT, Form, Kind, Setting, Value

L = TypeVar("L", bound=tuple[object, ...])

LEVEL = Setting("level", "level", 0.0, "dB", -90.0, 12.0, "louder")
"""Every voice has a level in the mix, whether its table names one or not."""

_MOVING = (Form.NUMBER, Form.RANGE, Form.NUMBERS)

_HIGHEST = 24_000.0
"""Hz: no point of a curve over frequency lies above half the rate."""


def settings(kind: Kind) -> dict[str, Setting]:
    """The settings by name that a score may give a voice of this kind; its level first."""
    own = {setting.name: setting for setting in kind}
    row = own.get("level", LEVEL)
    level = replace(row, low=LEVEL.low, high=LEVEL.high, unit=LEVEL.unit, form=LEVEL.form, moves=True)
    return {"level": level, **{name: setting for name, setting in own.items() if name != "level"}}


def can_move(setting: Setting) -> bool:
    """Numbers glide; words do not, whatever their row says."""
    return setting.moves and setting.form in _MOVING


def setting_value(value: object, setting: Setting) -> Value:
    """The value as this setting holds it, or an Unfit that says the form, the range and the unit."""
    number = partial(checks.number, low=setting.low, high=setting.high, unit=setting.unit)
    match setting.form:
        case Form.NUMBER:
            return _level(value, setting) if _may_be_silent(setting) else number(value)
        case Form.RANGE:
            return _range(value, setting)
        case Form.NUMBERS:
            return _counted(checks.entries(value, number), setting)
        case Form.POINTS:
            points = _counted(checks.entries(value, partial(_point, setting=setting)), setting)
            if any(a[0] >= b[0] for a, b in pairwise(points)):
                raise Unfit("is out of order: each point lies above the one before it.")
            return points
        case Form.CHOICE:
            return checks.choice(value, setting.choices)
        case Form.FLAG:
            return checks.flag(value)
        case Form.FILE:
            return attached_files.name(value)
        case Form.NAME:
            return "" if value == "" == setting.default else checks.name(value)


def _may_be_silent(setting: Setting) -> bool:
    return setting.name == "level" or setting.low == SILENT


def _level(value: object, setting: Setting) -> float:
    if value == "silent":
        return SILENT
    try:
        return checks.number(value, setting.low, setting.high, setting.unit)
    except Unfit as unfit:
        lower = isinstance(value, str) or (isinstance(value, int | float) and value < setting.low)
        raise Unfit(unfit.what, 'Nothing at all is written "silent".' if lower else "") from None


def _range(value: object, setting: Setting) -> tuple[float, ...]:
    hint = "A range is two numbers, the low one first: [900, 3200]."
    if not isinstance(value, list):
        raise Unfit(f"is {called(value)}, not a range.", hint)
    number = partial(checks.number, low=setting.low, high=setting.high, unit=setting.unit)
    found = checks.entries(value, number)
    if len(found) != 2 or found[0] > found[1]:
        raise Unfit("is not a range.", hint)
    return found


def _point(value: object, setting: Setting) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise Unfit("is not a point.", "Points are pairs of Hz and dB: [[60, -18], [800, 0]].")
    x = checks.number(value[0], 1.0, _HIGHEST, "Hz")
    return x, checks.number(value[1], setting.low, setting.high, setting.unit)


def _counted(found: L, setting: Setting) -> L:
    if len(found) > setting.longest:
        raise Unfit(f"is too long: at most {setting.longest} entries.")
    if not found and setting.default != ():
        raise Unfit("is empty.")
    return found
