"""The face as a Textual app of one widget. Only `face` imports this, once there is a terminal to draw on.

Textual draws, and does nothing else: keys are read where they are read without it (`cli.terminal.keys`), so
that they act also while nothing is drawn, and signals stay the main thread's. There are no timers: a view
that is not changed costs nothing.
"""

from __future__ import annotations

import io

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lullaby.cli.playing import picture as pictures
from lullaby.cli.playing.face_colours import BLACK, COLOURS
from lullaby.cli.playing.lights import Light
from lullaby.cli.playing.picture import Picture, Row
from lullaby.cli.playing.terminal import Terminal

_BLACK = Style(color=BLACK, bgcolor=BLACK)
_STYLES = {
    light: {tone: Style(color=colour, bgcolor=BLACK) for tone, colour in colours.items()}
    for light, colours in COLOURS.items()
}


class View(Widget):
    """All of the screen."""

    DEFAULT_CSS = "View { width: 100%; height: 100%; background: #000000; }"

    def __init__(self) -> None:
        super().__init__()
        self._picture = Picture(Light.BLACK)
        self._rows: list[Row] = []

    def show(self, picture: Picture) -> None:
        """Draws the rows that have changed."""
        before, light = self._rows, self._picture.light
        self._picture = picture
        self._lay_out()
        if light is not picture.light:
            self.refresh()
            return
        for y in range(self.size.height):
            if before[y : y + 1] != self._rows[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        self._rows = pictures.lines(self._picture, self.size.width, self.size.height)

    def render_line(self, y: int) -> Strip:
        styles = _STYLES.get(self._picture.light)
        row = self._rows[y] if styles is not None and y < len(self._rows) else []
        strip = Strip([Segment(text, styles[tone]) for text, tone in row] if styles else [])
        return strip.adjust_cell_length(self.size.width, _BLACK)


class FaceApp(App[None]):
    """Shows one picture after another."""

    CSS = "Screen { background: #000000; overflow: hidden hidden; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, terminal: Terminal | None = None) -> None:
        """Without a terminal it is drawn nowhere: for tests."""
        super().__init__(driver_class=_Output)
        self.terminal = terminal
        if terminal is not None:
            self.console.size = terminal.size
        self.animation_level = "none"
        self.error_console = Console(file=io.StringIO())  # the face's faults are noted, in one line
        self._first = Picture(Light.BLACK)
        self._view = View()

    def compose(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        self._view.show(self._first)

    def show(self, picture: Picture) -> None:
        """From any thread."""
        self._first = picture
        if self.is_running:
            self.call_later(self._view.show, picture)

    def fit(self, size: tuple[int, int]) -> None:
        """The terminal has another size now. From any thread."""
        self.console.size = size
        self.post_message(Resize(Size(*size), Size(*size)))

    def draw_all(self) -> None:
        """What is shown is drawn once more. From any thread."""
        self.call_later(self._view.refresh)

    def bell(self) -> None:
        """Nothing rings at night."""

    @property
    def failure(self) -> BaseException | None:
        """What has ended it, if that was a fault."""
        return self._exception


class _Output(Driver):
    """Textual's way to the terminal: out, and never in."""

    @property
    def _terminal(self) -> Terminal:
        app = self._app
        assert isinstance(app, FaceApp)
        assert app.terminal is not None
        return app.terminal

    def write(self, data: str) -> None:
        if not data.startswith(
            "\x1b]22;"
        ):  # a mouse pointer's shape; it ends in a bell where nobody knows it
            self._terminal.write(data)

    def start_application_mode(self) -> None:
        self._terminal.enter()
        size = Size(*self._terminal.size)
        self.send_message(Resize(size, size))

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass  # `face` gives the terminal back, whatever has become of this
