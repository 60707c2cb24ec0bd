"""python -m benchmarks [peers | keeping | following | live | telling | tellers | instruments | serving |
encoding | year | against [COMMIT]]: how lullaby does, dated."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import stamp, telling
from benchmarks.against import BEFORE, WHAT, against
from benchmarks.against import table as both
from benchmarks.cpu import ROOT, Failed
from benchmarks.following import following
from benchmarks.instruments import eight_notes
from benchmarks.keeping import ENDINGS, kept, together
from benchmarks.live import STORY, UNTOLD, first_sounds, live, needed, table
from benchmarks.peers.figures import figures, told
from benchmarks.peers.ours import PATCHES, score
from benchmarks.peers.race import race
from benchmarks.startup import startup
from benchmarks.voices import all_voices, at_worst, whole
from lullaby.score import score_files

DEFAULT = "harbour-rain"
"""The score that plays where none is named."""


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=(
            "alone",
            "peers",
            "keeping",
            "following",
            "live",
            "telling",
            "tellers",
            "instruments",
            "serving",
            "encoding",
            "year",
            "against",
        ),
        default="alone",
    )
    parser.add_argument("commit", nargs="?", default=BEFORE, help="to stand beside (145c6e6)")
    parser.add_argument("--only", nargs="+", choices=WHAT, default=WHAT, help="of what is compared (all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seconds", type=int, default=28_800, help="of sound, for the peers (28800)")
    parser.add_argument("--hours", type=float, default=8.0, help="of the nights that are kept (8)")
    parser.add_argument(
        "--minutes",
        type=float,
        help="of each played live (2), of each teller (10), of each phone (1), of each of a year (12)",
    )
    parser.add_argument("--endings", nargs="+", choices=ENDINGS, default=ENDINGS, help="of those (all)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median stands (3)")
    parser.add_argument("--patches", nargs="+", choices=PATCHES, default=PATCHES, help="of the peers (all)")
    parser.add_argument("--words", type=int, default=100_000, help="of a book that is told; 0: none (100000)")
    parser.add_argument("--rates", action="store_true", help="of tellers: only how fast voices speak")
    parser.add_argument("--nights", type=int, default=100, help="of a year (100)")
    parser.add_argument(
        "--folder", type=Path, help="where a year is made and gone on with (build/year, in this checkout)"
    )
    parser.add_argument("--picture", type=Path, help="of a year: the SVG that shows it")
    parser.add_argument("--results", type=Path, default=stamp.RESULTS, help="the file a line is added to")
    asked = parser.parse_args(words)
    if not (1 <= asked.seconds <= 28_800 and asked.rounds >= 1 and 0.05 <= asked.hours <= 24):
        parser.error("--seconds is 1 to 28800, --rounds at least 1, --hours 0.05 to 24")
    chosen: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "alone": alone,
        "peers": peers,
        "keeping": keeping,
        "following": along,
        "live": played,
        "instruments": instruments,
    }
    chosen |= {"telling": stories, "tellers": judged, "serving": served}
    chosen |= {"encoding": encoded, "against": compared, "year": nights_of_a_year}
    if not (1 <= asked.nights <= 100_000 and (asked.minutes is None or 0.2 <= asked.minutes <= 600)):
        parser.error("--nights is 1 to 100000, --minutes 0.2 to 600")
    try:
        result = chosen[asked.what](asked)
    except Failed as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    stamp.append(result, asked.results)
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def default_score() -> str:
    """The default score; in a checkout that has none, P3."""
    return DEFAULT if DEFAULT in score_files() else str(score("p3"))


def heading(result: dict[str, Any]) -> str:
    made_with = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    return f"{result['date']}  {result['commit']}  {result['cpu']}\n{made_with}"


def played(asked: argparse.Namespace) -> dict[str, Any]:
    """The default night, played live."""
    found = live(asked.minutes or 2.0, asked.hours)
    first = first_sounds()
    memory = {
        "without speech": needed(("play", *UNTOLD)),
        "with speech loaded": needed(("tell", STORY)),
    }
    result = stamp.stamp("live") | {
        "live": {name: asdict(one) for name, one in found.items()},
        "first": first,
        "memory": memory,
    }
    if not asked.json:
        print(f"{heading(result)}\n\n{table(found, first, memory)}")
    return result


def stories(asked: argparse.Namespace) -> dict[str, Any]:
    """A story's first word, and a book."""
    first = telling.first_words()
    book = telling.book(asked.words) if asked.words else None
    result = stamp.stamp("telling") | {"first": first, "book": book and asdict(book)}
    if not asked.json:
        print(f"{heading(result)}\n\n{telling.table(first, book)}")
    return result


