"""Compiled kernels kept on disk from run to run: private to their owner, and checked before they are loaded.

What is kept is a pickle and machine code, so loading it runs it. Its folder is therefore the owner's alone
(0700, files 0600), a file that anybody else owns or may write is not read, and every file begins with a
SHA-256 of the rest and of what it was compiled from. A file that fails any of this, as a power cut or a bad
disk leaves one, is deleted, and its kernel is compiled again.

numba's own cache has an index beside its files and trusts both; here the name of a file says which kernel,
kinds of arguments, processor and compiler it holds. The machine code comes first, so that it can be called
without numba (`without_numba`); behind it is all that numba keeps of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import stat
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.kernels import kinds, without_numba

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

    def function(self, of: Sequence[str]) -> Callable[..., Any] | None:
        """The kernel for these kinds of arguments, without numba; None where numba is to be asked for it."""
        found = self._kept_alone(of)
        return None if found is None else without_numba.function(self._name, found.facts, found.code)

    def address(self, of: Sequence[str]) -> int | None:
        """The same of a function that libraries written in C call: where it lies."""
        found = self._kept_alone(of)
        return None if found is None else without_numba.address(found.facts, found.code)

    def _kept_alone(self, of: Sequence[str]) -> Kept | None:
        if not without_numba.may:
            return None
        try:
            found = self._read(self._compiled_from(of))
        except ImportError:  # where numba is not installed, whoever needs a kernel is told so
            return None
        return found if found is not None and found.facts else None

    def _kept(self, sig: Any, target_context: Any) -> Any:
        """The kernel as it lies in the cache; None where it does not."""
        from numba.core.compiler import CompileResult
        from numba.core.runtime import rtsys

        rtsys.initialize(target_context)  # what every kernel calls
        compiled_from = self._compiled_from(_kinds(sig), target_context.codegen())
        found = self._read(compiled_from)
        if found is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(found.rest))
        except Exception:  # whatever is wrong with it, it can be compiled again
            self._drop(compiled_from)
            return None

    def _read(self, compiled_from: str) -> Kept | None:
        """What is kept of this; None where nothing is. What is damaged is dropped."""
        try:
            content = read_private(self._path(compiled_from))
        except FileNotFoundError:
            return None
        except OSError:
            content = b""
        if content[:_DIGEST] != _digest(compiled_from, content[_DIGEST:]):
            self._drop(compiled_from)
            return None
        try:
            return Kept.read(content[_DIGEST:])
        except (ValueError, KeyError, TypeError):
            self._drop(compiled_from)
            return None

    def _drop(self, compiled_from: str) -> None:
        with contextlib.suppress(OSError):
            self._path(compiled_from).unlink()

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep what was compiled. Where that cannot be written the kernel still works, for this process."""
        if cres.lifted or cres.library.has_dynamic_globals:
            warnings.warn(f"{self._name} holds pointers or a large array and cannot be kept", stacklevel=2)
            return
        compiled_from = self._compiled_from(_kinds(sig), cres.library.codegen)
        content = kept(cres).packed
        try:
            places.put(self._path(compiled_from), _digest(compiled_from, content) + content, 0o600)
        except OSError as error:
            unkept.append(error)
        places.tidy(self._folder)

    def _compiled_from(self, of: Sequence[str], codegen: Any = None) -> str:
        """Everything that machine code depends on beside the sources, which name the folder."""
        if without_numba.may:
            made_by: tuple[Any, ...] = (without_numba.host(), without_numba.compiler())
        else:
            import numba

            made_by = (codegen.magic_tuple(), numba.__version__)
        return repr((self._name, tuple(of), made_by, sys.implementation.cache_tag))

    def _path(self, compiled_from: str) -> Path:
        which = hashlib.sha256(compiled_from.encode()).hexdigest()[:16]
        return self._folder / f"{self._name}-{which}{SUFFIX}"


@dataclass(frozen=True)
class Kept:
    """What is kept of a compiled kernel."""

    facts: dict[str, str]
    """By which names its machine code is called without numba; empty where it cannot be."""
    code: bytes
    rest: bytes
    """All of it, as numba wants it."""

    @property
    def packed(self) -> bytes:
        head = json.dumps({"facts": self.facts, "code": len(self.code)}).encode()
        return b"%d\n" % len(head) + head + self.code + self.rest

    @classmethod
    def read(cls, content: bytes) -> Kept:
        length, _, rest = content.partition(b"\n")
        head, rest = json.loads(rest[: int(length)]), rest[int(length) :]
        return cls(head["facts"], rest[: head["code"]], rest[head["code"] :])


def kept(cres: Any) -> Kept:
    """What is to be kept of this."""
    from numba.core.serialize import dumps

    library, description, environment, signature, in_objects, lifted, _, again, others = cres._reduce()
    # without its types as text, for people who look for a mistake: most of the file
    rest = dumps((library, description, environment, signature, in_objects, lifted, "", again, others))
    _, form, (code, *_) = library
    alone = form == "object" and not (again or any(one.consts for one in (environment, *others)))
    if not alone:
        return Kept({}, b"", rest)
    names = {
        "wrapper": description.llvm_cpython_wrapper_name,
        "called by C": description.llvm_cfunc_wrapper_name,
        "environment": description.env_name,
    }
    return Kept(names, code, rest)


def _kinds(signature: Any) -> list[str]:
    """The kinds of arguments of one of numba's signatures."""
    arguments = getattr(signature, "args", signature)
    return [kinds.of_type(one) or f"numba's {one!r}" for one in arguments]


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
