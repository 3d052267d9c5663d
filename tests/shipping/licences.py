"""Which licences a library may have that goes out with the package, and what a library says of its own."""

import re

ALLOWED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Python-2.0|MPL|Mozilla|HPND|Unlicense|Zlib|0BSD|CC0|OFL",
    re.I,
)
FORBIDDEN = re.compile(r"\bA?GPL|Affero|Proprietary|SSPL|BUSL", re.I)


def is_allowed(said: str) -> bool:
    """Say whether a library with this licence may be handed on."""
    return bool(ALLOWED.search(said)) and not FORBIDDEN.search(said)
