"""Make the truth of a season of a province that does not exist (dữ liệu mô phỏng, synthetic data).

``python evidence/make_season.py --out DIR`` writes the tables; `evidence/season_story.py` plays the
season that they describe. How it works:

1. Thirty units in two blocks, 14 departments (so-01 ...) and 16 communes (xa-01 ...). What each
   really did is drawn from a seeded generator, better for some units than for others.
2. `MISDEEDS` says who departs from the truth, where and how: figures above the true ones (a rule
   misread), points added up wrongly, documents forgotten or late; everybody thinks rather well of
   the quality of its own advice (3.3), which appraisers judge.
3. What a unit claims, and what appraisers decide in three rounds, is worked out below by hand from
   the rules of `season-example-2026/set`, rounded to two decimals as people type it.
4. The survey asks 150 people a unit; how many are satisfied is binomial about the true share.

Nothing of `scoring` is used here, and every number is invented.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd

YEAR, SEED, ASKED = 2026, 20261201, 150
DEPARTMENTS, COMMUNES = 14, 16
MADE_UP = "dữ liệu mô phỏng"
NEW, MERGED, DISCIPLINED = "xa-16", "xa-15", "so-01"
TWINS = {"so-11": "so-10", "xa-08": "xa-06"}
"""Units whose figures are those of another: the first pair shares a rank, area 2 parts the second."""
NOT_APPLICABLE = {
    ("xa-03", "2.3"): "Xã không có thủ tục thu phí",
    ("xa-12", "2.3"): "Xã không có thủ tục thu phí",
    (NEW, "2.4"): "Xã mới thành lập, không có số liệu năm trước",
}
ITEMS = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "2.5",
         "3.1", "3.2", "3.3", "4.1", "9.1", "10.1")  # fmt: skip
MOST = dict(zip(ITEMS, (5, 10, 4, 6, 15, 5, 10, 5, 5, 8, 6, 6, 15, 2, 3), strict=True))
PROOF = {
    "1.2": ("BC", "Báo cáo kết quả thực hiện kế hoạch cải cách hành chính", "2026-12-10"),
    "1.3": ("BC", "Báo cáo cải cách hành chính năm 2026", "2026-12-12"),
    "3.2": ("QĐ", "Quyết định phê duyệt vị trí việc làm", "2026-06-30"),
}


@dataclass(frozen=True)
class Misdeed:
    """Where a unit departs from the truth, and how the rounds deal with it.

    Attributes
    ----------
    cause : str
        A kind of difference: ``arithmetic``, ``rule-misread``, ``missing-proof``, ``late-proof``.
    above : float
        By how much the reported count (misread) or the claimed points (arithmetic) is too high.
    answer : str
        What the unit answers to the first round; empty: it does not.
    is_mended : bool
        The unit shows the document with its answer and gets its points back in round 2.
    """

    unit: str
    item: str
    cause: str
    above: float = 0.0
    answer: str = ""
    is_mended: bool = False


MISDEEDS = (
    Misdeed("so-03", "1.2", "rule-misread", 3, "Nhiệm vụ đang làm cũng là đã làm"),
    Misdeed("so-07", "1.2", "rule-misread", 2),
    Misdeed("xa-04", "1.2", "rule-misread", 4),
    Misdeed("xa-09", "2.2", "rule-misread", 2, "Đã chuyển cơ quan khác xử lý"),
    Misdeed("so-05", "2.1", "arithmetic", 0.5),
    Misdeed("xa-02", "1.4", "arithmetic", 1),
    Misdeed("so-02", "1.2", "missing-proof", answer="Báo cáo gửi bản giấy"),
    Misdeed("so-06", "3.2", "missing-proof"),
    Misdeed("xa-11", "1.2", "missing-proof"),
    Misdeed("xa-07", "3.2", "missing-proof", answer="Xin gửi bổ sung quyết định", is_mended=True),
    Misdeed("so-09", "1.3", "late-proof", answer="Văn thư phát hành chậm"),
    Misdeed("xa-05", "1.3", "late-proof"),
)
# Units that ask for more points for their advice, and how many round 2 adds.
APPEALS = {"so-04": 0.25, "so-12": 0.0, "xa-01": 0.5, "xa-10": 0.0}
# What the council changes in the last round, though round 2 had decided otherwise.
LAST_WORD = {("so-12", "3.3"): 0.25}
# Where the second appraiser of item 3.3 sees less than the first.
DISPUTED = {"so-04": 0.5, "so-08": 0.5}
REASONS = {
    "arithmetic": "Cộng, tính sai so với số liệu đã khai",
    "rule-misread": "Tính cả việc chưa xong; đếm lại theo báo cáo",
    "missing-proof": "Không có tài liệu kiểm chứng",
    "late-proof": "Báo cáo ban hành sau ngày 15/12",
    "judgement": "Tham mưu còn chậm, phải sửa nhiều lần",
    "survey": "Theo kết quả khảo sát",
}


def rounded(points: float) -> float:
    """Round half up to two decimals, as people write points."""
    return float(Decimal(repr(points)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def worked_out(item: str, figures: dict[str, object], best: float) -> float:
    """Return the points of an item as a person works them out with the set in hand."""
    told = {name: value for name, value in figures.items() if value is not None}
    number = {name: float(value) for name, value in told.items() if isinstance(value, int | float)}
    share = {
        "1.2": ("done", "planned"), "2.1": ("on_time", "received"), "2.2": ("handled", "received"),
        "2.3": ("paid_online", "payable"),
    }  # fmt: skip
    if item in share:
        over, under = (number[name] for name in share[item])
        part = over / under if under else 1.0
        if item == "2.1":
            return 15.0 if part > 0.99 else 15 * part if part >= 0.9 else 0.0
        return MOST[item] * min(1.0, part / 0.4 if item == "2.3" else part)
    if item == "1.1":
        if told["issued_on"] == "never":
            return 0.0
        late = (pd.Timestamp(str(told["issued_on"])) - pd.Timestamp(YEAR, 1, 15)).days
        return 5.0 if late <= 0 else 2.5 if late <= 15 else 0.0
    if item == "1.3":
        return 2.0 * (told["complete"] == "yes") + 2.0 * (told["in_time"] == "yes")
    if item == "2.4":
        growth = number["online"] / number["last_year"] - 1
        return 5.0 if growth > 0.1 else 3.0 if growth > 0 else 0.0
    if item == "3.2":
        return {"done": 6.0, "partly": 3.0, "none": 0.0}[str(told["arrangement"])]
    return {
        "1.4": lambda: min(6.0, 2 * number["initiatives"]),
        "2.5": lambda: 5 * number["services"] / best,
        "3.1": lambda: max(0.0, 8 - 2 * number["cases"]),
        "3.3": lambda: number["quality"],
        "4.1": lambda: 15 * number["sipas"] / 100,
        "9.1": lambda: min(2.0, number["models"]),
        "10.1": lambda: min(3.0, 0.5 * number["criticisms"]),
    }[item]()


def units() -> pd.DataFrame:
    """Return the thirty units with their blocks."""
    rows = [(f"so-{n:02}", f"Sở mẫu {n:02} ({MADE_UP})", "Sở") for n in range(1, DEPARTMENTS + 1)]
    rows += [(f"xa-{n:02}", f"Xã mẫu {n:02} ({MADE_UP})", "Xã") for n in range(1, COMMUNES + 1)]
    return pd.DataFrame(rows, columns=["unit_code", "unit_name", "block"])


def true_figures(codes: list[str], rng: np.random.Generator, lift: float) -> pd.DataFrame:
    """Return what units really did: unit, item, input and value; `lift` moves everybody."""
    rows: list[tuple[str, str, str, object]] = []
    for unit in codes:
        skill = float(np.clip(rng.beta(2.4, 1.9) + lift, 0.05, 0.9))
        skill = 0.99 if unit == DISCIPLINED else skill
        planned, received = int(rng.integers(20, 46)), int(rng.integers(800, 5000))
        petitions, payable = int(rng.integers(4, 30)), int(rng.integers(300, 2000))
        last_year = int(rng.integers(200, 1500))
        issued = pd.Timestamp(YEAR, 1, 4) + pd.Timedelta(days=int(rng.integers(0, 12)))
        told: dict[tuple[str, str], object] = {
            ("1.1", "issued_on"): issued.date().isoformat(),
            ("1.2", "done"): round(planned * (0.72 + 0.28 * skill)),
            ("1.2", "planned"): planned,
            ("1.3", "complete"): "yes",
            ("1.3", "in_time"): "yes" if skill > 0.5 else "no",
            ("1.4", "initiatives"): int(rng.binomial(4, skill)),
            ("2.1", "on_time"): round(received * (0.865 + 0.133 * skill)),
            ("2.1", "received"): received,
            ("2.2", "handled"): round(petitions * (0.7 + 0.3 * skill)),
            ("2.2", "received"): petitions,
            ("2.3", "paid_online"): round(payable * (0.12 + 0.34 * skill)),
            ("2.3", "payable"): payable,
            ("2.4", "online"): round(last_year * (0.92 + 0.35 * skill)),
            ("2.4", "last_year"): last_year,
            ("2.5", "services"): int(10 + round(50 * skill)),
            ("3.1", "cases"): int(rng.binomial(2, 0.6 * (1 - skill))),
            ("3.1", "leader_disciplined"): "no",
            ("3.2", "arrangement"): "done" if skill > 0.45 else "partly",
            ("3.3", "quality"): float(4 + np.round(6 * skill) / 4),
            ("9.1", "models"): int(rng.binomial(2, 0.5 * skill)),
            ("10.1", "criticisms"): int(rng.binomial(3, 0.5 * (1 - skill))),
            ("4.1", "sipas"): round(100 * float(rng.binomial(ASKED, 0.62 + 0.33 * skill)) / ASKED, 6),
        }  # fmt: skip
        rows += [(unit, item, name, value) for (item, name), value in told.items()]
    return pd.DataFrame(rows, columns=["unit_code", "item_code", "input", "value"])


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Put the special cases of the year into the true figures."""
    at = table.set_index(["unit_code", "item_code", "input"])["value"].astype("object")
    for twin, other in TWINS.items():
        for item, name in at[other].index:
            at[twin, item, name] = at[other, item, name]
    special = {
        (DISCIPLINED, "3.1", "leader_disciplined"): "yes",
        ("xa-10", "1.1", "issued_on"): "2026-01-20", ("xa-13", "1.1", "issued_on"): "never",
        ("xa-14", "2.2", "handled"): 0, ("xa-14", "2.2", "received"): 0,
        ("xa-06", "1.4", "initiatives"): 2, ("xa-08", "1.4", "initiatives"): 3,
        ("xa-06", "2.2", "handled"): 10, ("xa-08", "2.2", "handled"): 6,
        ("xa-06", "2.2", "received"): 10, ("xa-08", "2.2", "received"): 10,
        ("xa-09", "2.2", "handled"): 12, ("xa-09", "2.2", "received"): 16,
        ("xa-02", "1.4", "initiatives"): 2,
        **{(one.unit, "1.2", name): value for one in MISDEEDS if one.cause == "rule-misread"
           and one.item == "1.2" for name, value in (("done", 30), ("planned", 36))},
        **{(unit, "1.3", name): "yes" for unit in ("so-09", "xa-05") for name in ("complete", "in_time")},
        **{(unit, "3.2", "arrangement"): "done" for unit in ("so-06", "xa-07")},
    }  # fmt: skip
    for place, value in special.items():
        at[place] = value
    at = at[[(unit, item) not in NOT_APPLICABLE for unit, item, _ in at.index]]
    return at.reset_index()


