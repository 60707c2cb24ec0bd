"""A night's story, part by part: how long each is, what is told in it, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lullaby.chance import Key
from lullaby.story.weaving.filling import Filling
from lullaby.story.weaving.lines import TAGS, Block
from lullaby.story.weaving.material import files, pool, spots
from lullaby.story.weaving.sentences import Unit
from lullaby.story.weaving.series import Facts, Night, Told, turned


@dataclass(eq=False)
class Part:
    """What stands under one heading: paragraphs of units; None parts two scenes."""

    heading: str
    rich: float
    paragraphs: list[list[Unit] | None] = field(default_factory=list)
    way: int = 0
    """Where in it somebody is on their way: how many paragraphs come before."""

    @property
    def units(self) -> Iterator[Unit]:
        for paragraph in self.paragraphs:
            if paragraph:
                yield from paragraph

    @property
    def words(self) -> int:
        return sum(unit.words for unit in self.units)


class Deck:
    """A pool whose blocks come up in turn, night after night, so that none comes again before all others. The
    few that are a night's hand are shuffled, so that no two always follow each other."""

    def __init__(
        self, blocks: Sequence[Block], key: Key, number: int, takes: int, here: frozenset[str]
    ) -> None:
        self._blocks, self._key = blocks, key
        self._number, self._takes, self._here = number, takes, here
        self.needed = False
        """Does a story need what is taken from it?"""

    def __iter__(self) -> Iterator[Block]:
        many, takes = len(self._blocks), self._takes
        if not many:
            return
        first, step = turned(self._key, self._number * takes, many)
        draws = self._key / self._number
        for start in range(0, many, takes):
            far = many // 2 if start else 0  # what stands in for a card is not the next night's
            hand = [(first + far + step * at) % many for at in range(start, min(many, start + takes))]
            for at in sorted(hand, key=draws.draw) if takes > 1 else hand:
                if self._blocks[at].tags.hold(self._here):
                    yield self._blocks[at]


@dataclass(frozen=True)
class Lengths:
    """How many words each sort of scene gets, of all."""

    all: int

    @property
    def plots(self) -> int:
        return 1 if self.all < 1200 else 2 if self.all < 2200 else 3

    @property
    def brief(self) -> bool:
        """Is it so short that a plot is told in a few sentences?"""
        return self.all < 600

    @property
    def merged(self) -> bool:
        """Is coming home told in one part with what came before?"""
        return self.all < 280

    @property
    def opening(self) -> int:
        return min(round(self.all * (0.12 if self.all < 300 else 0.2 if self.brief else 0.135)), 300)

    @property
    def plot(self) -> int:
        """Of each wish, with its way home."""
        return round(self.all * 0.39 / self.plots)

    @property
    def walk(self) -> int:
        return 0 if self.all < 300 else round(self.all * 0.09)

    @property
    def home(self) -> int:
        return min(round(self.all * 0.11), 420)

    @property
    def rest(self) -> int:
        return min(round(self.all * 0.16), 480)


@lru_cache(maxsize=4096)
def _of_season(blocks: tuple[Block, ...], here: frozenset[str]) -> tuple[Block, ...]:
    """What may be told in some weather."""
    some = here | TAGS["weather"] | {"wet", "dry", "old"}
    never = TAGS["age"] | TAGS["season"]
    return tuple(
        block
        for block in blocks
        if all(group & some for group in block.tags.one_of) and not (block.tags.none_of & here & never)
    )


