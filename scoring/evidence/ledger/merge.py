"""Merge several evaluators' copies of one ledger, and report every disagreement."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.intake import Ledger, read_ledger
from scoring.evidence.ledger.layout import identity_of, read_into
from scoring.evidence.ledger.own_documents import documents_apart
from scoring.tables import empty, table_of

POLICIES = ("ask", "majority")
_PREFER = "prefer:"
_INPUT_FIELDS = ("value", "choice", "happened_on")
# The tables whose cells are compared, by their names in a ledger.
TABLES = {
    "claims": "Claims", "documents": "Documents", "tasks": "LedgerTasks", "targets": "Targets",
    "appraisal": "Appraisals",
}  # fmt: skip
# Follows from an empty date and was not entered by anyone.
_NO_DATE = ("issued_precision", "none")
Key = tuple[str, str, str]


class _Cell(NamedTuple):
    """What one copy says in one cell: the value, the text people see, and the address."""

    value: Any
    shown: str
    place: str


@dataclass(frozen=True)
class Merge(Ledger):
    """One ledger made of several copies.

    Attributes
    ----------
    info, inputs, claims, documents, links, tasks, targets, appraisal, surveys
        As in `Ledger`; a cell on which the copies differ is empty until it is decided.
    conflicts : DataFrame
        The table ``Conflicts``: one row per disagreeing cell and copy; `chosen` is empty while
        nothing decides.
    agreements : int
        Cells that two copies or more fill alike.
    sources : tuple of str
        The copies that were merged, in the order of their names.
    copies : mapping of str to Ledger
        What each of them says; documents of one id that are not one have ids of their own.
    origins : mapping of (table, row, column) to str
        The first copy that says what was taken for a cell; empty where it is still open.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import scoring
    >>> from scoring.criteria import open_set
    >>> example = scoring.shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
    >>> criteria, one = open_set("service-quality-766"), read_ledger(example)
    >>> at = one.inputs["input"] == "to_announce"
    >>> said = {name: one.inputs["value"].mask(at, n) for n, name in ((8, "a.xlsx"), (9, "b.xlsx"))}
    >>> copies = {name: replace(one, inputs=one.inputs.assign(value=said[name])) for name in said}
    >>> merge = merge_tables(copies, criteria, policy="prefer:b.xlsx")
    >>> merge.sources, merge.conflicts["chosen"].tolist()
    (('a.xlsx', 'b.xlsx'), ['9', '9'])
    >>> merge.inputs.loc[at, "value"].tolist()
    [9.0]
    """

    conflicts: pd.DataFrame = field(default_factory=lambda: empty("Conflicts"))
    agreements: int = 0
    sources: tuple[str, ...] = ()
    copies: Mapping[str, Ledger] = field(default_factory=dict)
    origins: Mapping[Key, str] = field(default_factory=dict)


def _compared(table: str) -> Iterator[str]:
    """Yield the columns of a table that are compared cell by cell."""
    for entry in read_into(TABLES[table]):
        if "identity" not in entry.flags:
            yield from entry.columns


def merge_ledgers(
    paths: Iterable[Path],
    criteria: CriteriaSet,
    policy: str = "ask",
    decisions: Mapping[str, str] | None = None,
    lang: str = "vi",
) -> Merge:
    """Read copies of one ledger and merge them into one.

    Parameters
    ----------
    paths : iterable of Path
        The copies; their order plays no part.
    policy : str
        ``ask`` leaves disagreements open; ``majority`` takes what most copies that say anything
        say, and leaves a tie open; ``prefer:NAME`` takes what the copy of that file name says.
    decisions : mapping of key to value, optional
        Decided disagreements, by the `key` and `value` of `Merge.conflicts`
        (see `scoring.evidence.ledger.decisions.read_decisions`); they go before the policy.

    Raises
    ------
    UnreadableError
        When a copy cannot be read.
    UsageError
        When there is no copy, or no such policy.

    Examples
    --------
    >>> import shutil
    >>> import tempfile
    >>> import scoring
    >>> from scoring.criteria import open_set
    >>> example = scoring.shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
    >>> folder = Path(tempfile.mkdtemp())
    >>> copies = [shutil.copy(example, folder / name) for name in ("a.xlsx", "b.xlsx")]
    >>> merge = merge_ledgers(copies, open_set("service-quality-766"))
    >>> merge.sources, merge.agreements > 0, len(merge.conflicts)
    (('a.xlsx', 'b.xlsx'), True, 0)
    """
    copies = [Path(path) for path in paths]
    ledgers = (read_ledger(path, criteria, lang=lang) for path in copies)
    named = dict(zip(copy_names(copies), ledgers, strict=True))
    return merge_tables(named, criteria, policy, decisions, lang)


def copy_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for every copy: the file's, or its path where two are called alike."""
    counts = Counter(path.name for path in paths)
    names: list[str] = []
    seen: Counter[str] = Counter()
    for path in paths:
        name = path.name if counts[path.name] == 1 else str(path)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def merge_tables(
    ledgers: Mapping[str, Ledger],
    criteria: CriteriaSet,
    policy: str = "ask",
    decisions: Mapping[str, str] | None = None,
    lang: str = "vi",
) -> Merge:
    """Merge ledgers that were read already, by the names of their copies; see `merge_ledgers`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import scoring
    >>> from scoring.criteria import open_set
    >>> example = scoring.shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
    >>> criteria, one = open_set("service-quality-766"), read_ledger(example)
    >>> at = one.inputs["input"] == "to_announce"
    >>> said = {name: one.inputs["value"].mask(at, n) for n, name in ((8, "a.xlsx"), (9, "b.xlsx"))}
    >>> copies = {name: replace(one, inputs=one.inputs.assign(value=said[name])) for name in said}
    >>> merge = merge_tables(copies, criteria)
    >>> merge.conflicts[["item_code", "source", "value", "chosen"]].values.tolist()
    [['1.1', 'a.xlsx', '8', ''], ['1.1', 'b.xlsx', '9', '']]
    """
    if not ledgers:
        raise UsageError("merge_ledgers needs at least one ledger")
    if policy not in POLICIES and not policy.startswith(_PREFER):
        raise UsageError(f"policy is one of {', '.join(POLICIES)} or prefer:NAME, not {policy!r}")
    kept, findings = _of_one_ledger(ledgers)
    kept, renumbered = documents_apart(kept)
    cells = {name: _cells(ledger, lang) for name, ledger in kept.items()}
    merger = _Merger(cells, policy, decisions or {})
    chosen = merger.chosen()
    first = next(iter(kept.values()))
    tables: dict[str, Any] = {name: _rebuilt(name, chosen, kept.values()) for name in TABLES}
    tables["targets"] = tables["targets"].dropna(subset="target_points", ignore_index=True)
    links = pd.concat([ledger.links for ledger in kept.values()], ignore_index=True)
    by = ["document_id", "item_code", "place"]
    inputs = _merged_inputs(first.inputs, chosen)
    return Merge(
        first.info,
        inputs=inputs,
        links=links.drop_duplicates(by).sort_values(by).reset_index(drop=True),
        surveys=_standing(kept.values(), inputs),
        actions=first.actions,
        conflicts=table_of(merger.conflicts, "Conflicts"),
        agreements=merger.agreements,
        sources=tuple(kept),
        copies=kept,
        origins=merger.origins,
        findings=(*findings, *renumbered, *merger.findings),
        **tables,
    )


