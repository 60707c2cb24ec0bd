"""Parts that finish in any order, handed out in theirs; what waits for its turn waits in a store."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from lullaby.export.keeping import Makers
from lullaby.export.parts import Made
from lullaby.export.recipe import Recipe
from lullaby.export.side_by_side import cores, side_by_side
from lullaby.export.stored import Store

Wanted: TypeAlias = Iterator[Recipe]
"""Recipes in the order in which they will be needed."""

Crew: TypeAlias = Callable[[Wanted], Generator[tuple[str, Made], None, None]]
"""What makes parts and gives them with their addresses, as soon as they are finished. It asks for the next
when it has hands for it, so that what is begun at any time stays bounded."""


def kept_in(store: Store, makers: Makers | None = None) -> Makers:
    """Makers that take what the store has, and keep there what they have made."""
    crew = _crew_of(makers or (lambda recipes: side_by_side(recipes, cores())))
    return lambda recipes: in_turn(recipes, store, crew)


def in_turn(recipes: Iterable[Recipe], store: Store, crew: Crew) -> Iterator[Made]:
    """What these recipes make. The crew is called for what the store has not, and only if there is any."""
    recipes = iter(recipes)
    for recipe in recipes:
        if (found := store.get(recipe.address)) is None:
            yield from _as_they_come(chain([recipe], recipes), store, crew)
        else:
            yield found
            store.used(recipe.address)


def _as_they_come(recipes: Iterable[Recipe], store: Store, crew: Crew) -> Iterator[Made]:
    line: deque[Recipe] = deque()
    coming: set[str] = set()

    def wanted() -> Wanted:
        for recipe in recipes:
            line.append(recipe)
            if recipe.address not in coming and not store.has(recipe.address):
                coming.add(recipe.address)
                yield recipe

    def fetched(recipe: Recipe) -> Made:
        found = store.get(recipe.address)
        if found is None:  # it was torn, or somebody has taken it away
            with contextlib.closing(crew(iter([recipe]))) as again:
                _, found = next(again)
            store.put(recipe.address, found)
        return found

    with contextlib.closing(crew(wanted())) as finished:
        for name, part in finished:
            store.put(name, part)
            coming.discard(name)
            while line and line[0].address not in coming:
                first = line.popleft()
                yield part if first.address == name else fetched(first)
                store.used(first.address)
    while line:
        first = line.popleft()
        yield fetched(first)
        store.used(first.address)


def _crew_of(makers: Makers) -> Crew:
    """Makers that give their parts in the order in which they took the recipes."""

    def crew(wanted: Wanted) -> Generator[tuple[str, Made], None, None]:
        names: deque[str] = deque()

        def recipes() -> Iterator[Recipe]:
            for recipe in wanted:
                names.append(recipe.address)
                yield recipe

        for part in makers(recipes()):
            yield names.popleft(), part

    return crew
