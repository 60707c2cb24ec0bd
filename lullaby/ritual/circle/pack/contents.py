"""What a pack of a night holds: its score and all that the score names, under the names that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lullaby.errors import AskedWrongly
from lullaby.evening.prepare import Evening
from lullaby.evening.recorded.told import SOUNDS
from lullaby.night.narration import Narration
from lullaby.ritual.circle.pack.names import SCORE, largest
from lullaby.ritual.circle.pack.rituals import PackedRitual
from lullaby.score import Score
from lullaby.score.checks import Unfit
from lullaby.score.model import Part
from lullaby.score.plain_text import plain, quoted
from lullaby.score.source import read_source
from lullaby.score.writing import draft_of, toml_of
from lullaby.story.text import Paragraph, Rest, Text


@dataclass
class Contents:
    """Files by their names in the pack."""

    files: dict[str, bytes | Path] = field(default_factory=dict)
    sounds: dict[str, Path] = field(default_factory=dict)
    """Those that somebody recorded, and where they lie here."""

    def add(self, name: str, content: bytes | Path) -> None:
        try:
            most = largest(name)
        except Unfit as unfit:
            raise AskedWrongly(f"{plain(name)} cannot be packed: it {plain(unfit.what)}") from None
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        if size > most:
            raise AskedWrongly(f"{plain(name)} is larger than {most >> 20} MiB, and cannot be packed.")
        there = self.files.setdefault(name, content)
        if _bytes(there) != _bytes(content):
            raise AskedWrongly(f"two files of this night are called {quoted(name)}: call one another name.")

    def add_sound(self, name: str, path: Path) -> None:
        self.add(name, path)
        self.sounds[name] = path


def _bytes(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


def contents_of(evening: Evening, ritual: PackedRitual | None = None) -> Contents:
    """Everything that this night's score is read from, or composed from; not its log, and no speech yet."""
    score, found = evening.asked, Contents()
    text = _text_of(score) if isinstance(evening.request.what, str) else None
    names = _names_in(score) if text is not None else {}
    if ritual is None:
        found.add(SCORE, (text or toml_of(draft_of(score))).encode())
    else:
        for name, content in ritual.files():
            found.add(name, content)
            if isinstance(content, Path) and content.suffix.lower() in SOUNDS:
                found.sounds[name] = content
    for part in score.voices:
        found.add(f"voices/{names.get(part.name, part.voice.name)}.toml", part.voice.path.read_bytes())
        for setting, file in part.voice.attached.items():
            found.add_sound(f"voices/{_file_name(part, setting)}", file.path)
    texts = _texts_of(evening)
    for telling in score.tellings:
        for turn in telling.in_turn:
            if ritual is not None and (not turn.path.is_file() or turn.path == _brought(ritual)):
                continue  # made for this evening, or brought: there already
            if turn.recording is not None:
                found.add_sound(turn.story, turn.recording.path)
                continue
            path = turn.path
            is_story = path.suffix == ".md" and path.is_file()
            content = path.read_bytes() if is_story else written(texts.get(turn.story), turn.story).encode()
            found.add(f"stories/{turn.story}.md", content)
    for tune in () if score.music is None else score.music.tunes:
        found.add(f"tunes/{tune.name}.abc", tune.path.read_bytes())
    return found


def _brought(ritual: PackedRitual) -> Path | None:
    tells = ritual.tonight.tells
    return None if tells is None or tells.brings is None else tells.brings


def _text_of(score: Score) -> str | None:
    """The text that the score was read from; None where it stands in no file: a mix, a ritual."""
    if score.path.suffix != ".toml" or not score.path.is_file() or not score.sources:
        return None
    text = read_source(score.path).text
    return text if score.sources[0].startswith(text) else None


def _names_in(score: Score) -> dict[str, str]:
    """The name by which the score's file asks for each of its voices."""
    told = read_source(score.path).values.get("voices")
    found: dict[str, str] = {}
    for name, asked in told.items() if isinstance(told, dict) else ():
        voice = asked.get("voice") if isinstance(asked, dict) else asked
        if isinstance(voice, str):
            found[name] = voice
    return found


def _file_name(part: Part, setting: str) -> str:
    return str(part.voice.values[setting])


def _texts_of(evening: Evening) -> dict[str, Text]:
    tales = () if evening.storytelling is None else evening.storytelling.tales
    return {tale.told.telling.story: tale.told.text for tale in tales}


def written(text: Text | None, name: str) -> str:
    """A text that stands in no Markdown here, in words to be read. What is heard of it is there as speech."""
    if text is None:
        return f"# {name}\n\nThis is told on another evening.\n"
    return "\n\n".join([f"# {plain(text.title)}", *_paragraphs(text)]) + "\n"


def _paragraphs(text: Text) -> Iterator[str]:
    for part in text.parts:
        if part.heading:
            yield f"## {plain(part.heading)}"
        for item in part.items:
            if isinstance(item, Rest):
                yield "***" if item.scene else "[pause]"
            elif isinstance(item, Paragraph):
                yield " ".join(plain(sentence.text) for sentence in item.sentences)


def speech_of(narrations: tuple[Narration, ...]) -> Iterator[tuple[str, str]]:
    """Name on the shelf and digest of every line, each digest once."""
    found = {line.digest: line.name for narration in narrations for line in narration.lines}
    for digest, name in found.items():
        yield name, digest
