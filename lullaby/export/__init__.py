"""A night kept as a file: formats, encoding by one process or many, tags, stems, feeds."""

from lullaby.export.cluster import on_cluster
from lullaby.export.delivery import BEDSIDE, STORY, USES, Use
from lullaby.export.disk_space import size
from lullaby.export.encoder import codecs
from lullaby.export.encoding import encode
from lullaby.export.event_table import write_events
from lullaby.export.exporting import export, rendering_of
from lullaby.export.file_names import night_name
from lullaby.export.file_request import whatever_the_date
from lullaby.export.formats import DEFAULT, ENDINGS, Format, Sampling, format_of
from lullaby.export.in_order import with_store
from lullaby.export.journal import begun, left_of, unfinished_like
from lullaby.export.midi import Midi, MidiNote, MidiTrack, write_midi
from lullaby.export.segment_store import Store, store_at, store_beside
from lullaby.export.segments import EncodeAll
from lullaby.export.stem_files import stems, unfinished_stems
from lullaby.export.subtitles import write_subtitles
from lullaby.export.threads import cores, on_threads
from lullaby.export.unfinished import LeftUnfinished

__all__ = [
    "BEDSIDE",
    "DEFAULT",
    "ENDINGS",
    "STORY",
    "USES",
    "EncodeAll",
    "Format",
    "LeftUnfinished",
    "Midi",
    "MidiNote",
    "MidiTrack",
    "Sampling",
    "Store",
    "Use",
    "begun",
    "codecs",
    "cores",
    "encode",
    "export",
    "format_of",
    "left_of",
    "night_name",
    "on_cluster",
    "on_threads",
    "rendering_of",
    "size",
    "stems",
    "store_at",
    "store_beside",
    "unfinished_like",
    "unfinished_stems",
    "whatever_the_date",
    "with_store",
    "write_events",
    "write_midi",
    "write_subtitles",
]
