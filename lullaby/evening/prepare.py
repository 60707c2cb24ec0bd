"""The way from a request to a night. Here, and nowhere else, a listener's limits meet what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lullaby.errors import AskedWrongly, NoSuchValue
from lullaby.evening.enough import ALL, allowed
from lullaby.evening.enough_gentle import TonightsWishes, gentler, wishes_on
from lullaby.evening.enough_notes import EnoughIs, GentleNight
from lullaby.evening.logged import foreseen
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.notes import (
    Amiss,
    Closed,
    CutShort,
    Follows,
    LeftOut,
    LimitsHold,
    Note,
    NotTold,
    OfText,
    Torn,
    UnknownDevice,
    Unsaid,
)
from lullaby.evening.request import Request, Sleeps
from lullaby.evening.sleepers import USUAL, Narrate, followed
from lullaby.evening.which import cautions, score_of
from lullaby.night import Night
from lullaby.night.night import Keeper
from lullaby.night.night_log import NightLog, as_heard
from lullaby.people.calibration import device_name
from lullaby.people.caps import UNCAPPED, caps_for
from lullaby.people.devices import calibration_for, known_devices
from lullaby.people.limits import limits_at
from lullaby.people.listeners import find_person
from lullaby.people.person import Person, avoided
from lullaby.people.traits import ADULT
from lullaby.score import Score
from lullaby.score.model import Telling
from lullaby.score.plain_text import plain, quoted
from lullaby.sleep.course import Course
from lullaby.time import Span

_LONGEST_REASON = 200
"""Characters."""

HIGHEST_SEED = 10**15

_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Evening:
    """A night that is ready to be heard or kept."""

    request: Request
    night: Night
    notes: tuple[Note, ...]
    asked: Score
    """The score as it was asked for, before any listener's limits."""
    storytelling: Storytelling | None = None
    """What is told in it."""

    @property
    def span(self) -> Span:
        """The frames that were asked for, as far as the night has them."""
        return self.night.span if self.request.span is None else self.request.span & self.night.span


def prepared(
    request: Request, keeper: Keeper | None = None, storytelling: Storytelling | None = None
) -> Evening:
    """The night that is asked for, as this listener may hear it, and what is to be said of it. What is told
    in it is spoken now, unless `storytelling` says otherwise."""
    _check(request)
    notes: list[Note] = []
    log = request.log
    if log is not None:
        request = replace(request, **foreseen(log))
        notes += [Torn(log.where)] if log.torn else []

    def closed(text: str) -> None:
        notes.append(Closed(text))

    person = None if request.listener is None else find_person(request.listener, closed)
    storytelling = storytelling or Storytelling()
    storytelling.goes_on(request.listener, request.go_on)
    asked = score = kept_on(score_of(request.what, alone=request.alone), request.all_night)
    notes += cautions(score)
    notes += [Amiss(said) for said in score.ritual.amiss] if score.ritual is not None else []
    limits, is_child = limits_at(None), False
    if person is not None:
        day = _day(person, request)
        age, limits = person.age(day), person.limits(day)
        is_child = age is not None and age < ADULT
        wanted = score
        wishes = wishes_on(request.listener, request.heard_on or day)
        if wishes.gentle:
            person = gentler(person, score, storytelling.is_for_bedtime)
            notes.append(GentleNight(person.name, wishes.gentle_until))
        score, left_out = _allowed(score, person, day, storytelling, wishes)
        notes += left_out
        if score.length < wanted.length:
            notes.append(CutShort(person.name, score.length, wanted.length))
    caps = caps_for(limits, calibration_for(person, request.device, closed), score.all_night is not None)
    request, score, said = _enough(request, person, score, storytelling, is_child=is_child)
    notes += said
    enough = request.enough or ALL
    caps = enough.capped(caps, calibration_for(person, request.device, closed))
    if unmeasured := enough.unmeasured(caps):
        notes.append(EnoughIs(unmeasured))
    if log is not None:
        caps = log.caps  # as they were that night
    notes += _unknown_device(person, request.device)
    if person is not None and (is_child or person.has_own_limits):
        notes.append(LimitsHold(person.name, limits, calibrated=caps != UNCAPPED))
    if request.alone:
        night = Night(
            score,
            seed=request.seed,
            gain=1.0,
            caps=caps,
            for_listener=person is not None,
            keeper=keeper,
        )
        if log is not None:
            night = as_heard(night, log)
        return Evening(request, night, tuple(notes), asked)
    sleeper, slow = _sleeper(person, request, score, is_child=is_child)
    if not (score.tellings and request.stories):
        storytelling = None
    say: Mapping[str, str] = {} if person is None else person.say
    night = followed(
        score,
        request.seed,
        request.date,
        sleeper,
        slow=slow,
        caps=caps,
        headphones=request.headphones,
        for_listener=person is not None,
        narrate=_narrate(storytelling, say, log),
        keeper=keeper,
    )
    if storytelling is not None:
        if storytelling.is_all:
            notes = _cut_by_story(notes, night)
        notes += [OfText(said) for said in storytelling.of_texts]
        notes += [*storytelling.stopped, *storytelling.without_time]
        notes += [NotTold(storytelling.waits)] if storytelling.waits else []
        unsaid = tuple(text for tale in storytelling.tales for text in tale.left_out)
        notes += [Unsaid(unsaid)] if unsaid else []
    if log is not None:
        night = as_heard(night, log)
    notes += _follows(night, request, None if isinstance(sleeper, Course) else slow or sleeper == "slow")
    return Evening(request, night, tuple(notes), asked, storytelling)


