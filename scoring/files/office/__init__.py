"""One reader for every file that holds text or tables: each format is one module here.

Whatever is wrong with a file comes back as a finding beside whatever text could be had. A format
is added by a module with its reader and an entry in `formats.FORMATS`.
"""

from scoring.files.office.content import Content, Grid, GridRow, Paragraph, ReadingLimits, Section
from scoring.files.office.formats import READABLE, sniff_type, type_of_name
from scoring.files.office.reading_files import read_file

__all__ = [
    "READABLE",
    "Content",
    "Grid",
    "GridRow",
    "Paragraph",
    "ReadingLimits",
    "Section",
    "read_file",
    "sniff_type",
    "type_of_name",
]
