"""``parindex sipas sample-size`` and ``sipas draw``: the figures of the formula, files, seeds."""

import json

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.survey.survey_file import read_survey


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"0{place},R{place % 2},Tỉnh {place},{100 * place}" for place in range(1, 9)]
    (tmp_path / "tinh.csv").write_text(
        "\n".join(["code,stratum,name,size", *rows]) + "\n", encoding="utf-8"
    )
    (tmp_path / "tang.csv").write_text(
        "stratum,population,share\nR0,6.000,90%\nR1,4.000,80%\n", encoding="utf-8"
    )
    return tmp_path


def test_the_ministry_s_formula_is_shown_with_its_figures(capsys):
    assert main(["sipas", "sample-size", "--population", "10.000", "--margin", "5%"]) == 0
    said = capsys.readouterr().out
    assert "10.000 / (1 + 10.000 × 0,05²) = 384,6 → 385 (làm tròn lên)" in said
    assert "1383/QĐ-BNV" in said


def test_both_sizes_are_named_where_the_share_is_near_one(capsys):
    main(["sipas", "sample-size", "--share", "98%", "--margin", "2%", "--lang", "en"])
    said = capsys.readouterr().out
    assert "The Wald size (189)" in said
    assert "use 223" in said


def said_of(capsys, arguments, lang="en"):
    main(["--lang", lang, "--quiet", "sipas", "sample-size", *arguments.split()])
    return capsys.readouterr()


def test_where_the_whole_population_misses_the_margin_it_is_not_recommended(capsys):
    told = said_of(capsys, "--population 100 --margin 1% --share 1%").out
    assert "use 100" not in told
    assert "(100) is asked" in told and "half of it is 2.64 percentage points" in told


def test_more_people_than_there_are_cannot_be_asked(capsys):
    told = said_of(capsys, "--population 500 --margin 9% --domains 3 --response 60%").out
    assert "would have to be asked in a domain of 166.7: there are not enough" in told
    assert "166.66" not in told
    given = said_of(capsys, "--population 100 --margin 10% --forms 200").out
    assert "200 would have to be asked in a domain of 100" in given
    assert "not enough" not in said_of(capsys, "--margin 5%").out


def test_one_form_is_one_and_one_cluster_has_no_margin(capsys):
    assert "1 form gives a margin" in said_of(capsys, "--margin 5% --forms 1").out
    few = said_of(capsys, "--margin 5% --forms 8 --cluster-size 10 --icc 0.05").out
    assert "8 forms lie in too few clusters" in few


def test_values_that_cannot_be_used_are_named_in_words(capsys):
    told = said_of(capsys, "--population 0,5 --margin 0%", "vi").err
    assert "với sai số cho phép (--margin) = 0%; tổng thể (--population) = 0,5." in told
    assert "độ tin cậy: trên 0%" in told


def test_a_budget_allocation_and_chart_are_written(desk, capsys):
    size = (
        "sipas sample-size --population 10000 --share 85% --cluster-size 10 --icc 0,05 "
        "--cost-interview 50000 --cost-cluster 500000 --budget 40.000.000 --response 80% "
        "--strata tang.csv --allocate neyman --minimum 30 --out ra --format json"
    )
    code = main(size.split())
    result = json.loads(capsys.readouterr().out)
    # 440 people asked in 36 clusters of at most 12.5: 36 × 500,000 + 440 × 50,000; 80% answer.
    assert (code, result["forms"]) == (0, 352)
    assert sum(row["forms"] for row in result["allocation"]) == 352
    assert {path.name for path in (desk / "ra").iterdir()} == {
        "sample-sizes.csv", "allocation.csv", "precision.csv", "precision.png", "precision.svg",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("--margin 5", "size-share-unread"),
        ("--margin 0%", "size-value-outside"),
        ("--cluster-size 10", "size-needs-icc"),
        ("--budget 1000", "size-needs-costs"),
        ("--budget 10 --cost-interview 50", "size-budget-too-small"),
        ("--population nhiều", "size-number-unread"),
        ("--population 9000 --strata tang.csv", "strata-population-differs"),
    ],
)
def test_what_cannot_be_computed_is_a_finding(arguments, code, desk, capsys):
    main(["sipas", "sample-size", *arguments.split(), "--format", "json"])
    captured = capsys.readouterr()
    assert code in [finding["code"] for finding in json.loads(captured.out)["findings"]]


