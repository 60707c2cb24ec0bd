"""Limits by age: loudness, length, beating tones and whole nights.

Infants: Hugh 2014 (14 of 14 sleep machines above 50 dBA at 1 m). Hearing: WHO/ITU H.870. Children's nights
stay at the level of an adult who settles, and of the WHO's 45 dB LAmax in a bedroom. [design]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lullaby.people.traits import ADULT
from lullaby.score import Score
from lullaby.score.avoiding import Avoid, without
from lullaby.score.shortening import playing_out, shortened
from lullaby.time import RATE

TODDLER = 2
"""Years. Below it, an infant."""

LONGEST_MIN = 1440
"""Minutes of a day: no night is longer."""

SHORTEST_PLAY_OUT_MIN = 20
"""Minutes: falling asleep takes most people longer than any less."""
PLAY_OUT_MIN = 60
"""Minutes after which a night ends where its sleeper's sleep never comes to stay."""


@dataclass(frozen=True)
class Limits:
    """The limits that a night for somebody keeps to."""

    profile: str
    cap_dba: float
    """The most dBA at the pillow."""
    aim_dba: float | None
    """The dBA aimed at, at the pillow; None where the rules of sound by stage say it."""
    usual_min: int
    """Minutes after which a night is over, where nobody has set another number."""
    longest_min: int
    """The most minutes that may be set."""
    ends_min: int
    """Minutes after which a night is over for this listener: what was set for them, else the usual."""
    adults_only_kinds: bool
    """May kinds of sound be heard that are for adults only, as beating tones are?"""
    all_night: bool
    place: str
    """The place for which the limits hold: the cot, the pillow."""
    keeps: str
    """The limits that hold on any device, as a sentence for people with a place for `{length}`."""
    set_min: int | None = None
    """Minutes that were set for this listener, however many; None where nobody has set any."""
    play_out_min: int = PLAY_OUT_MIN
    """Minutes after which a night ends where sleep never comes to stay; an adult's to choose."""

    def says(self, calibrated: bool) -> str:
        """The limits as sentences, with how loud that is; or that nobody has measured, so that it is no
        promise."""
        keeps = self._keeps()
        if calibrated:
            aim = "" if self.aim_dba is None else f", {self.aim_dba:g} aimed at"
            return f"{keeps} At most {self.cap_dba:g} dBA at the {self.place}{aim}."
        return (
            f"{keeps} How loud it is at the {self.place} nobody has measured, so no limit of loudness "
            "can be promised, only a quiet beginning: `lullaby calibrate` with a sound meter at the "
            f"{self.place} mends that."
        )

    def _keeps(self) -> str:
        if self.profile == GROWN.profile:
            own = (
                "" if self.set_min is None else f" {self.ends_min} minutes at most, by a limit of their own."
            )
            if self.play_out_min != PLAY_OUT_MIN:
                own += f" Where sleep does not stay, {self.play_out_min} minutes of sound."
            return self.keeps + own
        length = f"{self.ends_min} minutes at most, by a timer"
        if self.set_min is not None:
            most = f", and {self.longest_min} is the most" if self.set_min > self.longest_min else ""
            length += f" (a parent set {self.set_min}{most})"
        return self.keeps.format(length=length)


INFANT = Limits(
    profile="infant",
    cap_dba=50,
    aim_dba=40,
    usual_min=30,
    longest_min=60,
    ends_min=30,
    adults_only_kinds=False,
    all_night=False,
    place="cot",
    keeps="For an infant: {length}; no beats, never all night; the speaker far from the cot.",
)

CHILD = Limits(
    profile="child",
    cap_dba=45,
    aim_dba=40,
    usual_min=45,
    longest_min=60,
    ends_min=45,
    adults_only_kinds=False,
    all_night=False,
    place="pillow",
    keeps="For a child: {length}; no beats, not all night. The model of sleep knows adults only, and is not "
    "used.",
)

GROWN = Limits(
    profile="adult",
    cap_dba=80,
    aim_dba=None,
    usual_min=LONGEST_MIN,
    longest_min=LONGEST_MIN,
    ends_min=LONGEST_MIN,
    adults_only_kinds=True,
    all_night=True,
    place="pillow",
    keeps="For an adult: softer as sleep deepens; beats and whole nights only where they are asked for.",
)


def limits_at(
    age: int | None,
    cap_dba: float | None = None,
    longest_min: int | None = None,
    play_out_min: int | None = None,
) -> Limits:
    """The limits for somebody so old, an adult where the age is not known. Their own cap may only be lower;
    their own minutes replace the usual ones, up to the most that may be set. How long a night goes on without
    stable sleep an adult may choose; a child's timer stays."""
    if age is None or age >= ADULT:
        limits = GROWN
    else:
        limits = INFANT if age < TODDLER else CHILD
    cap = min(limits.cap_dba, cap_dba if cap_dba is not None else limits.cap_dba)
    aim = limits.aim_dba if limits.aim_dba is None else min(limits.aim_dba, cap)
    ends = limits.usual_min if longest_min is None else min(longest_min, limits.longest_min)
    play_out = PLAY_OUT_MIN if play_out_min is None or limits is not GROWN else play_out_min
    return replace(
        limits,
        cap_dba=cap,
        aim_dba=aim,
        ends_min=ends,
        set_min=longest_min,
        play_out_min=play_out,
    )


def kept_to(limits: Limits, score: Score) -> Score:
    """The score as these limits allow it: without beats, not all night, no longer than may be. Its level is
    the guard's business."""
    if not limits.adults_only_kinds:
        kinds = {part.kind.name for part in score.voices if part.kind.adults_only}
        score = without(score, Avoid(kinds=tuple(sorted(kinds))), called="what is for adults only")
    if not limits.all_night and score.all_night is not None:
        score = replace(score, all_night=None)
    if limits.play_out_min != PLAY_OUT_MIN:
        score = playing_out(score, limits.play_out_min * 60 * RATE)
    return shortened(score, limits.ends_min * 60 * RATE)
