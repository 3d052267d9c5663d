"""Check that the documents of a ledger are there, unchanged, in time, and prove what they claim."""

from scoring.evidence.verify.hashes import with_hashes
from scoring.evidence.verify.signatures import (
    SignatureReport,
    pdf_signatures,
    signatures_available,
)
from scoring.evidence.verify.verification import invalid_documents, verify_documents

__all__ = [
    "SignatureReport",
    "invalid_documents",
    "pdf_signatures",
    "signatures_available",
    "verify_documents",
    "with_hashes",
]
