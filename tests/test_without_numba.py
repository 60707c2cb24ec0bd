"""A kernel that was compiled before runs without numba, which takes longer to load than a first sound to be
made: the same machine code, and only for the very kinds of arguments it was compiled for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lullaby.kernels import jit, kinds, without_numba
from lullaby.kernels.kernel import Kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="numba is done without on Linux alone")

RECORD = np.dtype([("at", np.int64), ("level", np.float32)], align=True)
PLAIN = np.arange(12, dtype=np.float32)
CLOSED = PLAIN.copy()
CLOSED.flags.writeable = False
VALUES = {
    "floats": PLAIN,
    "two dimensions": PLAIN.reshape(3, 4),
    "columns first": PLAIN.reshape(3, 4).T,
    "every other": PLAIN[::2],
    "not to be written": CLOSED,
    "not aligned": np.zeros(49, np.uint8)[1:].view(np.float32),
    "none of it": PLAIN[:0],
    "doubles": PLAIN.astype(np.float64),
    "bytes": PLAIN.astype(np.uint8),
    "truths": PLAIN > 3,
    "records": np.zeros(3, RECORD),
    "packed records": np.zeros(3, np.dtype([("at", np.int64), ("level", np.float32)])),
    "records of other names": np.zeros(3, np.dtype([("to", np.int64), ("level", np.float32)], align=True)),
    "records of records": np.zeros(3, np.dtype([("in", RECORD), ("level", np.float32)], align=True)),
    "a whole number": 3,
    "a float": 3.0,
    "yes": True,
    "a short float": np.float32(3),
    "a long word": np.uint64(2**63),
    "a word": np.uint32(3),
}
NUMBAS = {
    "a number that is no int64": 2**63,
    "no number": None,
    "two numbers": (1, 2.0),
    "bytes the other way round": PLAIN.astype(">f4"),
    "complex numbers": PLAIN.astype(np.complex64),
    "an array of another class": PLAIN.view(np.recarray),
    "a record": np.zeros(1, RECORD)[0],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_is_of_the_kind_that_numba_takes_it_for(value: Any) -> None:
    from numba import typeof

    assert kinds.of_value(value) is not None
    assert kinds.of_value(value) == kinds.of_type(typeof(value))


def test_two_kinds_never_have_one_name() -> None:
    from numba import typeof

    assert len({kinds.of_value(value) for value in VALUES.values()}) == len({*map(typeof, VALUES.values())})


@pytest.mark.parametrize("value", NUMBAS.values(), ids=NUMBAS.keys())
def test_numba_alone_is_asked_for_what_is_not_known_here(value: Any) -> None:
    assert kinds.of_value(value) is None


def a_kernel() -> Kernel:
    def halved(x: Any) -> Any:
        if x == 7:
            raise ValueError("no half of seven")
        return x / 2

    made: Any = jit.kernel(halved)
    return made


def test_what_is_kept_is_called_without_numba_and_gives_the_same(kernel_folder: Path) -> None:
    fresh, kept = a_kernel(), a_kernel()
    assert fresh(5) == kept(5) == 2.5
    assert ([*fresh.alone], [*kept.alone]) == ([], [("int64",)])


def test_what_a_kernel_raises_is_raised_without_numba_too(kernel_folder: Path) -> None:
    a_kernel()(5)
    kept = a_kernel()
    for _ in range(3):
        with pytest.raises(ValueError, match="no half of seven"):
            kept(7)
    assert kept.alone


def test_another_kind_of_argument_is_compiled_for_itself(kernel_folder: Path) -> None:
    a_kernel()(5)
    kept = a_kernel()
    assert (kept(5), kept(2**63), kept(np.float32(5)), kept(True)) == (2.5, 2.0**62, 2.5, 0.5)
    assert len(kept.signatures) == 4
    assert [*kept.alone] == [("int64",)]


def test_a_wrong_number_of_arguments_is_an_error(kernel_folder: Path) -> None:
    a_kernel()(5)
    kept = a_kernel()
    kept(5)
    with pytest.raises(TypeError):
        kept(5, 5)
    with pytest.raises(TypeError):
        kept()


def test_whoever_tells_numba_how_to_compile_is_obeyed(
    kernel_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_kernel()(5)
    monkeypatch.setenv("NUMBA_OPT", "1")
    monkeypatch.setattr(without_numba, "may", without_numba._is_usual())
    assert not without_numba.may
    kept = a_kernel()
    assert kept(5) == 2.5
    assert not kept.alone


CALLED = """
import ctypes, json, sys
import numpy as np
from lullaby.kernels.playback import play
from lullaby.kernels.port_audio import port_audio_callback
from lullaby.kernels.shared_numbers import SIZE
from lullaby.player.ring import Ring
one = ctypes.c_void_p
kind = ctypes.CFUNCTYPE(ctypes.c_int32, one, one, ctypes.c_uint64, one, ctypes.c_uint64, one)
called = kind(port_audio_callback())
def ring():
    made = Ring()
    made.write(np.random.default_rng(1).random((48_000, 2), np.float32) - 0.5)
    made.play(16)
    return made
by_c, by_python = np.zeros(512, np.float32), np.zeros(512, np.float32)
first, second = ring(), ring()
called(None, by_c.ctypes.data, 256, None, 0, first.memory.ctypes.data)
play(second.memory, by_python)
print(json.dumps({"same": bool((by_c == by_python).all()), "sounds": bool(by_c.any()),
                  "numba": "numba" in sys.modules}))
"""


def test_a_sound_card_calls_what_is_kept_and_numba_is_not_loaded(tmp_path: Path) -> None:
    env = {**os.environ, "LULLABY_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", CALLED]
    said = [
        json.loads(subprocess.run(command, env=env, capture_output=True, check=True).stdout) for _ in range(2)
    ]
    assert [one["numba"] for one in said] == [True, False]
    assert all(one["same"] and one["sounds"] for one in said)


PLAYED = """
import sys
from lullaby.cli import main
code = main(["play", "harbour-rain", "--null", "60", "--to", "02:00", "--plain"])
print(code, "numba" in sys.modules, "lullaby.kernels.crowd" in sys.modules)
"""


def test_a_night_that_plays_follows_its_sleeper_without_numba(tmp_path: Path) -> None:
    """Who is asleep by now is worked out every half minute, also of a sleeper that is made up."""
    env = {**os.environ, "LULLABY_HOME": str(tmp_path)}
    command = [sys.executable, "-c", PLAYED]
    for _ in range(2):  # the first may have something to compile
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False True"
