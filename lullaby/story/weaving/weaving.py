"""A whole story of one night, as the Markdown that a person might have written."""

from __future__ import annotations

import datetime
from itertools import pairwise

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.score import quoting
from lullaby.story.weaving.cadence import mean, settle, shape, untangle
from lullaby.story.weaving.composing import Composer, Part, compose
from lullaby.story.weaving.filling import Filling
from lullaby.story.weaving.material import files
from lullaby.story.weaving.resting import rest
from lullaby.story.weaving.sentences import Unit, opening
from lullaby.story.weaving.series import Facts, Night, allowed_for, facts_of, night_of
from lullaby.story.weaving.wishes import Wishes

_TRIES = 18
_AGES = {"small": "3-6", "young": "7-12", "grown": "12+"}
_FURTHEST = 6
"""Nights back that a story may speak of."""


def woven(wishes: Wishes, night: datetime.date) -> str:
    """The story of this night. Where it could not be told for the avoid-list, an AskedWrongly says so."""
    facts, tonight, allowed = facts_of(wishes), night_of(wishes, night), allowed_for(wishes)
    found = ""
    for salt in range(_TRIES):
        found, fits = _try(wishes, night, facts, tonight, salt)
        if fits and allowed.text(found):
            return found
    if not allowed.text(found):
        raise AskedWrongly("No story can be woven tonight: the avoid-list leaves too little to tell.")
    return found


def _try(wishes: Wishes, date: datetime.date, facts: Facts, tonight: Night, salt: int) -> tuple[str, bool]:
    """A story, and whether it keeps to its laws; one in some thousand is told anew for it."""
    key = facts.key / "night" / tonight.number / salt
    filling = Filling(facts, tonight, key, allowed_for(wishes))
    filling.favour(wishes.favourites, tonight.number)
    filling.remember(wishes, date, _FURTHEST)
    composer = Composer(facts, tonight, wishes.words, filling, salt)
    parts, easy = compose(composer), salt >= _TRIES // 3
    shape(parts, wishes.age_group, key / "shape", easy)
    untangle(parts, filling)
    settle(parts, easy)
    untangle(parts, filling)
    for part in parts:
        part.paragraphs = [p for p in part.paragraphs if p is None or p]
    parts += rest(composer, wishes.words - sum(part.words for part in parts), opening(_last(parts)))
    words = sum(part.words for part in parts)
    means = [mean(part) for part in parts]
    openings = [opening(s) for part in parts for unit in part.units for s in unit.sentences]
    _, _, thing = tonight.told[0].keepsake.partition(" ")
    fits = (
        abs(words - wishes.words) <= 0.08 * wishes.words
        and (composer.lengths.merged or any(thing in unit.text for part in parts for unit in part.units))
        and all(later < sooner for sooner, later in pairwise(means))
        and means[-1] < 0.58 * means[0]
        and all(one != other for one, other in pairwise(openings))
    )
    return _markdown(wishes, facts, tonight, filling, parts, key), fits


def _last(parts: list[Part]) -> str:
    return [s for unit in parts[-1].units for s in unit.sentences][-1]


def _markdown(
    wishes: Wishes, facts: Facts, tonight: Night, filling: Filling, parts: list[Part], key: Key
) -> str:
    told = tonight.told[0]
    filling.tell(told)
    title = filling.headline(told.plot.titles, key / "title")
    points = [filling.clause(point, key, 1.0) for point in told.plot.points]
    beast = files("companions")[facts.companion].known
    place = files("places")[facts.place].known
    allowed = allowed_for(wishes)

    def said(*texts: str) -> str:
        return next((text for text in texts if allowed.text(text)), "")

    cast = {
        "listener": (facts.listener.name, said(f"lives at {facts.town}", facts.town)),
        "companion": (facts.called.name, beast["a"]),
        "helper": (str(filling.words["helper"]), str(filling.words["trade"])),
    }
    rows = [
        "+++",
        f"title = {quoting.text(title)}",
        'telling = "bedtime"',
        f"world = {quoting.text(facts.town + ', ' + place['is'])}",
        f"age = {quoting.text(_AGES[wishes.age_group])}",
        f"mood = {quoting.text(said(_MOODS[tonight.weather], 'quiet', 'calm'))}",
        "content = []",
        'lang = "en"',
        "[cast]",
        *(
            f"{one} = {{ name = {quoting.text(name)}, is = {quoting.text(who)} }}"
            for one, (name, who) in cast.items()
        ),
        "+++",
        "<!--",
        *(f"{number}. {point}" for number, point in enumerate(points, 1)),
        "-->",
        "",
        f"# {title}",
    ]
    for part in parts:
        if part.heading:
            rows += ["", f"## {part.heading}"]
        for paragraph in part.paragraphs:
            rows += _spoken(paragraph)
        rows += ["", "[pause 4 s]"]
    return "\n".join(rows) + "\n"


def _spoken(paragraph: list[Unit] | None) -> list[str]:
    """The paragraph, parted wherever somebody begins to speak."""
    if paragraph is None:
        return ["", "***"]
    rows: list[str] = []
    for unit in paragraph:
        if not rows or unit.text.startswith('"') or rows[-1].endswith('"'):
            rows += ["", unit.text]
        else:
            rows[-1] += f" {unit.text}"
    return rows


_MOODS = {
    "clear": "quiet, bright",
    "rain": "quiet, with rain",
    "wind": "quiet, a little breezy",
    "mist": "quiet, soft",
    "snow": "quiet, with snow",
    "grey": "quiet, mild",
}
