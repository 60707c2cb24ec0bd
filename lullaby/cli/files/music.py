"""A score's music in words: a table beside real lullabies, and what is sung after what."""

from __future__ import annotations

from typing import Any

from lullaby.cli.terminal.bedside import Bedside


def say_music(facts: dict[str, Any], bedside: Bedside) -> None:
    melodies = f"{facts['melodies']} melodies" if facts["melodies"] != 1 else "one melody"
    bedside.say()
    bedside.say(
        f"Seed {facts['seed']}: {melodies} in twenty minutes awake, {_of(facts)}, "
        f"{facts['tempo'][0]:.0f} to {facts['tempo'][1]:.0f} beats a minute."
    )
    bedside.say(f"    {'median':38}{'here':>8}{'lullabies':>11}   8 of 10 of them")
    for row in facts["rows"]:
        here = "-" if row["here"] is None else f"{row['here']:g}"
        inside = "" if row["inside"] else "   outside"
        bedside.say(
            f"    {row['row']:38}{here:>8}{row['lullabies']:>11g}   {row['from']:g} to {row['to']:g}{inside}"
        )
    bedside.say(
        f"    {facts['inside']} of {len(facts['rows'])} rows inside, {facts['enough']} are enough; "
        f"{facts['stable_ends']:.0%} of phrases end on 1, 3 or 5, "
        f"{facts['ends_on_the_tonic']:.0%} of melodies on 1."
    )
    bedside.say()
    wide = max(len(part["melody"] or "") for part in facts["form"])
    bedside.say("What is sung; T1.2 is T1 in another way:")
    for part in facts["form"]:
        if part["melody"] is not None:
            bedside.say(
                f"    {part['at']}  {part['melody']:{wide}} {part['bars']:3} bars   {part['phrases']}"
            )


def _of(facts: dict[str, Any]) -> str:
    """What they are in; tunes that are known have modes and metres of their own."""
    return "known tunes" if facts["mode"] is None else f"{facts['mode']}, {facts['metre']}"
