"""A whole journal as a file that other programs read: JSON, CSV, Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lullaby.score.plain_text import plain

FORMS = ("json", "csv", "markdown")


def exported(facts: Mapping[str, Sequence[Mapping[str, Any]]], form: str) -> str:
    """`facts`: nights, dreams and mornings as rows."""
    if form == "json":
        return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return _csv(facts)
    return _markdown(facts)


def _csv(facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """One table: each row says what it is, and has the columns of all."""
    columns = ["what", *dict.fromkeys(key for rows in facts.values() for row in rows for key in row)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for what, rows in facts.items():
        for row in rows:
            writer.writerow({"what": what.removesuffix("s"), **{key: _cell(v) for key, v in row.items()}})
    return out.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        value = f"'{value}"
    # a lone carriage return would end the row, since Python quotes for the line ends it writes itself
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _markdown(facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    lines = ["# Journal"]
    for what, rows in facts.items():
        lines += ["", f"## {what.capitalize()}", ""]
        for row in rows:
            said = [
                f"{key.replace('_', ' ')}: {_said(value)}" for key, value in row.items() if value is not None
            ]
            lines.append("- " + "; ".join(said))
        if not rows:
            lines.append("None.")
    return "\n".join(lines) + "\n"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(" ".join(value) if isinstance(value, list) else str(value))
