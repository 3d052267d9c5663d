"""A simulated province in which nothing is wrong, with all that looks wrong and is not.

Good units are good in many items; some items are easy; deadlines draw dates towards them; forms are
prefilled by the province; everybody cites its documents; small communes have equal small counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from set_builder import sound

from scoring.base.dates import EXCEL_EPOCH
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet, inputs_table, score
from scoring.points.proof import with_claims
from scoring.points.tracks import with_decisions

KINDS = ["direct"] * 6 + ["ratio"] * 2 + ["deadline"] * 2
_SYLLABLES = [
    "kế",
    "hoạch",
    "cải",
    "cách",
    "hành",
    "chính",
    "thủ",
    "tục",
    "hồ",
    "sơ",
    "trực",
    "tuyến",
    "bộ",
    "phận",
    "một",
    "cửa",
    "rà",
    "soát",
    "công",
    "khai",
    "niêm",
    "yết",
    "báo",
    "cáo",
    "kết",
    "quả",
    "thực",
    "hiện",
    "chỉ",
    "đạo",
    "kiểm",
    "tra",
    "giám",
    "sát",
    "cán",
    "bộ",
    "công",
    "chức",
    "đào",
    "tạo",
    "tập",
    "huấn",
    "ngân",
    "sách",
    "tài",
    "sản",
    "đơn",
    "giá",
    "dân",
    "phố",
    "thôn",
    "bản",
    "họp",
    "giao",
    "ban",
    "tháng",
    "quý",
    "biên",
    "bản",
    "danh",
    "sách",
    "đề",
    "nghị",
    "phối",
    "hợp",
    "đoàn",
    "thể",
    "mặt",
    "trận",
    "văn",
    "thư",
    "lưu",
    "trữ",
    "số",
    "hóa",
    "chữ",
    "ký",
    "đường",
    "dây",
    "nóng",
    "phản",
    "ánh",
    "kiến",
    "nghị",
    "tiếp",
    "công",
    "dân",
    "hẹn",
    "trả",
    "sớm",
    "đúng",
    "trễ",
    "xin",
    "lỗi",
    "sáng",
    "kiến",
    "mô",
    "hình",
    "khảo",
    "sát",
    "hài",
    "lòng",
    "phiếu",
    "hỏi",
]
_TEMPLATE = (
    "Đơn vị nêu rõ kết quả thực hiện trong năm, số văn bản đã ban hành, số liệu đến ngày chốt báo cáo, "
    "khó khăn vướng mắc và nguyên nhân, kèm tài liệu kiểm chứng theo hướng dẫn của cơ quan thường trực."
)


def criteria_of(areas: int = 8) -> CriteriaSet:
    """Return a set of ten items an area: six given directly, two of counts, two of days."""
    items, inputs, bands = [], [], []
    for area in range(1, areas + 1):
        items.append({"code": str(area), "max_points": 20})
        for at, kind in enumerate(KINDS, 1):
            code = f"{area}.{at}"
            items.append({"code": code, "max_points": 2, "rule": kind})
            if kind == "direct":
                inputs.append(
                    {
                        "item_code": code,
                        "role": "points",
                        "kind": "number",
                        "minimum": "0",
                        "maximum": "2",
                    }
                )
            elif kind == "ratio":
                inputs += [
                    {"item_code": code, "role": role} for role in ("numerator", "denominator")
                ]
                items[-1] |= {"full_at_percent": 100, "zero_denominator": "zero"}
            else:
                inputs.append({"item_code": code, "role": "done_on", "kind": "date"})
                items[-1] |= {
                    "due_on": f"year-{1 + (area * 2 + at) % 12:02d}-15",
                    "never_points": 0,
                }
                bands += [{"item_code": code, "upper": 0, "upper_closed": "yes", "points": 2},
                          {"item_code": code, "lower": 0, "points": 0}]  # fmt: skip
    return sound({"total_points": 20 * areas}, items=items, inputs=inputs, bands=bands)


@dataclass(frozen=True)
class Province:
    """A run as `find_anomalies` takes it."""

    sheet: ScoreSheet
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    last_scores: pd.DataFrame | None = None

    def told(self) -> tuple[ScoreSheet, dict[str, pd.DataFrame], pd.DataFrame | None]:
        return self.sheet, self.tables, self.last_scores


def clean_province(
    seed: int, units: int = 30, criteria: CriteriaSet | None = None, texts: bool = True
) -> Province:
    """Return a province without anything to find.

    Parameters
    ----------
    seed, units : int
    criteria : CriteriaSet, optional
        Of `criteria_of`.
    texts : bool
        With explanations and documents.
    """
    rng = np.random.default_rng(seed)
    criteria = criteria or criteria_of()
    codes = [node.code for node in criteria.nodes if node.is_item]
    good, ease = rng.normal(0.8, 0.9, units), rng.normal(0.8, 1.4, len(codes))
    size = np.exp(rng.normal(5.0, 1.1, units))
    sheet = _scored(rng, criteria, good, ease, size)
    last = _scored(rng, criteria, good + rng.normal(-0.1, 0.35, units), ease, size)
    scores = last.scores.assign(year=2025)
    claims = _claims(rng, sheet, codes)
    tables = {"claims": claims}
    if texts:
        tables["claims"] = claims.assign(explanation=_texts(rng, len(claims)))
        tables |= _documents(rng, sheet, codes)
    sheet, _ = with_claims(sheet, claims)
    return Province(_decided(rng, sheet, claims), tables, scores)


def _scored(rng, criteria, good, ease, size) -> ScoreSheet:
    rows, n = [], len(good)
    leaves = [node for node in criteria.nodes if node.is_item]
    lateness = rng.normal(0, 1.0, n)
    for node, easy in zip(leaves, ease, strict=True):
        share = 1 / (1 + np.exp(-(good + easy + rng.normal(0, 0.8, n))))
        if node.rule == "direct":
            values = {"points": np.clip(np.round(share * 1.35 * 8) / 4, 0, 2)}
        elif node.rule == "ratio":
            whole = rng.poisson(size * np.exp(rng.normal(0, 0.7)))
            values = {
                "numerator": rng.binomial(whole, np.clip(share * 1.2, 0, 1)),
                "denominator": whole,
            }
        else:
            due = (
                pd.Timestamp(2026, int(node.spec.due_on[5:7]), 15) - pd.Timestamp(EXCEL_EPOCH)
            ).days
            # Some are always just in time; hardly anybody is early by a month.
            early = np.where(
                rng.random(n) < 1 / (1 + np.exp(-lateness)) * 0.6,
                rng.integers(0, 2, n),
                rng.gamma(1.5, 8, n),
            )
            values = {"done_on": due - early.astype(int) + np.where(rng.random(n) < 0.08, 20, 0)}
        rows += [_rows(node.code, name, numbers) for name, numbers in values.items()]
    return score(inputs_table(pd.concat(rows, ignore_index=True)), criteria)


def _rows(code: str, name: str, numbers: np.ndarray) -> pd.DataFrame:
    units = [f"X{place:04d}" for place in range(len(numbers))]
    table = pd.DataFrame(
        {
            "unit_code": units,
            "block": "Xã",
            "year": 2026,
            "period": "",
            "item_code": code,
            "input": name,
        }
    )
    table["unit_name"] = "Xã " + table["unit_code"]
    if name == "done_on":
        days = pd.to_datetime(pd.Timestamp(EXCEL_EPOCH) + pd.to_timedelta(numbers, "D"))
        return table.assign(value=np.nan, happened_on=days)
    return table.assign(value=numbers.astype(float), happened_on=pd.NaT)


def _claims(rng, sheet: ScoreSheet, codes: list[str]) -> pd.DataFrame:
    """Return what units claim: what the rule gives, now and then a step more."""
    rows = [sheet.row(code) for code in codes]
    points, most = sheet.points[rows], sheet.maxima[rows]
    more = np.minimum(points + 0.25 * (rng.random(points.shape) < 0.1), most)
    items, places = np.indices(points.shape).reshape(2, -1)
    table = sheet.units.iloc[places][["unit_code", "year", "period"]].reset_index(drop=True)
    told = {"item_code": np.array(codes, object)[items], "self_points": more.reshape(-1)}
    return table.assign(**told, documents="", explanation="", file=table["unit_code"] + ".xlsx",
                        sheet="Tự đánh giá", cell=[f"H{5 + item}" for item in items])  # fmt: skip


def _texts(rng, count: int) -> list[str]:
    """Return explanations: nothing, the province's template alone, or with clauses of one's own.

    Clauses are stock phrases, the first of them used far more than the last, with own numbers.
    """
    stock = [" ".join(rng.choice(_SYLLABLES, size)) for size in rng.integers(7, 14, 600)]
    often = 1 / np.arange(5, 605)
    lengths = rng.choice([0, 2, 4, 6], count, p=[0.5, 0.2, 0.2, 0.1])
    drawn = iter(rng.choice(600, int(lengths.sum()), p=often / often.sum()).tolist())
    numbers = iter(rng.integers(1, 400, int(lengths.sum())).tolist())
    is_filled = rng.random(count) < 0.7
    return [
        " ".join(
            [_TEMPLATE] * filled + [f"{stock[next(drawn)]} {next(numbers)}," for _ in range(length)]
        )
        for length, filled in zip(lengths.tolist(), is_filled.tolist(), strict=True)
    ]


def _documents(rng, sheet: ScoreSheet, codes: list[str]) -> dict[str, pd.DataFrame]:
    """Return documents: of the province, of a department for a few, and everybody's own."""
    rows, links = [], []
    issuers = {"tỉnh": "UBND tỉnh Mẫu", "sở": "Sở Nội vụ"}
    above = [(kind, number) for kind in issuers for number in range(12)]
    for place, unit in enumerate(sheet.units.to_dict("records")):
        key = {name: unit[name] for name in ("unit_code", "year", "period")}
        cited = [one for one in above if rng.random() < (0.8 if one[1] < 4 else 0.1)]
        told = [(f"{10 + number}/{'QĐ-UBND' if kind == 'tỉnh' else 'CV-SNV'}", issuers[kind], 3 + number, f"chung{kind}{number}")
                for kind, number in cited]  # fmt: skip
        told += [(f"{rng.integers(1, 400)}/BC-UBND", f"UBND xã {unit['unit_code']}", int(rng.integers(1, 28)),
                  f"{place}-{number}") for number in range(8)]  # fmt: skip
        for at, (number, issuer, day, digest) in enumerate(told):
            item = codes[rng.integers(len(codes))]
            rows.append(key | {"document_id": f"TL{at}", "document_number": number, "issuer": issuer,
                               "issued_on": pd.Timestamp(2026, 3, day), "sha256": digest})  # fmt: skip
            links.append(key | {"document_id": f"TL{at}", "item_code": item})
    table = pd.DataFrame(rows).assign(issued_precision="day", title="", file="", sheet="", cell="")
    return {"documents": table, "links": pd.DataFrame(links).assign(place="")}


def _decided(rng, sheet: ScoreSheet, claims: pd.DataFrame) -> ScoreSheet:
    """Return the sheet with final decisions: some items are a little stricter than others."""
    codes = claims["item_code"].unique()
    strict = dict(zip(codes, rng.beta(6, 42, len(codes)), strict=True))
    lowered = rng.random(len(claims)) < claims["item_code"].map(strict)
    points = np.maximum(claims["self_points"] - 0.25 * lowered, 0)
    decisions = claims[["unit_code", "year", "period", "item_code"]].assign(
        points=points, round="final", reason="xem lại"
    )
    return with_decisions(sheet, decisions)[0]


def changed(province: Province, **tables: pd.DataFrame) -> Province:
    """Return the province with some of its tables changed."""
    return replace(province, tables={**province.tables, **tables})
