"""Tiny ONNX models with the interfaces of Piper and Kokoro: every phoneme is a sine of its own pitch.

Written as protobuf by hand, so that no test needs the onnx package.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

RATE = 22_050
_INT64, _FLOAT = 7, 1


def _number(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    body = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | 2) + _number(len(body)) + body


def _node(kind: str, inputs: str, output: str, **attributes: int) -> bytes:
    body = b"".join(_field(1, name) for name in inputs.split()) + _field(2, output) + _field(4, kind)
    for name, value in attributes.items():
        body += _field(5, _field(1, name) + _field(3, value) + _field(20, 2))  # INT
    return _field(1, body)


def _constant(name: str, value: float | list[int]) -> bytes:
    if isinstance(value, list):
        body = _field(1, len(value)) + _field(2, _INT64) + _field(9, struct.pack(f"<{len(value)}q", *value))
    else:
        body = _field(2, _FLOAT) + _field(9, struct.pack("<f", value))
    return _field(5, body + _field(8, name))


def _value(field: int, name: str, kind: int, *dims: str | int) -> bytes:
    shape = b"".join(_field(1, _field(2, d) if isinstance(d, str) else _field(1, d)) for d in dims)
    kind_and_shape = _field(1, kind) + _field(2, shape)
    return _field(field, _field(1, name) + _field(2, _field(1, kind_and_shape)))


def _model(ids: str, inputs: bytes, pace: bytes) -> bytes:
    """`pace` makes "samples", the length of a phoneme in samples, as one float."""
    graph = pace + b"".join(
        (
            _node("Cast", "samples", "count", to=_INT64),
            _node("Reshape", f"{ids} all", "flat"),
            _node("Cast", "flat", "number", to=_FLOAT),
            _node("Mul", "number step", "above"),
            _node("Add", "above lowest", "hz"),
            _node("Mul", "hz turn", "turns"),
            _node("Unsqueeze", "turns second", "column"),
            _node("Reshape", "count all", "width"),
            _node("Concat", "second width", "wanted", axis=0),
            _node("Expand", "column wanted", "rows"),
            _node("Reshape", "rows all", "line"),
            _node("CumSum", "line zero", "phase"),
            _node("Sin", "phase", "wave"),
            _node("Mul", "wave loud", "output"),
        )
    )
    constants = b"".join(
        (
            _constant("all", [-1]),
            _constant("second", [1]),
            _constant("zero", [0]),
            _constant("step", 8.0),
            _constant("lowest", 120.0),
            _constant("turn", 2 * np.pi / RATE),
            _constant("loud", 0.3),
            _constant("usual", 0.06 * RATE),
        )
    )
    graph += _field(2, "tiny") + constants + inputs + _value(12, "output", _FLOAT, "n")
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 17))


def piper(path: Path) -> Path:
    pace = _node("Gather", "scales second", "length") + _node("Mul", "length usual", "samples")
    inputs = (
        _value(11, "input", _INT64, "b", "t")
        + _value(11, "input_lengths", _INT64, "b")
        + _value(11, "scales", _FLOAT, 3)
    )
    path.write_bytes(_model("input", inputs, pace))
    letters = "_^$ !,.;?abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɹʃʊʌʒʔθˈˌː"
    facts = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "inference": {"length_scale": 1},
        "phoneme_id_map": {letter: [k] for k, letter in enumerate(letters)},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    return path


def kokoro(path: Path) -> Path:
    pace = _node("Div", "usual speed", "slow") + _node("ReduceMax", "style", "most", keepdims=0)
    pace += _node("Mul", "slow most", "samples")
    inputs = (
        _value(11, "tokens", _INT64, "b", "t")
        + _value(11, "style", _FLOAT, 1, 256)
        + _value(11, "speed", _FLOAT, 1)
    )
    path.write_bytes(_model("tokens", inputs, pace))
    np.savez(path.with_suffix(".npz"), af_one=np.ones((510, 1, 256), np.float32))
    return path
