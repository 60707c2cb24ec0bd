"""A night made by many machines is the night, whoever dies meanwhile; and nothing finished is made twice."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from conftest import PATIENCE, _patiently, _running
from nights import night_of

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export import cluster, export, on_cluster, store_at, store_beside
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded

KilledWorker = pytest.importorskip("distributed.scheduler").KilledWorker

HERE = Path(__file__).parent
SCORE = """
title = "Four Minutes"
length = 00:04:00
[voices]
hush = "pink-noise"
[scene.all]
at = 0
hush = -3
"""
LONG = SCORE.replace("00:04:00", "00:06:00")

CHILD = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(HERE)!r})
from nights import night_of
from lullaby.errors import LullabyError
from lullaby.export import export, on_cluster, store_at
where, pages, path, score = sys.argv[1:]
try:
    export(night_of(score), Path(path), encode_all=on_cluster(where, store_at(pages)))
except LullabyError as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    sys.exit(130)
"""
"""What `lullaby render --cluster` does."""


GATED = """
import itertools, os
from lullaby.export import cluster
encode, segments = cluster.encode, itertools.count(1)
def gated(recipe):
    if next(segments) > int(os.environ["MOST"]):
        open(os.environ["GATE"]).close()
    return encode(recipe)
cluster.encode = gated
"""
"""Run by a worker before all else: it encodes so many segments, and the next when somebody opens the gate.
However busy a machine is, the file it works for is not finished before that."""


class Cluster:
    """A scheduler on this machine, and workers that come and go."""

    def __init__(self, folder: Path, living: ExitStack) -> None:
        folder.mkdir()
        self.folder, self._living, self._count = folder, living, 0
        file, log = folder / "scheduler.json", folder / "scheduler.log"
        self.scheduler = self._begin(
            log, "scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={file}"
        )
        self.address = self._said(self.scheduler, log, r"Scheduler at:\s+(tcp://\S+)")

    def _begin(self, log: Path, what: str, *how: str, **env: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *how]
        with open(log, "wb") as out:
            env = {**os.environ, "PYTHONPATH": str(HERE.parent), **env}
            started = _running(command, cwd=self.folder, stdout=out, stderr=out, env=env)
            return self._living.enter_context(started)

    @staticmethod
    def _said(process: subprocess.Popen[bytes], log: Path, what: str) -> str:
        for _ in _patiently(process, log.read_text()):
            if found := re.search(what, log.read_text()):
                return found[found.re.groups]
        raise AssertionError

    def worker(self, most: int | None = None, **env: str) -> subprocess.Popen[bytes]:
        self._count += 1
        log = self.folder / f"worker-{self._count}.log"
        if most is not None:
            gate = self.folder / f"gate-{self._count}"
            os.mkfifo(gate)
            (self.folder / "sitecustomize.py").write_text(GATED)
            paths = f"{self.folder}{os.pathsep}{HERE.parent}"
            env |= {"PYTHONPATH": paths, "GATE": str(gate), "MOST": str(most)}
        how = [self.address, "--no-nanny", "--nthreads=1", f"--local-directory={self.folder}/{self._count}"]
        worker = self._begin(log, "worker", *how, **env)
        self._said(worker, log, r"Registered to:")
        return worker


@pytest.fixture
def living() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with one worker, for all who do not stop it."""
    with ExitStack() as living:
        cluster = Cluster(tmp_path_factory.mktemp("there") / "cluster", living)
        cluster.worker()
        yield cluster


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The long night, made here."""
    return export(night_of(LONG), tmp_path_factory.mktemp("plain") / "night.flac", jobs=2).read_bytes()


@contextmanager
def rendering(where: str, folder: Path) -> Iterator[Future[Path]]:
    """The long night rendered on a thread meanwhile."""
    store = store_at(str(folder / "pages"))
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(export, night_of(LONG), folder / "night.flac", encode_all=on_cluster(where, store))


def kept(folder: Path) -> dict[str, tuple[int, int]]:
    """The finished segments; and which file each is, so that one made again is noticed."""
    paths = list((folder / "pages").rglob("*.part"))
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def until_kept(folder: Path, process: subprocess.Popen[bytes], count: int) -> None:
    for _ in _patiently(process, "parts"):
        if len(kept(folder)) >= count:
            return


def test_two_workers_make_the_very_same_file(tmp_path: Path, there: Cluster):
    there.worker()
    night = night_of(SCORE)
    for ending, store in ((".opus", store_at(str(tmp_path / "pages"))), (".flac", None)):
        here = export(night, tmp_path / f"here{ending}", jobs=1)
        path = tmp_path / f"far{ending}"
        store = store or store_beside(path)
        export(night, path, encode_all=on_cluster(there.address, store))
        assert path.read_bytes() == here.read_bytes()
    assert len(list(tmp_path.glob(".far.flac.pages/*/*.part"))) == 0  # all of it stands in the file
    store_beside(path).forget()
    assert not list(tmp_path.glob(".far*"))
    # all of it is in the store: nobody is asked
    pages = store_at(str(tmp_path / "pages"))
    export(night, tmp_path / "again.opus", encode_all=on_cluster("tcp://127.0.0.1:1", pages))


