"""Forms read in pieces, in any order and over Dask, give what they give in memory."""

import sys

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import SurveyError, UnreadableError, UsageError
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import ratio
from scoring.survey.estimation.streaming import estimate_parquet, stream_estimates

pytest.importorskip("pyarrow")

DESIGN = {"strata": ["stratum"], "clusters": ["cluster_1", "cluster_2"],
          "population": ["population_1", "population_2"], "nest": True}  # fmt: skip
UNITS, VALUES = ("A", "B", "C", "D"), ["satisfied", "worth"]


@pytest.fixture(scope="module")
def forms():
    draw = np.random.default_rng(11)
    n = 900
    stratum, first, second = (draw.integers(0, size, n) for size in (3, 5, 4))
    return pd.DataFrame({
        "stratum": np.array(["north", "middle", "south"])[stratum],
        "cluster_1": first, "cluster_2": second,
        "population_1": 40.0, "population_2": 9.0,
        "weight": draw.uniform(20, 300, n),
        "unit_code": np.array([*UNITS, ""])[draw.integers(0, 5, n)],
        "service": np.array(["s1", None], dtype=object)[draw.integers(0, 2, n)],
        "satisfied": draw.choice([0.0, 1.0, np.nan], n, p=[0.15, 0.8, 0.05]),
        "worth": draw.uniform(0, 1, n),
    })  # fmt: skip


@pytest.fixture(scope="module")
def in_memory(forms):
    design = survey_design(forms, **DESIGN)
    places = forms["unit_code"].map(dict(zip(UNITS, range(4), strict=True))).fillna(-1)
    return ratio(design, forms[VALUES], None, places.astype(int), 4, crossed=True)


def _same(found, expected):
    for name in ("estimate", "standard_error", "forms", "answers", "degrees_of_freedom",
                 "design_effect", "effective_size", "residual_products"):  # fmt: skip
        ours, theirs = getattr(found, name), getattr(expected, name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13, err_msg=name)