def judged(asked: argparse.Namespace) -> dict[str, Any]:
    """Every teller before the judges, ten minutes each unless --minutes says otherwise."""
    from benchmarks import tellers

    if asked.rates:
        found = tellers.rates()
        if not asked.json:
            print("\n".join(f"{name:12} {rate:6.1f} words a minute" for name, rate in found.items()))
        return stamp.stamp("rates") | {"rates": found}
    minutes = asked.minutes or 10.0
    return stamp.stamp("tellers") | {"minutes": minutes, "tellers": tellers.table(60 * minutes, True)}


def served(asked: argparse.Namespace) -> dict[str, Any]:
    """Nights from a server, to one phone and to ten."""
    from benchmarks import serving

    found = serving.serving(asked.hours, asked.minutes or 1.0, asked.rounds)
    result = stamp.stamp("serving") | asdict(found)
    if not asked.json:
        print(f"{heading(result)}\n\n{serving.table(found)}")
    return result


def encoded(asked: argparse.Namespace) -> dict[str, Any]:
    """What the settings of encoders cost, and what they leave; of --minutes of each night, .5 unless said."""
    from benchmarks import encoding

    rows = encoding.encoding(asked.minutes or 0.5)
    result = stamp.stamp("encoding") | {"settings": [asdict(row) for row in rows]}
    if not asked.json:
        print(f"{heading(result)}\n\n{encoding.table(rows)}")
    return result


def nights_of_a_year(asked: argparse.Namespace) -> dict[str, Any]:
    """A studio's catalogue, by two workers that share their pages."""
    from benchmarks import year, year_picture

    minutes, folder = asked.minutes or 12.0, asked.folder or ROOT / "build" / "year"
    print(year.HEAD, file=sys.stderr)
    rows = year.a_year(asked.nights, minutes, folder, say=lambda line: print(line, file=sys.stderr))
    result = stamp.stamp("year") | {
        "minutes": minutes,
        "workers": year.WORKERS,
        "batches": [asdict(row) for row in rows],
        "lines": {name: asdict(fit) for name, fit in year.lines(rows).items()},
    }
    if asked.picture:
        asked.picture.write_bytes(year_picture.picture(rows, minutes))
    if not asked.json:
        print(f"{heading(result)}\n\n{minutes:g} minutes each\n{year.table(rows)}")
    return result


def instruments(asked: argparse.Namespace) -> dict[str, Any]:
    """Every instrument, while eight notes sound."""
    found = eight_notes()
    result = stamp.stamp("instruments") | {"real_time": found}
    if not asked.json:
        print(f"{heading(result)}\n\n{'eight notes sounding':24}{'× real time':>12}")
        print("\n".join(f"{name:24}{times:12.0f}" for name, times in found.items()))
    return result


