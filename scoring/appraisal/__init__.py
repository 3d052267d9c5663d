"""The season of appraisal: workbooks of appraisers, their decisions and the journal that keeps them."""

from scoring.appraisal.journal import append_decisions, read_journal
from scoring.appraisal.journal_copies import check_journal, merge_journals

__all__ = ["append_decisions", "check_journal", "merge_journals", "read_journal"]
