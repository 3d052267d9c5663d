"""Bringing in the table of a decision's appendix: every row sure, or left to review."""

from scoring.criteria.appendix.import_result import AppendixAbout, AppendixImport, AppendixRow
from scoring.criteria.appendix.set_import import import_appendix, import_pasted_appendix

__all__ = [
    "AppendixAbout",
    "AppendixImport",
    "AppendixRow",
    "import_appendix",
    "import_pasted_appendix",
]