def _standing(ledgers: Iterable[Ledger], inputs: pd.DataFrame) -> pd.DataFrame:
    """Return the survey figures of each item from the first copy whose figures were taken."""
    held = inputs.set_index(["item_code", "input"])["value"]
    chosen: dict[object, pd.DataFrame] = {}
    # The first copy's stay where no copy's stand: that they differ is then said of them.
    for is_last_resort in (False, True):
        for ledger in ledgers:
            for code, rows in ledger.surveys.groupby("item_code", sort=False):
                asked = rows[rows["input"] != ""]
                now = held.reindex(pd.MultiIndex.from_frame(asked[["item_code", "input"]]))
                if is_last_resort or np.allclose(now, asked["value"], rtol=0.0, atol=1e-9):
                    chosen.setdefault(code, rows)
    tables = list(chosen.values())
    return pd.concat(tables, ignore_index=True) if tables else next(iter(ledgers)).surveys


def _of_one_ledger(ledgers: Mapping[str, Ledger]) -> tuple[dict[str, Ledger], list[Finding]]:
    """Keep the copies of the ledger that most of them are; name the others."""

    of_info = attrgetter("unit_code", "year", "set_id")
    who = {name: of_info(ledgers[name].info) for name in sorted(ledgers)}
    counts = Counter(who.values())
    wanted = min(counts, key=lambda one: (-counts[one], one))
    findings = []
    for name, met in who.items():
        if met != wanted:
            told, expected = (", ".join(map(str, one)) for one in (met, wanted))
            values = {"value": told, "expected": expected}
            found = Finding("merge-other-ledger", name, unit_code=met[0], values=values)
            findings.append(found)
    return {name: ledgers[name] for name, met in who.items() if met == wanted}, findings


def _cells(ledger: Ledger, lang: str) -> dict[Key, _Cell]:
    """Return every filled cell of a copy by table, row and column."""
    cells: dict[Key, _Cell] = {}
    for row in ledger.inputs.to_dict("records"):
        code, place = row["item_code"], f"{row['sheet']}!{row['cell']}"
        if row["not_applicable"]:
            word = label("ledger_marked_na", lang)
            cells["inputs", code, "not_applicable"] = _Cell(row["reason"], word, place)
        answer = tuple(row[key] for key in _INPUT_FIELDS)
        shown = row["choice"] or _shown(row["happened_on"], lang) or _shown(row["value"], lang)
        if shown:
            cells["inputs", code, row["input"]] = _Cell(answer, shown, place)
    for table, declared in TABLES.items():
        key = identity_of(declared)
        for row in getattr(ledger, table).to_dict("records"):
            for column in _compared(table):
                shown = _shown(row[column], lang)
                if shown and (column, shown) != _NO_DATE:
                    place = f"{row['sheet']}!{row['cell']}"
                    cells[table, str(row[key]), column] = _Cell(row[column], shown, place)
            cells.setdefault((table, str(row[key]), ""), _Cell("", "", ""))
    return cells


