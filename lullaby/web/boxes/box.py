"""A box on a shelf, whoever made it: it is given an address, and fetches the night from there by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Piece:
    """What a box is told to play."""

    address: str
    title: str
    bytes: int
    seconds: float
    picture: str = ""
    """The address of a picture to show; "" for none."""
    type: str = "audio/mpeg"


class Box(Protocol):
    """Every question may end in a CouldNot: boxes are switched off, and networks come and go."""

    @property
    def name(self) -> str:
        """What its owner calls it."""
        ...

    @property
    def kind(self) -> str: ...

    @property
    def host(self) -> str:
        """Its own address in the network."""
        ...

    async def play(self, piece: Piece) -> None: ...

    async def stop(self) -> None: ...

    async def was_stopped(self) -> bool:
        """Does it say that it was stopped or paused? That it plays, it may say whether it does or not."""
        ...

    async def volume(self) -> float | None:
        """From 0 to 1; None where it does not say."""
        ...

    async def set_volume(self, level: float) -> None: ...

    async def close(self) -> None:
        """Lets go of it; it plays on."""
        ...
