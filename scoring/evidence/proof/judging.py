"""One judgement of the proof of many units, which every verb, report and bundle shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, UnitKey
from scoring.criteria import CriteriaSet
from scoring.evidence.proof.declared_proof import (
    Problem,
    declared_problems,
    link_findings,
    reused,
    unproven_items,
)
from scoring.evidence.proof.files import Look, file_problems, folder_findings, signature_setup
from scoring.evidence.proof.requirements import requirements_of
from scoring.evidence.proof.sufficiency import state_finding, verdicts
from scoring.evidence.proof.validity import DOCUMENT_KEY, ITEM_KEY, is_outside, standing

# A document linked to more items than this is suspicious.
MOST_ITEMS = 8
# Wrong for one item, yet sound for another that asks for its kind and its period.
_NOT_DISQUALIFYING = frozenset({"document-wrong-kind", "document-wrong-period"})
# A draft is nothing wrong by itself, but it proves nothing before it is numbered and signed.
_DRAFTS = frozenset({"document-number-blank", "document-number-missing", "document-signer-missing"})


@dataclass(frozen=True)
class Proof:
    """What units handed in as proof, and the verdict on it.

    Attributes
    ----------
    requirements, documents, links : DataFrame
        Tables of those names with the columns of `KEY_COLUMNS`; ``is_seen`` and
        ``is_disqualified`` say of each document whether its file was looked at and whether
        something rules it out.
    problems : tuple of (int, Finding)
        What is wrong with documents, each with the row of the document.
    verdicts : DataFrame
        Table ``Verdicts`` (see `scoring.evidence.proof.sufficiency.verdicts`).
    look : Look or None
        How files were looked at; None where they were not.

    Examples
    --------
    >>> from scoring.tables import empty
    >>> unit = {"unit_code": "A", "year": 2024, "period": ""}
    >>> asked = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": [1],
    ...     "due_on": [pd.Timestamp("2024-01-15")], "source": ["mẫu"]}).assign(**unit)
    >>> nothing = (empty(name).assign(**unit) for name in ("Documents", "Links"))
    >>> proof = proof_of(asked, *nothing)
    >>> proof.verdicts[["item_code", "state", "share"]].values.tolist(), proof.look
    ([['1.1', 'no-evidence', 1.0]], None)
    """

    requirements: pd.DataFrame
    documents: pd.DataFrame
    links: pd.DataFrame
    verdicts: pd.DataFrame
    problems: tuple[Problem, ...] = field(default=(), repr=False)
    look: Look | None = field(default=None, repr=False)

    def reasons(self, unit: UnitKey, item_code: str) -> Iterator[Finding]:
        """Yield why an item has its verdict: what was counted, then what rules documents out."""
        mine = self._verdicts_of.get((*unit, item_code), [])
        for verdict in self.verdicts.iloc[mine].to_dict("records"):
            yield state_finding(verdict)
        rows = self._rows_of.get((*unit, item_code), set())
        for row, finding in self.problems if rows else ():
            if row in rows and (finding.severity == "error" or finding.code in _DRAFTS):
                yield finding

    @cached_property
    def _verdicts_of(self) -> dict[tuple[object, ...], list[int]]:
        """The places of the verdicts of each item of a unit: reasons are asked item by item."""
        return _places_by(self.verdicts, ITEM_KEY)

    @cached_property
    def _rows_of(self) -> dict[tuple[object, ...], set[int]]:
        """The rows of the documents that are linked to each item of a unit."""
        known, rows = _places_by(self.documents, DOCUMENT_KEY), self.documents.index
        linked: dict[tuple[object, ...], set[int]] = {}
        told = zip(*(self.links[name].tolist() for name in (*ITEM_KEY, "document_id")), strict=True)
        for *item, document in told:
            places = known.get((*item[:-1], document), [])
            linked.setdefault(tuple(item), set()).update(rows[places].tolist())
        return linked

    def linked(self, unit: UnitKey, item_code: str) -> pd.DataFrame:
        """Return the links of an item with the documents they name, and the ``row`` of each."""
        links = _of_unit(self.links[self.links["item_code"] == item_code], unit)
        documents = _of_unit(self.documents, unit).rename_axis("row").reset_index()
        return links.merge(documents, on=DOCUMENT_KEY, suffixes=("_link", ""))

    def reused(self, max_items: int = MOST_ITEMS) -> Iterator[Finding]:
        """Yield documents handed in for many items, or by several units."""
        yield from reused(self.documents, self.links, max_items)

    def findings(
        self, items: pd.DataFrame | None = None, max_items: int = MOST_ITEMS
    ) -> Iterator[Finding]:
        """Yield everything that is wrong with documents, their folders and their links.

        Parameters
        ----------
        items : DataFrame, optional
            Table ``Items``; shows links to items that do not exist.
        max_items : int
            A document linked to more items than this is suspicious.
        """
        yield from (finding for _, finding in self.problems)
        filed = self.documents[self.documents["path"] != ""]
        for folder, mine in filed.groupby("folder", sort=False):
            if folder:
                yield from folder_findings(Path(str(folder)), mine["path"])
        if self.look is not None and self.look.signatures:
            yield from signature_setup(filed["path"], self.look.trust_roots)
        yield from link_findings(self.documents, self.links, items, max_items)
        yield from unproven_items(self.links, self.requirements)


def judge(
    criteria: CriteriaSet,
    units: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    look: Look | None = None,
    *,
    verdicts_only: bool = False,
) -> Proof:
    """Judge what units handed in as proof of their items.

    Parameters
    ----------
    criteria : CriteriaSet
    units : DataFrame
        The columns of `KEY_COLUMNS`: the units whose ledgers were handed in.
    documents, links : DataFrame
        Tables of those names with the columns of `KEY_COLUMNS`. Documents may have ``folder``,
        where their paths start; without it their files cannot be looked at.
    look : Look, optional
        How files are looked at. None: not at all, and what is declared is taken as declared.
    verdicts_only : bool
        Whether nobody is going to read the problems: of what is declared only those are then
        looked for that rule a document out. Verdicts are the same, in half the time.

    Returns
    -------
    Proof
        Its verdicts are empty where the set asks for no evidence.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.tables import empty
    >>> unit = {"unit_code": "H1", "year": 2026, "period": ""}
    >>> nothing = (empty(name).assign(**unit) for name in ("Documents", "Links"))
    >>> proof = judge(open_set("department-sample"), pd.DataFrame([unit]), *nothing)
    >>> proof.verdicts["state"].unique().tolist()
    ['no-evidence']
    """
    asked = requirements_of(criteria.tables["evidence"], units)
    kept = criteria.meta.proof_percent
    return proof_of(asked, documents, links, look, kept, verdicts_only=verdicts_only)


def proof_of(
    requirements: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    look: Look | None = None,
    kept_percent: Mapping[str, float] | None = None,
    *,
    verdicts_only: bool = False,
) -> Proof:
    """Judge documents by requirements, as `judge` does by a criteria set.

    Parameters
    ----------
    requirements, documents, links, look, verdicts_only
        As for `Proof` and `judge`.
    kept_percent : mapping of str to float, optional
        What an item keeps of its points in a state (see `verdicts`).

    Examples
    --------
    >>> from scoring.tables import empty
    >>> unit = {"unit_code": "A", "year": 2024, "period": ""}
    >>> asked = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": [1],
    ...     "due_on": [pd.Timestamp("2024-01-15")], "source": ["mẫu"]}).assign(**unit)
    >>> nothing = (empty(name).assign(**unit) for name in ("Documents", "Links"))
    >>> proof_of(asked, *nothing).verdicts[["item_code", "state", "share"]].values.tolist()
    [['1.1', 'no-evidence', 1.0]]
    """
    given = documents.reset_index(drop=True)
    given = given.assign(folder=given.get("folder", ""))
    problems = [] if look is None else list(file_problems(given, look))
    stands = standing(given, links, requirements) if len(given) else None
    wanted = _rules_out if verdicts_only else None
    problems += declared_problems(given, links, requirements, stands=stands, wanted=wanted)
    out = {row for row, finding in problems if is_disqualifying(finding)}
    is_out = given.index.isin(list(out))
    if stands is not None:
        is_out |= is_outside(stands).to_numpy()
    is_seen = (given["path"] != "") & (given["folder"] != "") & (look is not None)
    judged = given.assign(is_seen=is_seen, is_disqualified=is_out)
    found = verdicts(requirements, judged, links, kept_percent)
    return Proof(requirements, judged, links, found, tuple(problems), look)


def is_disqualifying(finding: Finding) -> bool:
    """Say whether a finding about a document rules it out as proof of anything.

    >>> is_disqualifying(Finding("document-broken")), is_disqualifying(Finding("document-scanned"))
    (True, False)
    """
    return _rules_out(finding.code)


@cache
def _rules_out(code: str) -> bool:
    if code in _DRAFTS:
        return True
    return Finding(code).severity == "error" and code not in _NOT_DISQUALIFYING


def keyed(table: pd.DataFrame, unit: UnitKey) -> pd.DataFrame:
    """Return a table of one ledger with the key of its unit in the columns of `KEY_COLUMNS`.

    Examples
    --------
    >>> from scoring.base.units import UnitKey
    >>> keyed(pd.DataFrame({"document_id": ["TL01"]}), UnitKey("H1", 2026)).to_dict("records")
    [{'document_id': 'TL01', 'unit_code': 'H1', 'year': 2026, 'period': ''}]
    """
    return table.assign(**unit._asdict())


def _places_by(table: pd.DataFrame, names: list[str]) -> dict[tuple[object, ...], list[int]]:
    """Return the places of the rows of a table by what they hold in some columns."""
    places: dict[tuple[object, ...], list[int]] = {}
    for place, key in enumerate(zip(*(table[name].tolist() for name in names), strict=True)):
        places.setdefault(key, []).append(place)
    return places


def _of_unit(table: pd.DataFrame, unit: UnitKey) -> pd.DataFrame:
    return table[(table[KEY_COLUMNS] == list(unit)).all(axis=1)]
