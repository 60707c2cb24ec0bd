"""Machine code of kernels, called without numba: as numba calls it, by the same functions written in C.

numba and all that it compiles with take three times as long to load as numpy does, and a night whose kernels
are kept needs none of it: LLVM's own loader puts the code in its place. What numba's Python sets up beside it
is set up here in the same way, for exactly the installed numba that kept the code (it is a part of the
file's name). Wherever anything is not as it is known here, numba does it all.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import importlib.machinery
import importlib.util
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

_lock = threading.RLock()


def _is_usual() -> bool:
    """Is nothing set that makes numba compile otherwise than it does by itself?"""
    told = any(name.startswith("NUMBA_") for name in os.environ)
    with contextlib.suppress(OSError):
        told |= os.path.exists(".numba_config.yaml")
    return not told


may = sys.platform == "linux" and sys.implementation.name == "cpython" and _is_usual()
"""Is machine code called without numba here?"""


@lru_cache(maxsize=1)
def host() -> tuple[str, list[str]]:
    """The processor's name, and what it can do, in LLVM's words."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    return llvm.get_host_cpu_name(), sorted(name for name, has in features.items() if has)


@lru_cache(maxsize=1)
def compiler() -> tuple[str, ...]:
    """Which numba is installed, and which LLVM, without loading them: the files that name their versions."""
    folders = (_package(name) for name in ("numba", "llvmlite"))
    return tuple((folder / "_version.py").read_text("utf-8") for folder in folders)


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"{name} is not installed")
    return Path(spec.submodule_search_locations[0])


def _written_in_c(name: str) -> ModuleType:
    """A module of numba's that is written in C, without the package around it."""
    whole = f"numba.{name}"
    if whole in sys.modules:
        return sys.modules[whole]
    for ending in importlib.machinery.EXTENSION_SUFFIXES:
        path = _package("numba") / f"{name}{ending}"
        if path.exists():
            loader = importlib.machinery.ExtensionFileLoader(whole, str(path))
            spec = importlib.util.spec_from_loader(whole, loader)
            assert spec is not None
            module = importlib.util.module_from_spec(spec)
            loader.exec_module(module)
            return module
    raise ImportError(f"numba has no {name}")


class _Loader:
    """LLVM's loader, and the names that numba gives to what its machine code calls."""

    def __init__(self) -> None:
        import llvmlite.binding as llvm

        self._llvm = llvm
        self._functions = _written_in_c("_dynfunc")
        helpers = {**_written_in_c("_helperlib").c_helpers, **self._functions.c_helpers}
        self._known = {f"numba_{name}".encode() for name in helpers}
        for name, address in helpers.items():
            llvm.add_symbol(f"numba_{name}", address)
        llvm.add_symbol("_Py_NoneStruct", id(None))
        for one in vars(builtins).values():
            if isinstance(one, type) and issubclass(one, BaseException):
                llvm.add_symbol(f"PyExc_{one.__name__}", id(one))
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)

    def knows_all(self, code: bytes) -> bool:
        """Can all be found here that it calls? Code that allocates needs more of numba than this."""
        return b"NRT_" not in code and set(re.findall(rb"\bnumba_\w+", code)) <= self._known

    def put(self, code: bytes) -> None:
        """In its place in memory, for as long as this process lasts."""
        self._engine.add_object_file(self._llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def function(self, name: str, wrapper: str, environment: str) -> Any:
        own = self._functions.Environment({})
        place = self._engine.get_global_value_address(environment)
        ctypes.c_void_p.from_address(place).value = id(own)  # it is kept with the function
        address = self.address(wrapper)
        return self._functions.make_function(sys.modules[__name__], name, "", address, own, (self,))

    def address(self, name: str) -> int:
        found: int = self._engine.get_function_address(name)
        if not found:
            raise ValueError(f"there is no {name}")
        return found


@lru_cache(maxsize=1)
def _loader() -> _Loader:
    return _Loader()


def function(name: str, facts: Mapping[str, str], code: bytes) -> Callable[..., Any] | None:
    """The kernel as a function that checks nothing: it is to be called with the kinds of arguments it was
    compiled for. None where numba is needed for it."""
    with _lock, contextlib.suppress(Exception):
        loader = _loader()
        if loader.knows_all(code):
            loader.put(code)
            made: Callable[..., Any] = loader.function(name, facts["wrapper"], facts["environment"])
            return made
    return None


def address(facts: Mapping[str, str], code: bytes) -> int | None:
    """Where the function lies that libraries written in C call."""
    with _lock, contextlib.suppress(Exception):
        loader = _loader()
        if loader.knows_all(code):
            loader.put(code)
            return loader.address(facts["called by C"])
    return None
