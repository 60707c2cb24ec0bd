"""Calibration of a device: its comfortable gain, and its loudness at the pillow by a sound meter.

A sound meter beside the pillow reads dBA while a sound plays whose A-weighted level in the file is known
(dBFS(A)). The difference of the two is the device's own, until somebody turns its knob. Without it, a
level says nothing of how loud it is in the room, and every function here answers None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from lullaby.score import checks, quoting
from lullaby.score.toml_table import TomlTable

USUAL = "default"
"""The device where none is named."""

SOUND = -36.0
"""dBFS(A): the test sound's LAeq at a gain of 0 dB; pink noise about as loud as a night opens. [design]"""

NOISE = -30.7
"""dBFS(A): the LAeq of the shipped voice pink-noise at unity, which stands in for the test sound."""

QUIETEST, LOUDEST = -60.0, 12.0
"""dB: between these lies what may be called comfortable."""

LOWEST_METER, HIGHEST_METER = 20.0, 100.0
"""dBA: a bedroom without a sound in it, and far too much of one."""

UNSURE_BELOW = 35.0
"""dBA: below it a phone hears mostly itself and the room."""


@dataclass(frozen=True)
class Calibration:
    """The measurements of one device; None where there is none."""

    comfortable: float | None = None  # dB, relative to a night as it is written
    meter: float | None = None  # dBA at the pillow …
    sounding: float | None = None  # … while so many dBFS(A) were played

    @property
    def offset(self) -> float | None:
        """dBA at the pillow for a sound of 0 dBFS(A)."""
        return None if self.meter is None or self.sounding is None else self.meter - self.sounding

    def dba(self, level: float) -> float | None:
        """The loudness at the pillow of a sound of this LAeq (dBFS(A))."""
        return None if self.offset is None else level + self.offset

    def dbfs(self, dba: float) -> float | None:
        """The LAeq (dBFS(A)) that is so loud at the pillow: where a cap lies."""
        return None if self.offset is None else dba - self.offset

    def updated(self, comfortable: float | None = None, meter: float | None = None) -> Calibration:
        """The calibration with a new answer: just comfortable at so many dB, or a meter's reading of the test
        sound, played at what is comfortable."""
        gain = self.comfortable if comfortable is None else comfortable
        if meter is None:
            return Calibration(gain, self.meter, self.sounding)
        return Calibration(gain, meter, SOUND + (gain or 0.0))

    @property
    def written(self) -> dict[str, str]:
        """The measurements as they stand in a file."""
        measured = {"comfortable": self.comfortable, "meter": self.meter, "sounding": self.sounding}
        return {name: quoting.value(value) for name, value in measured.items() if value is not None}


NOT_CALIBRATED = Calibration()


def read_devices(devices: TomlTable) -> dict[str, Calibration]:
    """The tables under [device], each with its device's name; what is wrong is noted."""
    found: dict[str, Calibration] = {}
    nothing: float | None = None
    for name in devices.values:
        one = devices.table(name, f"{devices.where} {quoting.key(name)}")
        one.only(("comfortable", "meter", "sounding"), says="A device has")
        ranges = (
            ("comfortable", QUIETEST, LOUDEST, "dB"),
            ("meter", LOWEST_METER, HIGHEST_METER, "dBA"),
            ("sounding", -120.0, 0.0, "dBFS(A)"),
        )
        values = {
            key: one.take(key, nothing, partial(checks.number, low=low, high=high, unit=unit))
            for key, low, high, unit in ranges
        }
        if ("meter" in one.values) != ("sounding" in one.values):
            hint = "lullaby calibrate --meter writes both."
            one.note("meter says nothing without sounding, nor sounding without meter.", hint)
        found[name] = Calibration(**values)
    return found


def device_name(name: str | None) -> str:
    """The name of a device as it stands in a file: on one line, with single blanks."""
    return quoting.one_line(name or "") or USUAL


def calibration(devices: Mapping[str, Calibration], device: str | None = None) -> Calibration:
    """The calibration of this device, or of the usual one."""
    return devices.get(device_name(device), NOT_CALIBRATED)
