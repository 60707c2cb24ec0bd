"""Which files may stand in a pack, and how large each may be. What is not named here is refused."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from lullaby.evening.recorded.told import SOUNDS
from lullaby.score import attached_files
from lullaby.score.checks import Unfit
from lullaby.story.reading import ENDINGS

HEAD, LOG, SCORE = "pack.json", "night.jsonl", "score.toml"
TONIGHT, RITUALS = "tonight.json", "rituals/"
LARGEST = 2 << 30
"""Bytes of a whole pack."""
MOST_FILES = 20_000
MOST_NAMES = 4 << 20
"""Bytes that all names and dates take."""
MIB = 1 << 20
_SPEECH = re.compile(r"speech/[0-9a-f]{20}\.wav")
_FOLDERS = {"voices": ".toml", "stories": ".md", "tunes": ".abc", "scores": ".toml", "rituals": ".toml"}
_DEEPEST = 4
"""Folders within one another, for sounds."""
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that mean a device there, whatever their ending."""


def largest(name: str) -> int:
    """Bytes that a file of this name may have; an Unfit where none of this name may stand in a pack."""
    if name in (HEAD, LOG):
        return 32 * MIB
    if name in (SCORE, TONIGHT):
        return MIB
    if _SPEECH.fullmatch(name):
        return 32 * MIB
    found = attached_files.name(name, beside="pack")
    parts = PurePosixPath(found).parts
    if "/".join(parts) != found or len(found.encode()) > 400:
        raise Unfit("is not the name of a file.")
    if any(_OF_WINDOWS.fullmatch(part) or part.endswith((".", " ")) for part in parts):
        raise Unfit("is not a name on every system.")
    folder, ending = parts[0], PurePosixPath(found).suffix
    if len(parts) == 2 and _FOLDERS.get(folder) == ending:
        return MIB
    if folder == "brought" and len(parts) == 2 and ending.lower() in (*ENDINGS, ".abc"):
        return 64 * MIB
    sounds = folder == "voices" or folder not in (*_FOLDERS, "speech")
    if ending.lower() in SOUNDS and sounds and len(parts) <= _DEEPEST:
        return 256 * MIB
    raise Unfit("is nothing that a pack holds.")
