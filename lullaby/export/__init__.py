"""A night kept as a file."""

from lullaby.export.cluster import on_cluster
from lullaby.export.event_table import write_events
from lullaby.export.formats import DEFAULT, ENDINGS, Format, Sampling, format_of
from lullaby.export.in_turn import kept_in
from lullaby.export.keeping import Makers, Progress, export, request, size, whole_of
from lullaby.export.making import made
from lullaby.export.media import codecs
from lullaby.export.naming import file_name, night_name
from lullaby.export.side_by_side import cores, side_by_side
from lullaby.export.stemming import stems, unfinished_stems
from lullaby.export.stored import Store, store_at, store_beside
from lullaby.export.unfinished import LeftUnfinished, begun, left_of, unfinished_like
from lullaby.export.uses import BEDSIDE, USES, Use

__all__ = [
    "BEDSIDE",
    "DEFAULT",
    "ENDINGS",
    "USES",
    "Format",
    "LeftUnfinished",
    "Makers",
    "Progress",
    "Sampling",
    "Store",
    "Use",
    "begun",
    "codecs",
    "cores",
    "export",
    "file_name",
    "format_of",
    "kept_in",
    "left_of",
    "made",
    "night_name",
    "on_cluster",
    "request",
    "side_by_side",
    "size",
    "stems",
    "store_at",
    "store_beside",
    "unfinished_like",
    "unfinished_stems",
    "whole_of",
    "write_events",
]
