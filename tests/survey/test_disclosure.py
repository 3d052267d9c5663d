"""Small cells hide, and somebody who adds and subtracts what is shown does not find them."""

import itertools

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.survey.estimation.disclosure import HIDDEN_FIGURES, hide_small_cells

MINIMUM = 10
FACTOR_OF = {"q1": "A", "q2": "A", "q3": "B", "q4": "B"}
QUESTIONS, FACTORS, OPTIONS = list(FACTOR_OF), ["A", "B"], range(3)
SLICES = ["unit_code", "service", "respondent_group"]
SHOWN = [(), ("unit_code",), ("service",), ("respondent_group",), ("unit_code", "service")]


@pytest.fixture(scope="module")
def forms():
    """300 forms of five units, three services and two groups; unit E and some crossings are small."""
    draw = np.random.default_rng(3)
    n = 300
    forms = pd.DataFrame({
        "unit_code": draw.choice(list("ABCDE"), n, p=[0.3, 0.27, 0.22, 0.18, 0.03]),
        "service": draw.choice(["s1", "s2", "s3"], n, p=[0.6, 0.3, 0.1]),
        "respondent_group": draw.choice(["people", "firms"], n, p=[0.8, 0.2]),
        "weight": draw.uniform(50, 400, n),
    })  # fmt: skip
    answers = draw.choice(3, (n, len(QUESTIONS)), p=[0.1, 0.5, 0.4])
    # Half leave q4 out, so that in some crossings few answer it.
    answers[draw.random(n) > 0.5, QUESTIONS.index("q4")] = -1
    return forms, answers


def _domains(forms):
    for by in SHOWN:
        levels = [sorted(forms[name].unique()) for name in by]
        for values in itertools.product(*levels):
            mask = np.ones(len(forms), dtype=bool)
            for name, value in zip(by, values, strict=True):
                mask &= (forms[name] == value).to_numpy()
            yield dict.fromkeys(SLICES, "") | dict(zip(by, values, strict=True)), mask


def _rows(answers, weights):
    """Measure, code, answer, number of answers, weight and share of each estimate of a domain."""
    worth = {}
    for place, question in enumerate(QUESTIONS):
        given = answers[:, place]
        total = weights[given >= 0].sum()
        shares = [weights[given == option].sum() / total if total else np.nan for option in OPTIONS]
        count = int((given >= 0).sum())
        worth[question] = (count, total, shares[1] + shares[2])
        yield "question", question, "", count, total, shares[1] + shares[2]
        for option in OPTIONS:
            yield "answer", question, str(option), count, total, shares[option]
    pooled = {}
    for factor in FACTORS:
        inside = [worth[q] for q in QUESTIONS if FACTOR_OF[q] == factor]
        count, total = sum(w[0] for w in inside), sum(w[1] for w in inside)
        share = np.nansum([w[1] * w[2] for w in inside]) / total if total else np.nan
        pooled[factor] = (count, total, share)
        yield "factor", factor, "", count, total, share
    total = sum(w[1] for w in pooled.values())
    share = np.nansum([w[1] * w[2] for w in pooled.values()]) / total if total else np.nan
    yield "index", "INDEX", "", sum(w[0] for w in pooled.values()), total, share


@pytest.fixture(scope="module")
def estimates(forms):
    table, answers = forms
    rows = [
        {**domain, "measure": measure, "code": code, "answer": answer, "forms": int(mask.sum()),
         "answers": count, "sum_of_weights": weight, "estimate_percent": 100 * share}
        for domain, mask in _domains(table)
        for measure, code, answer, count, weight, share in _rows(
            answers[mask], table["weight"].to_numpy()[mask])
    ]  # fmt: skip
    frame = pd.DataFrame(rows).assign(survey="s", year=2026, period="", standard_error=1.0)
    state = np.where(frame["estimate_percent"].isna(), "not-estimable", "shown")
    return frame.assign(state=state, effective_size=frame["answers"] / 2)


@pytest.fixture(scope="module")
def hidden(estimates):
    return hide_small_cells(estimates, MINIMUM, FACTOR_OF)


