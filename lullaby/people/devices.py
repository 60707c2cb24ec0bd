"""The calibration of this machine's devices, for listeners without one of their own: a file in the home."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from lullaby import places
from lullaby.people.calibration import Calibration, calibration, device_name, read_devices
from lullaby.people.person import Person
from lullaby.people.person_writing import Rows, changed, fitting, rows_of, tables_written
from lullaby.people.private import Note, close_to_others, locked, make_folder, put, say_nothing
from lullaby.score.plain_text import plain
from lullaby.score.source import source_of, text_at
from lullaby.score.toml_table import TomlTable

_DEVICES = "# devices.toml — how loud this machine's devices are. It stays on this machine.\n"


def calibration_for(
    person: Person | None, device: str | None = None, note: Note = say_nothing
) -> Calibration:
    """The calibration of this device for this listener. What is comfortable is theirs alone; what a
    meter read is the device's, whoever read it."""
    name, general = device_name(device), devices(note)
    if person is None:
        return calibration(general, name)
    own = person.calibration(name)
    if own.offset is not None:
        return own
    measured = calibration(general, name)
    return Calibration(own.comfortable, measured.meter, measured.sounding)


def known_devices(person: Person | None) -> tuple[str, ...]:
    """Names of the devices that somebody has calibrated, for this listener or for whoever listens."""
    return tuple(sorted({*devices(), *(person.devices if person else ())}))


def devices_file() -> Path:
    return places.home() / "devices.toml"


def devices(note: Note = say_nothing) -> Mapping[str, Calibration]:
    """The calibrations of this machine's devices, by name, for whoever has none of their own."""
    path = devices_file()
    if not os.path.lexists(path):
        return {}
    close_to_others(path, note)
    return _devices_in(text_at(plain(str(path)), path), path)


def _devices_in(text: str, path: Path) -> dict[str, Calibration]:
    top = TomlTable.whole_file(source_of(text, path), [])
    top.only(("device",))
    found = read_devices(
        top.table("device", f"{top.where}, [device]", hint='It begins with [device."NAME"].')
    )
    if top.mistakes:
        raise top.mistakes[0]
    return found


def keep_device(device: str, change: Callable[[Calibration], Calibration]) -> Calibration:
    """Changes this machine's calibration of a device and keeps it. Two at once take turns."""
    device, path = device_name(device), devices_file()
    make_folder(path.parent)
    with locked(path.parent):
        text = text_at(plain(str(path)), path) if os.path.lexists(path) else _DEVICES
        known = _devices_in(text, path)
        after = change(known.get(device, Calibration()))
        new = {**known, device: after}
        whole = changed(text, path, _device_rows(known), _device_rows(new), lambda: _devices_written(new))
        _devices_in(fitting(whole, path), path)
        put(path, whole)
    return after


def _device_rows(known: Mapping[str, Calibration]) -> Rows:
    return {table: rows for table, rows in rows_of(Person("", devices=known)).items() if table}


def _devices_written(known: Mapping[str, Calibration]) -> str:
    return _DEVICES + "\n".join(tables_written(_device_rows(known))) + "\n"
