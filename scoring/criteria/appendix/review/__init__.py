"""A person's review of what the import of a decision understood, in one workbook."""

from scoring.criteria.appendix.review.confirming import (
    confirm_rows,
    confirmed_set,
    still_confirmed,
)
from scoring.criteria.appendix.review.review_reading import Review, ReviewRow, read_review
from scoring.criteria.appendix.review.review_workbook import review_bytes

__all__ = [
    "Review",
    "ReviewRow",
    "confirm_rows",
    "confirmed_set",
    "read_review",
    "review_bytes",
    "still_confirmed",
]