def reported(true: pd.DataFrame) -> pd.DataFrame:
    """Return what units write into their ledgers; the survey is not theirs to write."""
    told = true[true["item_code"] != "4.1"].copy()
    for one in MISDEEDS:
        if one.cause == "rule-misread":
            name = {"1.2": "done", "2.2": "handled"}[one.item]
            row = (
                (told["unit_code"] == one.unit)
                & (told["item_code"] == one.item)
                & (told["input"] == name)
            )
            told.loc[row, "value"] = told.loc[row, "value"] + int(one.above)
    is_advice = told["item_code"] == "3.3"
    # Half a point to a point and a half too much, the best first asking for all six.
    told.loc[is_advice, "value"] = [
        min(6.0, value + 0.75) for value in told.loc[is_advice, "value"]
    ]
    return told.reset_index(drop=True)


def _points(figures: pd.DataFrame, blocks: dict[str, str]) -> dict[tuple[str, str], float]:
    """Return the points of every unit and item, worked out from figures and rounded."""
    services = figures[figures["input"] == "services"]
    best = services["value"].groupby(services["unit_code"].map(blocks)).max()
    told: dict[tuple[str, str], float] = {}
    for (unit, item), rows in figures.groupby(["unit_code", "item_code"], sort=False):
        own = dict(zip(rows["input"], rows["value"], strict=True))
        told[unit, item] = rounded(worked_out(item, own, float(best.get(blocks[unit], math.nan))))
    return told