class Composer:
    """Puts the scenes of one night together. Nothing in it outlives the story."""

    def __init__(self, facts: Facts, night: Night, words: int, filling: Filling, salt: int) -> None:
        self.facts, self.night, self.filling = facts, night, filling
        self.lengths = Lengths(words)
        self.key = facts.key / "night" / night.number / "composed" / salt
        self.number = night.number + 1009 * salt
        self.words_left = words
        self.used: set[int] = set()
        self.first_words = ("", "")

    def deck(self, name: str, takes: int, blocks: Sequence[Block] | None = None) -> Deck:
        blocks = pool(name) if blocks is None else blocks
        blocks = _of_season(tuple(blocks), self.filling.tags - (TAGS["weather"] | {"wet", "dry", "old"}))
        return Deck(blocks, self.facts.key / "deck" / name, self.number, takes, self.filling.tags)

    def told(self, block: Block, rich: float, most: float) -> list[Unit]:
        """The block in about so many words at most; nothing where some of it may not be told."""
        found: list[Unit] = []
        words = sum(line.wordings[0].size for line in block.lines if not line.optional)
        for line in block.lines:
            if line.optional and words + line.wordings[0].size > most:
                continue
            unit = self.filling.unit(line, rich)
            if unit is None and not line.optional:
                return []
            if unit is not None:
                words += line.optional * unit.words
                found.append(unit)
        return found

    def taken(self, deck: Deck, words: int, rich: float, most: int = 99) -> list[list[Unit] | None]:
        """Paragraphs from a deck, for about so many words."""
        found: list[list[Unit] | None] = []
        left = words
        for block in deck:
            if left < 8 or len(found) == most:
                break
            core = sum(line.wordings[0].size for line in block.lines if not line.optional)
            if core > left * 1.25 + 4 or id(block) in self.used:
                continue
            units = self.told(block, rich, left * 1.1)
            if not units or not self.begins_well(units):
                continue
            self.used.add(id(block))
            for unit in units:
                unit.spare = not deck.needed
            found.append(units)
            left -= sum(unit.words for unit in units)
        return found

    def begins_well(self, units: list[Unit]) -> bool:
        """A paragraph begins otherwise than the two before it."""
        first = units[0].text.split(None, 1)[0]
        if first in self.first_words:
            return False
        self.first_words = (self.first_words[1], first)
        return True

    def strolled(self, words: int, rich: float) -> list[list[Unit] | None]:
        """What is passed on the way: by turns something of this place and something that is anywhere."""
        here = files("places")[self.facts.place].blocks("walk")
        if self.number % 5 and self.number % 2:
            return []
        if self.number % 5:
            return self.taken(self.deck("strolls", 1), words, rich, 2)
        return self.taken(self.deck("walk", 1, here), words, rich, 1)

    def beat(self, plot: Told, name: str, rich: float, walk: int) -> list[list[Unit] | None]:
        """One section of a plot with every line that may be told; what is optional is thinned out later."""
        found: list[list[Unit] | None] = []
        for block in plot.plot.file.blocks(name):
            if block.here == "spot":
                found += self._spot(plot, walk)
            elif block.tags.hold(self.filling.tags):
                units = [self.filling.unit(line, rich) for line in block.lines]
                found.append([unit for unit in units if unit is not None])
        return found

    def _spot(self, plot: Told, words: int) -> list[list[Unit] | None]:
        spot = spots(self.facts.place)[plot.spot]
        found: list[list[Unit] | None] = []
        if self.number % 2 or words > 60:
            found += self.taken(self.deck(f"spot {plot.spot}", 1, spot.blocks), words, 0.6, 1)
        names = tuple(spots(self.facts.place))
        trait = self.facts.keepers[names.index(plot.spot)].trait
        traits = tuple(files("pools")["traits"].sections.values())
        if words > 45:
            deck = self.deck(f"trait {trait}", 1, traits[trait % len(traits)].blocks)
            found += self.taken(deck, words - 20, 0.6, 1)
        return found

    def thinned(self, paragraphs: Sequence[list[Unit] | None], words: int, early: set[int]) -> None:
        """Leaves out optional lines until so many words remain, by key: rather short ones early in the story
        and rather long ones late."""
        units = [unit for paragraph in paragraphs if paragraph for unit in paragraph]
        over = sum(unit.words for unit in units) - words
        key = self.key / "thinned"
        optional = sorted(
            (unit for unit in units if unit.optional),
            key=lambda unit: (
                key.draw(unit.line.number)
                + (1 if id(unit) in early else -1) * min(unit.words / len(unit.sentences), 30) / 40
            ),
        )
        gone = set()
        for unit in optional:
            if over > unit.words // 2:
                gone.add(id(unit))
                over -= unit.words
        for paragraph in paragraphs:
            if paragraph:
                paragraph[:] = [unit for unit in paragraph if id(unit) not in gone]


