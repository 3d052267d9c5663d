"""Every estimate agrees with R's survey package, on its own example data."""

import numpy as np
import pandas as pd
import pytest

from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.differences import difference
from scoring.survey.estimation.estimates import mean, ratio, total

pytestmark = pytest.mark.needs_shared


@pytest.fixture(scope="module")
def data(shared_folder):
    folder = shared_folder / "data" / "survey"
    return {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}


def check(data, row_id, found, domain=0, column=0, deff=None):
    row = data["r_survey_results"].set_index("id").loc[row_id]
    assert found.estimate[domain, column] == pytest.approx(row.estimate, rel=1e-8)
    assert found.standard_error[domain, column] == pytest.approx(row.se, rel=1e-8)
    if pd.notna(row.df):
        assert found.degrees_of_freedom[domain] == row.df
    if pd.notna(row.ci_low) and not row_id.startswith("prop."):
        ends = [end[domain, column] for end in found.t_interval()]
        assert ends == pytest.approx([row.ci_low, row.ci_high], rel=1e-8)
    if pd.notna(row.deff):
        assert deff[domain, column] == pytest.approx(row.deff, rel=1e-8)


def clus1(data, **options):
    options = {"population": ["fpc"]} | options
    return survey_design(data["apiclus1"], clusters=["dnum"], weight="pw", **options)


def test_forms_drawn_by_themselves_with_and_without_strata(data):
    frame = data["apisrs"]
    design = survey_design(frame, population=["fpc"], weight="pw")
    check(data, "srs.mean", mean(design, frame.api00))
    frame = data["apistrat"]
    design = survey_design(frame, strata=["stype"], population=["fpc"], weight="pw")
    found = mean(design, frame.api00)
    check(data, "strat.mean", found, deff=found.design_effect_without_replacement)
    check(data, "strat.total", total(design, frame.enroll))


def test_one_stage_of_clusters_with_totals_ratios_and_domains(data):
    frame = data["apiclus1"]
    design = clus1(data)
    found = mean(design, frame.api00)
    check(data, "clus1.mean", found)
    check(data, "deff.clus1.wor", found, deff=found.design_effect_without_replacement)
    check(data, "clus1.total", total(design, frame.enroll))
    types = total(design, pd.get_dummies(frame.stype)[["E", "H", "M"]])
    for column, name in enumerate("EHM"):
        check(data, f"clus1.stype.stype{name}", types, column=column)
    check(data, "clus1.ratio", ratio(design, frame["api.stu"], frame.enroll))
    found = mean(design, frame.ell, frame.stype.map({"E": 0, "H": 1, "M": 2}))
    for domain, name in enumerate("EHM"):
        check(data, f"clus1.ell{name}", found, domain)


def test_two_stages_with_sizes_and_missing_answers(data):
    frame = data["apiclus2"]
    design = survey_design(
        frame, clusters=["dnum", "snum"], population=["fpc1", "fpc2"], weight=None
    )
    check(data, "clus2.mean", mean(design, frame.api00))
    check(data, "clus2.total", total(design, frame.enroll))


def test_strata_whose_units_are_numbered_anew(data):
    frame = data["fpc"]
    plain = {"strata": ["stratid"], "clusters": ["psuid"], "nest": True}
    design = survey_design(frame, **plain)
    check(data, "fpc.mean.wr", mean(design, frame.x))
    check(data, "fpc.domain", mean(design, frame.x, np.where(frame.x > 4, 0, -1)))
    design = survey_design(frame, **plain, population=["Nh"])
    check(data, "fpc.mean", mean(design, frame.x))
    check(data, "fpc.total", total(design, frame.x))


def test_strata_of_one_unit_are_removed_or_adjusted(data):
    frame = data["apiclus1"]
    for policy in ("remove", "adjust"):
        design = survey_design(frame, strata=["dnum"], weight="pw", lonely=policy)
        check(data, f"lonely.{policy}", mean(design, frame.api00))


def test_weights_calibrated_to_last_years_result(data):
    frame = data["apiclus1"]
    columns = np.column_stack([np.ones(len(frame)), frame.api99])
    design = clus1(data).calibrated(columns, [6194, 3914069])
    check(data, "cal.mean", mean(design, frame.api00))
    check(data, "cal.total", total(design, frame.enroll))
    check(data, "cal.ratio", ratio(design, frame["api.stu"], frame.enroll))
    types = total(design, pd.get_dummies(frame.stype)[["E", "H", "M"]])
    for column, name in enumerate("EHM"):
        check(data, f"cal.stype.stype{name}", types, column=column)


def test_weights_post_stratified_and_raked(data):
    frame = data["apiclus1"]
    types = {"E": 4421, "H": 755, "M": 1018}
    design = clus1(data).post_stratified(frame.stype, types)
    check(data, "ps.total", total(design, frame.enroll))
    check(data, "ps.mean", mean(design, frame.api00))
    margins = {"type": (frame.stype, types),
               "target": (frame["sch.wide"], {"No": 1072, "Yes": 5122})}  # fmt: skip
    design = clus1(data).raked(margins)
    check(data, "rake.mean", mean(design, frame.api00))
    check(data, "rake.total", total(design, frame.enroll))


def test_a_jackknife_of_clusters(data):
    frame = data["apiclus1"]
    design = clus1(data).jackknifed()
    check(data, "jk1.mean", mean(design, frame.api00))
    check(data, "jk1.total", total(design, frame.enroll))


def test_the_difference_of_two_domains(data):
    frame = data["apistrat"]
    design = survey_design(frame, strata=["stype"], population=["fpc"], weight="pw")
    found = difference(
        mean(design, frame.api00, frame.stype.map({"E": 0, "H": 1, "M": 2})), [0], [1]
    )
    row = data["r_survey_results"].set_index("id").loc["contrast.E-H"]
    assert found.estimate[0, 0] == pytest.approx(row.estimate, rel=1e-8)
    assert found.standard_error[0, 0] == pytest.approx(row.se, rel=1e-8)


METHODS = ("logit", "likelihood", "asin", "beta", "mean", "xlogit")


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_shares_whose_intervals_are_held_elsewhere(data, name):
    frame = data[f"api{name}"]
    parts = {"strata": ["stype"]} if name == "strat" else {"clusters": ["dnum"]}
    design = survey_design(frame, **parts, population=["fpc"], weight="pw")
    columns = {"sch.wide": frame["sch.wide"] == "Yes", "pcttest97": frame.pcttest >= 90}
    for column, values in columns.items():
        for method in METHODS:
            check(data, f"prop.{name}.{column}.{method}", mean(design, values))
