"""`lullaby render`: a night kept as a file."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby.cli.files.going_on import Job, as_begun, going_on_is_said
from lullaby.cli.files.naming import usual_name
from lullaby.cli.options.moments import add_cut, cut, heard_until
from lullaby.cli.options.nights import add_night, evening_of, say_notes
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import counted, plain, quoted
from lullaby.time import LONGEST, Span, clock

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.export import EncodeAll, Midi, Store, Use


def add(commands: Any) -> None:
    says = "keep a night as a file (.m4b .opus .ogg .m4o .flac .mp3 .wav .mp4)"
    parser = commands.add_parser("render", help=says, allow_abbrev=False)
    add_night(parser, mixing=True)
    parser.add_argument("-o", dest="file", metavar="FILE", help="where (TITLE DATE.m4b in this folder)")
    add_cut(parser)
    parser.add_argument("--bits", type=int, choices=(16, 24), help="of a sample, in .flac and .wav (16)")
    parser.add_argument(
        "--for-use", dest="use", metavar="USE", help="where it goes: podcast, video, phone, stream or toy"
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="minutes made side by side (one a core)")
    parser.add_argument("--stems", action="store_true", help="each voice as a float WAV, in a folder beside")
    parser.add_argument("--events", metavar="FILE.tsv", help="what happens in it, as a BIDS table")
    parser.add_argument("--midi", metavar="FILE.mid", help="its music as notes; without -o nothing else")
    parser.add_argument("--pages", metavar="WHERE", help="folder or object store of finished minutes")
    parser.add_argument("--cluster", metavar="ADDRESS", help="make it on a Dask cluster: tcp://…:8786")
    parser.add_argument("--json", action="store_true", help="facts about the file, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.jobs is not None and not 1 <= asked.jobs <= 256:
        raise AskedWrongly("--jobs goes from 1 to 256.")
    cut(asked, LONGEST)
    _files_apart(asked)
    only_notes = asked.midi is not None and not asked.file

    from lullaby.evening.capped import missed
    from lullaby.export import export, format_of, stems, write_events

    use = _use(asked.use)
    format = format_of(Path(asked.file or f"night{use.ending}"))
    evening = evening_of(asked, bedside, say=False, until=0 if only_notes else heard_until(asked))
    night = evening.night
    if night.headphones and use.channels < 2:
        raise AskedWrongly(f"--headphones is for two ears, and --for-use {use.name} has one channel.")
    path = Path(asked.file or usual_name(asked, evening, asked.use) + use.ending)
    job = Job(partial(cut, asked), format, use, asked.bits)
    evening, path = as_begun(evening, path, asked, job)
    night = evening.night
    span = cut(asked, night.length)
    say_notes(evening, bedside, follows=True)
    if use.lufs is not None and (missing := missed(night, use.lufs)):
        bedside.note(missing.says)
    if asked.midi is not None:
        from lullaby.evening.facts.midi import facts_of_midi

        facts = facts_of_midi(asked.midi, _keep_midi(asked, evening, span & night.span))
        if only_notes and asked.json:
            bedside.facts(facts)
        elif not asked.json:
            tracks = counted(facts["tracks"], "track")
            bedside.say(plain(f"{asked.midi}: {tracks}, {counted(facts['notes'], 'note')}"))
        if only_notes:
            return 0
    store, encode_all = _encoding(asked, path)
    lasting = store if asked.pages else None
    how: dict[str, Any] = {
        "span": span,
        "jobs": asked.jobs,
        "encode_all": encode_all,
        "note": bedside.note,
    }
    if asked.events:  # the quickest first: a wrong name is said before hours of work
        write_events(night, asked.events, span & night.span)

    def before(gain: float) -> None:
        for name, stem in stems(night, path, gain, **how):
            with bedside.working(f"Rendering {plain(name)} alone") as progress:
                stem(progress)

    with (
        going_on_is_said(path, bedside),
        bedside.working(f"Rendering {night.score.title}") as progress,
    ):
        export(
            night,
            path,
            bits=asked.bits,
            use=use,
            before=before if asked.stems else None,
            store=lasting,
            progress=progress,
            **how,
        )
    if store and not asked.pages:
        store.forget()
    _say(asked, bedside, evening, path, span & night.span, use, lasting)
    return 0


def _files_apart(asked: argparse.Namespace) -> None:
    """Each file that is asked for has a name of its own, and an ending that says what it is."""
    if asked.midi is not None and Path(asked.midi).suffix.lower() not in (".mid", ".midi"):
        raise AskedWrongly(f"--midi {quoted(asked.midi)}: a file of notes ends in .mid.")
    if asked.events is not None and Path(asked.events).suffix.lower() != ".tsv":
        raise AskedWrongly(f"--events {quoted(asked.events)}: a file of events ends in .tsv.")


def _keep_midi(asked: argparse.Namespace, evening: Evening, span: Span) -> Midi:
    """The night's music as a MIDI file. What plays by itself has no notes that are known before."""
    from lullaby.evening.facts.midi import midi_of
    from lullaby.export import write_midi

    found = midi_of(evening, span)
    write_midi(Path(asked.midi), found)
    return found


def _encoding(asked: argparse.Namespace, path: Path) -> tuple[Store | None, EncodeAll | None]:
    """Who encodes the minutes, and where finished ones are kept. A cluster that has no lasting place for them
    keeps them beside the file until that is whole, in whatever order they come."""
    from lullaby.export import cores, on_cluster, on_threads, store_at, store_beside, with_store

    if not (asked.pages or asked.cluster):
        return None, None
    store = store_at(asked.pages) if asked.pages else store_beside(path)
    if asked.cluster:
        return store, on_cluster(asked.cluster, store)
    return store, with_store(store, lambda recipes: on_threads(recipes, asked.jobs or cores()))


def _use(name: str | None) -> Use:
    from lullaby.export import BEDSIDE, USES

    if name is None:
        return BEDSIDE
    if name not in USES:
        raise AskedWrongly(f"--for-use {quoted(name)}: {choices(name, USES, 'there are')}")
    return USES[name]


def _say(
    asked: argparse.Namespace,
    bedside: Bedside,
    evening: Evening,
    path: Path,
    kept: Span,
    use: Use,
    store: Store | None,
) -> None:
    from lullaby.evening.facts.file import facts_of_file
    from lullaby.export import size

    facts = facts_of_file(evening, path, kept, use, asked.bits)
    if store:
        facts["pages"] = {"found": store.count.handed - store.count.made, "made": store.count.made}
    if asked.json:
        bedside.facts(facts)
        return
    length, night = size(facts["bytes"]), evening.night
    bedside.say(plain(f"{path}: {clock(len(kept))}, {length}, seed {night.seed}, {night.fingerprint}"))
