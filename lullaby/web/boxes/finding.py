"""Boxes by the names their owners gave them, of whatever make."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lullaby.errors import CouldNot, choices
from lullaby.score.plain_text import plain, quoted, short
from lullaby.web.boxes.box import Box

SECONDS = 4.0
"""For so long boxes may answer."""
INSTALL = "pip install '.[cast]'"


@dataclass
class Found:
    """The boxes that answered, by name; and what kept others from being looked for."""

    boxes: list[Box] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    async def close(self, but: Box | None = None) -> None:
        await asyncio.gather(*(box.close() for box in self.boxes if box is not but), return_exceptions=True)


async def boxes_at_home(seconds: float = SECONDS) -> Found:
    """Every box that answers. A kind whose library is not here is not looked for, and that is said."""
    from lullaby.web.boxes import chromecast, dlna, sonos

    kinds: dict[str, Callable[[float], Awaitable[Sequence[Box]]]] = {
        sonos.KIND: sonos.find,
        chromecast.KIND: chromecast.find,
        dlna.KIND: dlna.find,
    }
    answers = await asyncio.gather(*(find(seconds) for find in kinds.values()), return_exceptions=True)
    found, missing = Found(), []
    for kind, answer in zip(kinds, answers, strict=True):
        if isinstance(answer, ImportError):
            missing.append(kind)
        elif isinstance(answer, CouldNot):
            found.trouble.append(str(answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            # what speaks several languages is one box, and spoken to in its own
            known = {box.host for box in found.boxes}
            found.boxes += [box for box in answer if box.host not in known]
            await Found([box for box in answer if box.host in known]).close()
    if missing:
        found.trouble.append(f"for {' and '.join(missing)}: {INSTALL}")
    found.boxes.sort(key=lambda box: (box.name.casefold(), box.host))
    return found


async def box_called(name: str, seconds: float = SECONDS) -> Box:
    """The box of this name, or the only one whose name begins so; or the renderer at an address."""
    if name.startswith("http://"):
        from lullaby.web.boxes import dlna

        try:
            return await dlna.at(name)
        except ImportError:
            raise CouldNot(f"a box is not reached without its library: {INSTALL}") from None
    found = await boxes_at_home(seconds)
    box = _meant(name, found.boxes)
    await found.close(but=box)
    if box is None:
        raise CouldNot(_none_so_called(name, found))
    return box


def _meant(name: str, boxes: Sequence[Box]) -> Box | None:
    said = name.casefold()
    same = [box for box in boxes if box.name.casefold() == said]
    alike = same or [box for box in boxes if box.name.casefold().startswith(said)]
    return alike[0] if said and len(alike) == 1 else None


def _none_so_called(name: str, found: Found) -> str:
    names = [box.name for box in found.boxes]
    called = plain(quoted(short(name, 60)))
    if sum(one.casefold().startswith(name.casefold()) for one in names) > 1:
        lines = [f"several boxes here are called {called}: {', '.join(_shown(box) for box in found.boxes)}."]
    elif names:
        lines = [f"no box here is called {called}.", choices(name, names, "There are")]
    else:
        lines = [f"no box here is called {called}: none has answered."]
    return "\n    ".join([*lines, *found.trouble])


def _shown(box: Box) -> str:
    return f"{box.name} ({box.kind}, {box.host})"


def facts_of_boxes(found: Found) -> dict[str, Any]:
    """What there is, for programs."""
    boxes = [{"name": box.name, "kind": box.kind, "address": box.host} for box in found.boxes]
    return {"boxes": boxes, "trouble": found.trouble}


def own_address(towards: str) -> str:
    """The address of this machine on the network that the box is on. Nothing is sent for it: the system is
    asked which address it would send from."""
    family = socket.AF_INET6 if ":" in towards else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as door:
            door.connect((towards, 9))
            return str(door.getsockname()[0])
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise CouldNot(f"no network of this machine leads to {plain(short(towards, 60))} ({why}).") from error
