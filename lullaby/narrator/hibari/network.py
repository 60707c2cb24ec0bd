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
_EARLY = 7
"""Half units, of 12.5 ms, by which a sound is heard before its durations say: Kokoro, from which it
learned, has it too."""
_UNSUNG = 40.0
"""Hz: under this nothing is sung."""
_SPEEDS = (
    (0.7, 0.711), (0.7625, 0.737), (0.8, 0.809), (0.8375, 0.898), (0.9, 0.963), (1.0, 1.0),
    (1.1125, 1.037), (1.1875, 1.071), (1.25, 1.136), (1.3125, 1.162),
)  # fmt: skip
"""Speeds that it is given, and what each comes to in times its pace at 1.0: it rounds every sound to 25 ms,
so the pace moves in jumps. Between them frames are laid closer or wider. Measured over 60 sentences. Slower
ones it does less well than frames laid wider do: PLCMOS 4.2 and 4.4 at two thirds of its pace."""
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

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep what the longest sentence took, for each thread
        options.log_severity_level = 3
        model = _with_output(path.read_bytes(), _DURATIONS)
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        harmonics, _, _, *others = (output.name for output in self._session.get_outputs())
        self._wanted = [harmonics, *others]
        self._ids: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))

    def knows(self, phoneme: str) -> bool:
        return phoneme in self._ids

    def frames(self, phonemes: str, pace: float) -> Frames:
        """Phonemes must all be known ones; `pace` is times the voice's own."""
        speed, comes_to = min(_SPEEDS, key=lambda known: abs(float(np.log(known[1] / pace))))
        ids = [0, *[self._ids[p] for p in phonemes], 0]
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        harmonics, rest, phases, pitch, durations = self._session.run(self._wanted, given)
        units = np.concatenate([[0], np.cumsum(np.rint(durations.ravel()).astype(np.int64))])
        starts = np.maximum(2 * units - _EARLY, 0) * (pitch.shape[1] // units[-1]) // 2  # two frames a unit
        frames = Frames(
            np.ascontiguousarray(np.minimum(harmonics[0].T, _LOUDEST)),
            np.ascontiguousarray(np.minimum(rest[0].T, _LOUDEST)),
            np.ascontiguousarray(phases[0].T),
            pitch[0].astype(np.float32),
            starts[1:-1],  # silence is before and after
        )
        return _lengthened(frames, comes_to / pace)


def _lengthened(frames: Frames, by: float) -> Frames:
    """The same over so many times as many frames, for a little more or less than 1."""
    count = len(frames.pitch)
    wanted = round(count * by)
    if wanted == count:
        return frames
    place = (np.arange(wanted) + 0.5) * (count / wanted) - 0.5
    place = np.clip(place, 0, count - 1)
    before = place.astype(np.int64)
    after = np.minimum(before + 1, count - 1)
    nearest = np.rint(place).astype(np.int64)
    share = (place - before).astype(np.float32)

    def between(rows: Floats) -> Floats:
        part = share.reshape(-1, *[1] * (rows.ndim - 1))
        return np.asarray(rows[before] + part * (rows[after] - rows[before]), np.float32)

    sung = np.minimum(frames.pitch[before], frames.pitch[after]) > _UNSUNG
    pitch = np.where(sung, between(frames.pitch), frames.pitch[nearest])
    starts = np.rint(frames.phonemes * (wanted / count)).astype(np.int64)
    harmonics, rest = between(frames.harmonics), between(frames.rest)
    return Frames(harmonics, rest, frames.phases[nearest], np.asarray(pitch, np.float32), starts)


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
