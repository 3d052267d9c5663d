"""Digital signatures of PDFs: there, intact, by whom, when, over the whole file.

Needs the extra ``signatures`` (pyHanko). Nothing is fetched from the network: whether a
certificate has been revoked since cannot be known offline, and is not claimed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature of a PDF.

    Attributes
    ----------
    signer : str
        Common name of the certificate, else its whole subject.
    signed_on : str
        Time the signature states, ISO 8601; empty when it states none. Only `has_timestamp`
        makes it more than the signer's own word.
    intact : bool
        The bytes it covers are those that were signed, and the signature is mathematically right.
    whole_file : bool
        It covers the whole file, or what was added after it is of the kinds a signed PDF may gain.
    trusted : bool or None
        The certificate leads to one of the roots given; None when no roots were given.
    has_timestamp : bool
        A time-stamping authority vouches for the time.
    """

    signer: str
    signed_on: str
    intact: bool
    whole_file: bool
    trusted: bool | None
    has_timestamp: bool


def signatures_available() -> bool:
    """Say whether pyHanko, of the extra ``signatures``, is installed."""
    return find_spec("pyhanko") is not None


def pdf_signatures(data: bytes, trust_roots: Sequence[bytes] = ()) -> list[SignatureReport]:
    """Return what each signature of a PDF says.

    Parameters
    ----------
    data : bytes
        The whole PDF. It may be hostile: call this in a child process.
    trust_roots : sequence of bytes
        Root certificates, DER or PEM, of the authorities that are trusted.

    Returns
    -------
    list of SignatureReport
        In the order of signing; empty for an unsigned PDF.

    Raises
    ------
    ImportError
        pyHanko is not installed (see `signatures_available`).
    """
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(data), strict=False)
    roots = [root for given in trust_roots for root in load_certs_from_pemder_data(given)]
    return [_report(signature, roots) for signature in reader.embedded_regular_signatures]


def _report(signature: Any, roots: list[Any]) -> SignatureReport:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    # A later revision is harmless when it only adds signatures or fills in a form.
    lawful = status.coverage == SignatureCoverageLevel.ENTIRE_REVISION and status.docmdp_ok
    return SignatureReport(
        signer=_name(status.signing_cert.subject),
        signed_on=_iso(status.signer_reported_dt),
        intact=bool(status.intact and status.valid),
        whole_file=bool(whole or lawful),
        trusted=bool(status.trusted) if roots else None,
        has_timestamp=status.timestamp_validity is not None,
    )


def _name(subject: Any) -> str:
    name = subject.native.get("common_name", "")
    return str(name) if name else str(subject.human_friendly)


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment is not None else ""
