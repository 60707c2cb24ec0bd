"""A year of nights as a picture: CPU and bytes over the nights, each beside its straight line."""

from __future__ import annotations

from benchmarks.year import Sofar, Straight, lines
from lullaby.drawing.palette import FAINT, GOLD, INK, NIGHT, Colour
from lullaby.drawing.sheet import Sheet

WIDTH, HEIGHT = 960, 380
TOP, FOOT = 70, 320
PANELS = ((70, 450), (560, 870))
DOT = 3.0
BLUE: Colour = (112, 160, 200)
GRID: Colour = (30, 35, 50)


def picture(rows: list[Sofar], minutes: float) -> bytes:
    last = rows[-1]
    said = (
        f"{last.nights} nights of {minutes:g} minutes: {last.cpu_s:.0f} s of CPU, "
        f"{last.pages_mb:.0f} MB of pages, {last.files_mb:.0f} MB of files, each along a straight line."
    )
    sheet = Sheet((WIDTH, HEIGHT), NIGHT, said)
    nights, fits = [row.nights for row in rows], lines(rows)
    _panel(sheet, PANELS[0], "CPU, seconds", nights, [("", [row.cpu_s for row in rows], fits["CPU s"], GOLD)])
    sizes = [
        ("files", [row.files_mb for row in rows], fits["files MB"], INK),
        ("pages", [row.pages_mb for row in rows], fits["pages MB"], BLUE),
    ]
    _panel(sheet, PANELS[1], "On the disk, MB", nights, sizes)
    return sheet.svg()


def _panel(
    sheet: Sheet,
    edges: tuple[int, int],
    title: str,
    nights: list[int],
    curves: list[tuple[str, list[float], Straight, Colour]],
) -> None:
    left, right = edges
    most_x = nights[-1]
    step = _step(max(max(values) for _, values, _, _ in curves))
    most_y = step * -(-max(max(values) for _, values, _, _ in curves) // step)

    def place(night: float, value: float) -> tuple[float, float]:
        return left + (right - left) * night / most_x, FOOT - (FOOT - TOP) * value / most_y

    sheet.words((left, 40), title, INK, 17)
    for k in range(round(most_y / step) + 1):
        y = place(0, k * step)[1]
        sheet.line([(left, y), (right, y)], GRID)
        sheet.words((left - 8, y + 5), f"{k * step:g}", FAINT, 13, "right")
    for part in (0, 0.5, 1):
        sheet.words((place(part * most_x, 0)[0], FOOT + 22), f"{part * most_x:g}", FAINT, 13, "middle")
    sheet.words(((left + right) / 2, FOOT + 44), "nights", FAINT, 13, "middle")
    for name, values, fit, colour in curves:
        ends = [(n, fit.start + fit.a_night * n) for n in (nights[0], most_x)]
        sheet.line([place(*end) for end in ends], colour, 1.5)
        for night, value in zip(nights, values, strict=True):
            x, y = place(night, value)
            sheet.box((x - DOT, y - DOT), (x + DOT, y + DOT), colour)
        sheet.words((right + 10, place(most_x, values[-1])[1] + 5), name, colour, 13)


def _step(most: float) -> float:
    """A round distance between gridlines: four to eight of them."""
    step = 1.0
    for factor in (2, 2.5, 2) * 6:
        if most / step <= 8:
            break
        step *= factor
    return step