def claims(told: pd.DataFrame, last: pd.DataFrame, blocks: dict[str, str]) -> pd.DataFrame:
    """Return the points that units claim; for the survey those of last year, 80% where it has none."""
    points = _points(told, blocks)
    for one in MISDEEDS:
        if one.cause == "arithmetic":
            points[one.unit, one.item] = rounded(points[one.unit, one.item] + one.above)
    before = last[last["input"] == "sipas"].set_index("unit_code")["value"]
    for unit in blocks:
        points[unit, "4.1"] = rounded(15 * float(before.get(unit, 80.0)) / 100)
    rows = [(unit, item, value) for (unit, item), value in points.items()]
    return pd.DataFrame(rows, columns=["unit_code", "item_code", "points"])


def documents(claimed: pd.DataFrame) -> pd.DataFrame:
    """Return the documents that units list, and when: with the ledger, or with the answer."""
    misdeeds = {(one.unit, one.item): one for one in MISDEEDS}
    rows = []
    for unit in dict.fromkeys(claimed["unit_code"]):
        for number, (item, (kind, title, day)) in enumerate(PROOF.items(), start=1):
            one = misdeeds.get((unit, item), Misdeed(unit, item, ""))
            if one.cause == "missing-proof" and not one.is_mended:
                continue
            day = "2026-12-19" if one.cause == "late-proof" else day
            told = {
                "unit_code": unit,
                "document_id": f"TL{number}",
                "document_number": f"{100 * number + int(unit[3:])}/{kind}-{unit[:2].upper()}M",
                "kind": kind,
                "issued_on": day,
                "title": title,
                "address": f"https://vanban.example/{unit}/tl{number}",
                "item_codes": item,
                "handed_in": "answer" if one.is_mended else "ledger",
            }
            rows.append(told)
    return pd.DataFrame(rows)


