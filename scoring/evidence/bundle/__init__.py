"""Pack ledger, documents, criteria set and scores for the appraiser, and check such a bundle."""

from scoring.evidence.bundle.checking import verify_bundle
from scoring.evidence.bundle.manifest import MANIFEST_NAME
from scoring.evidence.bundle.packing import BundleReport, write_bundle

__all__ = ["MANIFEST_NAME", "BundleReport", "verify_bundle", "write_bundle"]