def compose(composer: Composer) -> list[Part]:
    """All parts but the last, in which nothing happens any more."""
    lengths, night, tell = composer.lengths, composer.night, composer.filling.tell
    told = night.told[: lengths.plots]
    rich = 0.25 if lengths.brief else 0.6
    tell(told[0])
    first = Part("", rich)
    first.paragraphs += _opening(composer, lengths.opening, rich)
    parts = [first]
    homes: list[list[Unit] | None] = []
    if lengths.brief:
        brief = composer.beat(told[0], "brief", rich, 0)
        first.paragraphs += brief[:1]
        parts.append(Part(_heading(composer, told[0], "turn"), rich))
        if lengths.walk:
            parts[-1].paragraphs += composer.taken(composer.deck("out", 1), lengths.walk, rich, 1)
            parts[-1].paragraphs += composer.strolled(lengths.walk, rich)
            parts[-1].way = len(parts[-1].paragraphs)
        parts[-1].paragraphs += brief[1:-1]
        _with_interludes(composer, parts, lengths, brief[-1:])
        coming = _homecoming(composer, brief[-1:], lengths)
        if lengths.merged:
            parts[-1].paragraphs += coming.paragraphs
        else:
            parts.append(coming)
        return parts
    each_walk = lengths.walk // len(told)
    for number, one in enumerate(told):
        tell(one)
        if number:
            parts.append(Part(_heading(composer, one, "turn"), rich))
            parts[-1].paragraphs += composer.taken(composer.deck("links", 1), 45, rich, 1)
        wish = composer.beat(one, "wish", rich, 0)
        around = max(30, each_walk // 2)
        helper = composer.beat(one, "helper", rich, around)
        turn = composer.beat(one, "turn", rich, 0)
        home = composer.beat(one, "home", 0.3, 0)
        early = {id(unit) for p in (*wish, *helper) if p for unit in p}
        composer.thinned([*wish, *helper, *turn, *home], lengths.plot + around, early)
        parts[-1].paragraphs += wish
        if number == 0:
            parts.append(Part(_heading(composer, one, "helper"), rich))
        if each_walk:
            parts[-1].paragraphs += composer.taken(composer.deck("out", 1), each_walk, rich, 1)
            parts[-1].paragraphs += composer.strolled(each_walk // 2, rich)
        parts[-1].way = len(parts[-1].paragraphs)
        parts[-1].paragraphs += helper
        if len(told) == 1:
            parts.append(Part(_heading(composer, one, "turn"), rich))
        else:
            parts[-1].paragraphs.append(None)
        parts[-1].paragraphs += turn
        homes = home
    _with_interludes(composer, parts, lengths, homes)
    parts.append(_homecoming(composer, homes, lengths))
    for part in parts:
        part.paragraphs = [p for p in part.paragraphs if p is None or p]
    return parts


def _heading(composer: Composer, told: Told, section: str) -> str:
    headings = told.plot.file.sections[section].heading
    return composer.filling.heading(headings, composer.key / section)


def _opening(composer: Composer, words: int, rich: float) -> list[list[Unit] | None]:
    """Where it is, what the day is like, who lives there: in an order of the night's own."""
    place = composer.deck("place", 1, files("places")[composer.facts.place].blocks("opening"))
    house = composer.deck("house" if composer.number % 4 == 0 and words > 40 else "who", 1)
    house.needed = True
    beast: Sequence[Block] = files("companions")[composer.facts.companion].blocks("habits")
    if composer.number % 5:
        beast = pool("together")
    days = composer.deck("days", 1)
    if words < 70:
        return composer.taken(house, words, 0.2, 1) or composer.taken(house, words * 2, 0, 1)
    mornings = composer.deck("mornings", 2)
    often = (
        (days, house, mornings),
        (house, mornings, days),
        (house, days, mornings),
        (days, house),
        (mornings, house, days),
    )
    seldom = ((place, house, days), (house, place), (place, days, house))
    orders = often if composer.number % 7 else seldom
    order = orders[int((composer.key / "order").draw() * len(orders))]
    found: list[list[Unit] | None] = []
    each = words // 3 if words < 150 else words // 4
    for deck in order:
        found += composer.taken(deck, 26 if deck is house else each, rich, 1)
    left = words - sum(unit.words for p in found if p for unit in p)
    found += composer.taken(composer.deck("habits", 1, beast), min(left, 40), rich, 1)
    left = words - sum(unit.words for p in found if p for unit in p)
    return found + composer.taken(mornings, left, rich, 3)


def _with_interludes(
    composer: Composer, parts: list[Part], lengths: Lengths, homes: Sequence[list[Unit] | None]
) -> None:
    """What is seen on the way, where there is time for it: between two scenes, in the middle parts."""
    told = sum(part.words for part in parts) + sum(unit.words for p in homes if p for unit in p)
    left = lengths.all - lengths.home - lengths.rest - told
    deck = iter(composer.deck("interludes", max(1, lengths.all // 500)))
    middle = parts[1:] or parts
    at = 0
    tries = 0
    while left > 30 and tries < 30:
        tries += 1
        block = next(deck, None)
        if block is None:
            break
        units = composer.told(block, 0.6, left * 1.2)
        words = sum(unit.words for unit in units)
        if not units or words > left * 1.3 + 25 or not composer.begins_well(units):
            continue
        part = middle[at % len(middle)]
        if part.way:
            part.paragraphs.insert(part.way, units)
        else:
            part.paragraphs += [None, units]
        left -= words
        at += 1


def _homecoming(composer: Composer, homes: list[list[Unit] | None], lengths: Lengths) -> Part:
    part = Part(composer.filling.heading(_HOMES, composer.key / "home"), 0.3)
    words, rich = lengths.home, part.rich
    composer.filling.tell(composer.night.told[0])
    take, deck = composer.taken, composer.deck
    if words > 60:
        part.paragraphs += take(deck("back", 1), words // 3, rich, 1)
    part.paragraphs += homes
    late = any(_LATE.search(unit.text) for paragraph in homes for unit in paragraph or ())
    if words > 90 and not late:
        part.paragraphs += take(deck("supper", 1), words // 3, rich, 1)
    favourites = composer.filling.favourites
    if favourites:
        liked = deck("favourites", 1)
        liked.needed = True
        part.paragraphs += take(liked, max(9, min(words // 4, 30)), rich, 1)
    if not lengths.merged:
        shelf = deck("shelf", 1)
        shelf.needed = True
        part.paragraphs += take(shelf, max(words // 4, 30), rich, 1)
    left = words - part.words + sum(unit.words for p in homes if p for unit in p)
    if left > 12:
        part.paragraphs += take(deck("evening", 4), left, rich, 5)
    return part


_LATE = re.compile(r"\b(bed|night|bedtime|evening|supper|asleep|dark|moon|stars?)\b")
"""After this nobody sits down to supper any more."""
_HOMES = "Home | The Way Back | {House} | Supper | The Lamp | {Door} | Indoors"