def decisions(true: pd.DataFrame, claimed: pd.DataFrame, blocks: dict[str, str]) -> pd.DataFrame:
    """Return what appraisers decide in each round; round 2 and the last only what is in dispute."""
    points = _points(true, blocks)
    causes = {(one.unit, one.item): one for one in MISDEEDS}
    held = claimed.set_index(["unit_code", "item_code"])["points"]
    rows = []
    for (unit, item), right in points.items():
        one, claim = causes.get((unit, item)), float(held[unit, item])
        first = 0.0 if one and one.cause == "missing-proof" else right
        first = right / 2 if one and one.cause == "late-proof" else first
        usual = {"3.3": "judgement", "4.1": "survey"}.get(item, "")
        kind = (one.cause if one else usual) if abs(claim - first) > 1e-9 else ""
        who = "An" if item[0] in "13" and item != "10.1" else "Bình"
        gap = DISPUTED.get(unit, 0.0) if item == "3.3" else 0.0
        rows.append(("1", who, unit, item, first, kind))
        if item == "3.3" and unit.startswith("so"):
            rows.append(("1", "Chi", unit, item, rounded(first - gap), kind))
        if claim - first <= 1e-9 and not gap:
            continue
        second = right if one and one.is_mended else first
        second = rounded(second + APPEALS.get(unit, 0.0)) if item == "3.3" else second
        kind = kind if abs(claim - second) > 1e-9 else ""
        rows.append(("2", who, unit, item, second, kind))
        if item == "3.3" and unit.startswith("so"):
            rows.append(("2", "Chi", unit, item, second, kind))
        if claim - second > 1e-9:
            last = rounded(second + LAST_WORD.get((unit, item), 0.0))
            rows.append(("final", "Hội đồng", unit, item, last, kind))
    names = ["round", "decided_by", "unit_code", "item_code", "points", "reason_kind"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(reason=table["reason_kind"].map(REASONS).fillna(""))


def answers() -> pd.DataFrame:
    """Return what units answer to the first round."""
    rows = [(one.unit, one.item, one.answer) for one in MISDEEDS if one.answer]
    rows += [(unit, "3.3", "Đề nghị xem lại: các đề án đều đúng hạn") for unit in APPEALS]
    return pd.DataFrame(rows, columns=["unit_code", "item_code", "response"])


def estimates(true: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return the table that a survey institute hands in, with Wilson intervals."""
    share = true[true["item_code"] == "4.1"].set_index("unit_code")["value"].astype(float) / 100
    z = 1.959963984540054
    middle = (share + z**2 / (2 * ASKED)) / (1 + z**2 / ASKED)
    half = z / (1 + z**2 / ASKED) * np.sqrt(share * (1 - share) / ASKED + z**2 / (4 * ASKED**2))
    told = {
        "survey": "khao-sat-mau", "series": "mau", "year": YEAR, "period": "", "unit_code": share.index,
        "unit_name": share.index.map(names), "measure": "index", "code": "INDEX", "weighting": "mau",
        "forms": ASKED, "answers": ASKED, "estimate_percent": (100 * share).round(6),
        "standard_error": (100 * np.sqrt(share * (1 - share) / ASKED)).round(6),
        "low_percent": (100 * (middle - half)).round(6),
        "high_percent": (100 * (middle + half)).round(6), "confidence_percent": 95, "state": "shown",
    }  # fmt: skip
    return pd.DataFrame(told).reset_index(drop=True)


def last_year(rng: np.random.Generator, blocks: dict[str, str]) -> pd.DataFrame:
    """Return the figures of the year before: the merged commune was two, the new one was not there."""
    codes = [unit for unit in blocks if unit not in (NEW, MERGED)]
    codes += [f"{MERGED}a", f"{MERGED}b"]
    table = true_figures(codes, rng, lift=-0.1)
    is_day = table["input"] == "issued_on"
    table.loc[is_day, "value"] = "2025" + table.loc[is_day, "value"].astype("str").str[4:]
    is_left = (table["input"] == "leader_disciplined") | table["item_code"].eq("2.3") & table[
        "unit_code"].isin([unit for unit, item in NOT_APPLICABLE if item == "2.3"])  # fmt: skip
    return table[~is_left].reset_index(drop=True)


def long_table(figures: pd.DataFrame, named: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return figures as the long table that the program reads."""
    names = named.set_index("unit_code")
    code = figures["unit_code"].str[:5]
    table = figures.assign(
        unit_name=code.map(names["unit_name"]), block=code.map(names["block"]), year=year, period=""
    )
    columns = ["unit_code", "unit_name", "block", "year", "period", "item_code", "input", "value"]
    table = table[columns].assign(not_applicable="", reason="")
    marks = [
        (unit, names["unit_name"][unit], names["block"][unit], year, "", item, "", "", "yes", why)
        for (unit, item), why in NOT_APPLICABLE.items()
        if item == "2.3"
    ]
    return pd.concat([table, pd.DataFrame(marks, columns=table.columns)], ignore_index=True)


def truth() -> dict[str, pd.DataFrame]:
    """Return every table of the season by the name of its file."""
    named = units()
    blocks = dict(zip(named["unit_code"], named["block"], strict=True))
    names = dict(zip(named["unit_code"], named["unit_name"], strict=True))
    true = _placed(true_figures(list(blocks), np.random.default_rng(SEED), lift=0.0))
    last = last_year(np.random.default_rng(SEED - 1), blocks)
    told = reported(true)
    claimed = claims(told, last, blocks)
    crosswalk = [(f"{MERGED}{end}", MERGED, 1, "population", size, "2026-01-01", MADE_UP)
                 for end, size in (("a", 8200), ("b", 5100))]  # fmt: skip
    assigned = [("An", "", "1"), ("An", "", "3"), ("Bình", "", "2"), ("Bình", "", "4"),
                ("Bình", "", "9"), ("Bình", "", "10")]  # fmt: skip
    assigned += [("Chi", unit, "3.3") for unit, block in blocks.items() if block == "Sở"]
    marked = [(unit, item, why) for (unit, item), why in NOT_APPLICABLE.items()]
    return {
        "units": named,
        "true-figures": true,
        "reported-figures": told,
        "not-applicable": pd.DataFrame(marked, columns=["unit_code", "item_code", "reason"]),
        "claims": claimed,
        "documents": documents(claimed),
        "decisions": decisions(true, claimed, blocks),
        "answers": answers(),
        "estimates": estimates(true, names),
        "figures-2025": long_table(last, named, YEAR - 1),
        "crosswalk": pd.DataFrame(
            crosswalk, columns=["old_unit", "new_unit", "weight", "method", "size", "valid_from", "source"]
        ),
        "assignments": pd.DataFrame(assigned, columns=["appraiser", "unit_code", "item_code"]),
    }  # fmt: skip


def write_truth(folder: Path) -> None:
    """Write the tables of `truth` as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth().items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    write_truth(parser.parse_args().out)
