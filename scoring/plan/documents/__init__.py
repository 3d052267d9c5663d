"""Plans as streams of lines and rows: extracted text, Word and Excel files alike."""

from scoring.plan.documents.reading import read_plan_document
from scoring.plan.documents.text import document_from_text

__all__ = ["document_from_text", "read_plan_document"]
