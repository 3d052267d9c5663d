"""What a run keeps for the next one carries a mark, so that nobody else's work passes for our own.

Parts of a batch and states of a count are found again by names that anybody can work out who has
the same files. So each is marked with a key that only this user of this computer has: it is made
on first use, in the user's own folder, and never goes into what is kept or handed on.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scoring.base.findings import Finding

KEY_FILE = "PARINDEX_KEY_FILE"
"""The environment variable that names another file of the key, such as one that a team shares."""
MARK_BYTES = 32


@dataclass(frozen=True, slots=True)
class OwnSeal:
    """Marks what is kept for one purpose, and tells its own marks; small, and handed to workers.

    Attributes
    ----------
    key : str
        In hexadecimal digits; made of the key of the user by `OwnSeal.of`.

    Examples
    --------
    >>> seal = OwnSeal("00" * 32)
    >>> mark = seal.mark("a1.part", b"...")
    >>> seal.holds("a1.part", mark, b"..."), seal.holds("a2.part", mark, b"...")
    (True, False)
    >>> OwnSeal("01" * 32).holds("a1.part", mark, b"...")
    False
    """

    key: str = field(repr=False)

    @classmethod
    def of(cls, purpose: str) -> OwnSeal:
        """Return the seal of this user for a purpose, which tells nothing of those for others.

        Where the user has no folder that a key can be kept in, it holds for this process alone.
        """
        key, _ = _own_key(_key_file())
        return cls(hmac.digest(key, purpose.encode(), "sha256").hex())

    def mark(self, name: str, *contents: bytes) -> bytes:
        """Return the mark of what is kept under a name."""
        digest = hmac.new(bytes.fromhex(self.key), digestmod="sha256")
        for content in (name.encode(), *contents):
            digest.update(hashlib.sha256(content).digest())
        return digest.digest()

    def holds(self, name: str, mark: bytes, *contents: bytes) -> bool:
        """Say whether a mark is one that this seal gave to these contents under this name."""
        return hmac.compare_digest(self.mark(name, *contents), mark)


def key_findings() -> list[Finding]:
    """Return the finding for a key that cannot be kept; the next run then knows nothing of this one."""
    path = _key_file()
    _, is_kept = _own_key(path)
    values = {"path": str(path or "?"), "variable": KEY_FILE}
    return [] if is_kept else [Finding("own-key-not-kept", values=values)]


def _key_file() -> Path | None:
    """Return where the key of the user lies; None where the system does not say."""
    if named := os.environ.get(KEY_FILE):
        path = Path(named)
    else:
        with contextlib.suppress(RuntimeError):
            return _own_folder() / "parindex" / "own.key"
        return None
    # A name without its folder would be looked for wherever somebody happens to work.
    return path if path.is_absolute() else None


def _own_folder() -> Path:
    """Return the folder in which programs keep what they want to find again, by custom of the system.

    It is never one below the working folder: a path that is not whole counts as none.
    """
    home = Path.home()
    if sys.platform == "win32":
        named, usual = os.environ.get("LOCALAPPDATA", ""), home / "AppData" / "Local"
    elif sys.platform == "darwin":
        named, usual = "", home / "Library" / "Application Support"
    else:
        named, usual = os.environ.get("XDG_STATE_HOME", ""), home / ".local" / "state"
    found = Path(named) if named and Path(named).is_absolute() else usual
    if not found.is_absolute():
        raise RuntimeError("no folder of one's own")
    return found


@cache
def _own_key(path: Path | None) -> tuple[bytes, bool]:
    """Return the key of the user, and whether it is there the next time too."""
    if path is not None:
        with contextlib.suppress(OSError, ValueError):
            if not path.exists():
                _make_key(path)
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
            if len(key) >= MARK_BYTES:
                return key, True
    return secrets.token_bytes(MARK_BYTES), False


def _make_key(path: Path) -> None:
    """Write a new key that its user alone can read; where two runs do so at once, the first counts."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".parindex-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(MARK_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        except OSError:  # some disks know no second names
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
