"""Every published score under 766/QĐ-TTg that is known to us comes out again to the hundredth.

Counts and scores of Phú Thọ and 33 of its units, dichvucong.gov.vn of 26/9/2026, as tabulated
in the public repository ChippedTopaz/qd766.
"""

import csv
import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from scoring.base.rounding import round_points
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score

# Published figures have two decimals, so a hundredth is one step of their last digit.
STEP = 0.01
# (unit, item or area): (published, computed); see docs/reproduction.md.
DEVIATIONS = {("UBND xã Chân Mộng", "6"): (7.22, 7.23)}

METRICS = {
    "PUBLISH_ON_TIME": ("1.1", "announced_on_time", "to_announce"),
    "PUBLIC_UPDATE_ON_TIME": ("1.2", "published_on_time", "to_publish"),
    "PUBLIC_CONTENT_FULL": ("1.3", "full_content", "published"),
    "DOSSIER_SYNC": ("1.4", "synchronised", "dossiers"),
    "ORIGINAL_RESULT_AVAILABLE": ("4.1", "electronic_results", "received"),
    "SO_HOA_GIAY_TO_GIAI_QUYET": ("4.2", "digitised", "received"),
    "REUSED_DIGITIZED_DATA": ("4.4", "reused", "received"),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": ("4.5", "shared", "received"),
    "CITIZEN_DATA_CONNECTED_DOSSIER": ("4.6", "with_population_data", "received"),
    "CITIZEN_DATA_CONNECTED_FORMALITY": ("4.7", "connected", "procedures"),
    "DOSSIER_RECEIVING_SATISFACTION": ("5.3", "satisfied", "dossiers"),
    "PETITION_PROCESSING_ON_TIME": ("5.1", "handled_on_time", "petitions"),
    "PETITION_HANDLING_SATISFACTION": ("5.2", "satisfied", "petitions"),
}
# Published as a rate without counts.
RATE_ONLY = {"ELECTRONIC_CERTIFIED_COPY": ("4.3", "rate_percent")}
GROUP_INPUTS = {
    "dvc-progress-tree": ("2", {"on_time": "totalOnTime", "received": "totalReceived"}),
    "provide-online-tree": (
        "3",
        {
            "partial": "partialCount",
            "full": "fullCount",
            "authority": "authorityCount",
            "services_with_dossiers": "onlineDossierCount",
            "services": "onlineServiceTotal",
            "online_dossiers": "channelOnlineSum",
            "dossiers": "channelTotalSum",
        },
    ),
    "formality-online-payment-tree": (
        "6",
        {
            "paid_dossiers": "totalDossierOnlinePaymentSuccess",
            "payable_dossiers": "totalDossierFinancialObligation",
            "paid_procedures": "totalDossierOnlineFormalityPaymentSuccess",
            "fee_procedures": "totalFeeDossierFormalityDistinct",
            "procedures_with_payment": "totalFeeDossierFormality",
            "procedures_with_fee": "totalFeeFormality",
        },
    ),
}
GROUPS = {"transparency": "1", "dossier-digitized": "4", "handling-satisfaction": "5"}
PROVINCE = "UBND tỉnh Phú Thọ"


class Published:
    """Rows of the long table and the scores published for them."""

    def __init__(self):
        self.rows, self.scores = [], {}

    def add(self, unit, item, figures, points=None):
        self.rows += [
            {"unit_code": unit, "item_code": item, "input": name, "value": value}
            for name, value in figures.items()
            if value is not None
        ]
        if points is not None:
            self.scores[unit, item] = points

    def add_metric(self, unit, metric, entry):
        if metric in RATE_ONLY:
            item, name = RATE_ONLY[metric]
            self.add(unit, item, {name: entry["ratio"]}, entry.get("score"))
        elif metric in METRICS:
            item, part, whole = METRICS[metric]
            self.add(unit, item, {part: entry["n"], whole: entry["d"]}, entry.get("score"))

    def add_group(self, unit, group, counts, points):
        item, names = GROUP_INPUTS[group]
        self.add(unit, item, {name: counts[key] for name, key in names.items()}, points)


