"""Parts made by a Dask cluster: recipes go out, bytes come back, and only we keep files.

Workers need lullaby and nothing of ours: no score, no voice file, no shared disk. The one door to Dask.
"""

from __future__ import annotations

import functools
import logging
import operator
import pkgutil
import platform
import re
import sys
import warnings
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.export.entries import entry, part_in
from lullaby.export.in_turn import Crew, Wanted, in_turn
from lullaby.export.keeping import Makers
from lullaby.export.making import made
from lullaby.export.parts import Made
from lullaby.export.recipe import Recipe
from lullaby.export.stored import Store

PATIENCE = 10
"""Seconds for a scheduler to answer."""

_ALONE = 6
"""Times PATIENCE that a cluster may be without workers: new ones need a while to come up."""

_AHEAD = 3
"""Parts begun for every thread of the cluster: one it makes, one waiting beside it, one on its way."""

_SLOW = 120
"""Seconds for a part to come back once it is finished, or for the cluster to say who works in it."""

_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?(?:\[[0-9a-fA-F:.]+\]|[^\s/:@]+):(\d{1,5})")

_KEPT = "What is finished is kept: the same command goes on."


def on_cluster(where: str, store: Store) -> Makers:
    """Makers on the cluster whose scheduler is at this address. What they finish is kept in the store at
    once, in whatever order, so whoever comes again makes no part twice."""
    # Dask tries an address that makes no sense for as long as one that does
    port = _ADDRESS.fullmatch(where)
    if not port or int(port[1]) >= 1 << 16:
        raise AskedWrongly(f'"{where}" is no address of a cluster, like tcp://10.0.0.1:8786.')
    _dask()
    return lambda recipes: in_turn(recipes, store, _crew(where))


def part_for(recipe: str) -> bytes:
    """Called on a worker: the entry of the part that this recipe, in JSON, describes."""
    try:
        told = Recipe.from_json(recipe)
        return entry(told.address, made(told))
    except CouldNot as error:
        raise CouldNot(f"{platform.node()}: {error}") from None


def _crew(where: str) -> Crew:
    def crew(wanted: Wanted) -> Generator[tuple[str, Made], None, None]:
        with _connected(where) as client:
            finished: SimpleQueue[str] = SimpleQueue()
            begun: dict[str, Any] = {}
            while True:
                room = _AHEAD * max(1, _threads(client)) - len(begun)
                while room > 0 and (recipe := next(wanted, None)):
                    name = recipe.address
                    begun[name] = _begin(client, name, recipe.as_json())
                    begun[name].add_done_callback(lambda _, name=name: finished.put(name))
                    room -= 1
                if not begun:
                    return
                name = _next(finished, client, where)
                part = _part(name, begun.pop(name), where)
                yield name, part

    return crew


def _begin(client: Any, name: str, recipe: str) -> Any:
    """Said with functions of Python itself, so that the scheduler, which unpacks what it passes on, needs no
    lullaby. The key is the address: who wants the same part at the same time gets the same."""
    return client.submit(
        functools.reduce,
        operator.call,
        [pkgutil.resolve_name, f"{__name__}:part_for", recipe],
        key=f"part-{name}",
    )


def _next(finished: SimpleQueue[str], client: Any, where: str) -> str:
    """The address of the next part that is finished."""
    alone = 0
    while True:
        with suppress(Empty):
            return finished.get(timeout=PATIENCE)
        alone = 0 if _threads(client) else alone + 1
        if alone == _ALONE:
            raise CouldNot(f"the cluster at {where} has no workers. {_KEPT}")


def _threads(client: Any) -> int:
    if client.status != "running":  # known to be lost: asking would try for PATIENCE
        raise ConnectionError
    return sum(client.nthreads(callback_timeout=_SLOW).values())


def _part(name: str, future: Any, where: str) -> Made:
    """What came back; and if that is no part, why."""
    if future.status == "error":
        raise _failure(future.exception(), where)
    part = part_in(name, future.result(timeout=_SLOW))
    if part is None:
        raise CouldNot(f"a worker of the cluster at {where} gave back something else than a part. {_KEPT}")
    return part


def _failure(error: BaseException, where: str) -> LullabyError:
    """One line for what a worker met with, or its cluster with it."""
    from distributed.scheduler import KilledWorker

    match error:
        case LullabyError():
            return error
        case KilledWorker():
            said = f"{error.allowed_failures + 1} workers died over the same part (too little memory?)"
        case ImportError():
            said = f"a worker cannot make parts ({error}): all machines need the same lullaby"
        case _:
            said = f"a worker failed ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
    return CouldNot(f"the cluster at {where}: {said}. {_KEPT}")


@contextmanager
def _connected(where: str) -> Iterator[Any]:
    """The cluster, for as long as it answers. What is still to be made when we go is not made."""
    dask, distributed = _dask()
    lost = (OSError, TimeoutError, CancelledError, distributed.client.ClosedClientError)
    with dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE} s"}):
        try:
            with warnings.catch_warnings():
                # of other libraries there, which do not matter: text goes out and bytes come back
                warnings.simplefilter("ignore")
                client = distributed.Client(where, timeout=PATIENCE, set_as_default=False)
        except lost as error:
            raise CouldNot(f"no cluster answers at {where}. {_KEPT}") from error
        try:
            yield client
        except lost as error:
            raise CouldNot(f"the cluster at {where} went away. {_KEPT}") from error
        finally:
            with suppress(*lost):
                client.close(timeout=PATIENCE)


@functools.cache
def _dask() -> tuple[Any, Any]:
    """Dask and its cluster, silenced, unless somebody else has loaded them and may want to hear them."""
    ours = "distributed" not in sys.modules
    try:
        import dask
        import distributed
    except ImportError as error:
        raise CouldNot('a cluster needs `pip install "lullaby[cluster]"`.') from error
    if ours:
        for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return dask, distributed
