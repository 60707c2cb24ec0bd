"""The packages lie in layers: imports go down, never up or across, and each library is imported in one place.

Read from the syntax trees, inside functions too. A package that is not written yet breaks no rule.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

from lullaby.night.engine import SOUND_SOURCES

SOURCE = Path(__file__).parent.parent / "lullaby"
LAYERS = (
    "cli/web/ritual/evening/player export/drawing/night/sleep story narrator voices music journal/people"
    "/score/kernels/time chance errors places sources child heap"
)
LAYER = {package: layer for layer, packages in enumerate(LAYERS.split("/")) for package in packages.split()}
LEAVES = LAYER["time"]
DOORS = {"numpy": tuple(package for package in LAYER if LAYER[package] < LEAVES), "numba": ("kernels/",)}
DOORS |= {
    "llvmlite": ("kernels/llvm/", "kernels/without_numba.py"),
    "PIL": ("drawing/",),
}
DOORS |= {"edfio": ("sleep/hypnograms/edf.py",)}
DOORS |= {"av": ("export/", "voices/clips/"), "sounddevice": ("player/",)}
DOORS |= {"miniaudio": ("player/ways.py",), "wakepy": ("player/awake.py",)}
DOORS |= {"textual": ("cli/playing/screen.py",), "rich": ("cli/playing/screen.py",)}
DOORS |= {"dbus_fast": ("player/media_keys.py",)}
DOORS |= {"dask": ("export/cluster.py",), "distributed": ("export/cluster.py",)}
DOORS |= {"fsspec": ("export/store_places.py",)}
DOORS |= {"tomlkit": ("score/rewriting.py",)}
DOORS |= dict.fromkeys(("pyttsx3", "hibari", "onnxruntime", "espeakng_loader"), ("narrator/",))
DOORS |= {"pydub": ("voices/clips/",)}
DOORS |= {"paho": ("web/mqtt/broker.py",)}
DOORS |= {"markdown_it": ("story/markdown.py",)}
DOORS |= {"mido": ("score/midi/file.py",)}
DOORS |= {"icalendar": ("ritual/schedule/",), "dateutil": ("ritual/schedule/",)}
DOORS |= {"h11": ("web/who/slow.py",), "segno": ("web/who/qr.py",), "uvicorn": ("web/",)}
DOORS |= {"starlette": ("web/",)}
DOORS |= dict.fromkeys(("async_upnp_client", "pychromecast", "soco"), ("web/boxes/",))
DOORS_WITHIN = {"pickle": "kernels/cache.py", "secrets": "web/who/secret.py"}
DICE = r"(random|secrets|pickle|numpy\.random)(\..*)?"
CLOCKS = r"time\.(time|monotonic|perf_counter|localtime)(_ns)?|datetime\.\w+\.(now|utcnow|today)"

WRONG = """score/a.py: from lullaby.night import plan | voices/a.py: import lullaby.sleep.model
night/a.py: def f(): from ..cli import main | kernels/a.py: from .. import score
player/a.py: from lullaby import export | night/a.py: import lullaby.attic | score/a.py: import numba.core
kernels/a.py: import llvmlite | chance.py: import PIL | score/a.py: import requests
time.py: import lullaby.chance | chance.py: import numpy | night/a.py: from numpy import random
voices/a.py: import numpy as np; np.random.normal() | cli/a.py: import random
night/a.py: import datetime as d; d.datetime.now() | export/a.py: from time import monotonic
__init__.py: import numpy | __init__.py: from .night import Night | __main__.py: import lullaby.player"""
RIGHT = """score/a.py: from lullaby import errors, time | night/a.py: from .mixer import Mixer
voices/a.py: from lullaby.kernels import rain | night/a.py: clock.now() | time.py: import datetime
cli/a.py: import time; time.monotonic() | kernels/llvm/simd.py: from llvmlite import ir
__init__.py: def f(): from lullaby.night import load | __main__.py: from lullaby.cli import main"""


def walk(node, deep):
    """All of the tree; or, for the front doors, only what runs on import."""
    yield node
    for child in ast.iter_child_nodes(node):
        later = not deep and (
            isinstance(child, ast.FunctionDef) or "TYPE_CHECKING" in ast.unparse(getattr(child, "test", []))
        )
        if not later:
            yield from walk(child, deep)


@cache
def reached(where, source):
    """Every dotted name a module imports, or reaches through a name it imported."""
    return tuple(_reached(where, source))


def _reached(where, source):
    stands_for = {}
    for node in walk(ast.parse(source), deep=not where.startswith("__")):
        if isinstance(node, ast.Import | ast.ImportFrom):
            level, module = getattr(node, "level", 0), getattr(node, "module", None)
            package = ["lullaby", *where.split("/")][:-level] if level else []
            for name in node.names:
                full = ".".join([*package, *([module] if module else []), name.name])
                stands_for[name.asname or name.name] = full
                yield full
        elif isinstance(node, ast.Attribute):
            root, _, rest = ast.unparse(node).partition(".")
            if root in stands_for:
                yield f"{stands_for[root]}.{rest}"


def allowed(where, name):
    package = where.split("/")[0].removesuffix(".py")
    root, to = f"{name}.".split(".")[:2]
    if re.fullmatch(CLOCKS, name):
        return package in ("time", "cli", "ritual", "player")
    if root == "lullaby":  # an unknown package, like the front door, sees the leaves alone
        down = LAYER.get(package, LEAVES - 1) < LAYER.get(to, 0)
        return down or to in (package, "__version__") or (package, to) == ("__main__", "cli")
    stranger = root not in sys.stdlib_module_names and not where.startswith(DOORS.get(root, ("nowhere",)))
    return not stranger and (not re.fullmatch(DICE, name) or DOORS_WITHIN.get(root) == where)


def offences(where, source):
    return [f"lullaby/{where}: {n}" for n in sorted({*reached(where, source)}) if not allowed(where, n)]


def test_imports_go_down_the_layers():
    files = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    assert files
    assert [offence for where in files for offence in offences(where, files[where])] == []


@pytest.mark.parametrize("made_up", re.split(r" \| |\n", WRONG))
def test_a_wrong_step_is_noticed(made_up):
    assert offences(*made_up.split(": ", 1))


@pytest.mark.parametrize("made_up", re.split(r" \| |\n", RIGHT))
def test_a_right_step_is_let_pass(made_up):
    assert offences(*made_up.split(": ", 1)) == []


def test_the_engine_hash_covers_every_module_of_night_that_a_page_is_made_by():
    """Two engines never share a page: what makes one, and whatever of its package that imports, is hashed."""
    needed, ask = set(), ["night/pages.py"]
    while ask:
        where = ask.pop()
        needed.add(where)
        names = reached(where, (SOURCE / where).read_text("utf-8"))
        found = {
            "/".join(name.split(".")[1:3]) + ".py" for name in names if name.startswith("lullaby.night.")
        }
        ask += found - needed
    assert {"night/mixer.py", "night/plan.py", "night/track.py", "night/guard.py"} <= needed
    assert [where for where in sorted(needed) if where not in SOUND_SOURCES] == []


def test_the_engine_hash_covers_every_module_that_a_plan_is_made_by():
    """An unfinished file is known by its score's text and its sleeper's name. What makes scenes, automation
    and sleep of those is hashed, so that no file is gone on with whose first pages were another night."""
    rooms = {"night", "score", "sleep", "voices", "kernels"}
    makers = [
        "night/plan.py",
        "score/reading.py",
        "sleep/course.py",
        "sleep/simulate.py",
        "sleep/listener.py",
    ]
    needed, ask = set(), makers
    while ask:
        where = ask.pop()
        needed.add(where)
        for name in reached(where, (SOURCE / where).read_text("utf-8")):
            parts = name.split(".")
            if parts[0] != "lullaby" or len(parts) < 3 or parts[1] not in rooms:
                continue
            for stop in range(2, len(parts) + 1):
                path = "/".join(parts[1:stop]) + ".py"
                if (SOURCE / path).is_file() and path not in needed:
                    ask.append(path)
    hashed = {
        path.relative_to(SOURCE).as_posix() for pattern in SOUND_SOURCES for path in SOURCE.glob(pattern)
    }
    assert {"score/automation.py", "score/scenes.py", "sleep/model.py", "sleep/model.json"} <= hashed
    assert sorted(needed - hashed) == []


def test_facts_for_programs_are_made_below_the_command_line():
    """So that a page shows the same as `--json`: the command line hands on what `lullaby.evening.facts` made,
    and makes no table of its own."""
    made = []
    for path in sorted((SOURCE / "cli").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        where = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and "Any]" in ast.unparse(
                node.returns or ast.Constant(None)
            ):
                made.append(f"{where}: {node.name}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "bedside.facts":
                made += [f"{where}: {node.lineno}" for part in ast.walk(node) if isinstance(part, ast.Dict)]
    assert made == []


def test_a_file_is_put_in_its_place_in_one_way():
    """`places.put`; but for nights of hundreds of megabytes, which are written where they will stand."""
    own_way = {"places.py", "export/unfinished.py", "export/store_places.py"}
    files = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    placing = r"os\.(replace|rename)\(|\.write_(text|bytes)\(|\bopen\([^)]*[\"'][wx]b?[\"']"
    assert {where for where, source in files.items() if re.search(placing, source)} == own_way
