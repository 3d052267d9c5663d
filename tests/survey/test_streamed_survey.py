"""What `sipas index` says of a large Parquet file, read piece by piece, is what it says of it whole."""

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.survey.comparison import compare_units
from scoring.survey.satisfaction import survey_estimates
from scoring.survey.survey_file import read_survey

pytest.importorskip("pyarrow")

BOTH = [(), ("unit_code",)]


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """The shipped example, raked, its forms the last stage, with its responses as Parquet."""
    return _as_parquet(tmp_path_factory.mktemp("parquet"))


def _as_parquet(folder, change=lambda forms: forms, toml=lambda text: text):
    source = shipped_folder("evidence") / "sipas-example-2026"
    for path in source.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    text = (source / "survey.toml").read_text("utf-8")
    text = toml(
        text.replace("responses.csv", "responses.parquet").replace(
            "minimum_forms = 10", "minimum_forms = 1"
        )
    )
    (folder / "survey.toml").write_text(text, "utf-8")
    forms = change(pd.read_csv(source / "responses.csv", dtype="str"))
    forms.to_parquet(folder / "responses.parquet", index=False, row_group_size=300)
    return read_survey(folder)


@pytest.fixture(scope="module")
def whole(survey):
    return survey_estimates(survey, BOTH)


def _same(found, expected):
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9, check_dtype=False)


def test_forms_in_pieces_give_what_they_give_whole(survey, whole, monkeypatch):
    monkeypatch.setattr("scoring.survey.satisfaction.SLICE_ROWS", 200)
    monkeypatch.setattr("scoring.survey.estimation.parquet_pieces.BATCH_ROWS", 170)
    streamed = survey_estimates(survey, BOTH, streamed=True)
    _same(streamed.estimates, whole.estimates)
    _same(compare_units(streamed), compare_units(whole))
    told = {finding.code: finding.values for finding in streamed.findings}
    assert (told["survey-streamed"]["count"], told["survey-streamed"]["pieces"]) == (1185, 8)
    for finding in whole.findings:
        if finding.code in ("survey-straight-lining", "survey-blank", "survey-no-opinion"):
            assert told[finding.code] == dict(finding.values)


def _with_sets(forms):
    draw = np.random.default_rng(3)
    weight = pd.to_numeric(forms["weight"]).to_numpy()
    hamlets = pd.factorize(forms["cluster_2"])[0]
    for number in range(6):
        factors = draw.choice([0.5, 1.5], hamlets.max() + 1)
        forms[f"rep_{number}"] = weight * factors[hamlets]
    return forms


def test_replicate_weights_and_post_strata_stream_too(tmp_path):
    def bootstrap(text):
        text = text.replace('"raking"', '"post-stratification"').replace(', "margin-age.csv"', "")
        return text + '[replicates]\nkind = "bootstrap"\nprefix = "rep_"\n'

    survey = _as_parquet(tmp_path, _with_sets, bootstrap)
    assert [finding.code for finding in survey.findings] == ["survey-minimum-low"]
    whole = survey_estimates(survey, [("unit_code",)])
    _same(survey_estimates(survey, [("unit_code",)], streamed=True).estimates, whole.estimates)


def test_dask_gives_what_one_process_gives(survey, whole):
    dask = pytest.importorskip("dask")
    with dask.config.set(scheduler="threads"):
        found = survey_estimates(survey, [()], over_dask=True)
    _same(found.estimates, whole.estimates.iloc[: len(found.estimates)])


def test_a_form_that_stands_in_two_pieces_is_found_at_its_row(tmp_path):
    survey = _as_parquet(tmp_path, lambda forms: pd.concat([forms, forms.iloc[[4]]]))
    found = {f.code: f for f in survey_estimates(survey, [()], streamed=True).findings}
    again = found["survey-id-in-two-pieces"]
    assert (again.file, again.cell, again.values["count"]) == ("responses.parquet", "A1187", 1)
    assert "survey-duplicate" not in found


def test_the_verb_reads_a_file_of_many_forms_in_pieces_and_says_so(
    survey, tmp_path, capsys, monkeypatch
):
    given = ["sipas", "index", str(survey.folder), "--by", "unit", "--out", str(tmp_path / "o")]
    monkeypatch.setattr("scoring.survey.survey_data.STREAMED_ROWS", 1000)
    assert main([*given, "--lang", "en"]) == 0
    assert "forms were read in 4 pieces" in capsys.readouterr().err
    assert main([*given, "--scheduler", "tcp://1.2.3.4:5"]) == 2
    with pytest.raises(UsageError, match="Parquet"):
        survey_estimates(
            read_survey(shipped_folder("evidence") / "sipas-example-2026"), streamed=True
        )
