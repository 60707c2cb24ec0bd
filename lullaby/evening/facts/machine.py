"""Facts about this machine that a bug report should hold. A probe that fails says so and harms no other."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lullaby import __version__, places
from lullaby.errors import CouldNot

PACKAGES = ("numba", "llvmlite", "numpy", "av", "sounddevice", "pillow")

_SIMD = ("sse2", "sse4.1", "sse4.2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "neon", "sve")


def facts_of_machine() -> dict[str, Any]:
    return {name: _probed(probe) for name, probe in PROBES.items()}


def _probed(probe: Callable[[], Any]) -> Any:
    try:
        return probe()
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        return {"failed": f"{type(error).__name__}: {said}"}


def _versions() -> dict[str, Any]:
    found: dict[str, Any] = {"lullaby": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _machine() -> dict[str, Any]:
    return {"system": platform.platform(), "processor": _processor_name(), "cores": os.cpu_count()}


def _processor_name() -> str:
    """The processor's model name; Python itself often only knows the architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.lower().startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _instruments() -> dict[str, Any]:
    from lullaby.kernels import jit

    name, features = jit.processor()
    return {
        "compiled for": name,
        "vectors": [feature for feature in _SIMD if feature in features],
        "cache": str(jit.cache_folder()),
        "cache is writable": jit.folder is not None,
        "kernels in it": jit.kept(),
        "engine": jit.sources_hash(),
    }


def _devices() -> Any:
    from lullaby.player.device import devices, needs_a_library

    if found := devices():
        return [device.facts for device in found]
    try:
        needs_a_library()
    except CouldNot as error:
        return {"none": str(error)}
    return {"none": "PortAudio is here, but finds no device to play through, or did not answer"}


def _speech() -> dict[str, Any]:
    """Which engines speak, and what there is on the shelf."""
    from importlib.util import find_spec

    from lullaby.narrator.engines import plug_ins

    shelf = places.speech("00").parent.parent
    return {
        "hibari": find_spec("hibari") is not None and find_spec("onnxruntime") is not None,
        "eSpeak NG": find_spec("espeakng_loader") is not None,
        "pyttsx3": find_spec("pyttsx3") is not None,
        "others": list(plug_ins()),
        "shelf": f"{shelf} ({sum(1 for _ in shelf.glob('*/*.wav'))} sentences)",
    }


def _codecs() -> dict[str, bool]:
    from lullaby.export import codecs

    return codecs()


def _folders() -> dict[str, Any]:
    home = places.home()
    return {
        "LULLABY_HOME": os.environ.get("LULLABY_HOME"),
        "home": str(home),
        "home exists": home.is_dir(),
        "cache": str(places.cache()),
        **{
            f"shipped {what}": f"{places.shipped(what)} ({len(list(places.shipped(what).glob('*.toml')))})"
            for what in ("voices", "scores")
        },
    }


PROBES: dict[str, Callable[[], Any]] = {
    "versions": _versions,
    "machine": _machine,
    "instruments": _instruments,
    "sound devices": _devices,
    "speech": _speech,
    "codecs": _codecs,
    "folders": _folders,
}
