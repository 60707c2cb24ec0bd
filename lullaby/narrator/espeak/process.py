"""The process in which eSpeak NG lives, so that the same sentence is always the same samples.

    python -m lullaby.narrator.espeak.process

It loads the library once, and for each sentence forks a child that speaks it and is gone: what eSpeak
remembers is never more than nothing. Where there are no forks it speaks one sentence and ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from lullaby.narrator.espeak.library import Library, NoVoice
from lullaby.narrator.messages import packed, received


def main() -> int:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no message
    library = Library()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        while (asked := received(sys.stdin.buffer)) is not None:
            number = {"number": asked[0].pop("number")}
            if hasattr(os, "fork"):
                answers.write(_forked(library, asked[0], number))
            else:
                answers.write(_answer(library, asked[0], number))
            answers.flush()
            if not hasattr(os, "fork"):
                break
    return 0


def _answer(library: Library, asked: dict[str, Any], number: dict[str, int]) -> bytes:
    try:
        if "of" in asked:
            return packed(number | {"phonemes": library.phonemes(asked["of"], asked["voice"])})
        heard = library.say(**asked)
    except NoVoice as none:
        return packed(number | {"no_voice": str(none)})
    return packed(number | {"rate": library.rate, "words": heard.words}, heard.pcm)


def _forked(library: Library, asked: dict[str, Any], number: dict[str, int]) -> bytes:
    """The answer of a child that has this library as it was loaded."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                pipe.write(_answer(library, asked, number))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 else packed(number | {"crashed": True})


if __name__ == "__main__":
    sys.exit(main())