def alone(asked: argparse.Namespace) -> dict[str, Any]:
    """Every voice, the default score, and how long it takes to start."""
    chosen = default_score()
    rows = [*all_voices(), *at_worst(), whole(chosen)]
    start = startup(chosen, asked.rounds)
    result = stamp.stamp("alone") | {
        "score": Path(chosen).stem,
        "voices": [asdict(row) for row in rows],
        "startup": asdict(start),
    }
    if not asked.json:
        print(heading(result))
        print(f"\n{'':24}{'':14}{'× real time':>12}{'ns a frame':>12}")
        for row in rows:
            kind = row.kind + (" (default)" if row.default else "")
            print(f"{row.name:24}{kind:18}{row.real_time:8.0f}{row.ns_a_frame:12.2f}")
        print(f"\nstarting {result['score']}, until its first page is there")
        slowest = f"at most {start.slowest_kernel_s:.2f} s for one ({start.slowest_kernel})"
        print(f"  nothing compiled yet  {start.cold_cpu_s:6.2f} s of CPU; {start.kernels} kernels, {slowest}")
        print(f"  from the cache        {start.cached_cpu_s:6.2f} s of CPU")
        print(f"  first sound           {start.first_sound_s:6.2f} s by the clock")
    return result


def along(asked: argparse.Namespace) -> dict[str, Any]:
    """What following a sleeper costs, beside the same pages without one."""
    cost = following(default_score())
    result = stamp.stamp("following") | asdict(cost)
    if not asked.json:
        print(heading(result))
        print(f"\n{Path(cost.score).stem}, CPU seconds with a sleeper for one without")
        print(f"  a night that ends by itself  {cost.ends_by_itself:.2f}")
        print(f"  eight hours                  {cost.all_night:.2f}")
        print(f"  its minutes asleep, heard    {cost.asleep:.2f}")
    return result


def keeping(asked: argparse.Namespace) -> dict[str, Any]:
    """The default score's voices, all sounding all night, kept in every format."""
    chosen = default_score()
    speed = together(chosen)
    rows = kept(chosen, asked.hours, asked.endings)
    result = stamp.stamp("keeping") | {
        "score": Path(chosen).stem,
        "cores": os.cpu_count(),
        "together_real_time": speed,
        "kept": [asdict(row) for row in rows],
    }
    if not asked.json:
        print(heading(result))
        print(f"\n{result['score']}, all voices at once: {speed:.0f} × real time a core")
        print(f"\n{asked.hours:g} h on {os.cpu_count()} cores")
        print(f"{'':8}{'s':>8}{'s of CPU':>10}{'MB memory':>11}{'MB file':>9}{'MB disk':>9}")
        for row in rows:
            print(
                f"{row.ending:8}{row.wall_s:8.0f}{row.cpu_s:10.0f}{row.memory:11.0f}"
                f"{row.file:9.0f}{row.disk:9.0f}"
            )
    return result


def compared(asked: argparse.Namespace) -> dict[str, Any]:
    """This checkout beside an earlier commit."""
    rows = against(
        asked.commit, asked.rounds, asked.hours, asked.only, say=lambda line: print(line, file=sys.stderr)
    )
    result = stamp.stamp("against") | {
        "against": asked.commit,
        "cores": os.cpu_count(),
        "rounds": asked.rounds,
        "hours": asked.hours,
        "figures": [asdict(row) for row in rows],
    }
    if not asked.json:
        print(f"{heading(result)}\nbeside {asked.commit[:12]}\n\n{both(rows)}")
    return result


def peers(asked: argparse.Namespace) -> dict[str, Any]:
    """P1 to P3 beside the other programs."""
    run = race(
        asked.seconds, asked.rounds, patches=asked.patches, say=lambda line: print(line, file=sys.stderr)
    )
    found = figures(run.rows)
    result = stamp.stamp("peers") | {
        "rows": [asdict(row) for row in run.rows],
        "figures": [asdict(figure) | {"reached": figure.reached} for figure in found],
        "missing": run.missing,
    }
    if not asked.json:
        print(heading(result))
        print(f"\n{'':4}{'':10}{'':12}{'seconds':>8}{'CPU s':>9}{'× real time':>13}   build")
        for row in sorted(run.rows, key=lambda row: (row.patch, row.rate)):
            print(f"{row.patch:4}{row.engine:10}{row.room:12}{row.seconds:8}{row.cpu_s:9.2f}", end="")
            print(f"{1 / row.rate:13.0f}   {row.build}".rstrip())
        print()
        for line in (*run.missing, *map(told, found)):
            print(line)
    return result


if __name__ == "__main__":
    sys.exit(main())
