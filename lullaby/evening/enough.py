"""How much of a night is enough for its listener: by the limits they have set themselves, by their month, and
by what has been heard already. It makes nights shorter and softer, never longer and never louder."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lullaby.errors import LullabyError
from lullaby.evening.enough_heard import Heard, heard_by
from lullaby.people.calibration import Calibration
from lullaby.people.caps import PEAKS, UNCAPPED, Caps
from lullaby.people.enough.book import looked, there_is
from lullaby.people.enough.month import MonthNight, month_in
from lullaby.people.enough.own_limits import FREE, OwnLimits, limits_on
from lullaby.people.enough.pledge import pledge_on
from lullaby.score import Score
from lullaby.score.plain_text import plain
from lullaby.score.shortening import shortened
from lullaby.time import RATE, clock

LEAST_MIN = 1.0
"""Minutes: where less is left, nothing begins."""
DOSE_HOURS = 40.0
"""A dose is the energy of so many hours at its level (as in WHO-ITU H.870, whose week has 40)."""
QUIETEST_DBA = 22.0
"""Where the dose leaves less than this, which no bedroom is, nothing begins."""


class Enough(LullabyError):
    """Nothing plays, because its listener has decided so. Nothing is wrong: exit 0."""

    exit_code = 0


@dataclass(frozen=True)
class Allowance:
    """What a night may have. The usual values take nothing away."""

    longest: int | None = None
    """Frames."""
    share: float = 1.0
    """Of the length it would have."""
    softer_db: float = 0.0
    """0 or less."""
    loudest: float | None = None
    """dBA at the pillow: how loud it may open, where that can be held."""
    says: tuple[str, ...] = ()
    """Why, in sentences."""

    @property
    def facts(self) -> dict[str, Any]:
        """As the log of a night keeps it."""
        return {"longest": self.longest, "softer_db": self.softer_db}

    def applied(self, score: Score) -> Score:
        """The score, shorter and softer."""
        if self.longest is not None:
            score = shortened(score, self.longest)
        if self.softer_db >= 0:
            return score
        # the texts name a night: two that sound different must never be taken for one
        named = "\n".join([*score.sources[:1], f"# softer by {-self.softer_db:.3f} dB"])
        level = score.level + self.softer_db
        return replace(score, level=level, sources=(named, *score.sources[1:]))

    def capped(self, caps: Caps, known: Calibration) -> Caps:
        """The caps, where the dose asks for lower ones and the device is measured."""
        aim = None if self.loudest is None else known.dbfs(self.loudest)
        if aim is None:
            return caps
        why, hard = "the dose of this week", aim + PEAKS
        return Caps(
            min(caps.hard, hard),
            min(caps.aim, aim),
            why if hard < caps.hard else caps.hard_is,
            why if aim < caps.aim else caps.aim_is,
        )

    def unmeasured(self, caps: Caps) -> str | None:
        """Said where a dose cannot be held, because nobody has measured the device."""
        if self.loudest is None or caps != UNCAPPED:
            return None
        return (
            "How loud this is at the pillow nobody has measured, so the dose can neither be held nor "
            "counted: `lullaby calibrate` with a sound meter mends that."
        )


ALL = Allowance()


@dataclass(frozen=True)
class Standing:
    """All that an evening's allowance follows from."""

    limits: OwnLimits
    month: MonthNight | None
    heard: Heard
    held_by: str | None = None
    """Who holds a pledge."""


NOWHERE = Standing(FREE, None, Heard())


def standing(listener: str | None, evening: datetime.date, *, now: bool = True) -> Standing:
    """How it stands on this evening. `now`: what has been heard already counts."""
    limits, month, pledge = FREE, None, None
    if there_is(listener):
        with looked(listener) as db:
            if db is not None:
                limits = limits_on(db, evening)
                found, pledge = month_in(db), pledge_on(db, evening)
                month = None if found is None else found.night(evening)
    heard = heard_by(listener, evening) if now else Heard()
    return Standing(limits, month, heard, None if pledge is None else pledge.holder)


def refused(listener: str | None, at: Standing, *, anyway: bool) -> str | None:
    """Why nothing plays this evening; None where something may. `anyway` passes what somebody chose for this
    evening alone, and their quiet nights unless another holds them to these; no limit."""
    whose = "your" if listener is None else f"{plain(listener)}'s"
    all_the_same = " --anyway plays all the same."
    if at.heard.without and not anyway:
        return f"Tonight is one without, as was chosen, and that is a good night. Sleep well.{all_the_same}"
    if at.month is not None and at.month.without and not anyway:
        return f"Tonight is one of the nights without sound in {whose} month. Sleep well.{all_the_same}"
    return None


