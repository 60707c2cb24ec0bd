"""Segments kept by their address: what is torn, foreign or misplaced counts as missing, and is made again."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nights import night_of

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export import Store, export, store_at, store_beside, with_store
from lullaby.export.in_order import in_order
from lullaby.export.segment_bytes import from_bytes, to_bytes
from lullaby.export.segments import Encoded
from lullaby.export.threads import on_threads
from lullaby.time import RATE, Span

pytestmark = pytest.mark.usefixtures("without_covers")

SCORE = """
title = "Three Minutes"
length = 00:03:00
[voices]
hush = "pink-noise"
[scene.all]
at = 0
hush = -3
"""


@dataclass(frozen=True)
class Numbered:
    """Stands for a recipe: all that a store needs of one is its address."""

    n: int

    @property
    def address(self) -> str:
        return hashlib.blake2b(bytes([self.n]), digest_size=20).hexdigest()


NAMES = [Numbered(n).address for n in range(8)]
SEGMENT = Encoded(b"lullaby", np.array([3, 4], np.uint32))


def segment_of(recipe: Numbered) -> Encoded:
    return Encoded(f"part {recipe.n}".encode(), np.zeros(0, np.uint32))


def same(a: Encoded | None, b: Encoded) -> bool:
    return a is not None and a.payload == b.payload and a.sizes.tolist() == b.sizes.tolist()


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_at(str(tmp_path / "not" / "yet"))
    pytest.importorskip("fsspec")
    return store_at(f"memory://{tmp_path}")


def file_of(name: str, root: Path) -> Path:
    return root / name[:2] / f"{name}.part"


@pytest.mark.parametrize("segment", [SEGMENT, segment_of(Numbered(1)), Encoded(b"", np.zeros(0, np.uint32))])
def test_what_is_kept_is_there_and_nothing_else(store: Store, segment: Encoded):
    assert store.get(NAMES[0]) is None
    assert not store.has(NAMES[0])
    store.put(NAMES[0], segment)
    store.put(NAMES[0], segment)
    assert store.has(NAMES[0])
    assert same(store.get(NAMES[0]), segment)
    assert store.get(NAMES[1]) is None
    store.forget()
    assert not store.has(NAMES[0])


def test_an_entry_with_any_byte_wrong_or_missing_is_none():
    whole = to_bytes(NAMES[0], SEGMENT)
    assert same(from_bytes(NAMES[0], whole), SEGMENT)
    assert from_bytes(NAMES[1], whole) is None
    for at in range(len(whole)):
        assert from_bytes(NAMES[0], whole[:at]) is None
        assert from_bytes(NAMES[0], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]) is None
    assert from_bytes(NAMES[0], whole + b"\0") is None
    assert from_bytes(NAMES[0], whole[:28] + b"\xff" * 12 + whole[40:]) is None
    # the digest is right and the sizes are not: whoever wrote this meant no good
    assert (
        from_bytes(NAMES[0], to_bytes(NAMES[0], Encoded(b"lullaby", np.array([1 << 31, 4], np.uint32))))
        is None
    )


def test_what_is_no_entry_is_missing(tmp_path: Path):
    store = store_at(str(tmp_path))
    paths = [file_of(name, tmp_path) for name in NAMES]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
    paths[0].write_bytes(b"")
    paths[1].mkdir()
    os.mkfifo(paths[2])
    with open(paths[3], "wb") as vast:
        vast.truncate(1 << 40)
    paths[4].symlink_to(paths[4])
    store.put(NAMES[5], SEGMENT)
    paths[5].rename(paths[6])
    assert [store.get(name) for name in NAMES] == [None] * 8


def test_many_may_write_the_same_at_once(tmp_path: Path):
    store = store_at(str(tmp_path))
    segment = Encoded(bytes(300_000), np.zeros(0, np.uint32))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put(NAMES[0], segment), range(64)))
    assert same(store.get(NAMES[0]), segment)
    assert os.listdir(file_of(NAMES[0], tmp_path).parent) == [f"{NAMES[0]}.part"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_store_that_takes_nothing_says_so_in_a_line(tmp_path: Path, monkeypatch: Any, number: int):
    def refused(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(CouldNot, match=r"^.*: pages cannot be kept here \(.*\)\. .*$"):
        store_at(str(tmp_path)).put(NAMES[0], SEGMENT)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_store_inside_a_file_says_so_in_a_line(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CouldNot, match="pages cannot be kept here"):
        store_at(str(tmp_path / "file")).put(NAMES[0], SEGMENT)


def test_a_place_nobody_knows_is_asked_wrongly():
    pytest.importorskip("fsspec")
    with pytest.raises(AskedWrongly, match="attic://parts"):
        store_at("attic://parts")


def test_without_its_library_a_far_store_says_what_to_install(monkeypatch: Any):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(CouldNot, match=r'pip install "lullaby\[cluster\]"'):
        store_at("memory://parts")


def test_forgetting_takes_only_what_is_ours(tmp_path: Path):
    path = tmp_path / "night.opus"
    store = store_beside(path)
    store.put(NAMES[0], SEGMENT)
    folder = tmp_path / ".night.opus.pages"
    assert folder.is_dir()
    (folder / "letter").write_text("from somebody else")
    store.forget()
    assert [child.name for child in folder.iterdir()] == ["letter"]
    (folder / "letter").unlink()
    store.forget()
    assert os.listdir(tmp_path) == []


def test_only_what_is_missing_is_made_and_all_of_it_comes_in_its_turn(store: Store):
    asked: list[int] = []

    def encode_all(recipes: Iterable[Any]) -> Iterator[Encoded]:
        for recipe in recipes:
            asked.append(recipe.n)
            yield segment_of(recipe)

    for n in (0, 3, 5):
        store.put(NAMES[n], segment_of(Numbered(n)))
    numbers = [0, 1, 2, 1, 3, 4, 5, 4, 6]
    made = with_store(store, encode_all)(map(Numbered, numbers))
    assert [segment.payload for segment in made] == [segment_of(Numbered(n)).payload for n in numbers]
    assert asked == [1, 2, 4, 6]
    assert [segment.payload for segment in with_store(store, encode_all)(map(Numbered, numbers))]
    assert asked == [1, 2, 4, 6]


def test_what_finishes_early_is_kept_at_once_and_waits_in_the_store(store: Store):
    opened = 0

    def pool(wanted: Iterator[Numbered]) -> Iterator[tuple[str, Encoded]]:
        nonlocal opened
        opened += 1
        for recipe in reversed(list(wanted)):
            yield recipe.address, segment_of(recipe)

    made = in_order(map(Numbered, range(8)), store, pool)
    assert next(made).payload == b"part 0"
    assert all(store.has(name) for name in NAMES)
    # they are taken away while they wait: each is made once more
    store.forget()
    assert [segment.payload for segment in made] == [f"part {n}".encode() for n in range(1, 8)]
    assert opened == 8


def test_nights_share_what_is_the_same(tmp_path: Path):
    store, night = store_at(str(tmp_path / "pages")), night_of(SCORE)
    asked: list[Any] = []

    def encode_all(recipes: Iterable[Any]) -> Iterator[Encoded]:
        return on_threads((asked.append(recipe) or recipe for recipe in recipes), 2)

    plain = export(night, tmp_path / "plain.opus", jobs=1).read_bytes()
    for count in (3, 0):
        asked.clear()
        path = export(night, tmp_path / "kept.opus", encode_all=with_store(store, encode_all))
        assert path.read_bytes() == plain
        assert len(asked) == count
    # a longer cut of the same night has its first two minutes in common with a shorter one
    export(night, tmp_path / "cut.opus", span=Span(0, 170 * RATE), encode_all=with_store(store, encode_all))
    assert len(asked) == 1


def test_nothing_of_a_cluster_is_imported_unless_asked_for():
    code = "import sys, lullaby.export, lullaby.cli.commands.render as _\n"
    code += "print({n.split('.')[0] for n in sys.modules})"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "lullaby" in child.stdout
    assert not any(f"'{name}'" in child.stdout for name in ("dask", "distributed", "fsspec", "tornado"))


def test_a_passing_store_holds_only_what_waits_for_its_turn(tmp_path: Path):
    store = store_beside(tmp_path / "night.flac")
    held: list[int] = []

    def made_backwards(wanted: Iterator[Numbered]) -> Iterator[tuple[str, Encoded]]:
        for recipe in reversed(list(wanted)):
            yield recipe.address, segment_of(recipe)

    for _ in in_order(map(Numbered, range(8)), store, made_backwards):
        held.append(len(list(tmp_path.rglob("*.part"))))
    assert held == [8, 7, 6, 5, 4, 3, 2, 1]
    assert not list(tmp_path.rglob("*.part"))
