"""Draws: chances verified by enumeration and simulation, weights, seeds, order, bad frames."""

import itertools

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.survey.estimation.design import survey_design
from scoring.survey.planning.random_selection import select, size_probabilities, uniform_numbers
from scoring.survey.planning.sample_draw import Stage, draw_sample

REGIONS = {"R1": 8, "R2": 5}
SEED = 20261126


@pytest.fixture(scope="module")
def provinces():
    rows = [
        {"code": f"{region}P{place}", "stratum": region, "name": name, "size": 40.0 + 20 * place}
        for region, count in REGIONS.items()
        for place, name in enumerate(["Đà", "Âu", "An", "Điện", "Yên", "Bắc", "Cà", "Êa"][:count])
    ]
    return placed(pd.DataFrame(rows), "tinh.csv")


@pytest.fixture(scope="module")
def communes(provinces):
    rows = [
        {"code": f"{province}X{place}", "parent": province, "name": f"Xã {place}", "size": size / 4}
        for province, size in provinces[["code", "size"]].values
        for place in range(4)
    ]
    return placed(pd.DataFrame(rows), "xa.csv")


def placed(frame, file):
    frame = frame.assign(file=file, cell=[f"A{row + 2}" for row in range(len(frame))])
    frame.attrs["file"] = file
    return frame


def stages(*texts):
    return [Stage.of(*text.split()) for text in texts]


# Chances, from the arrays


@pytest.mark.parametrize(("count", "take"), [(4, 2), (5, 2), (5, 5), (3, 1)])
def test_every_unit_of_a_random_sample_has_the_same_chance(count, take):
    # All orders of the numbers are equally likely; going through them is the whole distribution.
    drawn = np.zeros(count)
    orders = list(itertools.permutations(np.linspace(0.1, 0.9, count)))
    for order in orders:
        drawn[select("random", take, np.array([0.5, *order])).places] += 1
    assert drawn / len(orders) == pytest.approx(np.full(count, take / count))


@pytest.mark.parametrize("sizes", [[1.0, 2, 3, 4], [70.0, 10, 10, 10], [5.0, 5, 5, 5, 5]])
def test_the_chances_of_steps_through_the_sizes_are_those_stated(sizes):
    # The start is all that is random: a fine grid of it is the whole distribution.
    sizes, starts = np.array(sizes), (np.arange(2000) + 0.5) / 2000
    drawn = np.zeros(len(sizes))
    for start in starts:
        found = select("pps", 2, np.array([start, *sizes * 0]), sizes)
        assert found.probabilities == pytest.approx(size_probabilities(sizes, 2)[found.places])
        drawn[found.places] += 1
    assert drawn / len(starts) == pytest.approx(size_probabilities(sizes, 2), abs=0.002)
    assert size_probabilities(sizes, 2).sum() == pytest.approx(2)


@pytest.mark.parametrize(("count", "take"), [(7, 3), (10, 10), (100, 7)])
@pytest.mark.parametrize("start", [0.0, 0.37, 1 - 2**-53])
def test_equal_steps_never_pass_over_or_repeat_a_place(count, take, start):
    places = select("systematic", take, np.array([start, *np.zeros(count)])).places
    assert len(set(places.tolist())) == take
    assert 0 <= places.min() <= places.max() < count


def test_the_reserve_is_drawn_from_the_others():
    found = select("systematic", 3, uniform_numbers(1, ["x"], 11), reserve=20)
    assert sorted([*found.places, *found.reserves]) == list(range(10))


# Draws through the stages


def test_the_chances_of_stages_hold_in_a_simulation():
    # Four hundred strata alike are as many draws of one: each has numbers of its own.
    strata, sizes = 400, [20.0, 30.0, 50.0, 300.0]
    above = pd.DataFrame(
        [(f"{s}P{p}", f"S{s}", size) for s in range(strata) for p, size in enumerate(sizes)],
        columns=["code", "stratum", "size"],
    )
    below = pd.DataFrame(
        [(f"{code}X{x}", code) for code in above["code"] for x in range(3)],
        columns=["code", "parent"],
    )
    sample = draw_sample([above, below], stages("pps 2", "random 2"), SEED).sample
    drawn = sample["code"].str.extract(r"(P\d)X(\d)").value_counts() / strata
    # The largest is certain; the others share one draw: 0.2, 0.3, 0.5, and two of three below.
    chance = np.repeat([0.2, 0.3, 0.5, 1.0], 3) * 2 / 3
    error = np.sqrt(chance * (1 - chance) / strata)
    assert (np.abs(drawn.sort_index().to_numpy() - chance) < 3.5 * error).all()
    assert sorted(sample["probability"].round(9).unique()) == pytest.approx(chance[::3])
    assert sample["weight"].sum() == pytest.approx(strata * 12, rel=0.05)


