"""Model files that a listener brought, for engines that speak with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.errors import CouldNot


def known(voice: str) -> Path | None:
    """The model's file, where this names one that is there; what else it names stands after a space."""
    path = Path(voice.split(" ")[0]).expanduser()
    if not path.is_absolute():
        path = places.home() / "voices" / path
    return path if path.suffix == ".onnx" and path.is_file() else None


def files_of(model: Path) -> list[Path]:
    """The files that a model consists of, which lie beside it: its settings, its voices."""
    beside = (model.with_name(model.name + ".json"), model.with_suffix(".npz"))
    return [model, *(path for path in beside if path.is_file())]


def model_file(voice: str) -> Path:
    """The file of this name among the listener's own voices; or anywhere, by its whole path."""
    path = known(voice)
    if path is None:
        there = Path(voice.split(" ")[0]).expanduser()
        where = there if there.is_absolute() else places.home() / "voices" / there
        raise CouldNot(f"{where}: there is no such model, and a teller speaks with it.")
    return path


def loaded(path: Path) -> Any:
    """The model in onnxruntime, on one thread: the same sentence is the same samples."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception:  # of kinds of its own
        raise CouldNot(f"{path}: onnxruntime cannot read this model.") from None
