"""JSON from a file that somebody brings, read; its mistakes are told with their line and what to do."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from lullaby.errors import WrittenWrongly


def json_from(text: str, where: str) -> Any:
    """The data of a JSON text, checked: nothing in it is infinite, nor deeper than can be read."""

    def never(constant: str) -> NoReturn:
        raise WrittenWrongly(where, f"{constant} is not a number.")

    try:
        return json.loads(text, parse_constant=never)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1
        hint = "Is the file whole?" if cut else "Mend that place, or export the file anew."
        what = "ends too soon" if cut else f"is wrong from column {error.colno} on"
        raise WrittenWrongly(f"{where}, line {error.lineno}", f"this is not JSON: it {what}.", hint) from None
    except RecursionError:
        raise WrittenWrongly(where, "lists or tables stand too deep inside each other.") from None
    except ValueError:  # an integer of thousands of digits
        raise WrittenWrongly(where, "there is a number in it that nothing can hold.") from None