def test_weights_add_up_to_the_population_of_a_single_stage(provinces):
    for method in ("random", "systematic"):
        weights = draw_sample([provinces], stages(f"{method} 3"), SEED).sample["weight"]
        assert weights.sum() == pytest.approx(13)


def test_weights_add_up_through_sizes_and_register(provinces, communes):
    # Provinces and communes by size, then as many of each register: a self-weighting sample.
    three = stages("pps 3", "pps 2", "systematic 5")
    draw = draw_sample([provinces, communes], three, SEED)
    main = draw.sample[draw.sample["drawn"] == "main"]
    assert main["weight"].sum() == pytest.approx(provinces["size"].sum())
    assert main["weight"].round(9).groupby(main["stratum"]).nunique().max() == 1
    assert main["code"].str.fullmatch(r"R\dP\dX\d#\d+").all()


def test_the_order_of_rows_changes_nothing(provinces, communes):
    three = stages("systematic 25%", "pps 2", "random 3")
    first = draw_sample([provinces, communes], three, SEED, reserve=2)
    turned = [frame.iloc[::-1].reset_index(drop=True) for frame in (provinces, communes)]
    again = draw_sample(turned, three, SEED, reserve=2)
    pd.testing.assert_frame_equal(first.sample, again.sample)


def test_a_seed_gives_this_sample_on_every_machine(provinces):
    draw = draw_sample([provinces], stages("random 2"), SEED)
    assert draw.sample["code"].tolist() == FROZEN
    other = draw_sample([provinces], stages("random 2"), SEED + 1)
    assert other.sample["code"].tolist() != FROZEN


FROZEN = ["R1P5", "R1P7", "R2P1", "R2P2"]


def test_a_change_in_one_stratum_leaves_the_draw_of_another(provinces):
    fewer = provinces[provinces["code"] != "R1P0"]
    whole, rest = (draw_sample([f], stages("random 2"), SEED).sample for f in (provinces, fewer))
    second = [sample.loc[sample["stratum"] == "R2", "code"].tolist() for sample in (whole, rest)]
    assert second[0] == second[1]


def test_a_systematic_draw_goes_through_the_names_as_a_dictionary_does(provinces):
    one = provinces[provinces["stratum"] == "R1"]
    everything = draw_sample([one], stages("systematic 100%"), SEED).sample["place"].tolist()
    assert everything == ["An", "Âu", "Bắc", "Cà", "Đà", "Điện", "Êa", "Yên"]


def test_a_share_takes_at_least_one_and_rounds_half_up(provinces):
    counts = draw_sample([provinces], stages("systematic 25%"), SEED).sample["stratum"]
    assert counts.value_counts().to_dict() == {"R1": 2, "R2": 1}  # of 8 and of 5


def test_the_design_is_what_the_estimates_take(provinces, communes):
    draw = draw_sample([provinces, communes], stages("systematic 2", "random 2", "random 3"), SEED)
    main = draw.sample[draw.sample["drawn"] == "main"]
    design = survey_design(main, **draw.design)
    assert len(design) == 2 * 2 * 2 * 3
    sized = survey_design(main, **{**draw.design, "weight": None})
    assert sized.weights == pytest.approx(main["weight"].to_numpy())


def test_a_certain_unit_is_a_stratum_of_its_own(communes, provinces):
    large = provinces.assign(size=provinces["size"].where(provinces["code"] != "R2P0", 900.0))
    draw = draw_sample([large, communes], stages("pps 3", "random 2", "random 3"), SEED)
    apart = draw.sample[draw.sample["stratum"] == "R2/R2P0"]
    assert apart["probability_1"].eq(1).all()
    assert apart["cluster_1"].nunique() == 2
    assert draw.stages["certain"].tolist()[0] == 1
    survey_design(draw.sample, **draw.design)


