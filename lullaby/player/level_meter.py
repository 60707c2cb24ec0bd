"""The process that listens to the room: it opens a microphone, and tells how loud it is.

    python -m lullaby.player.level_meter '{"device": null, "seconds": 1.0}'

One number leaves it for every second: {"db": -52.31}, the root mean square in dBFS. What it hears is added up
where it comes in, and neither kept nor handed on. It says why where it cannot, and ends when its standard
input does.
"""

from __future__ import annotations

import json
import math
import queue
import sys
import threading
from typing import Any

from lullaby.player.child_process import tell
from lullaby.player.device import library, quiet

FLOOR_DB = -120.0


class Adding:
    """Adds up the power of what comes in; a level goes out for every so many frames."""

    def __init__(self, frames: int, out: queue.SimpleQueue[float | None]) -> None:
        self._frames, self._out = frames, out
        self._power, self._heard = 0.0, 0

    def add(self, sound: Any) -> None:
        """sound[frames, channels] of float32, read and not kept."""
        self._power += float((sound.astype("float64") ** 2).mean(axis=1).sum())
        self._heard += len(sound)
        if self._heard >= self._frames:
            mean = self._power / self._heard
            self._out.put(max(FLOOR_DB, 10 * math.log10(mean)) if mean > 0 else FLOOR_DB)
            self._power, self._heard = 0.0, 0


def main(words: list[str]) -> int:
    asked = json.loads(words[0])
    levels: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    sounddevice = library()
    if sounddevice is None:
        tell({"why": "there is no PortAudio library"})
        return 1

    def close_with_input() -> None:
        for _ in sys.stdin:
            pass
        levels.put(None)

    threading.Thread(target=close_with_input, daemon=True).start()
    try:
        with quiet():
            device = sounddevice.query_devices(asked["device"], "input")
            rate = float(device["default_samplerate"])
            adding = Adding(max(1, round(asked["seconds"] * rate)), levels)
            stream = sounddevice.InputStream(
                samplerate=rate,
                device=asked["device"],
                channels=1,
                dtype="float32",
                callback=lambda sound, *rest: adding.add(sound),
                finished_callback=lambda: levels.put(None),
            )
            stream.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        said = str(error.args[0] if error.args else error).split("[")[0].strip().lower()
        tell({"why": f"the microphone could not be opened ({said})"})
        return 1
    while (level := levels.get()) is not None:
        tell({"db": round(level, 2)})
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # whoever asked is gone
        sys.exit(0)
