"""JSON from strangers: numbers that are numbers, depths that can be held, mistakes that say their line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NoReturn

from lullaby.errors import WrittenWrongly
from lullaby.score.foreign.imported import wrong
from lullaby.score.plain_text import called, quoted, shown


@dataclass(frozen=True)
class Json:
    """A file's text as JSON, and where it stands."""

    where: str
    text: str

    def read(self, inner: str | None = None) -> object:
        """The value of the whole text, or of a text that stood inside it."""
        try:
            return json.loads(self.text if inner is None else inner, parse_constant=_no_number)
        except json.JSONDecodeError as error:
            line = error.lineno if inner is None else 1
            raise wrong(self.where, line, f"this is not right as JSON: {error.msg.lower()}.") from None
        except RecursionError:
            raise wrong(self.where, 1, "lists or objects stand too deep inside each other.") from None
        except ValueError:  # an integer of thousands of digits, NaN
            raise wrong(self.where, 1, "there is a number in it that nothing can hold.") from None

    def wrong(self, about: str, what: str, hint: str = "") -> WrittenWrongly:
        """A mistake at the first line that holds these words."""
        found = self.text.find(json.dumps(about)[1:-1]) if about else -1
        if found < 0 and about:
            found = self.text.find(about)
        return wrong(self.where, self.text.count("\n", 0, max(found, 0)) + 1, what, hint)

    def share(self, name: str, value: object, top: float = 1.0) -> float:
        """A volume as a part of the top one."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, f"the volume of {quoted(name)} is {called(value)}, not a number.")
        if not 0 <= value <= top:  # not a number compares with nothing
            what = f"the volume of {quoted(name)} is {shown(value)}; it goes from 0 to {top:g}."
            raise self.wrong(name, what)
        return value / top

    def title(self, value: object, fallback: str) -> str:
        """A preset's own title, where it has one."""
        return value if isinstance(value, str) and value.strip() else fallback


def _no_number(said: str) -> NoReturn:
    raise ValueError(said)