def number(text):
    return float(text) if text else None


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def province(folder):
    cases = Published()
    for row in read(folder / "root_year.csv"):
        group, metric = row["group"], row["metric_code"]
        entry = {
            "n": number(row["numerator"]),
            "d": number(row["denominator"]),
            "ratio": number(row["ratio_percent"]),
            "score": number(row["score"]),
        }
        if metric == "GROUP_TOTAL":
            counts = json.loads(row["other_inputs_json"])
            counts.setdefault("totalOnTime", entry["n"])
            cases.add_group(PROVINCE, group, counts, entry["score"])
        cases.add_metric(PROVINCE, metric, entry)
        code = GROUPS.get(group) or GROUP_INPUTS[group][0]
        cases.scores[PROVINCE, code] = number(row["group_score"])
    return cases


def units(folder):
    cases = Published()
    for row in read(folder / "units_year.csv"):
        unit, group = row["unit_name"], row["group"]
        counts, points = json.loads(row["inputs_json"]), number(row["score"])
        if group in GROUP_INPUTS:
            cases.add_group(unit, group, counts, points)
            continue
        for metric, entry in counts.items():
            cases.add_metric(unit, metric, entry)
        cases.scores[unit, GROUPS[group]] = points
    return cases


def deviations(cases, sheet):
    """Return the published scores that do not come out, with what comes out instead."""
    columns = {code: place for place, code in enumerate(sheet.units["unit_code"])}
    found = {}
    for (unit, code), points in cases.scores.items():
        computed = round_points(float(sheet.points[sheet.row(code), columns[unit]]), 2)
        if not abs(computed - points) < STEP / 2:
            found[unit, code] = (points, computed)
    return found


def scored(cases):
    return score(inputs_table(cases.rows, year=2026), open_set("service-quality-766"))


@pytest.mark.needs_shared
def test_every_metric_and_group_of_the_province_comes_out(shared_folder):
    cases = province(shared_folder / "data" / "qd766")
    assert len(cases.scores) == 20
    assert deviations(cases, scored(cases)) == {}


@pytest.mark.needs_shared
def test_every_metric_and_group_of_the_units_comes_out_but_for_those_named(shared_folder):
    cases = units(shared_folder / "data" / "qd766")
    assert deviations(cases, scored(cases)) == DEVIATIONS
    areas = Counter(code.split(".")[0] for _, code in cases.scores)
    assert areas == {"2": 30, "4": 224, "5": 104, "6": 32}


def shipped_example():
    folder = shipped_folder("evidence") / "phu-tho-2026"
    table = pd.read_csv(folder / "inputs.csv", dtype={"item_code": str, "unit_code": str})
    published = pd.read_csv(folder / "published.csv", dtype={"code": str})
    return table, published


def test_the_province_reaches_61_89_of_100_from_the_shipped_figures():
    table, published = shipped_example()
    sheet = score(inputs_table(table), open_set("service-quality-766"))
    rounded = round_points(sheet.points[:, 0], 2)
    computed = {code: float(rounded[sheet.row(code)]) for code in published["code"]}
    assert computed == dict(zip(published["code"], published["published_points"], strict=True))
    assert sheet.findings == ()
    assert sheet.index_value().round(9).tolist() == [61.89]


@pytest.mark.needs_shared
def test_the_shipped_figures_are_those_of_the_source(shared_folder):
    table, _ = shipped_example()
    key = ["item_code", "input"]
    mine = table.set_index(key)["value"].astype(float).sort_index()
    source = pd.DataFrame(province(shared_folder / "data" / "qd766").rows)
    theirs = source.set_index(key)["value"].astype(float).sort_index()
    pd.testing.assert_series_equal(mine, theirs)


def test_nothing_of_the_province_is_open():
    table, _ = shipped_example()
    sheet = score(inputs_table(table), open_set("service-quality-766"))
    assert not np.isnan(sheet.points).any() and (sheet.points_low == sheet.points_high).all()
