"""Keeping what plays as a score of the listener's own, with the levels that it was given by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lullaby.errors import AskedWrongly, LullabyError

if TYPE_CHECKING:
    from lullaby.evening import Evening

_MOST = 1_000
"""Scores of one name, numbered."""


class Keeping:
    """Keeps one evening's score as often as it is asked to."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._last: tuple[Mapping[str, float], str] | None = None
        """The faders that were kept last, and the name."""

    def keep(self, name: str | None, over: bool, faders: Mapping[str, float]) -> str:
        """The name that it has now. Without a name, and where nothing was moved since, it is the last one."""
        from lullaby.cli.files.saving import Taken
        from lullaby.cli.options.mixes import written
        from lullaby.evening.moved import moved_score
        from lullaby.player.refused import NameTaken, Refused

        if name is None and self._last is not None and self._last[0] == faders:
            return self._last[1]
        if (
            self._evening.asked.ritual is not None
        ):  # it is composed anew every evening, of what may be private
            raise Refused("a ritual is not kept as a score: its own file is what you would change")
        name = self.free_name() if name is None else name
        try:
            written(moved_score(self._evening, faders), name, "save", over=over)
        except Taken:
            raise NameTaken(f'there is a score called "{name}" already') from None
        except LullabyError as error:
            raise Refused(" ".join(str(error).split()).rstrip(".")) from None
        self._last = (faders, name)
        return name

    def free_name(self) -> str:
        """A name that no score has, after the one that plays: my-harbour-rain."""
        from lullaby.cli.files.saving import name_from, own_path

        first = name_from(self._evening.asked.name, "night")
        first = first if first.startswith("my-") else f"my-{first}"
        for name in (first, *(f"{first}-{number}" for number in range(2, _MOST))):
            with contextlib.suppress(AskedWrongly):
                own_path(name)
                return name
        return first