def test_a_worker_that_is_killed_is_not_missed(tmp_path: Path, there: Cluster, plain: bytes):
    dies = there.worker(most=1)  # and holds on to what it is given next
    with rendering(there.address, tmp_path) as rendered:
        until_kept(tmp_path, dies, 2)
        assert not rendered.done()
        dies.kill()
    assert rendered.result().read_bytes() == plain


def test_a_scheduler_that_dies_is_one_line_and_nothing_finished_is_made_again(
    tmp_path: Path, living: ExitStack, there: Cluster, plain: bytes
):
    dies = Cluster(tmp_path / "cluster", living)
    worker = dies.worker(most=4)
    with rendering(dies.address, tmp_path) as rendered:
        until_kept(tmp_path, worker, 3)
        dies.scheduler.kill()
    with pytest.raises(CouldNot) as could_not:
        rendered.result()
    assert str(could_not.value) == (
        f"the cluster at {dies.address} went away. What is finished is kept: the same command goes on."
    )
    before = kept(tmp_path)
    assert 3 <= len(before) <= 4
    with rendering(there.address, tmp_path) as rendered:
        pass
    assert rendered.result().read_bytes() == plain
    after = kept(tmp_path)
    assert len(after) == 6
    assert before.items() <= after.items()


def test_what_is_stopped_leaves_the_cluster_nothing_to_do(tmp_path: Path, there: Cluster):
    holds_on = there.worker(most=1)
    where, path = str(tmp_path / "pages"), str(tmp_path / "night.flac")
    command = [sys.executable, "-c", CHILD, there.address, where, path, LONG]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as child:
        until_kept(tmp_path, child, 1)
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=PATIENCE)[1] == b""
    assert child.returncode == 130
    with cluster._connected(there.address) as client:
        for _ in _patiently(there.scheduler, "an idle cluster"):
            if client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0:
                break
    holds_on.kill()


def test_a_worker_without_our_lullaby_is_one_line(tmp_path: Path, living: ExitStack):
    strange = Cluster(tmp_path / "cluster", living)
    (tmp_path / "strange" / "lullaby").mkdir(parents=True)
    (tmp_path / "strange" / "lullaby" / "__init__.py").write_text("")  # something of that name, and no more
    strange.worker(PYTHONPATH=str(tmp_path / "strange"))
    store = store_at(str(tmp_path / "pages"))
    with pytest.raises(CouldNot, match=r"^the cluster at \S+ a worker cannot encode .*lullaby.*same lullaby"):
        export(night_of(SCORE), tmp_path / "night.opus", encode_all=on_cluster(strange.address, store))


def test_a_worker_of_another_version_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[Recipe] = []

    def encode_all(recipes: Iterable[Recipe]) -> Iterator[Encoded]:
        asked.extend(recipes)
        return iter(())

    with pytest.raises(ValueError, match="argument 2 is shorter"):  # it made nothing
        export(night_of(SCORE), tmp_path / "night.opus", encode_all=encode_all)
    recipe = asked[0].as_json()
    monkeypatch.setattr("lullaby.export.recipe.version", lambda: "0-old")
    with pytest.raises(CouldNot) as could_not:
        cluster.encode_json(recipe)
    brought_back = pickle.loads(pickle.dumps(could_not.value))
    said = str(cluster._failure(brought_back, "tcp://there:1"))
    assert re.search(r"^\S+: this minute is for lullaby .*; here is .*0-old", said)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CouldNot("the encoder is away."), r"^the encoder is away\.$"),
        (KilledWorker("part-1", None, 3), r"4 workers died over the same minute"),
        (MemoryError("of 3\nbytes"), r"a worker failed \(MemoryError: of 3 bytes\)"),
    ],
)
def test_what_befalls_a_worker_is_one_line(error: Exception, said: str):
    assert re.search(said, str(cluster._failure(error, "tcp://there:1")))
    assert "\n" not in str(cluster._failure(error, "tcp://there:1"))


def test_no_cluster_at_all_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    store = store_at(str(tmp_path / "pages"))
    with pytest.raises(CouldNot, match=r"^no cluster answers at tcp://127\.0\.0\.1:1\. .*$"):
        export(night_of(SCORE), tmp_path / "night.opus", encode_all=on_cluster("tcp://127.0.0.1:1", store))
    assert not (tmp_path / "night.opus").exists()


@pytest.mark.parametrize("where", ["", "here", "127.0.0.1", "http://127.0.0.1:1", "127.0.0.1:65536", "a b:1"])
def test_what_is_no_address_is_asked_wrongly(tmp_path: Path, where: str):
    with pytest.raises(AskedWrongly, match="is no address of a cluster"):
        on_cluster(where, store_at(str(tmp_path)))


def test_without_dask_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cluster._dask.cache_clear()
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CouldNot, match=r'pip install "lullaby\[cluster\]"'):
        on_cluster("tcp://127.0.0.1:1", store_at(str(tmp_path)))
