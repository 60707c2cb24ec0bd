"""Settings that several kinds share, so that a word means the same in every voice file."""

from __future__ import annotations

from lullaby.score.settings import Form, Setting, Value
from lullaby.time import RATE

TOP = RATE / 2


def number(
    key: str,
    default: float,
    unit: str,
    low: float,
    high: float,
    says: str,
    *,
    name: str = "",
    moves: bool = True,
    by_ratio: bool = False,
    thins: int = 0,
) -> Setting:
    """A setting that is one number; it is called by the last word of its place unless it is given a name."""
    own = name or key.rsplit(".", 1)[-1]
    return Setting(own, key, default, unit, low, high, says, moves=moves, by_ratio=by_ratio, thins=thins)


def listed(
    key: str,
    default: Value,
    unit: str,
    low: float,
    high: float,
    says: str,
    form: Form,
    *,
    name: str = "",
    longest: int = 32,
) -> Setting:
    """A setting that is a list, a range or a curve, and that no scene moves."""
    return Setting(
        name or key.rsplit(".", 1)[-1],
        key,
        default,
        unit,
        low,
        high,
        says,
        form=form,
        moves=False,
        longest=longest,
    )


def channel_strip(send: float = -14.0) -> tuple[Setting, ...]:
    """The settings that every voice has: level, pan, reverb send, and a trim to its own loudness."""
    return (
        number(
            "level",
            0.0,
            "dB",
            -90,
            12,
            "louder; 0 is its own loudness: -27 LUFS alone, -33 for a fire",
        ),
        number("pan", 0.0, "", -1, 1, "from the left speaker (-1) to the right (1)"),
        number("room.send", send, "dB", -90, 6, "more of the room; -90 is none of it"),
        number("trim", 0.0, "dB", -40, 40, "puts this voice at its own loudness at level 0", moves=False),
    )


def bed_settings(tilt: float, low: float, high: float, *, width: float = 0.6) -> tuple[Setting, ...]:
    """A bed of coloured noise."""
    return (
        number("bed.tilt", tilt, "dB per octave", -12, 6, "brighter"),
        number("bed.from", low, "Hz", 10, 4_000, "less low end", by_ratio=True),
        number("bed.to", high, "Hz", 200, 20_000, "more high end", by_ratio=True),
        listed(
            "bed.curve",
            (),
            "Hz, dB",
            -90,
            TOP,
            "the bed's own spectrum, as points of frequency and level",
            Form.POINTS,
        ),
        number("bed.width", width, "", 0, 1, "wider: 0 is one point, 1 fills the space between the ears"),
        number("bed.sway.by", 0.0, "dB", 0, 9, "stronger slow coming and going", name="sway"),
        number("bed.sway.over", 30.0, "s", 2, 600, "slower coming and going", name="sway_over", moves=False),
    )


def gusts(default: float = 1.0) -> Setting:
    """How far the night's gusts move a voice that stands in the wind."""
    return number("gusts", default, "", 0, 2, "gusts that move it further; 0 is an even wind")


def upper_edge(default: float) -> Setting:
    return number("to", default, "Hz", 500, 20_000, "more high end", by_ratio=True)


def distance(default: float = 0.2, says: str = "farther off: duller, and calmer") -> Setting:
    return number("distance", default, "", 0, 1, says, moves=False)


def width(default: float = 1.0) -> Setting:
    return number("width", default, "", 0, 1, "wider: 0 is one point", moves=False)