def _shown(value: Any, lang: str) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, bool):
        return label("yes", lang) if value else ""
    return format_number(value, lang=lang) if isinstance(value, float) else str(value)


class _Merger:
    """Decides cell by cell, and notes what the copies agree and differ on."""

    def __init__(
        self, cells: Mapping[str, Mapping[Key, _Cell]], policy: str, decisions: Mapping[str, str]
    ) -> None:
        self.cells, self.policy, self.decisions = cells, policy, decisions
        self.conflicts: list[tuple[str, ...]] = []
        self.findings: list[Finding] = []
        self.origins: dict[Key, str] = {}
        self.agreements = 0

    def chosen(self) -> dict[Key, Any]:
        """Return the value of every cell; None for one that is still open."""
        keys = sorted({key for copy in self.cells.values() for key in copy})
        return {key: self._one(key) for key in keys}

    def _one(self, key: Key) -> Any:
        said = {name: copy[key] for name, copy in self.cells.items() if key in copy}
        distinct = {cell.shown: cell for cell in reversed(said.values())}
        self.origins[key] = next(iter(said))
        if len(distinct) == 1:
            self.agreements += len(said) > 1 and key[2] != ""
            return next(iter(distinct.values())).value
        choice = self._decided(key, said, distinct) or self._by_policy(said)
        self._note(key, said, choice)
        self.origins[key] = next((name for name in said if said[name].shown == choice), "")
        return distinct[choice].value if choice else None

    def _decided(self, key: Key, said: Mapping[str, _Cell], distinct: Mapping[str, _Cell]) -> str:
        decision = self.decisions.get(key_text(key), "")
        if decision and decision not in distinct:
            values = {"value": decision, "input": self._what(key)}
            item = key[1] if key[0] == "inputs" else ""
            self.findings.append(Finding("merge-decision-unknown", item_code=item, values=values))
            return ""
        return decision

    def _by_policy(self, said: Mapping[str, _Cell]) -> str:
        if self.policy.startswith(_PREFER):
            preferred = said.get(self.policy.removeprefix(_PREFER))
            return preferred.shown if preferred else ""
        if self.policy == "majority":
            (best, count), second = Counter(c.shown for c in said.values()).most_common(2)
            return best if count > second[1] else ""
        return ""

    def _note(self, key: Key, said: Mapping[str, _Cell], choice: str) -> None:
        table, row, _ = key
        item = row if table in ("inputs", "claims", "appraisal") else ""
        what = self._what(key)
        for name, cell in said.items():
            self.conflicts.append(
                (key_text(key), table, item, what, cell.place, name, cell.shown, choice)
            )
        if not choice:
            shown = "; ".join(f"{name}: {cell.shown}" for name, cell in said.items())
            sheet, _, place = next(iter(said.values())).place.rpartition("!")
            values = {"input": what, "value": shown}
            found = Finding("merge-conflict", "", sheet, place, item_code=item, values=values)
            self.findings.append(found)

    def _what(self, key: Key) -> str:
        return " / ".join(part for part in key[1:] if part)


def key_text(key: Key) -> str:
    """Return the key of a cell as text, for sheets of decisions."""
    return "|".join(key)


def _merged_inputs(template: pd.DataFrame, chosen: Mapping[Key, Any]) -> pd.DataFrame:
    """Return the table ``Inputs`` with the chosen answers."""
    rows = list(zip(template["item_code"], template["input"], strict=True))
    empty = (math.nan, "", pd.NaT)
    answers = [chosen.get(("inputs", *row)) or empty for row in rows]
    reasons = [chosen.get(("inputs", code, "not_applicable")) for code, _ in rows]
    columns = {
        **dict(zip(_INPUT_FIELDS, zip(*answers, strict=True), strict=True)),
        "not_applicable": [reason is not None for reason in reasons],
        "reason": [reason or "" for reason in reasons],
    }
    return template.assign(**{k: _like(template[k], values) for k, values in columns.items()})


def _rebuilt(table: str, chosen: Mapping[Key, Any], ledgers: Iterable[Ledger]) -> pd.DataFrame:
    """Return a table with the chosen cells: every row that any copy has, once."""
    key = identity_of(TABLES[table])
    union = pd.concat([getattr(ledger, table) for ledger in ledgers], ignore_index=True)
    union = union.drop_duplicates(key).reset_index(drop=True)
    for column in _compared(table):
        values = [chosen.get((table, str(row), column)) for row in union[key]]
        if column == _NO_DATE[0]:
            values = [value or _NO_DATE[1] for value in values]
        union[column] = _like(union[column], values)
    return union


def _like(old: pd.Series, values: Sequence[Any]) -> pd.Series:
    """Return `values` as a column of the type of `old`, with its own way of saying nothing."""
    nothing = {"b": False, "f": math.nan, "M": pd.NaT}.get(old.dtype.kind, "")
    filled = [nothing if value is None else value for value in values]
    return pd.Series(filled, index=old.index, dtype=object).astype(old.dtype)
