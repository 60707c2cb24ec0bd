"""Which engine speaks a sentence, and what it is called where speech is shelved."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.models import files_of, known
from lullaby.narrator.speech import Manner
from lullaby.sources import hash_of

HIBARI, ESPEAK = "hibari", "espeak"
OF_THE_SYSTEM = ("system-espeak", "nsss", "sapi5")
"""pyttsx3's own drivers, by name."""
PLUG_INS = "lullaby.engines"
"""The group of entry points that brings other engines: a name, and a class made of drivers.driver.Driver."""
_OWN_PLUG_INS = {
    "piper": "lullaby.narrator.drivers.piper:PiperDriver",
    "kokoro": "lullaby.narrator.drivers.kokoro:KokoroDriver",
}
"""Engines whose models a listener brings."""
_HIGHER, _SHORTER = 1.9, 1.12
"""hibari's own voice beside eSpeak's: a woman's beside a man's."""
_PITCHES, _THROATS = (0.75, 1.9), (0.88, 1.15)
"""Times eSpeak's own: outside it does not sound like anybody."""
_OF_PLUG_INS = ("onnxruntime", "espeakng-loader")
_PACKAGES = {HIBARI: ("hibari-tts", "onnxruntime"), ESPEAK: ("espeakng-loader",)}
"""Whose versions a sentence depends on; of an engine that is not named here, by what plug-ins use."""
OURS = ("narrator/**/*.py",)
"""Source files that a spoken sentence depends on."""


def engine_for(manner: Manner, lang: str) -> Manner:
    """This manner, with an engine that is here and speaks this language.

    English is hibari's; what hibari cannot do, eSpeak NG does. An engine that a teller names otherwise is
    taken as it is, or refused.
    """
    if manner.engine != HIBARI:
        _must_be_here(manner.engine)
        return manner
    if is_english(lang) and not _missing(HIBARI):
        return manner
    _must_be_here(ESPEAK)
    pitch = min(_PITCHES[1], max(_PITCHES[0], manner.pitch * _HIGHER))
    throat = min(_THROATS[1], max(_THROATS[0], manner.throat * _SHORTER))
    return replace(manner, engine=ESPEAK, voice="", pitch=round(pitch, 3), throat=round(throat, 3))


def engine_name(manner: Manner, lang: str) -> str:
    """What speaks in this manner, with every version that its samples depend on."""
    found = engine_for(manner, lang)
    versions = [f"{package} {_version(package)}" for package in _PACKAGES.get(found.engine, _OF_PLUG_INS)]
    file = known(found.voice)
    contents = [] if file is None else [_content(one, one.stat().st_mtime_ns) for one in files_of(file)]
    return ", ".join([found.engine, *versions, *contents, _ours()])


def is_english(lang: str) -> bool:
    return lang.lower().split("-")[0] == "en"


@lru_cache(maxsize=16)
def _missing(engine: str) -> str:
    """The packages that this engine needs and that are not here, as it was when this process first asked."""
    needs = {
        HIBARI: {"hibari": "hibari-tts==0.2.1", "onnxruntime": "onnxruntime"},
        ESPEAK: {"espeakng_loader": "espeakng-loader"},
    }
    return " ".join(package for module, package in needs.get(engine, {}).items() if not find_spec(module))


def _must_be_here(engine: str) -> None:
    if engine in (HIBARI, ESPEAK):
        if missing := _missing(engine):
            raise CouldNot(f"{engine} cannot speak: something is not installed.  Type: pip install {missing}")
    elif engine not in OF_THE_SYSTEM and engine not in plug_ins():
        names = ", ".join([HIBARI, ESPEAK, *OF_THE_SYSTEM, *plug_ins()])
        raise AskedWrongly(f'there is no engine "{engine}" that speaks.  There are: {names}.')


def plug_ins() -> dict[str, EntryPoint]:
    """Engines that were brought along, by name; an installed one comes before ours of its name."""
    ours = {name: EntryPoint(name, place, PLUG_INS) for name, place in _OWN_PLUG_INS.items()}
    return {**ours, **{point.name: point for point in entry_points(group=PLUG_INS)}}


@lru_cache(maxsize=16)
def _version(package: str) -> str:
    """As it was when this process first asked: a story asks for every sentence, and each answer reads a
    whole file."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


@lru_cache(maxsize=1)
def _ours() -> str:
    return hash_of(Path(__file__).parent.parent, OURS)


@lru_cache(maxsize=16)
def _content(file: Path, changed: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12]
