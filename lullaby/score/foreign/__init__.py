"""Other programs' files as drafts of scores. What a file is, is told by what stands in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from lullaby.errors import AskedWrongly
from lullaby.score.foreign import moodist, noice, sbagen, synapseq
from lullaby.score.foreign.imported import PROGRAMS, Foreign, wrong
from lullaby.score.foreign.json_text import Json
from lullaby.score.foreign.mix_draft import Mix, foreign_of
from lullaby.score.plain_text import plain, quoted
from lullaby.score.settings import Kind
from lullaby.score.source import text_at

__all__ = ["PROGRAMS", "Foreign", "read_foreign"]

_MOST = 100
"""Presets that are taken from one file."""

# blanks are never line ends here: a text of a million empty lines is looked through once, not a million times
_SYNAPSEQ = re.compile(
    r"^@[a-z]+\b|^[ \t]+(tone|noise|ambiance|music|background|spin|waveform|track)[ \t]", re.MULTILINE
)
_SBAGEN_ALONE = r"^[ \t]*-[A-Za-z]|^[ \t]*[A-Za-z][\w-]*:[ \t]+(-|\{|\S+/\d)"
_SBAGEN = re.compile(rf"^[ \t]*(NOW|\+?\d{{1,2}}:\d\d)\S*[ \t]+\S|{_SBAGEN_ALONE}", re.MULTILINE)
_OLD_SYNAPSEQ = re.compile(_SBAGEN_ALONE, re.MULTILINE)
"""The first versions of SynapSeq wrote as SBaGen does."""
_HINT = f"lullaby takes files of {PROGRAMS}."


def read_foreign(path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> tuple[Foreign, ...]:
    """Every preset in this file as a draft; a WrittenWrongly says where it is wrong."""
    where = plain(os.fspath(path))
    path = Path(path)
    text = text_at(where, path).replace("\r\n", "\n").replace("\r", "\n")
    name = path.stem or "imported"
    beginning = text.lstrip()
    if beginning.startswith(("{", "[")):
        return _mixes(Json(where, text), name)
    if re.match(r"https?://\S+\s*\Z", beginning):
        return _link(Json(where, text), beginning.strip(), name)
    ending = path.suffix.lower()
    is_old = ending == ".spsq" and _OLD_SYNAPSEQ.search(text)
    if _SYNAPSEQ.search(text) or (ending == ".spsq" and beginning and not is_old):
        return (synapseq.foreign(where, text, path, kinds),)
    if _SBAGEN.search(text) or (ending == ".sbg" and beginning):
        return (sbagen.foreign(where, text, path, kinds),)
    what = "this is no preset or sequence of a program that lullaby knows." if beginning else "this is empty."
    raise wrong(where, 1, what, _HINT)


def _mixes(json: Json, name: str) -> tuple[Foreign, ...]:
    value = json.read()
    if noice.is_noice(value):
        return _foreign(json, noice.PROGRAM, noice.LAW, noice.mixes(json, value, name))
    if moodist.is_moodist(value):
        return _foreign(json, moodist.PROGRAM, moodist.LAW, moodist.mixes(json, value, name))
    raise wrong(json.where, 1, "this is JSON, but no preset that lullaby knows.", _HINT)


def _link(json: Json, link: str, name: str) -> tuple[Foreign, ...]:
    try:
        fields = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise wrong(json.where, 1, "this link cannot be read.", _HINT) from None
    if "s" in fields or "ps" in fields:
        return _foreign(json, noice.PROGRAM, noice.LAW, noice.shared(json, fields, name))
    if "share" in fields:
        return _foreign(json, moodist.PROGRAM, moodist.LAW, moodist.shared(json, fields, name))
    raise wrong(json.where, 1, "this link shares no preset.", _HINT)


def _foreign(json: Json, program: str, law: float, mixes: list[Mix]) -> tuple[Foreign, ...]:
    """The presets of which anything can be heard; that the others cannot is said with the first."""
    tried = [(mix, foreign_of(mix, program, law)) for mix in mixes[:_MOST]]
    found = [foreign for _, foreign in tried if foreign]
    names = [sound for mix in mixes for sound in mix.sounds]
    if not found:
        what = "nothing in it has a counterpart in lullaby yet" if names else "there are no sounds in it"
        listed = ", ".join(quoted(name) for name in [*dict.fromkeys(names)][:12])
        raise AskedWrongly(f"{json.where}: {what}{': ' if listed else ''}{listed}.")
    lost = [
        f"the preset {quoted(mix.title)}: nothing in it has a counterpart yet; left out."
        for mix, foreign in tried
        if not foreign
    ]
    if len(mixes) > _MOST:
        lost.append(f"there are {len(mixes)} presets in the file; the first {_MOST} are taken.")
    first = found[0]
    return (Foreign(first.draft, (*first.remarks, *lost), first.program), *found[1:])
