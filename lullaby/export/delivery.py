"""Delivery targets: what a podcast, a video site, a phone or a toy wants of a file."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.time import RATE


@dataclass(frozen=True)
class Use:
    """A place that a file goes to, and what it wants: loudness of the whole file (BS.1770-4, gated)."""

    name: str
    says: str
    ending: str
    lufs: float | None = None
    """The loudness of the whole file; None: as quiet as the score asks for."""
    peak: float | None = None
    """dBTP; None: the night's own ceiling."""
    rate: int = RATE
    channels: int = 2
    cover: int = 1_400
    """Pixels along an edge; 0: there is none."""


STORY = Use("story", "a voice alone, one channel at 24 kHz", ".m4b", rate=24_000, channels=1)
"""What a story without a bed is kept for: all that a voice has is below 12 kHz."""

STREAM = Use("stream", "as `lullaby serve` sends it: no picture inside", ".mp3", cover=0)
"""What is sent while it is made: a picture in its head would have to be drawn before the first sound."""

BEDSIDE = Use("bedside", "as quiet as its score asks for", ".m4b")

USES: dict[str, Use] = {
    use.name: use
    for use in (
        # Apple's podcast guidelines: -16 LUFS give or take 1, true peak no higher than -1, cover up to 3000.
        # Of noise held down to -1 dBTP, codecs that lose something made +0.2: 1.5 dB are left to them
        Use("podcast", "-16 LUFS, a cover of 3000", ".mp3", -16.0, -2.5, cover=3_000),
        # what the large video sites turn films down to, and never up to
        Use("video", "-14 LUFS, with a black picture", ".mp4", -14.0, -2.5, cover=1_280),
        # a loudspeaker of a centimetre, turned up by hand: headroom for its volume keys
        Use("phone", "-18 LUFS", ".m4b", -18.0, -2.5, cover=1_000),
        STORY,
        STREAM,
        # one small loudspeaker in a child's hands: no louder than speech is broadcast at
        Use("toy", "-23 LUFS, one channel at 24 kHz", ".mp3", -23.0, -3.0, 24_000, 1, cover=500),
    )
}
