"""Opening a pack that may be a stranger's: everything in it is checked, and put into a folder of its own,
which is gone with the `with` block."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, WrittenWrongly
from lullaby.night.night_log import NightLog, night_log_from
from lullaby.ritual.circle.pack.head import Head, head_from
from lullaby.ritual.circle.pack.names import HEAD, LOG, SCORE, TONIGHT, largest
from lullaby.ritual.circle.pack.zipping import Zip
from lullaby.score.plain_text import plain, quoted


@dataclass(frozen=True)
class Pack:
    """A pack that was opened, whole and unchanged since it was written."""

    where: str
    head: Head
    log: NightLog
    folder: Path
    """Where its files lie for now."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Pack]:
    """The pack in this file. A LullabyError says why it is none, and nothing of it is left anywhere then."""
    with contextlib.ExitStack() as stack:
        file = Zip(path)
        stack.callback(file.close)
        for name in (HEAD, LOG, SCORE):
            if name not in file.sizes and not (name == SCORE and TONIGHT in file.sizes):
                raise WrittenWrongly(file.where, f"there is no {name} in it, so it is no pack.")
        head = head_from(b"".join(file.pieces(HEAD)), f"{file.where}, {HEAD}")
        _all_named(file, head)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lullaby-pack-")))
        for name in file.sizes:
            if name != HEAD:
                _put(file, head, name, folder)
        log = night_log_from((folder / LOG).read_bytes(), f"{file.where}, {LOG}")
        yield Pack(file.where, head, log, folder)


def _all_named(file: Zip, head: Head) -> None:
    """Are all files that it names in it, and no other?"""
    named = head.files or {}
    for name in file.sizes:
        if name != HEAD and name not in named:
            raise WrittenWrongly(f"{file.where}, {quoted(name)}", f"{HEAD} does not name this.")
    for name, one in named.items():
        if name == HEAD or name not in file.sizes:
            raise WrittenWrongly(f"{file.where}, {HEAD}", f"it names {quoted(name)}, which is not in it.")
        if one.bytes != file.sizes[name]:
            raise WrittenWrongly(f"{file.where}, {quoted(name)}", "this has another size than it had.")


def _put(file: Zip, head: Head, name: str, folder: Path) -> None:
    """Puts a file of the pack into the folder, if it is what it was when the pack was written."""
    content = b"".join(file.pieces(name))
    assert head.files is not None
    if hashlib.sha256(content).hexdigest() != head.files[name].sha256:
        raise WrittenWrongly(
            f"{file.where}, {quoted(name)}", "this is not what it was when the pack was written."
        )
    largest(name)  # checked before; a name that leads out of the folder never comes here
    path = folder / name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        places.put(path, content, 0o600)
    except (OSError, ValueError) as error:
        said = places.why_not(error, "unpacked") if isinstance(error, OSError) else "this is not a path."
        raise CouldNot(f"{file.where}, {quoted(name)}: {said}") from None


def keep(pack: Pack, folder: Path) -> None:
    """Keeps the pack's files in this new folder, because somebody asked for that."""
    try:
        folder.mkdir(mode=0o700)
        for path in sorted(pack.folder.rglob("*")):
            there = folder / path.relative_to(pack.folder)
            if path.is_dir():
                there.mkdir(mode=0o700)
            else:
                places.put_new(there, path.read_bytes(), 0o600)
        places.put_new(folder / HEAD, pack.head.as_json.encode(), 0o600)
    except FileExistsError:
        raise AskedWrongly(f"{plain(str(folder))} is there already: name a new folder.") from None
    except OSError as error:
        raise CouldNot(f"{plain(str(folder))}: {places.why_not(error, 'kept')}") from None
