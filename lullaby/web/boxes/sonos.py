"""Sonos speakers. By soco, which waits for every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lullaby.errors import CouldNot
from lullaby.score.plain_text import plain, short
from lullaby.web.boxes.box import Piece
from lullaby.web.boxes.dlna import about

KIND = "Sonos"

_T = TypeVar("_T")


class Speaker:
    """A speaker of a room. Where several play together, the first of them is told what."""

    kind = KIND

    def __init__(self, device: Any) -> None:
        self._device = device
        self.name = short(plain(str(device.player_name)), 60)
        self.host = str(device.ip_address)

    async def play(self, piece: Piece) -> None:
        await self._ask(lambda: self._first().play_uri(piece.address, meta=about(piece), title=piece.title))

    async def stop(self) -> None:
        await self._ask(lambda: self._first().stop())

    async def was_stopped(self) -> bool:
        said = await self._ask(lambda: self._first().get_current_transport_info())
        return said.get("current_transport_state") in ("STOPPED", "PAUSED_PLAYBACK")

    async def volume(self) -> float | None:
        return float(await self._ask(lambda: self._device.volume)) / 100

    async def set_volume(self, level: float) -> None:
        wanted = round(min(1.0, max(0.0, level)) * 100)
        await self._ask(lambda: setattr(self._device, "volume", wanted))

    async def close(self) -> None:
        """Every question has been a connection of its own."""

    def _first(self) -> Any:
        group = self._device.group
        return group.coordinator if group is not None and group.coordinator is not None else self._device

    async def _ask(self, what: Callable[[], _T]) -> _T:
        from soco.exceptions import SoCoException  # type: ignore[import-untyped]

        try:
            return await asyncio.to_thread(what)
        except (SoCoException, OSError) as error:
            said = short(plain(str(error) or type(error).__name__), 120)
            raise CouldNot(f"{self.name} does not do as it is asked ({said}).") from error


async def find(seconds: float) -> Sequence[Speaker]:
    """The speakers that answer within so many seconds."""
    import soco  # type: ignore[import-untyped]
    from soco.exceptions import SoCoException

    try:
        found = await asyncio.to_thread(soco.discover, timeout=max(1, round(seconds)))
        return await asyncio.to_thread(lambda: [Speaker(device) for device in found or ()])
    except (SoCoException, OSError) as error:
        said = short(plain(str(error) or type(error).__name__), 120)
        raise CouldNot(f"Sonos speakers could not be looked for ({said}).") from error
