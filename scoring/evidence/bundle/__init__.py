"""Pack a ledger, its documents, its criteria set and its scores for the appraiser."""

from scoring.evidence.bundle.packing import BundleReport, write_bundle

__all__ = ["BundleReport", "write_bundle"]