def test_reserves_have_no_weight_until_they_replace_a_form(provinces, communes):
    sample = draw_sample(
        [provinces, communes], stages("random 2", "random 2", "random 3"), 5, reserve=2
    ).sample
    reserves = sample[sample["drawn"] == "reserve"]
    assert len(reserves) == 2 * 2 * 2 * 2
    assert reserves["weight"].isna().all()
    assert reserves["form_id"].str.startswith("D").all()
    assert not set(reserves["code"]) & set(sample.loc[sample["drawn"] == "main", "code"])


def test_whole_clusters_are_shared_out_evenly(provinces, communes):
    sample = draw_sample(
        [provinces, communes], stages("random 2", "random 2", "random 3"), 5, interviewers=4
    ).sample
    assert sample["interviewer"].value_counts().to_dict() == dict.fromkeys(
        ["DTV01", "DTV02", "DTV03", "DTV04"], 6
    )
    assert sample.groupby("cluster_2")["interviewer"].nunique().max() == 1


def test_an_allocation_says_how_many_of_each_stratum(provinces):
    draw = draw_sample([provinces], stages("random 1"), SEED, allocation={"R1": 4, "R2": 2})
    assert draw.sample["stratum"].value_counts().to_dict() == {"R1": 4, "R2": 2}


# Bad frames: one change each


def changed(frame, row, **cells):
    frame = frame.copy()
    for name, value in cells.items():
        frame.loc[row, name] = value
    frame.attrs["file"] = frame["file"].iloc[0]
    return frame


@pytest.mark.parametrize(
    ("change", "code", "cell"),
    [
        ({"code": ""}, "frame-code-missing", "A5"),
        ({"code": "R1P0"}, "frame-code-repeated", "A5"),
        ({"stratum": ""}, "frame-stratum-missing", "A5"),
        ({"size": 0.0}, "frame-size-unusable", "A5"),
        ({"size": -3.0}, "frame-size-unusable", "A5"),
        ({"size": np.nan}, "frame-size-unusable", "A5"),
    ],
)
def test_a_bad_row_is_found_at_its_place_and_nothing_is_drawn(change, code, cell, provinces):
    draw = draw_sample([changed(provinces, 3, **change)], stages("pps 2"), SEED)
    assert draw.sample.empty
    assert [(f.code, f.file, f.cell) for f in draw.findings] == [(code, "tinh.csv", cell)]


def without(frame, column):
    frame = frame.drop(columns=column)
    frame.attrs["file"] = "xa.csv"
    return frame


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda communes: without(communes, "parent"), "frame-without-parents"),
        (lambda communes: without(communes, "size"), "frame-without-sizes"),
        (lambda communes: communes[communes["parent"] == "R1P0"], "frame-group-empty"),
        (lambda communes: changed(communes, 0, parent=""), "frame-parent-missing"),
        (lambda communes: communes.iloc[:0], "frame-empty"),
    ],
)
def test_a_stage_that_cannot_be_drawn_says_why(spoil, code, provinces, communes):
    frames = [provinces, spoil(communes)]
    draw = draw_sample(frames, stages("random 2", "random 2", "systematic 3"), SEED)
    assert draw.sample.empty
    assert code in [finding.code for finding in draw.findings]


def told(*arguments, **options):
    return {finding.code: finding for finding in draw_sample(*arguments, SEED, **options).findings}


def test_what_only_weakens_a_draw_is_a_warning(provinces, communes):
    above = changed(communes, 0, stratum="x").fillna({"stratum": ""})
    found = told([provinces, above], stages("random 1", "random 9"))
    assert {"draw-takes-all", "draw-single-unit", "frame-strata-below"} <= found.keys()
    assert found["draw-single-unit"].values["groups"] == "R1, R2"
    assert "frame-size-differs" in found  # a province of 40 has four communes


def test_an_allocation_of_other_strata_is_refused(provinces):
    found = told([provinces], stages("random 1"), allocation={"R1": 2, "R9": 2})
    assert found["frame-group-empty"].values["groups"] == "R9"
    assert found["draw-not-allocated"].values["groups"] == "R2"


@pytest.mark.parametrize("text", ["120%", "0%", "0", "2,5", "-3", "nhiều", ""])
def test_a_take_that_is_no_number_of_units_is_named(text):
    with pytest.raises(UsageError, match="does not say") as refused:
        Stage.of("random", text)
    assert refused.value.finding.code == "draw-take-unread"


def test_frames_and_stages_must_belong_together(provinces):
    with pytest.raises(UsageError, match="frames"):
        draw_sample([provinces], stages("random 1", "random 1", "random 1"), SEED)
