"""Settings that hold for a whole night: its reverb, its weather, its wake window."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from lullaby.score import checks
from lullaby.score.model import ReverbSettings, Wake, WeatherSettings
from lullaby.score.plain_text import called
from lullaby.score.scenes import SHORTEST
from lullaby.score.settings import SILENT
from lullaby.score.toml_table import TomlTable
from lullaby.time import LONGEST, PAGE, clock


def read_weather(top: TomlTable, length: int) -> WeatherSettings:
    hint = "[weather] has gusts = 0.6."
    return weather_in(top.table("weather", f"{top.where}, [weather]", "weather", hint), length)


def weather_in(weather: TomlTable, length: int) -> WeatherSettings:
    """The weather that this table is of."""
    weather.only(("gusts", "pace", "storm"))
    usual = WeatherSettings()
    return WeatherSettings(
        gusts=weather.number("gusts", usual.gusts, 0, 1),
        pace=weather.number("pace", usual.pace, 4, 120, "s"),
        storm=weather.take("storm", (), partial(_storm, length=length)),
    )


def _storm(value: object, length: int) -> tuple[tuple[int, float], ...]:
    """Rows of a time and a strength, in their order."""
    hint = "Write it storm = [[00:00:00, 1.5], [00:40:00, 0.5]]."
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == 2 for row in value):
        raise checks.Unfit(f"is {called(value)}, not rows of a time and a strength.", hint)
    if len(value) > 64:
        raise checks.Unfit("has more than 64 rows.")
    rows = [_row(n, time, strength, length) for n, (time, strength) in enumerate(value, 1)]
    if any(later[0] - row[0] < SHORTEST for row, later in pairwise(rows)):
        raise checks.Unfit("goes back in time, or changes at once.", "Each row is later than the one before.")
    return tuple(rows)


def _row(n: int, time: object, strength: object, length: int) -> tuple[int, float]:
    """Each of a storm's rows says which it is."""
    try:
        moment = checks.moment(time, 0, LONGEST)
    except checks.Unfit as unfit:
        raise checks.Unfit(f": in row {n} the time {unfit.what}", unfit.hint) from None
    if moment > length:
        raise checks.Unfit(f": row {n} is at {clock(moment)}, and the night ends at {clock(length)}.")
    try:
        return moment, checks.number(strength, low=0, high=2)
    except checks.Unfit as unfit:
        raise checks.Unfit(f": in row {n} the strength {unfit.what}", unfit.hint) from None


def read_wake(top: TomlTable, length: int) -> Wake | None:
    """The wake window, between five minutes and a quarter of an hour of coming up, inside the night."""
    if "wake" not in top.values:
        return None
    wake = top.table("wake", f"{top.where}, [wake]", "wake", hint="[wake] has at = 07:30:00.")
    wake.only(("at", "over"))
    if not wake.needs("at", "It counts from lights-out, like all times here."):
        return None
    time = wake.clock("at", 0, PAGE, LONGEST)
    duration = wake.clock("over", 10 * PAGE, 5 * PAGE, 15 * PAGE)
    if time + duration > length:
        wake.note(f"the window ends at {clock(time + duration)}, and the night at {clock(length)}.")
    return Wake(time, duration)


def read_room(top: TomlTable) -> ReverbSettings:
    room = top.table("room", f"{top.where}, [room]", hint='level = "silent" under [room] is no room at all.')
    room.only(("t60", "damping", "size", "early", "level"))
    silent = room.values.get("level") == "silent"
    return ReverbSettings(
        t60=room.number("t60", ReverbSettings.t60, 0.2, 3.5, "s"),
        damping=room.number("damping", ReverbSettings.damping, 0, 1),
        size=room.number("size", ReverbSettings.size, 0.5, 1.5),
        early=room.number("early", ReverbSettings.early, -60, 0, "dB"),
        level=SILENT if silent else room.number("level", ReverbSettings.level, -60, 12, "dB"),
    )
