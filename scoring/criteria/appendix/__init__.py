"""Bringing in the table of a decision's appendix: every row sure, or left to review."""

from scoring.criteria.appendix.importing import import_appendix, import_pasted_appendix
from scoring.criteria.appendix.model import AppendixAbout, AppendixImport, AppendixRow

__all__ = [
    "AppendixAbout",
    "AppendixImport",
    "AppendixRow",
    "import_appendix",
    "import_pasted_appendix",
]
