"""Comments of appraisers on what units claim, what units answered, and how each stands.

A comment is a decision that lowered points, or one that asks the unit for something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.appraisal.rows_to_decide import last_before, points_lost
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.text import code_key
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import ROUNDS
from scoring.points.sheet import ScoreSheet
from scoring.tables import columns_of, days_of, table_of

ITEM = [*KEY_COLUMNS, "item_code"]
STATES = ("settled", "answered", "overdue", "open")
_KNOWN = ["unit_name", "item_name", "kind", "claimed_points", "computed_points", "supported_points"]
_DECIDED = ["round", "points", "reason_kind", "reason", "ground", "request", "decided_by",
            "decided_on", "ledger_digest"]  # fmt: skip
_TOLERANCE = 1e-9


def decided_rows(sheet: ScoreSheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that count beside what was known of each item, units and items in order.

    Parameters
    ----------
    sheet : ScoreSheet
        With `decided`; without it no row.
    rows : DataFrame
        The table ``RowsToDecide`` of the same sheet.

    Returns
    -------
    DataFrame
        The columns of `rows` and of the decision, ``ledger_now`` (digest of the ledger as it is)
        and ``lost_points``: how much lower the unit stands than by its claim (by the rule where it
        claimed nothing), 0 where both read the same; negative where the decision raised them.
    """
    columns = [*ITEM, *_KNOWN, "documents", "ledger_now", *_DECIDED, "lost_points"]
    if sheet.decided is None:
        return pd.DataFrame(columns=columns)
    told = sheet.decided.decisions.reindex(columns=[*_DECIDED, "item_code", "place"])
    # The period as the sheet writes it, which a journal may have written otherwise.
    keys = sheet.units.iloc[told["place"].to_numpy()][KEY_COLUMNS].reset_index(drop=True)
    told = told.drop(columns="place").reset_index(drop=True).assign(**keys)
    texts = [name for name in _DECIDED if name not in ("points", "decided_on")]
    cells = {name: told[name].astype(object).fillna("").astype("str") for name in texts}
    told = told.assign(**cells, decided_on=days_of(told["decided_on"]))
    known = rows[[*ITEM, *_KNOWN, "documents", "ledger_digest"]]
    table = told.merge(known.rename(columns={"ledger_digest": "ledger_now"}), on=ITEM)
    points, decimals = table["points"].to_numpy(float), sheet.criteria.meta.decimals
    table = table.assign(lost_points=points_lost(table, points, decimals))
    places = {code: place for place, code in enumerate(sheet.units["unit_code"])}
    order = zip(
        table["unit_code"].map(places), table["year"], table["period"],
        map(code_key, table["item_code"]), map(ROUNDS.index, table["round"]), strict=True,
    )  # fmt: skip
    sorted_rows = [row for _, row in sorted(zip(order, range(len(table)), strict=True))]
    return table.iloc[sorted_rows][columns].reset_index(drop=True)


def is_comment(decided: pd.DataFrame) -> pd.Series:
    """Say which decisions a unit has to answer: those that lowered points or ask for something."""
    return (decided["lost_points"] > _TOLERANCE) | (decided["request"] != "")


