"""Whether documents prove what a unit reports: requested, present, sound, valid, in time, enough.

What a set asks for (`requirements`) is set against what the ledger declares (`declared`,
`validity`) and what its files show (`files`); `judging` gives the one verdict on each item.
"""

from scoring.evidence.proof.files import Look
from scoring.evidence.proof.hashes import with_hashes
from scoring.evidence.proof.judging import Proof, judge, keyed, proof_of
from scoring.evidence.proof.requirements import requirements_for, requirements_of
from scoring.evidence.proof.sufficiency import STATES, SUFFICIENT, state_finding, verdicts

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
