"""Lines of the material become sentences: words that are known are put in, choices are made by key."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from lullaby.chance import Key
from lullaby.story.weaving.allowed import Allowed
from lullaby.story.weaving.lines import Clause, Line, Slot, Tail, clause_of
from lullaby.story.weaving.material import PHRASES_OF_PLACES, choices, files, listed, spots
from lullaby.story.weaving.sentences import Unit, capital
from lullaby.story.weaving.series import PHRASES, Facts, Night, Somebody, Told, night_of
from lullaby.story.weaving.wishes import Wishes

_FORMS = {
    "she": ("she", "her", "her", "hers", "herself", "was", "is", "has"),
    "he": ("he", "him", "his", "his", "himself", "was", "is", "has"),
    "they": ("they", "them", "their", "theirs", "themself", "were", "are", "have"),
}


class Turns:
    """Phrases that take turns, so that none comes twice before all have come once."""

    def __init__(self, phrases: Sequence[str], key: Key) -> None:
        self._phrases = phrases
        self._at = int(key.draw() * len(phrases))

    def next(self) -> str:
        self._at += 1
        return self._phrases[self._at % len(self._phrases)]


class Filling:
    """What the slots of this night hold."""

    def __init__(self, facts: Facts, night: Night, key: Key, allowed: Allowed) -> None:
        self.key, self.allowed, self.tags = key, allowed, night.tags
        self._facts = facts
        place, beast = files("places")[facts.place].known, files("companions")[facts.companion].known
        self.words: dict[str, str | Turns] = {
            "name": facts.listener.name,
            "comp": facts.called.name,
            "beast": beast["kind"],
            "a_beast": beast["a"],
            "look": facts.look,
            "host": facts.host,
            "neighbour": facts.neighbour.name,
            "neighbour_trade": facts.neighbour_trade,
            "town": facts.town,
            "house": facts.house,
            "door": f"the {facts.door} door",
            "steps": f"{facts.steps} steps",
            "quilt": facts.quilt,
            "lamp": facts.lamp,
            "boat": f"the {facts.boat}",
            "carrier": place["carrier"],
            "water": place["water"],
            "bird": place["bird"],
            "tree": place["tree"],
            "birds": plural(place["bird"]),
            "a_tree": with_article(place["tree"]),
            "a_bird": with_article(place["bird"]),
            "season": night.season,
            "one": "you" if key.draw(7) < (0.8 if "small" in night.tags else 0.5) else "one",
            **_forms(facts.listener, ("she", "him", "her", "hers", "herself", "was", "is", "has")),
            **_forms(facts.called, ("cs", "cm", "cr")),
            **_forms(facts.neighbour, ("ns", "nm", "nr")),
        }
        for name in PHRASES_OF_PLACES:
            self.words[name] = self._turns(name, listed(place[name]))
        for name in ("food", "drink"):
            parted = [text.partition(": ") for text in choices(name)]
            fit = [text for season, _, text in parted if season in ("any", night.season)]
            self.words[name] = self._turns(name, fit)
        for name in PHRASES:
            self.words[name] = self._turns(name, [self._plain(text) for text in listed(beast[name])])

        self._also_capital()

    def _also_capital(self) -> None:
        self.words |= {
            key[0].upper() + key[1:]: capital(word)
            for key, word in self.words.items()
            if isinstance(word, str) and key[0].islower()
        }

    def _turns(self, name: str, phrases: Sequence[str]) -> Turns:
        return Turns([text for text in phrases if self.allowed.text(text)] or [phrases[0]], self.key / name)

    def _plain(self, text: str) -> str:
        return self.clause(clause_of(text), self.key, 1.0)

    def tell(self, told: Told) -> None:
        """From here on it is this wish that is told."""
        self.words |= self._of(told, "")
        self._also_capital()

    def _of(self, told: Told, front: str) -> Mapping[str, str]:
        spot = spots(self._facts.place)[told.spot]
        keeper = self._facts.keepers[tuple(spots(self._facts.place)).index(told.spot)]
        article, _, thing = told.keepsake.partition(" ")
        words = {
            "spot": spot.name,
            "at": spot.at,
            "to": spot.to,
            "helper": keeper.name,
            "trade": spot.trade,
            "keepsake": told.keepsake,
            "the_keepsake": f"the {thing}" if article in ("a", "an", "some") else told.keepsake,
            **_forms(keeper, ("hs", "hm", "hr")),
        }
        return {front + key: value for key, value in words.items()}

    def favour(self, things: Sequence[str], number: int) -> None:
        """Tonight's favourite thing, where the listener has any: they take turns."""
        allowed = [thing for thing in things if self.allowed.text(thing)]
        self.favourites = bool(allowed)
        if allowed:
            self.words["favourite"] = allowed[number % len(allowed)]

    def remember(self, wishes: Wishes, date: datetime.date, furthest: int) -> None:
        """Something that an earlier night of the series brought home, where there was one."""
        number = (date - wishes.begins).days
        back = 1 + int((self.key / "back").draw() * furthest)
        if number < back:
            return
        old = night_of(wishes, date - datetime.timedelta(days=back), 1).told[0]
        self.words |= self._of(old, "old_")
        self.words["old_when"] = _AGO[back]
        self.tags |= {"old"}

    def heading(self, headings: str, key: Key) -> str:
        """One of the headings that these are, in title case."""
        return self.headline(tuple(map(clause_of, listed(headings))), key)

    def headline(self, clauses: Sequence[Clause], key: Key) -> str:
        could = [clause for clause in clauses if self.allowed.clause(clause)]
        return titled(self.clause(could[int(key.draw() * len(could))], key, 1.0))

    def unit(self, line: Line, rich: float, salt: int = 0) -> Unit | None:
        """The line in words, or None where it may not be told tonight; the richer, the more of its ends."""
        fit = [w for w in line.wordings if w.tags.hold(self.tags) and self.allowed.wording(w)]
        if not fit:
            return None
        key = self.key / line.number
        wording = fit[(int(key.draw(-1) * len(fit)) + salt) % len(fit)]
        clauses = [
            self.clause(clause, key, rich, at * 16 + salt * 256)
            for at, (_, clause) in enumerate(wording.clauses)
        ]
        return Unit(clauses, [word for word, _ in wording.clauses], line, list(wording.apart))

    def clause(self, clause: Clause, key: Key, rich: float, draw: int = 0) -> str:
        found: list[str] = []
        for at, piece in enumerate(clause):
            if isinstance(piece, str):
                found.append(piece)
            elif isinstance(piece, Slot):
                word = self.words[piece.name]
                found.append(word if isinstance(word, str) else word.next())
            elif isinstance(piece, Tail):
                if key.draw(draw + at) < rich and self.allowed.clause(piece.inside):
                    found.append(self.clause(piece.inside, key, rich, draw + 1000))
            else:
                options = [one for one in piece.options if self.allowed.clause(one)]
                found.append(
                    self.clause(options[int(key.draw(draw + at) * len(options))], key, rich, draw + 2000)
                )
        return "".join(found)


_AGO = (
    "",
    "the day before",
    "two days before",
    "three days before",
    "four days before",
    "five days before",
    "six days before",
)
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)


def with_article(thing: str) -> str:
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def plural(thing: str) -> str:
    return f"{thing}es" if thing.endswith(("ch", "sh", "s", "x")) else f"{thing}s"


def titled(text: str) -> str:
    words = text.split()
    last = len(words) - 1
    return " ".join(
        word if word in _SMALL and at not in (0, last) else word[:1].upper() + word[1:]
        for at, word in enumerate(words)
    )


def _forms(somebody: Somebody, names: Sequence[str]) -> dict[str, str]:
    return dict(zip(names, _FORMS[somebody.pronoun], strict=False))