def _equations(table, figure):
    """Sums that an attacker knows, over weighted estimates or over counts of answers."""
    place = {tuple(row): i for i, row in enumerate(
        table[[*SLICES, "measure", "code", "answer"]].itertuples(index=False))}  # fmt: skip
    for dimension in range(3):
        parts_of = {}
        for key, i in place.items():
            if key[dimension]:
                parts_of.setdefault((*key[:dimension], "", *key[dimension + 1 :]), []).append(i)
        yield from ({place[whole]: -1.0, **dict.fromkeys(parts, 1.0)}
                    for whole, parts in parts_of.items() if whole in place)  # fmt: skip
    for key, i in place.items():
        domain, (measure, code, _) = key[:3], key[3:]
        if measure == "index":
            inside = [place[(*domain, "factor", f, "")] for f in FACTORS]
            yield {i: -1.0, **dict.fromkeys(inside, 1.0)}
        elif measure == "factor":
            inside = [
                place[(*domain, "question", q, "")] for q in QUESTIONS if FACTOR_OF[q] == code
            ]
            yield {i: -1.0, **dict.fromkeys(inside, 1.0)}
        elif measure == "question":
            options = [place[(*domain, "answer", code, str(option))] for option in OPTIONS]
            if figure == "estimate_percent":
                yield dict.fromkeys(options, 1.0)
                yield {i: -1.0, **dict.fromkeys(options[1:], 1.0)}
            else:
                yield from ({i: -1.0, j: 1.0} for j in options)


def _found(estimates, unknown, figure):
    """Which unknown cells have one solution, by rank."""
    places = np.flatnonzero(unknown)
    column = dict(zip(places.tolist(), range(len(places)), strict=True))
    rows = [{column[i]: c for i, c in equation.items() if i in column}
            for equation in _equations(estimates, figure)]  # fmt: skip
    rows = [row for row in rows if row]
    matrix = np.zeros((len(rows), len(places)))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    strength, directions = np.linalg.eigh(matrix.T @ matrix)
    free = directions[:, strength < 1e-9 * strength[-1]]
    return places[(np.abs(free) < 1e-7).all(axis=1)]


def _unknown(table):
    return table["state"].astype(str).str.startswith("hidden").to_numpy()


@pytest.mark.parametrize("figure", ["estimate_percent", "answers"])
def test_attacker_with_every_sum_finds_no_small_cell(estimates, hidden, figure):
    found = _found(estimates, _unknown(hidden), figure)
    assert not (hidden["state"].to_numpy()[found] == "hidden-small").any()


def test_attacker_finds_most_small_cells_where_only_those_are_hidden(estimates, hidden):
    small = (hidden["state"] == "hidden-small").to_numpy()
    assert len(_found(estimates, small, "estimate_percent")) > small.sum() / 2


def test_what_can_be_shown_is_shown(hidden):
    state = hidden["state"]
    assert (state == "shown").mean() > 0.4
    by_unit = hidden[(hidden["unit_code"] != "") & (hidden["service"] == "")
                     & (hidden["respondent_group"] == "") & (hidden["measure"] == "index")]  # fmt: skip
    assert by_unit["state"].tolist().count("shown") == 3
    whole = hidden[(hidden[SLICES] == "").all(axis=1)]
    assert set(whole["state"]) == {"shown"}


def test_a_hidden_cell_shows_no_figure_and_others_keep_theirs(estimates, hidden):
    unknown = _unknown(hidden)
    figures = [name for name in HIDDEN_FIGURES if name in hidden]
    assert hidden.loc[unknown, figures].isna().all(axis=None)
    pd.testing.assert_frame_equal(hidden.loc[~unknown], estimates.loc[~unknown], check_dtype=False)


def test_a_small_domain_hides_in_every_measure(estimates, hidden):
    few = (estimates["forms"] > 0) & (estimates["forms"] < MINIMUM)
    assert few.any()
    assert (hidden.loc[few, "state"] == "hidden-small").all()


def test_choice_is_the_same_for_rows_in_any_order_and_a_second_time(estimates, hidden):
    shuffled = hide_small_cells(estimates.sample(frac=1, random_state=5), MINIMUM, FACTOR_OF)
    pd.testing.assert_frame_equal(shuffled.sort_index(), hidden)
    pd.testing.assert_frame_equal(hide_small_cells(hidden, MINIMUM, FACTOR_OF), hidden)


