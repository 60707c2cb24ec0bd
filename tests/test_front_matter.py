"""What is wrong with the front matter of a story is said with its line; nothing of it is ever told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lullaby.errors import WrittenWrongly
from lullaby.score.stories import note_story

WRONG = [
    ("+++\ntitle = 1\n# Never told\n", "line 1: front matter begins here and does not end"),
    ('+++\ntelling = "at noon"\n+++\n# A\n\nB\n', 'telling = "at noon" is not one of its words'),
    ('+++\nmod = "calm"\n+++\n# A\n\nB\n', 'there is no "mod"'),
    ('+++\nkind = "talk"\n+++\n# A\n\nB\n', 'no "sources"'),
    ('+++\nlang = "de DE"\n+++\n# A\n\nB\n', "is not the tag of a language"),
    ("+++\n[cast]\nmina = 3\n+++\n# A\n\nB\n", "not a table"),
    ('+++\ntitle = what\nlang = "en"\n+++\n# A\n\nB\n', "line 2"),
]


def noted(text: str, folder: Path) -> tuple[list[str], object]:
    path, mistakes = folder / "a.md", list[WrittenWrongly]()
    path.write_text(text)
    found = note_story(path, mistakes)
    return [str(one) for one in mistakes], found


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_is_wrong_is_said(text: str, says: str, tmp_path: Path) -> None:
    mistakes, _ = noted(text, tmp_path)
    assert any(says in one for one in mistakes), mistakes


def test_it_is_read_and_not_told(tmp_path: Path) -> None:
    front = '+++\ntitle = "A"\nlang = "de-AT"\n[say]\nMina = "MEE-nah"\n+++\n'
    text = f"{front}# A\n\nOne two.\n\n[pause 4 s]\n\nThree.\n"
    mistakes, story = noted(text, tmp_path)
    assert mistakes == []
    assert story is not None
    assert (story.words, story.front.lang, story.front.say) == (3, "de-AT", {"Mina": "MEE-nah"})  # type: ignore[attr-defined]


def test_a_mistake_after_it_is_said_with_its_own_line(tmp_path: Path) -> None:
    mistakes, _ = noted('+++\ntitle = "A"\n+++\n# A\n\nB\x07\n', tmp_path)
    assert len(mistakes) == 1
    assert "line 6" in mistakes[0]
