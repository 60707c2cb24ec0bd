"""A listener's own time to fall asleep, learned from what they say, keys they press and scored nights.

Two numbers are estimated together, on a grid: a listener's wakefulness, which shows in every awakening of a
scored night, and how much longer than that they take to fall asleep, mostly little. The model's gamma
distribution gives the likelihood of each time; old nights count less, and one night in thirty is an outlier.
Nights are kept elsewhere: the same nights always give the same estimate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.exact import exp, log, total
from lullaby.people.person import Person
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.latency import SHAPE, asleep_within, mean_min
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import EPOCH_S, Stage
from lullaby.sleep.waking import WAKEFUL, waking

Floats = NDArray[np.float64]

OWN = np.arange(-30, 31) / 20
"""How much longer than their wakefulness says somebody may take, as a logarithm."""

SPREAD = 0.5
"""Listeners' wakefulness around what they told, before any night is known. [design]"""

USUAL, UNUSUAL, SELDOM = 0.08, 0.6, 0.15
"""Spread of that additional time: USUAL for most, UNUSUAL for one listener in seven (SELDOM). [design]"""

STRANGE = 0.015
"""One night in thirty (a party, a fever) says nothing of how it usually is: any time from minutes to hours is
then alike, about half as likely as the likeliest is on a usual night. [design]"""

TOLD, PRESSED = 0.7, 0.5
"""The weight of a guess in the morning, and of a key press, against a measured time; a night without a press
is not seen at all. [design]"""

HALF_LIFE = 30.0
"""Days after which a night counts half. [design]"""


@dataclass(frozen=True)
class Lesson:
    """The evidence of one night on how long somebody takes to fall asleep."""

    usual_min: float
    """Minutes the model gives that evening to somebody who sleeps well."""
    onset_min: float | None = None
    """Minutes it took to fall asleep."""
    awake_min: float | None = None
    """Minutes that it took at least, where sleep was not seen to come."""
    trust: float = 1.0
    waking: Floats | None = field(default=None, repr=False)
    days: float = 0.0
    """Days since that night."""


@dataclass(frozen=True)
class Learned:
    """The estimate from all nights."""

    latency: float
    """Times as long as somebody who sleeps well takes."""
    spread: float
    """The spread of the latency's logarithm: how sure that is."""
    wakefulness: float
    """As `hyper` counts it."""

    def applied_to(self, person: Person) -> Person:
        """The listener with this latency. What they told of their sleep stays as they told it."""
        latency = self.latency / float(exp(person.insomnia))
        return replace(person, latency=float(f"{min(max(latency, 0.05), 20.0):.3g}"))


def morning(sleeper: Sleeper, minutes: float, days: float = 0.0) -> Lesson:
    """ "It took about 40 minutes." """
    return Lesson(usual_min(sleeper), onset_min=_minutes(minutes), trust=TOLD, days=_days(days))


def pressed(sleeper: Sleeper, minutes: float, days: float = 0.0) -> Lesson:
    """Still awake after so many minutes, by a key."""
    return Lesson(usual_min(sleeper), awake_min=_minutes(minutes), trust=PRESSED, days=_days(days))


def scored(
    sleeper: Sleeper,
    stages: Sequence[int],
    days: float = 0.0,
    model: Coefficients | None = None,
    *,
    lights_out: bool = True,
    all_stages: bool = True,
) -> Lesson:
    """A scored night, one stage per epoch, -1 unscored. Of one that does not begin at lights-out the time to
    fall asleep is not known; a watch's four classes miss most awakenings, and only that time is taken."""
    model = model or shipped()
    well = replace(sleeper, hyper=0.0, latency=1.0)
    first = next((k for k, stage in enumerate(stages) if stage > Stage.AWAKE), None)
    known = lights_out and first is not None and min(stages[:first], default=0) >= 0
    onset = max(0.25, (first - 0.5) * EPOCH_S / 60) if known and first is not None else None
    logs = waking(stages, well, model) if all_stages else None
    return Lesson(mean_min(well, model), onset_min=onset, waking=logs, days=_days(days))


def usual_min(sleeper: Sleeper) -> float:
    return mean_min(replace(sleeper, hyper=0.0, latency=1.0))


def learn(lessons: Sequence[Lesson], insomnia: float = 0.0) -> Learned:
    """The sleeper learned from these nights, of somebody who told so much of insomnia."""
    off = (WAKEFUL - insomnia) / SPREAD
    own = [share * exp(-0.5 * (OWN / s) ** 2) / s for s, share in ((USUAL, 1 - SELDOM), (UNUSUAL, SELDOM))]
    joint = -0.5 * (off * off)[:, None] + log(own[0] + own[1])[None, :]
    for lesson in lessons:
        counts = float(exp(-math.log(2) * lesson.days / HALF_LIFE))
        if lesson.waking is not None:
            joint = joint + counts * lesson.waking[:, None]
        joint = joint + counts * lesson.trust * _falling_asleep(lesson)
    weights = exp(joint - joint.max())
    weights = weights / total(weights.ravel())
    mean = float(total((weights * _LOGS).ravel()))
    apart = _LOGS - mean
    spread = math.sqrt(float(total((weights * apart * apart).ravel())))
    wakeful = float(total((weights * WAKEFUL[:, None]).ravel()))
    return Learned(float(exp(mean)), spread, wakeful)


_LOGS: Floats = WAKEFUL[:, None] + OWN[None, :]
_KINDS, _PLACES = np.unique(np.rint(_LOGS * 20).astype(np.int64), return_inverse=True)


def _falling_asleep(lesson: Lesson) -> Floats:
    """The logarithm of how likely each latency makes the time it took."""
    means = lesson.usual_min * exp(_KINDS / 20)
    if lesson.onset_min is not None:
        usual = _density(lesson.onset_min, means)
    elif lesson.awake_min is not None:
        usual = _awake(lesson.awake_min, means)
    else:
        return np.zeros(_LOGS.shape)
    found = log((1 - 2 * STRANGE) * usual + STRANGE)
    return np.asarray(found[_PLACES].reshape(_LOGS.shape))


def _density(minutes: float, means: Floats) -> Floats:
    """The density of the logarithm of a gamma time; 1 at its likeliest."""
    return np.asarray(exp(SHAPE * (1 - minutes / means - log(means / minutes))))


def _awake(minutes: float, means: Floats) -> Floats:
    return np.array([1 - asleep_within(minutes, mean) for mean in means.tolist()])


def _minutes(minutes: float) -> float:
    if not 0 <= minutes <= 1440:
        raise ValueError(f"falling asleep takes from 0 to 1440 minutes, not {minutes!r}")
    return max(0.25, float(minutes))


def _days(days: float) -> float:
    if not 0 <= days < math.inf:
        raise ValueError(f"a night was some days ago, not {days!r}")
    return float(days)