@pytest.mark.parametrize("most", [1500, 1])
def test_a_question_few_answered_in_a_shown_unit_is_not_found(estimates, monkeypatch, most):
    """With 1, more hang together than are solved for, and the whole unit hides."""
    monkeypatch.setattr("scoring.survey.estimation.sums_of_cells.MOST_CELLS", most)
    unit = (estimates["unit_code"] == "B") & (estimates["service"] == "")
    spoiled = estimates.copy()
    spoiled.loc[unit & (estimates["code"] == "q4"), "answers"] = 3
    hidden = hide_small_cells(spoiled, MINIMUM, FACTOR_OF)
    found = _found(estimates, _unknown(hidden), "estimate_percent")
    assert not (hidden["state"].to_numpy()[found] == "hidden-small").any()
    shown = (hidden.loc[unit, "state"] == "shown").any()
    assert shown == (most > 1)


def _cells(units, forms, answers=None, **columns):
    table = pd.DataFrame({"unit_code": units, "forms": forms, "answers": answers or forms})
    fixed = {"survey": "s", "year": 2026, "period": "", "service": "", "respondent_group": "",
             "measure": "index", "code": "INDEX", "answer": "", "estimate_percent": 80.0,
             "state": "shown"} | columns  # fmt: skip
    return table.assign(**fixed)


def _states(table, **options):
    short = {"shown": "+", "hidden-small": "s", "hidden-secondary": "2", "not-estimable": "0"}
    return "".join(hide_small_cells(table, MINIMUM, **options)["state"].map(short))


def test_one_small_unit_takes_the_next_smallest_with_it():
    assert _states(_cells(["", "A", "B", "C"], [94, 4, 50, 40])) == "+s+2"


def test_hidden_units_that_are_few_together_take_another():
    assert _states(_cells(["", "A", "B", "C", "D"], [93, 1, 2, 50, 40])) == "+ss+2"
    assert _states(_cells(["", "A", "B", "C", "D"], [102, 6, 6, 50, 40])) == "+ss++"


def test_only_the_whole_hides_where_no_other_unit_is_left():
    table = _cells(["", "A", "B"], [4, 4, 0], estimate_percent=[80.0, 80.0, np.nan])
    table["state"] = ["shown", "shown", "not-estimable"]
    assert _states(table) == "ss0"


def test_a_unit_nobody_of_which_answered_protects_nothing():
    assert _states(_cells(["", "A", "B", "C"], [54, 4, 0, 50])) == "+s+2"


def test_units_without_a_whole_to_subtract_from_need_no_second():
    assert _states(_cells(["A", "B", "C"], [4, 50, 40])) == "s++"


def test_two_years_do_not_mix():
    table = pd.concat([_cells(["", "A", "B"], [64, 4, 60]), _cells(["", "A", "B"], [64, 24, 40],
                                                                   year=2025)])  # fmt: skip
    assert _states(table.reset_index(drop=True)) == "+s2+++"


def test_a_question_few_answered_takes_another_of_its_factor():
    table = _cells([""] * 7, [60] * 7, [240, 120, 120, 3, 60, 59, 60],
                   measure=["index", "factor", "factor", *["question"] * 4],
                   code=["INDEX", "A", "B", *"pqrs"])  # fmt: skip
    assert _states(table, factor_of={"p": "A", "q": "A", "r": "B", "s": "B"}) == "+++s2++"
    # The factor of one question is that question, the index less another factor is the first, and
    # that other is its questions together.
    assert _states(table, factor_of={"p": "A", "q": "B", "r": "B", "s": "B"}) == "+22s+2+"


def test_without_the_factors_of_questions_every_sum_of_a_small_question_hides():
    table = _cells([""] * 4, [60] * 4, [180, 180, 3, 60],
                   measure=["index", "factor", "question", "question"],
                   code=["INDEX", "A", "p", "q"])  # fmt: skip
    assert _states(table) == "22s+"


def test_the_answers_of_a_question_hide_with_it_for_they_make_a_hundred_together():
    table = _cells([""] * 8, [60] * 8, [60, 60, 60, 60, 60, 4, 4, 4],
                   measure=["question", "answer", "answer"] * 2 + ["answer", "answer"],
                   code=[*"ppp", *"qqqqq"], answer=["", "1", "2", "", "1", "2", "3", "4"])  # fmt: skip
    assert _states(table, factor_of={"p": "A", "q": "A"}) == "+++sssss"


def test_minimum_of_one_hides_nothing_and_none_is_refused():
    table = _cells(["", "A", "B"], [3, 1, 2])
    assert hide_small_cells(table, 1)["state"].tolist() == ["shown"] * 3
    with pytest.raises(UsageError, match="at least 1"):
        hide_small_cells(table, 0)
