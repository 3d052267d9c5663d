"""A page computes what the engine does: random units of every shipped set, in a real browser."""

import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from random_units import UNITS, YEAR, given, random_sheet, small_sets

from scoring.base.values import STATUSES
from scoring.criteria import check_set, list_sets, open_set
from scoring.criteria.javascript_set import set_javascript
from scoring.evidence.proof import STATES, judge, requirements_of, verdicts
from scoring.official.document_kinds import kinds_of
from scoring.points.proof import with_proof
from scoring.rules.kinds import RULE_KINDS

TITLES = ("", "Kế hoạch CCHC năm 2025", "Báo cáo quý I, II năm 2025", "Báo cáo 6 tháng đầu năm",
          "V/v ban hành Kế hoạch cải cách hành chính năm 2024-2026", "Báo cáo CCHC năm 2024",
          "Báo cáo tháng 3 và phương hướng năm 2026", "Quyết định phê duyệt Chương trình năm 2025",
          "Báo cáo 9 tháng và cả năm 2025 (ngày 15/7/2024)")  # fmt: skip


def papers(sheet, rng):
    """Return random documents of all units and what they are linked to, as tables."""
    asked = sheet.criteria.tables["evidence"]
    count, n = 12 * UNITS, len(asked)
    at = rng.integers(0, n, (count, 2))
    own = [min(kinds_of(asked["kind"].iloc[place]), default="KH") for place in at[:, 0]]
    day = pd.Timestamp(YEAR, 6, 1) + pd.to_timedelta(rng.integers(-400, 400, count), "D")
    some = [rng.random(count) < chance for chance in (0.05, 0.9, 0.1, 0.05, 0.5, 0.1)]
    documents = sheet.units.loc[np.arange(count) % UNITS, ["unit_code", "year", "period"]]
    documents = documents.reset_index(drop=True).assign(
        document_id=[f"D{place}" for place in range(count)],
        document_number=np.where(some[0], "", "12/KH-UBND"),
        kind=np.where(rng.random(count) < 0.8, own, "BC"), title=rng.choice(TITLES, count),
        issuer=rng.choice(["", "Ủy ban nhân dân tỉnh Phú Thọ", "UBND xã A"], count),
        issued_on=pd.Series(day).where(~some[3]).astype("datetime64[us]"),
        issued_precision=rng.choice(["day", "month", "year"], count, p=[0.8, 0.1, 0.1]),
        path=np.where(some[1], [f"{place}.pdf" for place in range(count)], ""), sha256="",
        address=np.where(some[2], "https://a.vn/x", ""), secret=rng.random(count) < 0.05,
        valid_from=pd.Series(day).where(some[5]), valid_to=pd.Series(day[::-1]).where(some[5]),
    )  # fmt: skip
    codes = asked["item_code"].to_numpy()[at]
    keys = documents[["unit_code", "year", "period", "document_id"]]
    links = pd.concat([keys.assign(item_code=codes[:, side]) for side in (0, 1)])
    return documents, links.drop_duplicates().reset_index(drop=True), some[4]


def proved(sheet, seed):
    """Return a sheet with the points that random documents support, its verdicts and what a page is told."""
    rng = np.random.default_rng(seed)
    documents, links, seen = papers(sheet, rng)
    meta = sheet.criteria.meta
    found = judge(sheet.criteria, sheet.units, documents, links)
    asked = requirements_of(sheet.criteria.tables["evidence"], sheet.units)
    judged = verdicts(asked, found.documents.assign(is_seen=seen), links, meta.proof_percent)

    def serial(days):
        numbers = (days - pd.Timestamp(1899, 12, 30)).dt.days
        return numbers.astype(object).where(days.notna(), None)

    told = documents.assign(
        issuedOn=serial(documents["issued_on"]), validFrom=serial(documents["valid_from"]),
        validTo=serial(documents["valid_to"]), number=documents["document_number"],
        precision=documents["issued_precision"], isSecret=documents["secret"], isSeen=seen,
        hasFile=documents["path"] != "",
        items=documents["document_id"].map(links.groupby("document_id")["item_code"].agg(list)),
    )  # fmt: skip
    names = ["kind", "title", "issuer", "number", "issuedOn", "validFrom", "validTo", "precision",
             "isSecret", "isSeen", "hasFile", "items", "address"]  # fmt: skip
    by_unit = [[{k: v for k, v in row.items() if v is not None} for row in
                told.loc[told["unit_code"] == code, names].to_dict("records")]
               for code in sheet.units["unit_code"]]  # fmt: skip
    return with_proof(sheet, judged), judged, by_unit


@pytest.fixture(scope="module")
def sheets():
    named = [open_set(name) for name in list_sets() if check_set(name).is_sound]
    return [random_sheet(criteria, seed) for seed, criteria in enumerate([*named, *small_sets()])]


