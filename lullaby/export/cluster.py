"""Segments encoded by a Dask cluster: recipes go out, bytes come back, and the file is written here.

Workers need lullaby and nothing else: no score, no voice file, no shared disk. The one door to Dask.
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
from lullaby.export.encoding import encode
from lullaby.export.in_order import Pool, in_order
from lullaby.export.recipe import Recipe
from lullaby.export.segment_bytes import from_bytes, to_bytes
from lullaby.export.segment_store import Store
from lullaby.export.segments import EncodeAll, Encoded

PATIENCE = 10
"""Seconds for a scheduler to answer."""

_ALONE = 6
"""Times PATIENCE that a cluster may be without workers: new ones need a while to come up."""

_AHEAD = 3
"""Segments begun for every thread of the cluster: one it encodes, one waiting beside it, one on its way."""

_SLOW = 120
"""Seconds for a segment to come back once it is finished, or for the cluster to say who works in it."""

_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?(?:\[[0-9a-fA-F:.]+\]|[^\s/:@]+):(\d{1,5})")

_KEPT = "What is finished is kept: the same command goes on."


def on_cluster(where: str, store: Store) -> EncodeAll:
    """Segments are encoded on the cluster whose scheduler is at this address. What is finished is kept in the
    store at once, in whatever order, so whoever comes again has no segment encoded twice."""
    # Dask tries an address that makes no sense for as long as one that does
    port = _ADDRESS.fullmatch(where)
    if not port or int(port[1]) >= 1 << 16:
        raise AskedWrongly(f'"{where}" is no address of a cluster, like tcp://10.0.0.1:8786.')
    _dask()
    return lambda recipes: in_order(recipes, store, _pool(where))


def encode_json(recipe: str) -> bytes:
    """Called on a worker: the segment of this recipe, from JSON to bytes."""
    try:
        parsed = Recipe.from_json(recipe)
        return to_bytes(parsed.address, encode(parsed))
    except CouldNot as error:
        raise CouldNot(f"{platform.node()}: {error}") from None


def _pool(where: str) -> Pool:
    def pool(recipes: Iterator[Recipe]) -> Generator[tuple[str, Encoded], None, None]:
        with _connected(where) as client:
            finished: SimpleQueue[str] = SimpleQueue()
            begun: dict[str, Any] = {}
            while True:
                free = _AHEAD * max(1, _threads(client)) - len(begun)
                while free > 0 and (recipe := next(recipes, None)):
                    address = recipe.address
                    begun[address] = _submitted(client, recipe)
                    begun[address].add_done_callback(lambda _, address=address: finished.put(address))
                    free -= 1
                if not begun:
                    return
                address = _next(finished, client, where)
                yield address, _result(address, begun.pop(address), where)

    return pool


def _submitted(client: Any, recipe: Recipe) -> Any:
    """The future of this recipe's segment. It is named by functions of Python itself, so that the scheduler,
    which unpacks what it passes on, needs no lullaby. The key is the address, so that two who want the same
    segment at the same time share it."""
    return client.submit(
        functools.reduce,
        operator.call,
        [pkgutil.resolve_name, f"{__name__}:{encode_json.__name__}", recipe.as_json()],
        key=f"segment-{recipe.address}",
    )


def _next(finished: SimpleQueue[str], client: Any, where: str) -> str:
    """The address of the next segment that is finished."""
    without_workers = 0
    while True:
        with suppress(Empty):
            return finished.get(timeout=PATIENCE)
        without_workers = 0 if _threads(client) else without_workers + 1
        if without_workers == _ALONE:
            raise CouldNot(f"the cluster at {where} has no workers. {_KEPT}")


def _threads(client: Any) -> int:
    if client.status != "running":  # known to be lost: asking would try for PATIENCE
        raise ConnectionError
    return sum(client.nthreads(callback_timeout=_SLOW).values())


def _result(address: str, future: Any, where: str) -> Encoded:
    """The segment a worker gave back; an error that says why, if it gave back anything else."""
    if future.status == "error":
        raise _failure(future.exception(), where)
    segment = from_bytes(address, future.result(timeout=_SLOW))
    if segment is None:
        raise CouldNot(f"a worker of the cluster at {where} gave back something else than sound. {_KEPT}")
    return segment


def _failure(error: BaseException, where: str) -> LullabyError:
    """One line for what went wrong on a worker, or with it."""
    from distributed.scheduler import KilledWorker

    match error:
        case LullabyError():
            return error
        case KilledWorker():
            said = f"{error.allowed_failures + 1} workers died over the same minute (too little memory?)"
        case ImportError():
            said = f"a worker cannot encode ({error}): all machines need the same lullaby"
        case _:
            said = f"a worker failed ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
    return CouldNot(f"the cluster at {where}: {said}. {_KEPT}")


@contextmanager
def _connected(where: str) -> Iterator[Any]:
    """The cluster, for as long as it answers. What it has not finished when we leave is not done."""
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