DRAW = "sipas draw tinh.csv --take 2 3 --method pps systematic --reserve 1 --out {} --seed 7"


def test_the_same_seed_writes_the_same_files(desk):
    for place in ("một", "hai"):
        assert main(["--quiet", *DRAW.format(place).split()]) == 0
    names = {"design.toml", "interviews.xlsx", "manifest.json", "sample.csv", "stages.csv"}
    for name in names:
        assert (desk / "một" / name).read_bytes() == (desk / "hai" / name).read_bytes()
    assert json.loads((desk / "một" / "manifest.json").read_text("utf-8"))["about"]["seed"] == "7"
    sample = pd.read_csv(desk / "một" / "sample.csv", dtype=str)
    assert sample["drawn"].value_counts().to_dict() == {"main": 12, "reserve": 4}
    assert main(["--quiet", "verify", "một"]) == 0


def test_the_design_of_a_draw_goes_into_the_survey_as_it_is(desk):
    """A draw proportional to size knows no population; stated as empty it would be refused."""
    main(["--quiet", *DRAW.format("ra").split()])
    form = "sipas form officials-survey-sample --sample ra/sample.csv --year 2026 --out ks"
    assert main(["--quiet", *form.split()]) == 0
    survey = read_survey(desk / "ks")
    assert (survey.clusters, survey.population, survey.weight) == (("cluster_1",), (), "weight")
    assert "design" not in str([found.values["key"] for found in survey.findings])


def test_a_seed_that_was_not_given_is_chosen_and_recorded(desk, capsys):
    main([*DRAW.format("ra").removesuffix(" --seed 7").split(), "--format", "json"])
    result = json.loads(capsys.readouterr().out)
    assert "draw-seed-chosen" in [finding["code"] for finding in result["findings"]]
    assert pd.read_csv("ra/stages.csv")["seed"].unique().tolist() == [result["seed"]]


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        ("tinh.csv --take 120% --method random", "draw-take-unread", 2),
        ("tinh.csv --take 2 3 --method random", "draw-stages-differ", 2),
        ("trong.csv --take 2 --method random", "frame-empty", 1),
    ],
)
def test_a_draw_that_cannot_be_made_writes_nothing(arguments, code, exit_code, desk, capsys):
    (desk / "trong.csv").write_text("code,name\n", encoding="utf-8")
    given = ["sipas", "draw", *arguments.split(), "--seed", "1", "--out", "ra"]
    assert main([*given, "--format", "json"]) == exit_code
    found = json.loads(capsys.readouterr().out)["findings"]
    assert code in [finding["code"] for finding in found]
    assert not (desk / "ra").exists()


def test_the_allocation_of_sample_size_drives_the_draw(desk):
    size = (
        "sipas sample-size --forms 4 --strata tang.csv --minimum 1 --out co-mau --population 10000"
    )
    main(["--quiet", *size.split()])
    draw = "sipas draw tinh.csv --take 1 --method random --seed 3 --out ra --allocation"
    code = main(["--quiet", *draw.split(), "co-mau/allocation.csv"])
    shared = pd.read_csv("co-mau/allocation.csv").set_index("stratum")["forms"].to_dict()
    assert (code, pd.read_csv("ra/sample.csv")["stratum"].value_counts().to_dict()) == (0, shared)


def test_domains_say_that_the_population_is_split_equally_and_margins_their_unit(capsys):
    command = ["sipas", "sample-size", "--population", "30.000", "--margin", "5%", "--domains"]
    assert main([*command, "3"]) == 0
    said = capsys.readouterr().out
    assert "Tổng thể 30.000 được coi là chia đều cho 3 miền, mỗi miền 10.000." in said
    assert "± Wald (điểm %)" in said and "± Wilson (điểm %)" in said
    assert main([*command, "1"]) == 0
    assert "chia đều" not in capsys.readouterr().out
