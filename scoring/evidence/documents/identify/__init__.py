"""Tell what a document is from its text: number, kind, place, date, issuer, title, signer."""

from scoring.evidence.documents.identify.document_identity import (
    Identity,
    LegalBasis,
    Stated,
    identify,
    issued_kind,
)

__all__ = ["Identity", "LegalBasis", "Stated", "identify", "issued_kind"]
