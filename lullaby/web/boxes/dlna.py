"""DLNA renderers, by UPnP: found by SSDP, told what to play by AVTransport. By async-upnp-client."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain, quoted, short
from lullaby.web.boxes.box import Piece

if TYPE_CHECKING:
    from async_upnp_client.client import UpnpDevice, UpnpService

KIND = "DLNA"
_RENDERER = "urn:schemas-upnp-org:device:MediaRenderer:1"
_SERVICES = "urn:schemas-upnp-org:service:"
_ANSWER = 8
"""Seconds until a renderer that does not answer is given up."""
# bytes may be asked for from any place on; it is sent as it is, also in the background, by HTTP 1.1
_CAN = "DLNA.ORG_PN=MP3;DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=01700000000000000000000000000000"


class Renderer:
    """A renderer that has said what it can do."""

    kind = KIND

    def __init__(self, device: UpnpDevice) -> None:
        self._device = device
        self.name = short(plain(device.friendly_name), 60)
        self.host = urlsplit(device.device_url).hostname or ""

    async def play(self, piece: Piece) -> None:
        await self._ask(
            "AVTransport", "SetAVTransportURI", CurrentURI=piece.address, CurrentURIMetaData=about(piece)
        )
        await self._ask("AVTransport", "Play", Speed="1")

    async def stop(self) -> None:
        await self._ask("AVTransport", "Stop")

    async def was_stopped(self) -> bool:
        said = await self._ask("AVTransport", "GetTransportInfo")
        return said.get("CurrentTransportState") in ("STOPPED", "PAUSED_PLAYBACK", "NO_MEDIA_PRESENT")

    async def volume(self) -> float | None:
        if self._loudest is None:
            return None
        said = await self._ask("RenderingControl", "GetVolume", Channel="Master")
        return float(said["CurrentVolume"]) / self._loudest

    async def set_volume(self, level: float) -> None:
        if self._loudest is None:
            raise CouldNot(f"{self.name} has no volume that could be set from here.")
        wanted = round(min(1.0, max(0.0, level)) * self._loudest)
        await self._ask("RenderingControl", "SetVolume", Channel="Master", DesiredVolume=wanted)

    async def close(self) -> None:
        """Every question has been a connection of its own."""

    @property
    def _loudest(self) -> float | None:
        control = self._service("RenderingControl")
        if control is None or not control.has_state_variable("Volume"):
            return None
        return float(control.state_variable("Volume").max_value or 100)

    def _service(self, name: str) -> UpnpService | None:
        """The service of this name, of whatever version: a renderer may stand inside of another device."""
        every = self._device.all_services
        return next((one for one in every if one.service_type.startswith(f"{_SERVICES}{name}:")), None)

    async def _ask(self, service: str, what: str, **said: Any) -> dict[str, Any]:
        from async_upnp_client.exceptions import UpnpError

        found = self._service(service)
        if found is None or not found.has_action(what):
            raise CouldNot(f"{self.name} cannot be asked for {what}: it is no renderer.")
        try:
            return dict(await found.action(what).async_call(InstanceID=0, **said))
        except (UpnpError, OSError, TimeoutError) as error:
            raise CouldNot(f"{self.name} does not do as it is asked ({what}: {_why(error)}).") from error


async def find(seconds: float) -> Sequence[Renderer]:
    """The renderers that answer within so many seconds."""
    from async_upnp_client.search import async_search

    places: dict[str, None] = {}

    async def answered(headers: Any) -> None:
        place = str(headers.get("location") or "")
        if len(places) < 64 and _is_at_home(place):
            places[place] = None

    try:
        await async_search(answered, timeout=max(1, round(seconds)), search_target=_RENDERER)
    except OSError as error:
        raise CouldNot(f"boxes could not be looked for by DLNA ({_why(error)}).") from error
    found = await asyncio.gather(*map(at, places), return_exceptions=True)
    return [box for box in found if isinstance(box, Renderer)]


async def at(address: str) -> Renderer:
    """The renderer whose description is at this address."""
    from async_upnp_client.aiohttp import AiohttpRequester
    from async_upnp_client.client_factory import UpnpFactory
    from async_upnp_client.exceptions import UpnpError

    if not _is_at_home(address):
        raise AskedWrongly(f"{quoted(short(address, 80))} is no address of a box at home, in numbers.")
    try:
        factory = UpnpFactory(AiohttpRequester(timeout=_ANSWER), non_strict=True)
        return Renderer(await factory.async_create_device(address))
    except (UpnpError, OSError, TimeoutError) as error:
        raise CouldNot(f"{plain(short(address, 80))}: no renderer answers there.") from error


def about(piece: Piece) -> str:
    """The piece in DIDL-Lite, which some renderers will not play without."""
    whole = round(piece.seconds)
    lasts = f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    shown = f"<upnp:albumArtURI>{escape(piece.picture)}</upnp:albumArtURI>" if piece.picture else ""
    info = f"http-get:*:{piece.type}:{_CAN if piece.type == 'audio/mpeg' else '*'}"
    return (
        '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">'
        f'<item id="0" parentID="-1" restricted="1"><dc:title>{escape(plain(piece.title))}</dc:title>'
        f"<dc:creator>lullaby</dc:creator><upnp:class>object.item.audioItem.musicTrack</upnp:class>{shown}"
        f'<res protocolInfo={quoteattr(info)} size="{piece.bytes}" duration="{lasts}">'
        f"{escape(piece.address)}</res></item></DIDL-Lite>"
    )


def _is_at_home(address: str) -> bool:
    """Does it lead to a machine of this network? Nothing is fetched from anywhere else, whoever says so."""
    try:
        parts = urlsplit(address)
        host = ipaddress.ip_address((parts.hostname or "").split("%")[0])
        return parts.scheme == "http" and (host.is_private or host.is_link_local)
    except ValueError:
        return False


def _why(error: BaseException) -> str:
    return short(plain(str(error) or type(error).__name__), 120)