def comment_matrix(
    decided: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    due: dt.date,
    looked_on: dt.date,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every comment with its answer, what came of it, and how it stands.

    Parameters
    ----------
    decided : DataFrame
        See `decided_rows`.
    answers : DataFrame
        See `answers_of`.
    due : date
        The day up to which units were asked to answer.
    looked_on : date
        The day that the comments are looked at.
    before : DataFrame, optional
        ``RowsToDecide`` of the ledgers that were appraised; documents that are new since then are
        told. Without it ``evidence_added`` is empty.

    Returns
    -------
    DataFrame
        The table ``Comments``: the first comment on each item, and each of a later round that asks
        for something or takes more off. ``state`` is ``settled`` once a round after it decided,
        else ``answered``, ``overdue`` or ``open``. A comment made after `due` has no ``due_on``.
    """
    place = decided["round"].map(ROUNDS.index).astype("int64")
    decided = decided.assign(order=place)
    comments = _comments(decided)
    table = comments.merge(answers, on=ITEM, how="left").merge(
        _last_decisions(decided), on=ITEM, how="left"
    )
    is_later = (table["last_order"] > table["order"]).to_numpy()
    # A ledger holds one answer to an item: only from the day of a new comment on it is it its own.
    is_new = table["is_again"] & ~(table["ledger_day"] >= table["decided_on"])
    text = table["answer"].fillna("").mask(is_new, "")
    answered_on = table["ledger_day"].where(
        (text != "") & ~(table["ledger_day"] < table["decided_on"])
    )
    # A day that was over when the comment was made is not the day up to which to answer it.
    due_on = pd.Series(pd.Timestamp(due), table.index).mask(table["decided_on"] > pd.Timestamp(due))
    is_overdue = (due_on < pd.Timestamp(looked_on)).to_numpy()
    states = np.select(
        [is_later, (text != "").to_numpy(), is_overdue], ["settled", "answered", "overdue"], "open"
    )
    digests = table["ledger_digest"], table["ledger_now"]
    table = table.assign(
        answer=text,
        answered_on=days_of(answered_on),
        is_late=(answered_on > due_on).to_numpy(),
        due_on=due_on,
        ledger_changed=(digests[0] != "") & (digests[0] != digests[1]),
        evidence_added=_added(table, before),
        next_round=table["last_round"].where(is_later, ""),
        next_points=table["last_points"].where(is_later),
        next_reason=table["last_reason"].where(is_later, ""),
        state=states.astype(object),
    )
    return table_of(table[columns_of("Comments")], "Comments")


def _comments(decided: pd.DataFrame) -> pd.DataFrame:
    """Return comments, one an item and round, with ``is_again`` for those on what had one before."""
    asks = decided[is_comment(decided) & (decided["round"] != "final")]
    asks = asks.drop_duplicates([*ITEM, "round"])
    is_again = asks.duplicated(ITEM)
    takes_more = asks["lost_points"] > asks.groupby(ITEM)["lost_points"].shift() + _TOLERANCE
    # A round that leaves points as the one before left them, and asks nothing, settles a comment.
    is_new = ~is_again | (asks["request"] != "") | takes_more
    return asks.assign(is_again=is_again)[is_new].reset_index(drop=True)


def _last_decisions(decided: pd.DataFrame) -> pd.DataFrame:
    names = {name: f"last_{name}" for name in ("order", "round", "points", "reason")}
    return decided.drop_duplicates(ITEM, keep="last")[[*ITEM, *names]].rename(columns=names)


def _added(table: pd.DataFrame, before: pd.DataFrame | None) -> list[str]:
    """Return the documents of each item that it did not have before, one a line."""
    if before is None:
        return [""] * len(table)
    old = {tuple(key): text for *key, text in before[[*ITEM, "documents"]].itertuples(index=False)}
    return [
        "\n".join(_new_lines(str(text), str(old.get(tuple(key), ""))))
        for *key, text in table[[*ITEM, "documents"]].itertuples(index=False)
    ]


def _new_lines(now: str, then: str) -> Iterator[str]:
    # What stands in brackets at the end is whether the file was seen.
    known = {line.rpartition(" (")[0] for line in then.split("\n")}
    return (line for line in now.split("\n") if line and line.rpartition(" (")[0] not in known)


def answers_of(appraisal: pd.DataFrame, ledger_units: pd.DataFrame) -> pd.DataFrame:
    """Return what units answered on the sheet ``Thẩm định`` of their ledgers.

    Parameters
    ----------
    appraisal : DataFrame
        Table ``Appraisals``; may be empty.
    ledger_units : DataFrame
        Units with ``prepared_on``, the day that the ledger names; may be empty.

    Returns
    -------
    DataFrame
        ``answer`` and ``ledger_day`` (NaT where the ledger names none) by unit and item, and the
        place of the answer.
    """
    columns = [*ITEM, "answer", "ledger_day"]
    if not len(appraisal):
        return pd.DataFrame(columns=columns).astype(
            {"year": "int64", "ledger_day": "datetime64[ns]"}
        )
    said = appraisal[appraisal["response"].fillna("").str.strip() != ""]
    days = ledger_units.reindex(columns=[*KEY_COLUMNS, "prepared_on"]).drop_duplicates(KEY_COLUMNS)
    told = (
        said.merge(days, on=KEY_COLUMNS, how="left") if len(days) else said.assign(prepared_on=None)
    )
    told = told.assign(answer=told["response"].str.strip(), ledger_day=days_of(told["prepared_on"]))
    return told.drop_duplicates(ITEM)[
        [*columns, *(n for n in ("file", "sheet", "cell") if n in told)]
    ]


def with_earlier_talk(
    rows: pd.DataFrame, decisions: pd.DataFrame, answers: pd.DataFrame, round: str, lang: str
) -> pd.DataFrame:
    """Return `rows` with ``comment``, what the last round before said of each, and ``answer``.

    Parameters
    ----------
    rows : DataFrame
        The table ``RowsToDecide``.
    decisions : DataFrame
        Table ``Decisions``, those that stand.
    answers : DataFrame
        See `answers_of`.
    round : str
        The round that is prepared.
    lang : {"vi", "en"}
    """
    told = last_before(decisions, round)
    texts = pd.Series([_comment(row, lang) for row in told.to_dict("records")], dtype="str")
    said = texts.groupby([told[name].to_numpy() for name in ITEM]).agg("\n".join)
    items = pd.MultiIndex.from_frame(rows[ITEM])
    replies = answers.set_index(ITEM)["answer"]
    return rows.assign(
        comment=said.reindex(items).fillna("").to_numpy(),
        answer=replies.reindex(items).fillna("").to_numpy(),
    )


def _comment(row: Mapping[Hashable, Any], lang: str) -> str:
    kind = label(f"difference_{row['reason_kind']}", lang) if row["reason_kind"] else ""
    words = filter(None, (kind, row["reason"], row["ground"], row.get("request", "")))
    who = f"{row['decided_by']}: " if row["decided_by"] else ""
    return f"{who}{format_number(row['points'], 2, lang)}. {'; '.join(words)}".strip()


def comment_counts(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return how many comments each unit got and how they stand: the table ``CommentCounts``.

    The four states add up to ``comments``; ``with_answer`` counts what was answered in any state.
    """
    told = matrix.assign(
        comments=1, with_answer=(matrix["answer"] != "").astype(int), late=matrix["is_late"].astype(int),
        **{state: (matrix["state"] == state).astype(int) for state in STATES},
    )  # fmt: skip
    counted = ["comments", "with_answer", *STATES, "late"]
    groups = told.groupby([*KEY_COLUMNS, "unit_name"], sort=False)[counted].sum()
    return table_of(groups.reset_index()[columns_of("CommentCounts")], "CommentCounts")


def answer_findings(matrix: pd.DataFrame, answers: pd.DataFrame) -> Iterator[Finding]:
    """Yield answers to comments that nobody made, those after the due day, and those of no day."""
    known = pd.MultiIndex.from_frame(matrix[ITEM])
    for row in answers[~pd.MultiIndex.from_frame(answers[ITEM]).isin(known)].to_dict("records"):
        place = {name: str(row.get(name, "")) for name in ("file", "sheet", "cell")}
        about = {"unit_code": str(row["unit_code"]), "item_code": str(row["item_code"])}
        yield Finding("answer-without-comment", **place, **about, values={"value": row["answer"]})
    for (unit, *_), rows in matrix[matrix["is_late"]].groupby(KEY_COLUMNS, sort=False):
        values = {
            "count": len(rows),
            "expected": list(rows["item_code"]),
            "value": rows["answered_on"].iloc[0].date(),
            "limit": rows["due_on"].iloc[0].date(),
        }
        yield Finding("answer-late", unit_code=str(unit), values=values)
    undated = matrix[(matrix["answer"] != "") & matrix["answered_on"].isna()]
    if len(undated):
        values = {"count": len(undated), "units": undated["unit_code"].nunique()}
        yield Finding("answers-undated", values=values)