def _written(folder, forms, pieces, files=1):
    paths = []
    for number, part in enumerate(np.array_split(np.arange(len(forms)), files)):
        paths.append(folder / f"responses-{number}.parquet")
        rows = -(-len(part) * files // pieces)
        forms.iloc[part].to_parquet(paths[-1], index=False, row_group_size=rows)
    return paths


@pytest.mark.parametrize(("pieces", "files"), [(1, 1), (7, 1), (12, 3)])
def test_row_groups_and_files_give_what_memory_gives(tmp_path, forms, in_memory, pieces, files):
    paths = _written(tmp_path, forms, pieces, files)
    found = estimate_parquet(paths, VALUES, by=["unit_code"], crossed=True, **DESIGN)
    assert found.domains["unit_code"].tolist() == list(UNITS)
    _same(found.estimates, in_memory)


def test_batches_within_a_row_group_give_what_memory_gives(tmp_path, forms, in_memory, monkeypatch):
    monkeypatch.setattr("scoring.survey.estimation.parquet_pieces.BATCH_ROWS", 64)
    paths = _written(tmp_path, forms.sample(frac=1, random_state=2), 2)
    found = estimate_parquet(paths[0], VALUES, by=["unit_code"], crossed=True, **DESIGN)
    _same(found.estimates, in_memory)


@pytest.mark.parametrize("scheduler", ["sync", "threads"])
def test_dask_gives_what_memory_gives(tmp_path, forms, in_memory, scheduler):
    dask = pytest.importorskip("dask")
    paths = _written(tmp_path, forms, 9, 3)
    with dask.config.set(scheduler=scheduler):
        found = estimate_parquet(
            paths, VALUES, by=["unit_code"], crossed=True, over_dask=True, **DESIGN
        )
    _same(found.estimates, in_memory)


def _shares(piece):
    return piece[["worth"]] * piece[["satisfied"]].to_numpy(), piece[["satisfied"]]


def test_units_numbered_anew_in_each_stratum_are_taken_so_only_when_told(tmp_path, forms):
    paths = _written(tmp_path, forms, 2)
    anew = {name: part for name, part in DESIGN.items() if name != "nest"}
    with pytest.raises(SurveyError) as raised:
        stream_estimates(
            paths, lambda piece: [(piece[VALUES].to_numpy(float), None, False)], **anew
        )
    assert {finding.code for finding in raised.value.findings} == {"survey-unit-in-two-strata"}


def test_products_of_columns_are_kept_only_when_asked_for(tmp_path, forms):
    found = estimate_parquet(_written(tmp_path, forms, 1), VALUES, **DESIGN)
    assert np.isnan(found.estimates.residual_products[0, 0, 1])


def test_a_function_of_each_piece_makes_numerators_and_denominators(tmp_path, forms):
    whole = ratio(survey_design(forms, **DESIGN), *_shares(forms))
    paths = _written(tmp_path, forms, 7)
    found = estimate_parquet(paths, _shares, reading=VALUES, **DESIGN)
    assert found.domains.shape == (1, 0)
    _same(found.estimates, whole)


def _blocks(piece):
    return [(*_shares(piece), False), (piece[VALUES], None, True)]


def test_several_blocks_and_kinds_of_domains_come_from_one_reading(tmp_path, forms, in_memory):
    paths = _written(tmp_path, forms, 7)
    whole, by_unit = stream_estimates(
        paths, _blocks, by=[(), ("unit_code",)], reading=VALUES, **DESIGN
    )
    _same(by_unit.blocks[1], in_memory)
    _same(whole.blocks[0], ratio(survey_design(forms, **DESIGN), *_shares(forms)))
    in_unit = forms[forms["unit_code"] != ""].groupby("unit_code")[VALUES]
    np.testing.assert_array_equal(by_unit.blocks[1].counts, in_unit.count())
    np.testing.assert_array_equal(by_unit.blocks[0].counts, in_unit.sum()[["satisfied"]])


def test_forms_with_nothing_in_a_column_of_domains_are_in_none(tmp_path, forms):
    found = estimate_parquet(
        _written(tmp_path, forms, 3), VALUES, by=["unit_code", "service"], **DESIGN
    )
    named = forms[forms["service"].notna() & (forms["unit_code"] != "")]
    assert found.estimates.forms.sum() == len(named)
    assert len(found.domains) == 4


def test_a_wrong_weight_is_found_at_its_row_in_its_file(tmp_path, forms):
    spoiled = forms.copy()
    spoiled.loc[[700, 800], "weight"] = [-1.0, 0.0]
    with pytest.raises(SurveyError) as raised:
        estimate_parquet(_written(tmp_path, spoiled, 7), VALUES, **DESIGN)
    finding = raised.value.findings[0]
    assert (finding.code, finding.file) == ("survey-weight-not-positive", "responses-0.parquet")
    assert finding.values["row"] == "701"


def test_findings_of_the_design_are_those_of_the_forms_in_memory(tmp_path, forms):
    spoiled = forms.copy()
    spoiled.loc[850, "population_1"] = 50.0
    with pytest.raises(SurveyError) as raised:
        estimate_parquet(_written(tmp_path, spoiled, 7), VALUES, **DESIGN)
    assert [finding.code for finding in raised.value.findings] == ["survey-population-varies"]


def test_files_that_do_not_fit_together_or_the_call_are_refused(tmp_path, forms):
    first, second = _written(tmp_path, forms, 2, 2)
    with pytest.raises(UsageError, match="no column overall"):
        estimate_parquet(first, ["overall"], **DESIGN)
    with pytest.raises(UsageError, match="sampling units"):
        estimate_parquet(first, VALUES, clusters=[])
    forms.astype({"cluster_1": str}).to_parquet(second)
    with pytest.raises(
        UsageError,
        match=r"responses-1\.parquet holds cluster_1 as text, the files before it as numbers",
    ):
        estimate_parquet([first, second], VALUES, **DESIGN)
    forms.iloc[:0].to_parquet(first)
    with pytest.raises(UsageError, match="no form"):
        estimate_parquet(first, VALUES, **DESIGN)
    second.write_bytes(b"PAR1 no table PAR1")
    with pytest.raises(UnreadableError) as raised:
        estimate_parquet(second, VALUES, **DESIGN)
    assert raised.value.finding.code == "table-damaged"


def test_a_file_damaged_in_the_middle_is_said_to_be_damaged(tmp_path, forms):
    (path,) = _written(tmp_path, forms, 2)
    data = bytearray(path.read_bytes())
    data[40:4000] = b"\xff" * 3960
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as raised:
        estimate_parquet(path, VALUES, **DESIGN)
    assert raised.value.finding.code == "table-damaged"
    with pytest.raises(UnreadableError) as raised:
        estimate_parquet(tmp_path / "absent.parquet", VALUES, **DESIGN)
    assert raised.value.finding.code == "file-missing"


def test_without_dask_the_message_names_the_extra(tmp_path, forms, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(UsageError, match=r"par-index-scoring\[cluster\]"):
        estimate_parquet(_written(tmp_path, forms, 1), VALUES, over_dask=True, **DESIGN)
