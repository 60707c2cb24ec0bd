"""The stories of a circle's evening: its serial goes on from where the last teller stopped."""

from __future__ import annotations

from dataclasses import replace

from lullaby.evening.narration.going_on import text_hash
from lullaby.evening.narration.speaker import Speaker
from lullaby.evening.narration.storytelling import Progress, Storytelling
from lullaby.evening.narration.telling import Told
from lullaby.ritual.circle.serial import Serial


class CircleStorytelling(Storytelling):
    """What is told on a circle's evening. Given to `prepared` in place of another `Storytelling`."""

    def __init__(
        self,
        serial: Serial | None,
        speaker: Speaker | None = None,
        *,
        until: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(speaker, until=until, progress=progress)
        self._serial = serial

    def _marked(self, told: Told) -> Told:
        """The serial, from the sentence at which it stopped, if its text is the same still."""
        serial = self._serial
        if serial is None or serial.stopped is None or told.telling.story != serial.name:
            return super()._marked(told)
        return (
            replace(told, first=serial.stopped.sentence) if serial.stopped.text == text_hash(told) else told
        )
