"""Bytes of a document in, its text and structure out, under limits.

Whatever is wrong with a file comes back as a finding beside whatever text could be had. These
functions run on untrusted bytes: call them through `scoring.evidence.documents.isolation` where
a crash or an endless loop of a parser must not take the caller along.
"""

from scoring.evidence.documents.reading.content import Content, ReadingLimits, Section
from scoring.evidence.documents.reading.dispatch import read_document
from scoring.evidence.documents.reading.types import READABLE, sniff_type, type_of_name

__all__ = [
    "READABLE",
    "Content",
    "ReadingLimits",
    "Section",
    "read_document",
    "sniff_type",
    "type_of_name",
]
