"""What is offered, and under which topics: how Home Assistant finds the device, and what it is told of it.

    homeassistant/switch/lullaby-7c1e/playing/config    found there, kept by the broker
    lullaby-7c1e/available                              online, offline; kept, and offline where we are gone
    lullaby-7c1e/state                                  what plays, as a table; never kept
    lullaby-7c1e/volume/set                             what somebody wants

The state is never kept by the broker: whoever asks it after the night finds nothing of what was heard, or by
whom. It is told again with every change, and whenever Home Assistant or the broker comes back.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lullaby.web.rooms.room import RoomState

DISCOVERY = "homeassistant"
"""Where Home Assistant looks, and says when it is there itself."""
BIRTH = f"{DISCOVERY}/status"
ONLINE, OFFLINE = "online", "offline"
ON, OFF, PRESS = "ON", "OFF", "PRESS"
NOBODY = "nobody in particular"
QUIETEST = -60
"""dB: as soft as the slider goes."""


@dataclass(frozen=True)
class Choice:
    """What the next night is to be, and for whom. It is forgotten when a night is over."""

    score: str | None = None
    listener: str | None = None


@dataclass(frozen=True)
class Offered:
    """A lullaby as Home Assistant sees it."""

    number: str
    """Tells it from others at the same broker."""
    nights: Mapping[str, str] = field(default_factory=dict)
    """Scores and rituals: the title that is shown, and the name it goes by."""
    listeners: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        return f"lullaby-{self.number}"

    @property
    def available(self) -> str:
        return f"{self.topic}/available"

    @property
    def state(self) -> str:
        return f"{self.topic}/state"

    @property
    def wanted(self) -> str:
        """Where all that somebody wants comes in."""
        return f"{self.topic}/+/set"

    def discovery(self) -> dict[str, dict[str, Any]]:
        """What Home Assistant is told once: by topic, the description of each of its entities."""
        titles, who = [*self.nights], [NOBODY, *self.listeners]
        found = [
            self._entity("switch", "playing", "Playing", "mdi:weather-night"),
            self._entity(
                "number", "volume", "Volume", "mdi:volume-medium", min=QUIETEST, max=0, step=1, mode="slider",
                unit_of_measurement="dB",
            ),
            self._entity("select", "score", "Night", "mdi:music-note", options=titles),
            self._entity("select", "listener", "Listener", "mdi:account", options=who),
            self._entity("sensor", "title", "What plays", "mdi:music-box"),
            self._entity("sensor", "stage", "Movement", "mdi:format-list-numbered"),
            self._entity(
                "sensor", "left", "Time left", "mdi:timer-sand", device_class="duration",
                unit_of_measurement="min",
            ),
            self._entity("button", "awake", "Still awake", "mdi:eye", payload_press=PRESS),
            self._entity("button", "more", "Ten more minutes", "mdi:plus", payload_press=PRESS),
            self._entity("button", "stop", "Stop", "mdi:stop", payload_press=PRESS),
        ]  # fmt: skip
        return dict(found)

    def _entity(self, kind: str, what: str, name: str, icon: str, **more: Any) -> tuple[str, dict[str, Any]]:
        told: dict[str, Any] = {
            "name": name,
            "unique_id": f"{self.topic}-{what}",
            "icon": icon,
            "availability_topic": self.available,
            "device": {
                "identifiers": [self.topic],
                "name": "Lullaby",
                "manufacturer": "lullaby",
                "model": "night",
            },
            "origin": {"name": "lullaby"},
            **more,
        }
        if kind != "button":
            told |= {"state_topic": self.state, "value_template": f"{{{{ value_json.{what} }}}}"}
        if kind != "sensor":
            told["command_topic"] = f"{self.topic}/{what}/set"
        return f"{DISCOVERY}/{kind}/{self.topic}/{what}/config", told

    def told(self, room: RoomState, choice: Choice) -> dict[str, Any]:
        """The state: coarse, so that it changes once a minute at the most by itself."""
        plays = room.plays and room.state != "resting"
        title = room.title if plays else None
        by_name = {name: shown for shown, name in self.nights.items()}
        chosen = by_name.get(choice.score or "")
        score = title if title in self.nights else chosen if title is None else None
        left = room.left if plays else None
        return {
            "playing": ON if plays else OFF,
            "volume": 0 if room.volume is None or not plays else max(QUIETEST, round(room.volume)),
            "score": score,
            "listener": choice.listener or NOBODY,
            "title": title or "nothing",
            "stage": (room.movement or room.scene or room.state) if plays else "idle",
            "left": 0 if left is None else math.ceil(left / 60),
        }


def shown(nights: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by the titles that are shown; of two with one title both go by their names."""
    pairs = list(nights)
    titles = [title for _, title in pairs]
    return {
        title if titles.count(title) == 1 and title not in ("", "None") else name: name
        for name, title in pairs
    }


def payload_of(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
