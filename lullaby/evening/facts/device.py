"""What is known of a device: how loud it is, and what that does to the scores there are."""

from __future__ import annotations

from typing import Any

from lullaby.evening.capped import softened
from lullaby.people.calibration import Calibration
from lullaby.people.devices import devices_file
from lullaby.people.limits import Limits
from lullaby.people.listeners import person_file
from lullaby.people.person import Person


def facts_of_device(device: str, person: Person | None, limits: Limits, found: Calibration) -> dict[str, Any]:
    """`softened_db` is None where nobody measured how loud it is."""
    return {
        "device": device,
        "for": person.name if person else None,
        "comfortable_db": found.comfortable,
        "meter_dba": found.meter,
        "sounding_dbfs": found.sounding,
        "offset_db": found.offset,
        "calibrated": found.offset is not None,
        "softened_db": None if found.offset is None else softened(limits, found),
        "plays": False,
        "file": str(person_file(person.name) if person else devices_file()),
    }
