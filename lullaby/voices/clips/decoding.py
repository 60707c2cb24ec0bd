"""Decoding of listeners' recordings with PyAV, in pieces of 48 kHz, 16 bit.

The file is not to be trusted. Nothing but the file itself is opened, whatever it says: a playlist
or a list of parts that points elsewhere is refused. Nor may a small file become a large one: rates, the
samples of one frame and what is resampled at a time are bounded before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.time import RATE

Samples: TypeAlias = NDArray[np.int16]
"""[frames, channels], interleaved as in files."""

_SLOWEST, _QUICKEST = 4_000, 768_000
"""Hz that a recording may have: telephones have 8 000. At 1 Hz a second would become 48 000 frames."""
_MOST = 1 << 20
"""Samples a channel of one decoded frame: 22 s at 48 kHz. Of what people make, TTA comes nearest: 1.04 s."""
_SLICE = 4_096
"""Frames that are resampled at a time: 50 000 at the most come out."""
_HIGHEST = 16.0
"""The largest sample that is taken for sound, where 1 is full scale: 24 dB over. Beyond is what was never a
sound."""
_PATIENCE = 200
"""Damaged packets in a row after which no more is expected: five seconds of MP3."""

# formats that hold sound and cannot point to other files
_FORMATS = (
    "mp3,wav,w64,rf64,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,caf,matroska,webm,asf,avi,amr,ac3,eac3,au,ape,wv,tta,"
    "mpc,mpc8,tak,dsf,flv,mpeg,mpegts"
)

UNREADABLE = "is not a sound that can be decoded. Save it again as FLAC, WAV or MP3."


@contextmanager
def opened(file: BinaryIO) -> Iterator[Any]:
    """A container of sound; a CouldNot, which goes on after the file's name, where it is none."""
    import av

    def nothing_else(*asked: object) -> None:
        raise PermissionError("a recording opens no other file")

    try:
        container = av.open(
            file, options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"}, io_open=nothing_else
        )
    except Exception:  # of whatever kind: the file is not to be trusted
        raise CouldNot(UNREADABLE) from None
    with container:
        if not container.streams.audio:
            raise CouldNot("has no sound in it.")
        yield container


def pieces(container: Any) -> Iterator[Samples]:
    """Small pieces at 48 kHz, mono or stereo as the recording begins. A damaged place is left out, and a
    file that was cut off ends where it was cut."""
    stream = container.streams.audio[0]
    if stream.codec_context is None:  # made with something FFmpeg has no decoder for
        raise CouldNot(UNREADABLE)
    _check_rate(stream.codec_context.sample_rate or RATE)
    stream.codec_context.options = {"max_samples": str(_MOST)}
    resampler: _Resampler | None = None
    samples = invalid = 0
    for frame in _frames(container, stream):
        _check_rate(frame.sample_rate)
        if not _is_sound(frame):
            invalid += frame.samples
            if invalid > samples:
                raise CouldNot("has values in it that are no sound. Save it again as 16 or 24 bit.")
            continue
        samples += frame.samples
        if resampler is None or not resampler.takes(frame):  # parts of an Ogg file may differ
            channels = min(2, frame.layout.nb_channels) if resampler is None else resampler.channels
            if resampler is not None:
                yield from resampler.pieces(None)
            resampler = _Resampler(frame, channels)
        yield from resampler.pieces(frame)
    if resampler is not None:
        yield from resampler.pieces(None)


def _check_rate(hz: int) -> None:
    if not _SLOWEST <= hz <= _QUICKEST:
        raise CouldNot(f"has a sample rate of {hz} Hz; from 4 to 768 kHz can be played.")


def _is_sound(frame: Any) -> bool:
    """Whether all of its values are numbers that a sound can have."""
    if not frame.format.name.startswith(("flt", "dbl")):
        return True
    return bool(np.abs(frame.to_ndarray()).max(initial=0.0) <= _HIGHEST)  # not a number is not less


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames, until the end or until too many packets in a row are damaged."""
    import av

    heard, damaged = False, 0
    packets = container.demux(stream)
    while damaged < _PATIENCE:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            break
        except av.error.InvalidDataError:
            damaged += 1
            continue
        except Exception:  # the container is damaged, or a frame is beyond all bounds
            damaged = _PATIENCE
            break
        for frame in frames:
            if frame.samples:
                heard, damaged = True, 0
                yield frame
    if damaged and not heard:
        raise CouldNot(UNREADABLE)


class _Resampler:
    """A resampler from one rate, format and layout to 48 kHz. It is state of one reading."""

    def __init__(self, first: Any, channels: int) -> None:
        import av

        self.channels = channels
        self._input = self._shape(first)
        rate, form, layout = self._input
        self._graph = av.filter.Graph()
        try:
            self._graph.link_nodes(
                self._graph.add("abuffer", sample_rate=str(rate), sample_fmt=form, channel_layout=layout),
                # frames are cut before they grow; the graph then makes one piece each time it is asked
                self._graph.add("asetnsamples", n=str(_SLICE), p="0"),
                self._graph.add(
                    "aformat",
                    sample_rates=str(RATE),
                    sample_fmts="s16",
                    channel_layouts="mono" if channels == 1 else "stereo",
                ),
                self._graph.add("abuffersink"),
            ).configure()
        except Exception:
            raise CouldNot(f"has {layout}, which cannot be made two. Save it again in stereo.") from None

    @staticmethod
    def _shape(frame: Any) -> tuple[int, str, str]:
        return frame.sample_rate, frame.format.name, frame.layout.name

    def takes(self, frame: Any) -> bool:
        return self._input == self._shape(frame)

    def pieces(self, frame: Any | None) -> Iterator[Samples]:
        """The resampled sound of this frame; with None, what the resampler still holds back."""
        if frame is not None:
            frame.pts = None  # may be nonsense, and is not needed
        try:
            self._graph.push(frame)
            while True:
                piece = self._graph.pull()
                yield np.asarray(piece.to_ndarray(), np.int16).reshape(-1, self.channels)
        except (BlockingIOError, EOFError):
            return  # until it is given more
        except Exception:  # of whatever kind, as above
            raise CouldNot(UNREADABLE) from None
