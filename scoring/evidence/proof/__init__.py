"""Whether documents prove what a unit reports: requested, present, sound, valid, in time, enough.

What a set asks for (`requirements`) is set against what the ledger declares (`declared`,
`validity`) and what its files show (`files`); `judging` gives the one verdict on each item.

The public names are loaded when they are first used: a child that opens files needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.base.on_first_use import names_on_first_use

_HOMES = {
    "Look": "files",
    "Proof": "judging",
    "STATES": "sufficiency",
    "SUFFICIENT": "sufficiency",
    "judge": "judging",
    "keyed": "judging",
    "proof_of": "judging",
    "requirements_for": "requirements",
    "requirements_of": "requirements",
    "state_finding": "sufficiency",
    "verdicts": "sufficiency",
    "with_hashes": "hashes",
}

__all__ = [
    "STATES",
    "SUFFICIENT",
    "Look",
    "Proof",
    "judge",
    "keyed",
    "proof_of",
    "requirements_for",
    "requirements_of",
    "state_finding",
    "verdicts",
    "with_hashes",
]

if TYPE_CHECKING:
    from scoring.evidence.proof.files import Look
    from scoring.evidence.proof.hashes import with_hashes
    from scoring.evidence.proof.judging import Proof, judge, keyed, proof_of
    from scoring.evidence.proof.requirements import requirements_for, requirements_of
    from scoring.evidence.proof.sufficiency import STATES, SUFFICIENT, state_finding, verdicts

__getattr__ = names_on_first_use(__name__, _HOMES)