def quiet(listener: str | None, at: Standing, evening: datetime.date, *, anyway: bool) -> str | None:
    """The same for quiet nights."""
    if not at.limits.is_quiet(evening) or (anyway and at.held_by is None):
        return None
    whose = "your" if listener is None else f"{plain(listener)}'s"
    end = " --anyway plays all the same." if at.held_by is None else f" {plain(at.held_by)} holds the pledge."
    return f"Tonight is one of {whose} quiet nights, so nothing plays. Sleep well.{end}"


def allowed(
    listener: str | None,
    evening: datetime.date,
    lasts: Callable[[], int],
    *,
    now: bool,
    anyway: bool = False,
) -> Allowance:
    """What a night may have on this evening; `lasts` says how many frames it would last. With `now` it is
    heard now: an Enough is raised where that is nothing. Without, it is looked at or kept, and what has been
    heard does not count."""
    at = standing(listener, evening, now=now)
    if now and (why := refused(listener, at, anyway=anyway) or quiet(listener, at, evening, anyway=anyway)):
        raise Enough(why)
    found = ALL
    if at.month is None and at.limits == FREE:
        return found
    length = lasts()
    if at.month is not None:
        found = Allowance(share=at.month.share, softer_db=at.month.softer_db, says=(_of_month(at.month),))
        found = replace(found, longest=round(length * found.share))
    left, why = _left(at)
    if left is not None and left < LEAST_MIN and now:
        raise Enough(f"{why} Enough for tonight; sleep well.")
    if left is not None and round(left * 60) * RATE < (found.longest or length):
        found = replace(found, longest=round(left * 60) * RATE, says=(*found.says, why))
    if at.limits.dose is not None and now:
        found = _dosed(found, at, length)
    return found


def left_now(listener: str | None, evening: datetime.date, *, anyway: bool) -> tuple[float | None, str]:
    """Minutes that may be heard now, and why no more; None where nothing is set. An Enough where that is
    nothing. For a night that was asked for otherwise: a pack, a line, a log."""
    at = standing(listener, evening)
    if why := refused(listener, at, anyway=anyway) or quiet(listener, at, evening, anyway=anyway):
        raise Enough(why)
    left, why = _left(at)
    if left is not None and left < LEAST_MIN:
        raise Enough(f"{why} Enough for tonight; sleep well.")
    return left, why


def _of_month(night: MonthNight) -> str:
    softer = "" if night.softer_db == 0 else f" and {-night.softer_db:.1f} dB softer"
    return f"Evening {night.number} of the month: {100 * night.share:.0f} % as long{softer}."


def _left(at: Standing) -> tuple[float | None, str]:
    """Minutes that are left tonight, and why no more; None where nothing is set."""
    rules = []
    if at.limits.nightly is not None:
        left = at.limits.nightly - at.heard.tonight_min
        rules.append((left, _limit(f"{at.limits.nightly} minutes a night", left, at.heard.tonight_min)))
    if at.limits.weekly is not None:
        left = at.limits.weekly - at.heard.week_min
        rules.append((left, _limit(f"{at.limits.weekly} minutes in seven evenings", left, at.heard.week_min)))
    return min(rules) if rules else (None, "")


def _limit(limit: str, left: float, heard: float) -> str:
    if left < LEAST_MIN:
        return f"The limit of {limit} is reached."
    return f"By the limit of {limit} ({heard:.0f} heard) it lasts {clock(round(left * 60) * RATE)} at most."


def _dosed(found: Allowance, at: Standing, length: int) -> Allowance:
    """With the level that the week's dose leaves to a night of this length."""
    dose = at.limits.dose
    assert dose is not None
    minutes = max(1.0, min(length, found.longest or length) / RATE / 60)
    left = DOSE_HOURS * 60 * 10 ** (dose / 10) - at.heard.energy
    loudest = 10 * math.log10(left / minutes) if left > 0 else -math.inf
    if loudest < QUIETEST_DBA:
        raise Enough(f"The dose of this week ({dose:g} dBA over 40 hours) is heard. Sleep well.")
    says = f"By the dose of this week it opens at no more than {loudest:.0f} dBA at the pillow."
    return replace(found, loudest=loudest, says=(*found.says, says))
