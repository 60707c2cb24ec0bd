"""`lullaby warmup`: every instrument tuned now, so that no night has to wait for one."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from lullaby.cli.terminal.bedside import Bedside

if TYPE_CHECKING:
    from lullaby.score import Score

SECONDS = 2


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "warmup", help="tune every instrument now instead of at bedtime", allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="which took how long, for programs")
    parser.set_defaults(run=run)


class Stopwatch:
    """Seconds each kernel took to compile, without those that were compiled within it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[tuple[str, float, float]] = []  # name, when it began, what others took within it

    def begins(self, name: str) -> None:
        self._open.append((name, time.perf_counter(), 0.0))

    def ends(self, name: str) -> None:
        name, began, nested = self._open.pop()
        taken = time.perf_counter() - began
        self.seconds[name] = self.seconds.get(name, 0.0) + taken - nested
        if self._open:
            outer, its_began, its_within = self._open.pop()
            self._open.append((outer, its_began, its_within + taken))


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    began = time.perf_counter()
    from lullaby.kernels import jit

    watch = Stopwatch()
    jit.tuning.append(watch.begins)
    jit.tuned.append(watch.ends)
    try:
        with bedside.working("Warming up") as progress:
            _play_everything(progress)
    finally:
        jit.tuning.remove(watch.begins)
        jit.tuned.remove(watch.ends)
    jit.say_all_are_kept()
    taken = time.perf_counter() - began
    if asked.json:
        from lullaby.evening.facts.warmup import facts_of_warmup

        bedside.facts(facts_of_warmup(taken, watch.seconds))
    elif watch.seconds:
        bedside.say(
            f"{len(watch.seconds)} instruments tuned in {taken:.1f} s"
            + ("." if jit.not_kept() else "; the next night begins at once.")
        )
    else:
        bedside.say(f"All instruments were in tune ({taken:.1f} s).")
    bedside.say_unkept()
    return 1 if jit.not_kept() else 0


def _play_everything(progress: Any) -> None:
    """A moment of every voice, still and gliding, through room and master; finished and measured."""
    from lullaby.evening.mix import mix
    from lullaby.export import ENDINGS, Sampling, encode, rendering_of
    from lullaby.night import Night
    from lullaby.night.loudness import Meter
    from lullaby.score import voice_files
    from lullaby.time import RATE
    from lullaby.voices.kinds import KINDS

    meter = Meter()
    voices = [voice for voice in voice_files(KINDS) if not voice.kind.speaks]
    for done, voice in enumerate(voices):
        progress(done, len(voices))
        night = Night(_gliding(mix([str(voice.path)], [], SECONDS * RATE)), seed=0, gain=1.0)
        meter.feed(night.render(night.span).T)
        for bits in (16, 24):
            flac = rendering_of(night, night.span, ENDINGS[".flac"], Sampling(bits=bits), night.loudness())
            encode(flac.recipe(flac.segments[0]))
    score = _gliding(mix([str(voices[0].path)], [], SECONDS * RATE))
    worn = Night(score, seed=0, gain=1.0, headphones=True)
    worn.render(worn.span)
    _follow_and_tell()
    _sleep()
    progress(len(voices), len(voices))


def _sleep() -> None:
    """Nights of a sleeper, and the first half minute of one who is followed live."""
    import datetime

    from lullaby.sleep.coefficients import shipped
    from lullaby.sleep.crowd import Crowds
    from lullaby.sleep.simulate import night_key, simulate
    from lullaby.sleep.sleeper import Sleeper

    somebody, day = Sleeper(), datetime.date(2000, 1, 1)
    simulate(somebody, 0, day, compiled=True)
    crowds = Crowds(somebody, night_key(0, day), shipped())
    crowds.next(crowds.first)


def _follow_and_tell() -> None:
    """Seconds of a night that follows a sleeper, with a sentence in it and a limit below it, and of its
    end."""
    import tempfile
    import wave
    from pathlib import Path

    from lullaby import places
    from lullaby.evening import Request, prepared
    from lullaby.evening.request import DEFAULT
    from lullaby.night import Night
    from lullaby.night.narration import Narration
    from lullaby.people.caps import Caps
    from lullaby.time import RATE, Span
    from lullaby.voices.speech.line import RATIO, Line

    night = prepared(Request(DEFAULT, sleeper="slow", stories=False)).night
    teller = next(part.name for part in night.score.voices if part.kind.speaks)
    silence = bytes(2 * RATE // RATIO)
    with tempfile.TemporaryDirectory() as folder:
        with wave.open(str(Path(folder) / "silence.wav"), "wb") as file:
            file.setparams((1, 2, RATE // RATIO, 0, "NONE", "not compressed"))
            file.writeframes(silence)
        line = Line(
            RATE, len(silence) // 2, str(Path(folder) / "silence"), places.speech_digest(silence), gain_db=0.0
        )
        told = (Narration(teller, "nothing", (line,)),)
        low = Caps(hard=-90.0)
        telling = Night(night.score, course=night.course, gain=1.0, narrations=told, caps=low)
        telling.render(Span(0, 3 * RATE))
        telling.render(Span(telling.length - 2 * RATE, telling.length))


def _gliding(score: Score) -> Score:
    """The score with a second scene, in which everything that can be automated begins to glide."""
    from dataclasses import replace

    from lullaby.score import Change, Scene, Value
    from lullaby.score.setting_values import can_move, settings
    from lullaby.time import RATE

    def nearer(value: Value, low: float) -> Value:
        if isinstance(value, tuple):
            return tuple(v - (v - low) / 100 for v in value if isinstance(v, float))
        return value - (value - low) / 100 if isinstance(value, float) else value

    changes: dict[str, Change] = {}
    for part in score.voices:
        rows = settings(part.kind).values()
        changes[part.name] = {
            row.name: nearer(part.values[row.name], row.low) for row in rows if can_move(row)
        }
    scene = Scene("moving", RATE, RATE // 2, changes)
    return replace(score, high_cut=16_000.0, scenes=(*score.scenes, scene))
