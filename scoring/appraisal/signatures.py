"""Signatures of a head: a line of the journal each, and a file for those who hold it.

They need the extra ``signatures``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scoring.appraisal.journal import Bodies, Journal, extend_journal, open_journal
from scoring.appraisal.journal_copies import SHORTEST_HEAD
from scoring.appraisal.journal_lines import FORMAT, SIGNATURE, Line, canonical
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.files.paths import read_bytes

_MOST_BYTES = 1_000_000


def sign_journal(path: Path, key_file: Path, password: bytes | None) -> str:
    """Sign the head of a journal with a key of a PKCS#12 file; the signature is a line more.

    Returns
    -------
    str
        The new head.

    Raises
    ------
    UnreadableError
        When journal or key file cannot be read.
    UsageError
        When the extra is missing, the file holds no key with its certificate, or the password is
        wrong.
    """
    if not can_sign():
        raise UsageError("cryptography is missing", Finding("signing-needs-extra", str(path)))
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    data, journal = read_bytes(Path(key_file), _MOST_BYTES), open_journal(path)
    try:
        # Bytes that are no text open no key, and cryptography does not say so itself.
        (password or b"").decode()
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password)
        if key is None or certificate is None:
            raise ValueError("the file holds no key with its certificate")
        # Tried before the journal is touched.
        _signed(key, _message(journal.head))
    except ValueError as problem:
        found = Finding("signing-key-unusable", str(key_file))
        raise UsageError(str(problem), found) from problem
    pem = certificate.public_bytes(Encoding.PEM).decode()

    def make(journal: Journal) -> tuple[Bodies, list[Finding]]:
        signed = base64.b64encode(_signed(key, _message(journal.head))).decode()
        body = {"kind": SIGNATURE, "head": journal.head, "certificate": pem, "signature": signed}
        return [body], []

    return extend_journal(path, {}, make)[0]


def signature_text(path: Path) -> bytes:
    """Return the last signature of a journal as a file for those who are to hold it."""
    *_, (_, line) = open_journal(path).of(SIGNATURE)
    return canonical(line.said) + b"\n"


def signature_findings(path: Path, signer: str = "") -> Iterator[Finding]:
    """Yield what is to be said of each signature in a journal: whose it is, whether it is right.

    Whether the certificate is to be trusted is for people to say: its SHA-256 is told.

    Parameters
    ----------
    path : Path
    signer : str
        SHA-256 of the certificate that must have signed, 12 digits at least; empty: anybody.
    """
    journal = open_journal(path)
    signatures = list(journal.of(SIGNATURE))
    if signatures and not can_sign():
        yield Finding("signatures-not-checked", str(path))
        return
    # A right signature of another head, moved here, vouches for nothing.
    told = [
        (row, *_verified(line.said), line.is_sound and line.said.get("head") in line.parents)
        for row, line in signatures
    ]
    # Who signs again signs all that stands before it.
    known = {digest: row for row, _, digest, is_right, is_here in told if is_right and is_here}
    for row, who, digest, is_right, is_here in told:
        is_right &= is_here
        code = "journal-signed" if is_right else "journal-signature-wrong"
        values: dict[str, object] = {"row": row, "value": who, "expected": digest}
        yield Finding(code, str(path), cell=str(row), values=values)
        if is_right and known[digest] == row and (count := _added(journal.lines[row:])):
            values = {"row": row, "count": count}
            yield Finding("journal-grew-after-signing", str(path), cell=str(row), values=values)
    wanted = signer.strip().lower().replace(":", "")
    if wanted and (len(wanted) < SHORTEST_HEAD or not any(one.startswith(wanted) for one in known)):
        yield Finding("journal-not-signed-by", str(path), values={"value": signer})


def held_signature_findings(path: Path, file: Path) -> Iterator[Finding]:
    """Yield what is to be said of a journal beside a signature that somebody holds in a file."""
    said = _held(read_bytes(Path(file), _MOST_BYTES))
    if said is None:
        yield Finding("signature-file-unknown", str(file))
        return
    if not can_sign():
        yield Finding("signatures-not-checked", str(path))
        return
    who, digest, is_right = _verified(said)
    if not is_right:
        yield Finding("held-signature-wrong", str(file))
        return
    journal, head = open_journal(path), said["head"]
    rows = [row for row, line in enumerate(journal.lines, 1) if line.hash == head]
    values: dict[str, object] = {"value": head, "expected": journal.head}
    if not rows:
        yield Finding("journal-head-missing", str(path), values=values)
        return
    count = _added(journal.lines[rows[-1] :])
    values = {"row": rows[-1], "value": who, "expected": digest, "count": count}
    yield Finding("journal-holds-signed-head", str(path), cell=str(rows[-1]), values=values)


def can_sign() -> bool:
    """Say whether cryptography, of the extra ``signatures``, is installed."""
    return find_spec("cryptography") is not None


def _added(lines: tuple[Line, ...]) -> int:
    """Count lines that say anything: one more signature changes nothing."""
    return sum(line.kind != SIGNATURE for line in lines)


def _held(data: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    is_signature = isinstance(said, dict) and said.get("kind") == SIGNATURE
    return said if is_signature and isinstance(said.get("head"), str) else None


def _message(head: str) -> bytes:
    return f"{FORMAT}\n{head}".encode()


def _signed(key: Any, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, _padding(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    raise ValueError("the key is neither RSA nor of an elliptic curve")


def _verified(said: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return signer, digest of the certificate, and whether the signature is right."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        certificate = x509.load_pem_x509_certificate(str(said.get("certificate", "")).encode())
        key, message = certificate.public_key(), _message(str(said.get("head", "")))
        signature = base64.b64decode(str(said.get("signature", "")), validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, _padding(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            return "", "", False
    except (ValueError, InvalidSignature):
        return "", "", False
    return (
        certificate.subject.rfc4514_string(),
        certificate.fingerprint(hashes.SHA256()).hex(),
        True,
    )


def _padding() -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
