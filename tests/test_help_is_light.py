"""Asking what there is costs nothing: no numba, no numpy, no sound device, and few modules of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

MOST = 170
"""Modules that help may load, the standard library's among them: each takes some half a millisecond."""

LOADED = (
    "import json, sys; before = set(sys.modules); {}; print(json.dumps(sorted(set(sys.modules) - before)))"
)


def loaded_by(code: str) -> list[str]:
    child = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(child.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "code",
    [
        "import lullaby",
        "import lullaby.cli",
        "import lullaby; lullaby.load; lullaby.span('00:10:00', '00:12:00')",
        "import lullaby.cli; lullaby.cli.main(['--help'])",
        "import lullaby.cli; lullaby.cli.main(['--version'])",
        "import lullaby.cli; lullaby.cli.main(['render', '--help'])",
    ],
)
def test_nothing_is_imported_but_the_standard_library_and_little_of_ours(code: str):
    found = loaded_by(code)
    roots = {name.split(".")[0] for name in found}
    assert "lullaby" in roots
    assert roots - sys.stdlib_module_names == {"lullaby"}
    assert len(found) <= MOST


def test_help_works_where_nothing_can_be_kept():
    nowhere = {**os.environ, "LULLABY_HOME": "/dev/null/home", "LULLABY_CACHE": "/dev/null/cache"}
    child = subprocess.run([sys.executable, "-m", "lullaby", "--help"], env=nowhere, capture_output=True)
    assert child.returncode == 0
    assert child.stderr == b""