def _enough(
    request: Request, person: Person | None, score: Score, storytelling: Storytelling, *, is_child: bool
) -> tuple[Request, Score, list[Note]]:
    """The score as far as it is enough for its listener; an Enough is raised where that is nothing."""
    evening = request.heard_on or request.date
    if request.enough is None:
        if request.alone or (person is None and request.heard_on is None):
            return request, score, []
        # of a night that its sleeper ends a share is a share of what it lasts, not of what was written
        sleeper, slow = _sleeper(person, request, score, is_child=is_child)

        def lasts() -> int:
            if storytelling.is_all:
                return score.length
            return followed(score, request.seed, request.date, sleeper, slow=slow).length

        enough = allowed(
            request.listener,
            evening or date.max,
            lasts,
            now=request.heard_on is not None,
            anyway=request.anyway,
        )
        request = replace(request, enough=enough)
    enough = request.enough or ALL
    return request, enough.applied(score), [EnoughIs(said) for said in enough.says]


def _narrate(
    storytelling: Storytelling | None, say: Mapping[str, str], log: NightLog | None
) -> Narrate | None:
    """What is told: as it was that night, where there is a log of it."""
    if log is not None:
        return lambda score, seed, day, course: log.told
    if storytelling is None:
        return None
    return lambda score, seed, day, course: storytelling.narrations(score, seed, day, course, say)


def _check(request: Request) -> None:
    """What a program may ask and a person cannot type."""
    seed, day = request.seed, request.date
    if seed is not None and (type(seed) is not int or not 0 <= seed <= HIGHEST_SEED):
        raise NoSuchValue(f"seed is a whole number from 0 to {HIGHEST_SEED}, not {plain(repr(seed))}.")
    if day is not None and type(day) is not date:
        raise NoSuchValue(
            f"date is a day of the calendar, as datetime.date(2026, 3, 1) is, not {plain(repr(day))}."
        )


def _day(person: Person, request: Request) -> date:
    """The date by which this listener's age counts; any will do where the year of birth is not known."""
    if request.date is None and person.birth_year is not None:
        raise AskedWrongly(f"{plain(person.name)}'s limits go by age: say the date of the night.")
    return request.date or _ANY_DAY


def _unknown_device(person: Person | None, device: str | None) -> list[UnknownDevice]:
    known = known_devices(person)
    if device is None or device_name(device) in known:
        return []
    return [UnknownDevice(device_name(device), known)]


def _allowed(
    score: Score, person: Person, day: date, storytelling: Storytelling, wishes: TonightsWishes
) -> tuple[Score, list[LeftOut]]:
    """The score without what this listener avoids, and within their limits; what that took away."""

    def words_of(telling: Telling) -> str | None:
        facing = wishes.facing
        faces = facing is not None and not telling.text and facing.is_file(telling.path)
        return None if faces else storytelling.words_of(telling)

    left = avoided(person, score, day, words_of)
    voices = tuple(part.name for part in score.voices if left.part(part.name) is None)
    kept = {turn.story for telling in left.tellings for turn in telling.in_turn}
    asked = [turn.story for telling in score.tellings for turn in telling.in_turn]
    stories = tuple(dict.fromkeys(story for story in asked if story not in kept))
    return left, [LeftOut(person.name, voices, stories)] if voices or stories else []


def _cut_by_story(notes: list[Note], night: Night) -> list[Note]:
    """The notes of a night that ends with its story, which was given more time than it will take: it is cut
    short where the story reaches the limit, and how long it would last without one nobody knows."""
    cut = night.length >= night.score.length
    found = [replace(note, wanted=None) if isinstance(note, CutShort) else note for note in notes]
    return [note for note in found if cut or not isinstance(note, CutShort)]


def _sleeper(person: Person | None, request: Request, score: Score, *, is_child: bool) -> tuple[Sleeps, bool]:
    """Whom the night follows, and whether that is somebody slow. A child's sleep is never guessed."""
    asked = request.sleeper if request.sleeper is not None else score.sleeper or None
    if is_child:
        return (asked if isinstance(asked, Course) else "none"), False
    if person is None or not (asked is None or asked in ("typical", "slow")):
        return (USUAL if asked is None else asked), False

    from lullaby.sleep.listener import sleeper_of

    return sleeper_of(person, _day(person, request)), asked == "slow"


def kept_on(score: Score, reason: str | None) -> Score:
    """The score, told to play until its length is over."""
    if reason is None or score.all_night is not None:
        return score
    reason = " ".join(reason.split())
    if not reason or len(reason) > _LONGEST_REASON:
        raise AskedWrongly('--all-night wants a reason in a few words, as in --all-night "the neighbours".')
    # the texts name a night: two that sound different must never be taken for one
    sources = ("\n".join([*score.sources[:1], f"# all night: {quoted(reason)}"]), *score.sources[1:])
    return replace(score, all_night=reason, sources=sources)


def _follows(night: Night, request: Request, slow: bool | None) -> Sequence[Note]:
    """Whom it follows, where that made a difference; of a file always, for it may be the wrong one."""
    if night.course is None or (not request.course_file and night.length == night.score.length):
        return []
    asleep = next((run.start for run in night.course.runs if run.stage.asleep), None)
    name = Path(request.course_file).name
    return [
        Follows(
            slow,
            name,
            asleep,
            night.length,
            night.score.length,
            for_listener=request.listener is not None,
            all_night=night.score.all_night is not None,
        )
    ]
