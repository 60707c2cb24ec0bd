"""The process that speaks: sentences are asked for over its standard input, and come back as sound.

    python -m lullaby.narrator.child AT_ONCE [ENGINE…]

It loads these engines first, so that the first sentence need not wait for them, and speaks up to AT_ONCE
sentences side by side: in threads, for what an engine has loaded is most of its memory. It ends with its
standard input.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from lullaby import heap
from lullaby.errors import LullabyError
from lullaby.narrator.messages import packed, received
from lullaby.narrator.speech import Manner, Speech, Spoken, Word


def main(words: list[str]) -> int:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no message
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        # hibari would load it, where it is there, for a synthesis that is not used here: .3 s
        sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]
        gc.disable()  # a lexicon is a million objects, none of them garbage: each pass would look at all
        for engine in words[1:]:
            with contextlib.suppress(LullabyError):
                _ready(engine)
        gc.freeze()
        gc.enable()
        heap.give_back()
        turn = threading.Lock()

        def answer(asked: dict[str, Any]) -> None:
            number = asked.pop("number")
            head, pcm = _answer(asked)
            with turn, contextlib.suppress(BrokenPipeError):
                answers.write(packed(head | {"number": number}, pcm))
                answers.flush()
            heap.give_back()

        with ThreadPoolExecutor(int(words[0])) as pool:
            while (asked := received(sys.stdin.buffer)) is not None:
                pool.submit(answer, asked[0])
    return 0


def _ready(engine: str) -> None:
    from lullaby.narrator.speaking import make_ready

    make_ready(Manner(engine=engine))


def _answer(asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        from lullaby.narrator.speaking import speak

        return spoken_head(speak(speech_of(asked)))
    except LullabyError as error:
        unsayable = type(error).__name__ == "Unsayable"
        return {"error": str(error), "exit_code": error.exit_code, "unsayable": unsayable}, b""
    except MemoryError:
        return {"error": "there is too little memory to speak.", "exit_code": 1}, b""
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return {"error": f"the narrator could not speak ({said}).", "exit_code": 1}, b""


def speech_of(asked: dict[str, Any]) -> Speech:
    facts = dict(asked)
    manner = Manner(**facts.pop("manner"))
    say = tuple((word, how) for word, how in facts.pop("say"))
    return Speech(**facts, manner=manner, say=say)


def speech_head(speech: Speech) -> dict[str, Any]:
    return asdict(speech)


def spoken_head(spoken: Spoken) -> tuple[dict[str, Any], bytes]:
    pcm = spoken.sound.astype("<i2").tobytes()
    words = [[word.text, word.at, word.start, word.stop] for word in spoken.words]
    return {"words": words}, pcm


def spoken_of(head: dict[str, Any], pcm: bytes) -> Spoken:
    import numpy as np

    sound = np.frombuffer(pcm, "<i2").astype(np.int16)
    return Spoken(sound, tuple(Word(*word) for word in head["words"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
