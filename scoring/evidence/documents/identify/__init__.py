"""Tell what a document is from its text: number, kind, place, date, issuer, title, signer."""

from scoring.evidence.documents.identify.document_identity import (
    IN_PLACE,
    Identity,
    LegalBasis,
    Stated,
    identify,
)

__all__ = ["IN_PLACE", "Identity", "LegalBasis", "Stated", "identify"]
