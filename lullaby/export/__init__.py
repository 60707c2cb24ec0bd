"""A night kept as a file."""

from lullaby.export.formats import ENDINGS, Format, format_of
from lullaby.export.keeping import Progress, export
from lullaby.export.media import codecs

__all__ = ["ENDINGS", "Format", "Progress", "codecs", "export", "format_of"]
