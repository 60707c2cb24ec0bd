"""Segments that are finished in any order, handed out in the file's; a store holds those that are early."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from lullaby.export.recipe import Recipe
from lullaby.export.segment_store import Store
from lullaby.export.segments import EncodeAll, Encoded
from lullaby.export.threads import cores, on_threads

Pool: TypeAlias = Callable[[Iterator[Recipe]], Generator[tuple[str, Encoded], None, None]]
"""Workers that give segments with their addresses as soon as they are finished. They ask for the next recipe
when one of them is free, so that no more than a few are begun at any time."""


def with_store(store: Store, encode_all: EncodeAll | None = None) -> EncodeAll:
    """Encodes as `encode_all` does, but takes from the store what is there already, and keeps there what is
    encoded."""
    pool = _pool_of(encode_all or (lambda recipes: on_threads(recipes, cores())))
    return lambda recipes: in_order(recipes, store, pool)


def in_order(recipes: Iterable[Recipe], store: Store, pool: Pool) -> Iterator[Encoded]:
    """The segments of these recipes. The pool is opened when one comes that the store does not have."""
    recipes = iter(recipes)
    for recipe in recipes:
        if (found := store.get(recipe.address)) is None:
            yield from _reordered(chain([recipe], recipes), store, pool)
        else:
            yield found
            store.used(recipe.address)


def _reordered(recipes: Iterable[Recipe], store: Store, pool: Pool) -> Iterator[Encoded]:
    queue: deque[Recipe] = deque()
    """The recipes that were asked for and are not handed out yet, in the file's order."""
    pending: set[str] = set()
    """Addresses of what the pool is at."""

    def missing() -> Iterator[Recipe]:
        for recipe in recipes:
            queue.append(recipe)
            if recipe.address not in pending and not store.has(recipe.address):
                pending.add(recipe.address)
                yield recipe

    def from_store(recipe: Recipe) -> Encoded:
        found = store.get(recipe.address)
        if found is None:  # it was torn, or somebody has taken it away
            with contextlib.closing(pool(iter([recipe]))) as again:
                _, found = next(again)
            store.put(recipe.address, found)
            store.count.made += 1
        return found

    with contextlib.closing(pool(missing())) as finished:
        for address, segment in finished:
            store.put(address, segment)
            store.count.made += 1
            pending.discard(address)
            while queue and queue[0].address not in pending:
                first = queue.popleft()
                yield segment if first.address == address else from_store(first)
                store.used(first.address)
    while queue:
        first = queue.popleft()
        yield from_store(first)
        store.used(first.address)


def _pool_of(encode_all: EncodeAll) -> Pool:
    """A pool that finishes everything in the order in which it was asked."""

    def pool(recipes: Iterator[Recipe]) -> Generator[tuple[str, Encoded], None, None]:
        addresses: deque[str] = deque()

        def noted() -> Iterator[Recipe]:
            for recipe in recipes:
                addresses.append(recipe.address)
                yield recipe

        for segment in encode_all(noted()):
            yield addresses.popleft(), segment

    return pool
