"""The drivers of stores, which fsspec knows by the kind of an address; no path needs them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding

_EXTRAS = {"s3": "objects", "s3a": "objects"}


def refuse_secrets(text: str) -> None:
    """Refuse an address with a password, or with the signature behind ``?`` that stands for one."""
    parts = urlsplit(text)
    if ":" in parts.netloc.rpartition("@")[0] or parts.query or parts.fragment:
        # Neither the finding nor anything made from it may repeat the secret.
        values = {"address": f"{parts.scheme}://…"}
        raise UnreadableError(Finding("address-with-password", values=values))


def kind_of(text: str) -> str:
    """Return the kind of store that an address names."""
    return text.partition("://")[0].lower()


def driver_of(text: str) -> tuple[Any, str]:
    """Return the driver of an address, one a process, and how it calls the folder."""
    kind = kind_of(text)
    refused = {"address": text, "kind": kind}
    if "::" in text or not text.partition("://")[2]:
        raise UnreadableError(Finding("address-not-known", values=refused))
    try:
        from fsspec.core import url_to_fs

        # Others write there too, so what was seen a moment ago proves nothing.
        store, root = url_to_fs(text, use_listings_cache=False)
    except ImportError:
        extra = {"install": f'"par-index-scoring[{_EXTRAS.get(kind, "objects")}]"'}
        raise UnreadableError(Finding("address-needs-driver", values=refused | extra)) from None
    except ValueError:
        raise UnreadableError(Finding("address-not-known", values=refused)) from None
    return store, root.rstrip("/")
