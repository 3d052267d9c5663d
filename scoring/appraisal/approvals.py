"""Approvals in the journal: what was approved, by digest, and which have lapsed since.

A signature of a head is a line as well: it needs the extra ``signatures``.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal.journal import Bodies, Journal, extend_journal, figure_text, open_journal
from scoring.appraisal.journal_lines import APPROVAL, FORMAT, SIGNATURE
from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.labels import Label, Named
from scoring.base.units import KEY_COLUMNS, UnitKey
from scoring.files.paths import read_bytes

_KEY_BYTES = 1_000_000


def points_digest(points: pd.DataFrame) -> str:
    """Return a digest of a table of points: keys, codes and figures; the order of rows aside.

    Parameters
    ----------
    points : DataFrame
        ``Scores`` or ``Tracks``; of its columns those of the key, ``code``, ``track`` and
        ``points`` count. NaN stays apart from 0.

    Examples
    --------
    >>> row = {"unit_code": "A", "year": 2026, "period": "", "code": "1"}
    >>> tables = [pd.DataFrame([row | {"points": points}]) for points in (0.3, 0.1 + 0.2, 0.0)]
    >>> [points_digest(table) == points_digest(tables[0]) for table in tables]
    [True, True, False]
    """
    kept = [name for name in (*KEY_COLUMNS, "code", "track") if name in points]
    texts = ["" if value != value else figure_text(value) for value in points["points"].tolist()]
    rows = zip(*(map(str, points[name]) for name in kept), texts, strict=True)
    return hashlib.sha256("\n".join(sorted(map("\x1f".join, rows))).encode()).hexdigest()


def approved_digests(
    set_fingerprint: str, points: pd.DataFrame, ledgers: Mapping[UnitKey, str]
) -> dict[str, str]:
    """Return what an approval keeps: ``set``, ``points`` and ``ledger:unit/year/period`` each.

    >>> points = pd.DataFrame({"unit_code": ["A"], "points": [1.0]})
    >>> sorted(approved_digests("ab", points, {UnitKey("A", 2026): "cd"}))
    ['ledger:A/2026', 'points', 'set']
    """
    named = {f"ledger:{'/'.join(map(str, filter(None, key)))}": d for key, d in ledgers.items()}
    return {"set": set_fingerprint, "points": points_digest(points), **named}


def append_approval(
    path: Path, digests: Mapping[str, str], *, approved_by: str, approved_on: dt.date
) -> tuple[str, list[Finding]]:
    """Add an approval to a journal; see `extend_journal` for what is returned and raised."""
    body = {"kind": APPROVAL, "digests": dict(digests), "decided_by": approved_by}
    body["decided_on"] = approved_on.isoformat()

    def make(_: Journal) -> tuple[Bodies, list[Finding]]:
        return [body], []

    return extend_journal(path, {"set_fingerprint": digests["set"]}, make)


def lapsed_approvals(path: Path, current: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each approval of which something changed since, with what changed.

    Parameters
    ----------
    path : Path
    current : mapping of str to str
        What there is now (`approved_digests`); what it lacks has changed too.
    """
    for row, line in open_journal(path).of(APPROVAL):
        digests = line.said.get("digests")
        kept: dict[str, Any] = digests if isinstance(digests, dict) else {}
        changed = sorted(name for name, digest in kept.items() if current.get(name) != digest)
        if changed and line.is_sound:
            by, day = (str(line.said.get(name, "")) for name in ("decided_by", "decided_on"))
            values = {"decided_by": by, "decided_on": read_date(day).value or day, "row": row}
            yield Finding(
                "approval-lapsed",
                str(path),
                cell=str(row),
                values=values | {"expected": [_named(name) for name in changed]},
            )


def _named(name: str) -> Named | Label:
    unit = name.removeprefix("ledger:")
    return Label(f"approved_{name}") if unit == name else Named(f"sổ {unit}", f"ledger {unit}")


def sign_journal(path: Path, key_file: Path, password: bytes | None) -> str:
    """Sign the head of a journal with a key of a PKCS#12 file; the signature is a line more.

    Returns
    -------
    str
        The new head.

    Raises
    ------
    UnreadableError
        When the key file cannot be read.
    ValueError
        When it is no PKCS#12 file with a key, or the password is wrong.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    data = read_bytes(Path(key_file), _KEY_BYTES)
    key, certificate, _ = pkcs12.load_key_and_certificates(data, password)
    if key is None or certificate is None:
        raise ValueError("the file holds no key with its certificate")
    pem = certificate.public_bytes(Encoding.PEM).decode()

    def make(journal: Journal) -> tuple[Bodies, list[Finding]]:
        signed = base64.b64encode(_signed(key, _message(journal.head))).decode()
        body = {"kind": SIGNATURE, "head": journal.head, "certificate": pem, "signature": signed}
        return [body], []

    return extend_journal(path, {}, make)[0]


def signature_findings(path: Path) -> Iterator[Finding]:
    """Yield what is to be said of each signature: whose it is and whether it is right.

    Whether the certificate is to be trusted is for people to say: its SHA-256 is told.
    """
    signatures = list(open_journal(path).of(SIGNATURE))
    if signatures and find_spec("cryptography") is None:
        yield Finding("signatures-not-checked", str(path))
        return
    for row, line in signatures:
        who, digest, is_right = _verified(line.said)
        code = "journal-signed" if is_right and line.is_sound else "journal-signature-wrong"
        values = {"row": row, "value": who, "expected": digest}
        yield Finding(code, str(path), cell=str(row), values=values)


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
