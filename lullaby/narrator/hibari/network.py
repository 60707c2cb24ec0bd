"""hibari's network: from phonemes and a pace to spectra, 80 times a second.

Its durations are inside the graph. One more output, appended to the model's bytes, brings them out: a
protobuf message may be continued by appending to it, so nothing that reads ONNX is needed for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FRAME = 300
"""Samples from one spectrum to the next: 12.5 ms."""
BINS = 601
"""Frequencies in a spectrum: from 0 to 12 kHz by 20 Hz."""
LONGEST = 380
"""Phonemes that are read at once; longer sentences are cut where there is a pause."""
_DURATIONS = "/Clip_output_0"
_LOUDEST = np.float32(7.0)


@dataclass(frozen=True)
class Frames:
    """What the network says of a sentence, a row for each frame."""

    harmonics: Floats
    """Natural logarithms of the amplitudes of what is sung."""
    rest: Floats
    """Logarithms of the amplitudes of everything else: breath, hiss, clicks."""
    phases: Floats
    """The phases of that."""
    pitch: Floats
    """Hz; under 40 where nothing is sung."""
    phonemes: NDArray[np.int64]
    """The frame at which each phoneme begins, and the end of the last."""


class Network:
    """The network of one voice, loaded once."""

    def __init__(self, path: Path, vocabulary: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = _with_output(path.read_bytes(), _DURATIONS)
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._ids: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))

    def knows(self, phoneme: str) -> bool:
        return phoneme in self._ids

    def frames(self, phonemes: str, pace: float) -> Frames:
        """Phonemes must all be known ones."""
        ids = [0, *[self._ids[p] for p in phonemes], 0]
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([pace], np.float32)}
        harmonics, _, _, rest, phases, pitch, durations = self._session.run(None, given)
        units = np.concatenate([[0], np.cumsum(np.rint(durations.ravel()).astype(np.int64))])
        starts = units * (pitch.shape[1] // units[-1])  # two frames a unit
        return Frames(
            np.ascontiguousarray(np.minimum(harmonics[0].T, _LOUDEST)),
            np.ascontiguousarray(np.minimum(rest[0].T, _LOUDEST)),
            np.ascontiguousarray(phases[0].T),
            pitch[0].astype(np.float32),
            starts[1:-1],  # silence is before and after
        )


def _with_output(model: bytes, name: str) -> bytes:
    """The model with this value of its graph as one more output, of floats."""
    # ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; its elem_type = 1 is FLOAT
    info = b"\x0a" + _size(len(name)) + name.encode() + b"\x12\x04\x0a\x02\x08\x01"
    graph = b"\x62" + _size(len(info)) + info  # GraphProto: output = 12
    return model + b"\x3a" + _size(len(graph)) + graph  # ModelProto: graph = 7


def _size(number: int) -> bytes:
    written = b""
    while number > 127:
        written += bytes([number & 127 | 128])
        number >>= 7
    return written + bytes([number])


def joined(pieces: list[Frames]) -> Frames:
    """Several, one after another."""
    if len(pieces) == 1:
        return pieces[0]
    starts, at = [], 0
    for piece in pieces:
        starts.append(piece.phonemes[: None if piece is pieces[-1] else -1] + at)
        at += len(piece.pitch)
    return Frames(
        np.concatenate([piece.harmonics for piece in pieces]),
        np.concatenate([piece.rest for piece in pieces]),
        np.concatenate([piece.phases for piece in pieces]),
        np.concatenate([piece.pitch for piece in pieces]),
        np.concatenate(starts),
    )
