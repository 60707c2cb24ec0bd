"""Compiled kernels kept on disk from run to run: private to their owner, and checked before they are loaded.

What is kept is a pickle and machine code, so loading it runs it. Its folder is therefore the owner's alone
(0700, files 0600), a file that anybody else owns or may write is not read, and every file begins with a
SHA-256 of the rest and of what it was compiled from. A file that fails any of this, as a power cut or a bad
disk leaves one, is deleted, and its kernel is compiled again.

numba's own cache has an index beside its files and trusts both; here the name of a file says which kernel,
argument types, processor and compiler it holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core.compiler import CompileResult
from numba.core.runtime import rtsys
from numba.core.serialize import dumps

from lullaby import places

SUFFIX = ".nbc"
_DIGEST = hashlib.sha256().digest_size
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH

unkept: list[OSError] = []
"""Why kernels of this process could not be kept (a full disk, say). They work all the same."""


def private(folder: Path) -> bool:
    """Whether this folder, made where it is missing, is a real one, ours, and closed to what others write."""
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode):
            return False
        if sys.platform == "win32":  # a home folder there is closed by itself, and modes mean little
            return True
        if found.st_uid != os.geteuid():
            return False
        if stat.S_IMODE(found.st_mode) != 0o700:
            with contextlib.suppress(OSError):  # a card or a share whose modes stand fixed
                os.chmod(folder, 0o700)
        return not os.lstat(folder).st_mode & _OTHERS_MAY_WRITE
    except OSError:
        return False


def _is_lullabys_own() -> bool:
    """Whether this process is the program's or one of its helpers', and not another that uses it."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    name = Path(getattr(main, "__file__", None) or "").name if spec is None else spec.name
    return name.partition(".")[0] == "lullaby"


own = _is_lullabys_own()
"""A benchmark of the program says so, too."""


@contextlib.contextmanager
def _left_alone(*libraries: str) -> Iterator[None]:
    """While this lasts these cannot be imported, unless they are already. numba, as it sets itself up before
    the first kernel, would load them where they happen to be installed: no kernel of ours uses them, and they
    take as long as all the rest of it. It then does without them for good, so whoever uses lullaby in a
    program of their own keeps them."""
    missing = [name for name in libraries if name not in sys.modules and own]
    nothing: Any = None
    sys.modules.update(dict.fromkeys(missing, nothing))
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)


class KernelCache:
    """The files of one kernel, one for each combination of argument types and processor: what numba asks of
    a dispatcher's cache."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder

    @property
    def cache_path(self) -> str:
        return str(self._folder)

    def flush(self) -> None:
        for path in self._folder.glob(f"{self._name}-*{SUFFIX}"):
            path.unlink(missing_ok=True)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel for these argument types; None where it is to be compiled. What numba only
        compiles with is not loaded for one that is there: it takes as long as all the rest of it."""
        found = self._kept(sig, target_context)
        if found is None:
            with _left_alone("scipy.linalg", "cffi"):
                target_context.refresh()
        return found

    def _kept(self, sig: Any, target_context: Any) -> Any:
        """The kernel as it lies in the cache; None where it does not."""
        rtsys.initialize(target_context)  # what every kernel calls
        compiled_from = self._compiled_from(sig, target_context.codegen())
        path = self._path(compiled_from)
        try:
            content = read_private(path)
        except FileNotFoundError:
            return None
        except OSError:
            content = b""
        code = content[_DIGEST:]
        try:
            if content[:_DIGEST] != _digest(compiled_from, code):
                raise ValueError("damaged")
            return CompileResult._rebuild(target_context, *pickle.loads(code))
        except Exception:  # whatever is wrong with it, it can be compiled again
            with contextlib.suppress(OSError):
                path.unlink()
            return None

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep what was compiled. Where that cannot be written the kernel still works, for this process."""
        if cres.lifted or cres.library.has_dynamic_globals:
            warnings.warn(f"{self._name} holds pointers or a large array and cannot be kept", stacklevel=2)
            return
        compiled_from = self._compiled_from(sig, cres.library.codegen)
        code = dumps(cres._reduce())
        try:
            places.put(self._path(compiled_from), _digest(compiled_from, code) + code, 0o600)
        except OSError as error:
            unkept.append(error)
        places.tidy(self._folder)

    def _compiled_from(self, sig: Any, codegen: Any) -> str:
        """Everything that machine code depends on beside the sources, which name the folder."""
        versions = numba.__version__, sys.implementation.cache_tag
        return repr((self._name, sig, codegen.magic_tuple(), versions))

    def _path(self, compiled_from: str) -> Path:
        which = hashlib.sha256(compiled_from.encode()).hexdigest()[:16]
        return self._folder / f"{self._name}-{which}{SUFFIX}"


def _digest(compiled_from: str, code: bytes) -> bytes:
    return hashlib.sha256(compiled_from.encode() + b"\0" + code).digest()


def read_private(path: Path) -> bytes:
    """The whole file, or nothing of one that is not ours alone to write; a link is an OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if sys.platform != "win32":
            found = os.fstat(file.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_MAY_WRITE:
                return b""
        return file.read()