PAGE = """<!doctype html><meta charset="utf-8"><pre id="out"></pre><script>
const revived = (key, value) => (value === "Infinity" ? Infinity : value);
const shown = (key, value) => (typeof value === "number" && Number.isNaN(value) ? null : value);
%s
const told = JSON.parse(%s, revived);
const made = told.map((units, at) => units.map((unit) => {
  const proof = unit.documents ? SETS[at].verdicts(unit.documents, unit.year) : null;
  return { ...SETS[at].score({ ...unit, proof }), proof };
}));
document.getElementById("out").textContent = JSON.stringify(made, shown);
</script>"""


@pytest.fixture(scope="module")
def proofs(sheets):
    return {at: proved(sheet, at) for at, sheet in enumerate(sheets)
            if len(sheet.criteria.tables["evidence"])}  # fmt: skip


@pytest.fixture(scope="module")
def computed(sheets, proofs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    scripts = "".join(set_javascript(sheet.criteria, f"set{at}") for at, sheet in enumerate(sheets))
    scripts += f"const SETS = [{', '.join(f'set{at}' for at in range(len(sheets)))}];"
    units = [[given(sheet, at) for at in range(UNITS)] for sheet in sheets]
    for place, (_, _, by_unit) in proofs.items():
        for unit, documents in zip(units[place], by_unit, strict=True):
            unit["documents"] = documents
    told = json.dumps(units)
    path = folder / "page.html"
    path.write_text(PAGE % (scripts, json.dumps(told)), encoding="utf-8")
    command = [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL).group(1))


@pytest.mark.chromium
def test_a_browser_gives_every_unit_of_every_set_the_points_of_the_engine(sheets, computed):
    for sheet, units in zip(sheets, computed, strict=True):
        codes = [*(node.code for node in sheet.criteria.nodes), "INDEX"]
        for key, array in (("points", sheet.points), ("maxima", sheet.maxima),
                           ("low", sheet.points_low), ("high", sheet.points_high)):  # fmt: skip
            met = np.array([[unit[key][code] for unit in units] for code in codes], dtype=float)
            np.testing.assert_allclose(met, array, rtol=0, atol=1e-9, err_msg=sheet.criteria.set_id)
        status = np.array([[unit["status"][code] for unit in units] for code in codes])
        assert (status == sheet.status).all(), sheet.criteria.set_id


@pytest.mark.chromium
def test_conditions_do_to_grades_what_they_do_in_the_engine(sheets, computed):
    met = set()
    for sheet, units in zip(sheets, computed, strict=True):
        reasons = [[] for _ in units]
        for reason in sheet.graded.reasons:
            if reason.rule.kind != "quota":
                told = (reason.verdict, reason.before, reason.after, reason.rule.vi)
                reasons[reason.unit].append(told)
        keys = ("verdict", "before", "after", "vi")
        told = [[tuple(one[key] for key in keys) for one in unit["gradeReasons"]] for unit in units]
        assert told == reasons, sheet.criteria.set_id
        met |= {one[0] for unit in told for one in unit}
        assert [unit["gradeByPoints"] for unit in units] == list(sheet.graded.by_points)
        quotas = [rule.vi for rule in sheet.criteria.meta.grade_rules if rule.kind == "quota"]
        assert all([one["vi"] for one in unit["quotas"]] == quotas for unit in units)
        if not quotas:
            assert [unit["grade"] for unit in units] == list(sheet.graded.codes)
    acts = ("capped", "lowered", "forced", "condition-failed", "to-confirm")
    assert met == {f"grade-{act}" for act in acts}


@pytest.mark.chromium
def test_documents_prove_what_they_prove_in_the_engine(sheets, proofs, computed):
    met = set()
    for at, (sheet, judged, _) in proofs.items():
        units = dict(zip(sheet.units["unit_code"], computed[at], strict=True))
        names = ("state", "share", "required", "on_time", "unseen", "late", "invalid")
        for row in judged.to_dict("records"):
            told = units[row["unit_code"]]["proof"][row["item_code"]]
            told["on_time"] = told["onTime"]
            assert {name: told[name] for name in names} == {name: row[name] for name in names}, (
                sheet.criteria.set_id, row)  # fmt: skip
            met.add(row["state"])
        if sheet.supported is None:
            assert all(unit["supported"] is None for unit in units.values())
            continue
        codes = [*(node.code for node in sheet.criteria.nodes), "INDEX"]
        points = np.array([[unit["supported"][code] for unit in units.values()] for code in codes],
                          dtype=float)  # fmt: skip
        np.testing.assert_allclose(points, sheet.supported, rtol=0, atol=1e-9)
    assert met == set(STATES)


def test_random_units_reach_every_rule_kind_and_status(sheets):
    kinds = {rule.spec.kind for sheet in sheets for rule in sheet.criteria.rules.values()}
    assert len(kinds) >= 8 and kinds <= set(RULE_KINDS)
    met = {STATUSES[at] for sheet in sheets for at in np.unique(sheet.status)}
    assert met == set(STATUSES)
