"""An address as a QR code in the terminal; and as a plain line, for who cannot see one: a screen reader, a
pipe, a terminal without such characters."""

from __future__ import annotations

from lullaby.errors import CouldNot

_HALVES = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
"""Two squares, one above the other, by whether they are dark: what is drawn is the light."""
_COLOURS = "\x1b[38;5;231;48;5;16m"
"""White on black whatever the terminal's own colours are: not every camera reads a code that is inverted."""
_USUAL = "\x1b[0m"
_EDGE = 2
"""Squares of light around it. The standard asks for four; cameras find it with two, and the terminal's row
above and below is saved."""


def picture(address: str, *, colours: bool = True) -> str:
    """The code, two squares of it in one character. Without colours it takes the terminal's to be light on
    dark."""
    try:
        import segno
    except ImportError:
        raise CouldNot("a QR code needs segno: pip install '.[serve]'") from None
    rows = [[bool(dark) for dark in row] for row in segno.make(address, error="l", micro=False).matrix]
    wide = len(rows) + 2 * _EDGE
    light = [[False] * wide for _ in range(_EDGE)]
    field = [*light, *([False] * _EDGE + row + [False] * _EDGE for row in rows), *light]
    if len(field) % 2:
        field.append([False] * wide)
    lines = [
        "".join(_HALVES[pair] for pair in zip(above, below, strict=True))
        for above, below in zip(field[::2], field[1::2], strict=True)
    ]
    return "\n".join(f"{_COLOURS}{line}{_USUAL}" if colours else line for line in lines)


def line(address: str, code: str) -> str:
    """The same for who listens to it: the address, and the digits apart, so that they are read out singly."""
    return f"On the phone, open {address} and type the code {' '.join(code)}."
