"""Chromecasts, and what else speaks their language. By pychromecast, which waits in threads of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from lullaby.errors import CouldNot
from lullaby.score.plain_text import plain, short
from lullaby.web.boxes.box import Piece

if TYPE_CHECKING:
    from pychromecast import Chromecast
    from pychromecast.discovery import CastBrowser

KIND = "Chromecast"
_ANSWER = 10.0
"""Seconds until a box that does not answer is given up."""
_MUSIC_TRACK = 3
"""Of what is played, so that the box shows a title and a picture, and no film."""

_T = TypeVar("_T")


class Search:
    """What found the boxes, and knows where each of them has moved: kept until the last is let go."""

    def __init__(self, browser: CastBrowser, boxes: int) -> None:
        self._browser, self._boxes = browser, boxes

    async def let_go(self) -> None:
        self._boxes -= 1
        if self._boxes <= 0:
            await asyncio.to_thread(self._browser.stop_discovery)


class Cast:
    """A Chromecast."""

    kind = KIND

    def __init__(self, device: Chromecast, search: Search | None = None) -> None:
        self._device, self._search = device, search
        self.name = short(plain(device.name or "Chromecast"), 60)
        self.host = device.cast_info.host

    async def play(self, piece: Piece) -> None:
        from pychromecast.controllers.media import STREAM_TYPE_BUFFERED

        shown = {"metadataType": _MUSIC_TRACK, "title": piece.title, "artist": "lullaby"}

        def play() -> None:
            self._device.wait(timeout=_ANSWER)
            media = self._device.media_controller
            media.play_media(
                piece.address,
                piece.type,
                title=piece.title,
                thumb=piece.picture or None,
                stream_type=STREAM_TYPE_BUFFERED,
                metadata=shown,
                media_info={"duration": piece.seconds},
            )
            media.block_until_active(timeout=_ANSWER)

        await self._ask(play)

    async def stop(self) -> None:
        def stop() -> None:
            self._device.wait(timeout=_ANSWER)
            self._device.quit_app()

        await self._ask(stop)

    async def was_stopped(self) -> bool:
        """Another app on the box counts, too: somebody wants to hear something else."""

        def stopped() -> bool:
            self._device.wait(timeout=_ANSWER)
            status = self._device.media_controller.status
            return status.player_state == "PAUSED" or (
                status.player_state == "IDLE" and status.idle_reason in ("CANCELLED", "INTERRUPTED")
            )

        return await self._ask(stopped)

    async def volume(self) -> float | None:
        def level() -> float | None:
            self._device.wait(timeout=_ANSWER)
            return None if self._device.status is None else float(self._device.status.volume_level)

        return await self._ask(level)

    async def set_volume(self, level: float) -> None:
        await self._ask(lambda: self._device.set_volume(min(1.0, max(0.0, level))))

    async def close(self) -> None:
        # it was never spoken to, or takes its time: it is let go all the same
        with contextlib.suppress(RuntimeError, TimeoutError):
            await asyncio.to_thread(self._device.disconnect, 1.0)
        if self._search is not None:
            await self._search.let_go()

    async def _ask(self, what: Callable[[], _T]) -> _T:
        from pychromecast.error import PyChromecastError

        try:
            return await asyncio.to_thread(what)
        except (PyChromecastError, OSError, TimeoutError) as error:
            said = short(plain(str(error) or type(error).__name__), 120)
            raise CouldNot(f"{self.name} does not do as it is asked ({said}).") from error


async def find(seconds: float) -> Sequence[Cast]:
    """The boxes that have said their name; the library looks for five seconds, whatever is asked."""
    import pychromecast
    from pychromecast.error import PyChromecastError

    try:
        found, browser = await asyncio.to_thread(
            lambda: pychromecast.get_chromecasts(tries=2, retry_wait=1.0, timeout=max(seconds, _ANSWER))
        )
    except (PyChromecastError, OSError) as error:
        said = short(plain(str(error) or type(error).__name__), 120)
        raise CouldNot(f"Chromecasts could not be looked for ({said}).") from error
    search = Search(browser, len(found))
    if not found:
        await search.let_go()
    return [Cast(device, search) for device in found]
