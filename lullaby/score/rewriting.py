"""One value of a TOML file that a person wrote, changed, added or taken out in its place.

Every other line stays byte for byte: comments, order, blanks, line ends. What comes out is read again before
it is believed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from lullaby.score import quoting

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.container import Container
    from tomlkit.items import Item


class NotInPlace(Exception):
    """The text may be read, and yet this value of it cannot be changed by itself."""


class NotWritable(NotInPlace):
    """The error where none of a line's values can be written: Python reads this line as TOML, and tomlkit
    does not."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def rewritten(text: str, table: Sequence[str], key: str, value: str | None) -> str:
    """The text with `key = value` in this table ([] is the top), or without the key where the value is None;
    a NotInPlace where that cannot be done."""
    import tomlkit
    from tomlkit.items import InlineTable, Table

    document = _document(text)
    try:
        here: Any = document
        for depth, name in enumerate(table, 1):
            if name not in here:
                if value is None:
                    return text
                here[name] = tomlkit.table(is_super_table=depth < len(table))
            here = here[name]
        if value is None:
            if key not in here:
                return text
            del here[key]
        else:
            # a table that is written on one line has no line end behind each value
            end = "" if isinstance(here, InlineTable) else "\n"
            item: Any = tomlkit.parse(f"value = {value}{end}").item("value")
            if key not in here and (here is document or isinstance(here, Table)):
                container: Any = here.value if isinstance(here, Table) else here
                _add(container, key, item)
            else:
                here[key] = item
        changed = tomlkit.dumps(document)
    except Exception:  # whatever a library stumbles over, a listener's file is not lost by it
        raise NotInPlace from None
    return _checked(text, changed, table, key, value)


def _document(text: str) -> TOMLDocument:
    """The text with every blank of it."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise NotWritable(error.line) from None
    except Exception:
        raise NotInPlace from None


def _add(container: Container, key: str, item: Item) -> None:
    """Puts a new value behind the last one there is, before what leads over to the next table; where there is
    none, behind the comment that opens the file."""
    from tomlkit.items import AoT, Comment, Table

    body = container.body
    index = 0
    while index < len(body) and isinstance(body[index][1], Comment):
        index += 1
    for place, (name, found) in enumerate(body, 1):
        if name is not None and not isinstance(found, Table | AoT):
            index = place
    if index < len(body):
        container._insert_at(index, key, item)
    else:
        container.append(key, item)


def _checked(before: str, after: str, table: Sequence[str], key: str, value: str | None) -> str:
    """The new text, with the line ends of the old one, if it says the same but for this one value."""
    if "\r\n" in before and not re.search(r"(?<!\r)\n", before):
        after = re.sub(r"(?<!\r)\n", "\r\n", after)
    try:
        # numbers as they are written: nan is like no number, not even itself
        wanted, now = (tomllib.loads(said, parse_float=str) for said in (before, after))
        here: MutableMapping[str, Any] = wanted
        for name in table:
            here = here.setdefault(name, {})
        if value is None:
            here.pop(key, None)
        else:
            here[key] = tomllib.loads(f"{quoting.key(key)} = {value}", parse_float=str)[key]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise NotInPlace from None
    if wanted != now:
        raise NotInPlace
    return after
