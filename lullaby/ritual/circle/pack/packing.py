"""Packing a night: written down, read back, and compared with the night that was asked for, before it is a
pack."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.evening.prepare import Evening
from lullaby.night.engine import engine_name
from lullaby.night.narration import Narration
from lullaby.night.night import Night
from lullaby.night.night_log import head_line, night_log_from
from lullaby.ritual.circle.pack.consent import only_what_may_leave
from lullaby.ritual.circle.pack.contents import contents_of, speech_of
from lullaby.ritual.circle.pack.evening import evening_in, neutral, sound_of
from lullaby.ritual.circle.pack.head import Credit, Head, Packed
from lullaby.ritual.circle.pack.names import HEAD, LOG
from lullaby.ritual.circle.pack.opening import Pack
from lullaby.ritual.circle.pack.rituals import PackedRitual
from lullaby.ritual.circle.pack.zipping import write
from lullaby.score.plain_text import plain
from lullaby.score.quoting import one_line


def packed_night(
    evening: Evening,
    path: Path,
    starts: datetime.datetime,
    *,
    turns: tuple[tuple[str, str], ...] = (),
    with_recordings: bool = False,
    ritual: PackedRitual | None = None,
) -> Head:
    """Writes this evening's night into a pack that begins at this instant. A LullabyError says why it cannot
    be: something in it may not leave this machine, or would not sound the same on another one. `ritual`: what
    the night was composed of."""
    _may_be_packed(evening, path)
    contents = contents_of(evening, ritual)
    only_what_may_leave(contents.files, contents.sounds, with_recordings)
    files = dict(contents.files)
    night = evening.night
    for name, digest in speech_of(night.narrations):
        files[f"speech/{digest}.wav"] = places.speech(name)
    told = tuple(
        Credit(one_line(one.title), one_line(one.by), one_line(one.author), one.ships)
        for one in night.narrations
    )
    head = Head(engine_name(), starts, one_line(night.score.title), "", told, turns)
    with tempfile.TemporaryDirectory(prefix="lullaby-pack-") as made:
        folder = Path(made)
        for name, content in files.items():
            there = folder / name
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                places.put(there, _bytes(content), 0o600)
            except OSError as error:
                raise CouldNot(f"{plain(name)}: {places.why_not(error, 'packed')}") from None
        again = _read_back(evening, head, folder, ritual)
        files[LOG] = _log_line(again, evening).encode()
        head = replace(
            head, sound=sound_of(again), files={name: _facts(content) for name, content in files.items()}
        )
        write(path, {**files, HEAD: head.as_json.encode()})
    return head


def _bytes(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


def _facts(content: bytes | Path) -> Packed:
    whole = _bytes(content)
    return Packed(hashlib.sha256(whole).hexdigest(), len(whole))


def may_be_packed(path: Path, listener: str | None) -> None:
    """Refused where no pack may be written here, or of this listener's night: known before there is a
    night."""
    if path.suffix != ".night":
        raise AskedWrongly(f"-o {plain(str(path))}: a pack ends in .night.")
    if os.path.lexists(path):
        raise AskedWrongly(f"{plain(str(path))} is there already, and is left as it is.")
    if listener is not None:
        raise AskedWrongly(
            "a pack is for others: a listener's limits and avoid-list stay here. Leave --for out."
        )


def _may_be_packed(evening: Evening, path: Path) -> None:
    may_be_packed(path, evening.request.listener or ("" if evening.night.for_listener else None))
    if evening.night.grown:
        raise AskedWrongly("a pack holds a night that is still to come, and this is the log of one heard.")
    waits = None if evening.storytelling is None else evening.storytelling.waits
    if waits:
        raise CouldNot(f"a story in it cannot be spoken: {waits}")


def _renamed(narration: Narration) -> Narration:
    """The same, with each line called by its digest: the name on the shelf is this machine's own matter."""
    return replace(narration, lines=tuple(replace(line, name=line.digest) for line in narration.lines))


def _log_line(night: Night, evening: Evening) -> str:
    table = json.loads(head_line(night, _asked(evening)))
    if night.narrations:
        table["told"] = [_renamed(one).facts for one in night.narrations]
    return json.dumps(table, ensure_ascii=True, allow_nan=False) + "\n"


def _asked(evening: Evening) -> Mapping[str, str]:
    return {} if evening.request.all_night is None else {"all_night": evening.request.all_night}


def _read_back(evening: Evening, head: Head, folder: Path, ritual: PackedRitual | None) -> Night:
    """The night as it is read from the pack's own files; refused where that is not the night asked for."""
    night = neutral(evening.night)
    log = night_log_from(_log_line(night, evening).encode(), LOG)
    pack = Pack("the pack", replace(head, engine="as it was"), log, folder)
    try:
        again = neutral(evening_in(pack, compose=None if ritual is None else ritual.compose).night)
    except LullabyError as error:
        raise CouldNot(f"this night cannot be packed: {error}") from None
    if sound_of(again) != sound_of(night):
        raise CouldNot(
            "this night cannot be packed: what is written down of it would sound otherwise elsewhere."
        )
    return again
