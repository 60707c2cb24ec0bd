"""A terminal that remembers what was drawn on it: letters, colours, the cursor, and which screen."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

WIDTH, HEIGHT = 80, 24

_TOKEN = re.compile(
    r"\x1b\[([?>]?)([\d;]*)([a-zA-Z])|\x1b\].*?(?:\x07|\x1b\\)|\x1b.|([\r\n\x08\x07])|(.)", re.S
)
_UNFINISHED = re.compile(r"\x1b(?:\[[?>]?[\d;]*)?$")
_CUBE = (0, 95, 135, 175, 215, 255)

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)


def palette(number: int) -> Colour:
    """A colour of those 256 that terminals agree about."""
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    assert number >= 16, "nobody knows how bright the first sixteen are"
    number -= 16
    return _CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6]


def luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2 defines it: 1 is white."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass
class Drawn:
    """What is on the terminal. Colours that nobody has asked for are the terminal's own: None."""

    letters: list[list[str]] = field(default_factory=lambda: [[" "] * WIDTH for _ in range(HEIGHT)])
    colours: list[list[tuple[Colour | None, Colour | None]]] = field(
        default_factory=lambda: [[(None, None)] * WIDTH for _ in range(HEIGHT)]
    )
    is_face: bool = False
    """Is it the other screen, rather than the shell's?"""
    has_cursor: bool = True
    brightest: float = 0.0
    """The highest luminance that a cell of the other screen ever had since this was set to 0."""
    bytes: int = 0
    all: str = ""
    """All of it, as it came."""
    over: threading.Event = field(default_factory=threading.Event)
    """Has the other end been closed, and all of it been drawn?"""
    _x: int = 0
    _y: int = 0
    _fore: Colour | None = None
    _back: Colour | None = None
    _rest: str = ""

    @property
    def text(self) -> str:
        return "\n".join("".join(row).rstrip() for row in self.letters)

    @property
    def brightest_now(self) -> float:
        """The highest luminance of a cell as it is."""
        cells = [
            (back, fore if letter != " " else BLACK)
            for letters, colours in zip(self.letters, self.colours, strict=True)
            for letter, (fore, back) in zip(letters, colours, strict=True)
        ]
        return max(1.0 if colour is None else luminance(colour) for cell in cells for colour in cell)

    def feed(self, data: bytes) -> None:
        self.bytes += len(data)
        text = self._rest + data.decode("utf-8", "replace")
        self.all += data.decode("utf-8", "replace")
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished else ""
        for private, numbers, letter, control, letters in _TOKEN.findall(text.removesuffix(self._rest)):
            if letters:
                self._put(letters)
            elif control == "\r":
                self._x = 0
            elif control == "\n":
                self._y = min(HEIGHT - 1, self._y + 1)
            elif letter and private:
                self._switch(numbers, letter)
            elif letter:
                self._obey(letter, [int(n or 0) for n in numbers.split(";")])

    def _put(self, letter: str) -> None:
        if self._x < WIDTH:
            self.letters[self._y][self._x] = letter
            self.colours[self._y][self._x] = (self._fore, self._back)
            if self.is_face:
                seen = [self._back, self._fore if letter != " " else BLACK]
                self.brightest = max(self.brightest, *(1.0 if c is None else luminance(c) for c in seen))
            self._x += 1

    def _switch(self, numbers: str, letter: str) -> None:
        if numbers == "1049":
            self.is_face = letter == "h"
        elif numbers == "25":
            self.has_cursor = letter == "h"

    def _obey(self, letter: str, numbers: list[int]) -> None:
        if letter == "H":
            self._y, self._x = (max(0, n - 1) for n in [*numbers, 1][:2])
        elif letter == "J":
            self.letters = [[" "] * WIDTH for _ in range(HEIGHT)]
            self.colours = [[(self._fore, self._back)] * WIDTH for _ in range(HEIGHT)]
        elif letter == "m":
            self._paint(numbers)

    def _paint(self, numbers: list[int]) -> None:
        while numbers:
            kind, *numbers = numbers
            if kind == 0:
                self._fore = self._back = None
            elif kind in (38, 48):
                if numbers[0] == 2:
                    colour, numbers = (numbers[1], numbers[2], numbers[3]), numbers[4:]
                else:
                    colour, numbers = palette(numbers[1]), numbers[2:]
                if kind == 38:
                    self._fore = colour
                else:
                    self._back = colour
            else:
                raise AssertionError(f"colour {kind} is whatever the terminal's owner likes")


@contextlib.contextmanager
def watching(file: int) -> Iterator[Drawn]:
    """What comes out at this end of a terminal or pipe, until the other end is closed."""
    drawn = Drawn()

    def read() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(file, 1 << 16):
                drawn.feed(data)
        drawn.over.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    yield drawn
