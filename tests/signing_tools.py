"""Keys to sign with in tests."""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID


def key_file(password=None):
    """Return a PKCS#12 file of Tran Binh, sealed with a password where one is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tran Binh")])
    first, last = dt.datetime(2026, 1, 1), dt.datetime(2046, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    made = made.public_key(key.public_key()).not_valid_before(first).not_valid_after(last)
    sealing = serialization.NoEncryption()
    if password:
        sealing = serialization.BestAvailableEncryption(password)
    return pkcs12.serialize_key_and_certificates(
        b"x", key, made.sign(key, hashes.SHA256()), None, sealing
    )
