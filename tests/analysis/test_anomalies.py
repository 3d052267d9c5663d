"""What is worth a second look: what is planted is found, what only looks so is not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clean_province import changed, clean_province, criteria_of

from scoring.analysis.anomalies import deadline_dates, figures, find_anomalies
from scoring.analysis.anomalies.material import Material, chance_text
from scoring.analysis.chances import binomial_tail, chances_among_others, outlying, poisson_tail
from scoring.base.values import ANOMALY_KINDS
from scoring.points.proof import with_claims
from scoring.points.tracks import with_decisions
from scoring.tables import checked


@pytest.fixture(scope="module")
def criteria():
    return criteria_of()


@pytest.fixture(scope="module")
def clean(criteria):
    return clean_province(0, criteria=criteria)


def rows_of(province, kind, lang="vi"):
    table, findings = find_anomalies(*province.told(), lang=lang)
    checked(table, "Anomalies")
    return table[table["kind"] == kind].to_dict("records"), findings


def claimed(province, change):
    """Return the province with other claims."""
    claims = change(province.tables["claims"].copy())
    sheet, _ = with_claims(province.sheet, claims)
    return replace(changed(province, claims=claims), sheet=sheet)


def test_in_clean_provinces_hardly_anything_is_named(criteria):
    tables = [
        find_anomalies(*clean_province(seed, criteria=criteria).told())[0] for seed in range(4)
    ]
    assert sum(map(len, tables)) <= 1
    assert set(pd.concat(tables)["kind"]) <= set(ANOMALY_KINDS)


def test_each_kind_says_what_it_looked_at(clean):
    table, findings = find_anomalies(*clean.told(), lang="en")
    looked = [str(one.values["kind"]) for one in findings if one.code == "anomalies-looked"]
    assert len(looked) == len(ANOMALY_KINDS) and not len(table)
    common = [one.problem("en") for one in findings if one.code == "anomalies-common"]
    assert len(common) == 2  # the prefilled template, and the documents of the province
    assert "documents are put aside as common" in common[1]


def test_too_few_units_are_told_and_not_passed_over(criteria):
    _, findings = find_anomalies(clean_province(0, 4, criteria).sheet, lang="en")
    told = [one.problem("en") for one in findings if one.code == "anomalies-too-little"]
    assert "“full marks everywhere” was not looked at (Xã): there are 4, at least 11" in told[0]
    assert any("“shared explanations”" in text and "at least 5" in text for text in told)
    assert any("give --last-year" in text for text in told)


def test_what_was_too_little_is_not_looked_at_besides(clean):
    at = np.arange(1)
    few = (
        figures.look(Material(clean.sheet, at))[0],
        deadline_dates.look(Material(clean.sheet, at))[0],
    )
    assert [[one.code for one in told.findings()] for told in few] == 2 * [["anomalies-too-little"]]


def test_full_marks_everywhere_are_named_with_how_many_hold_them(clean):
    def full(claims):
        return claims.assign(
            self_points=claims["self_points"].mask(claims["unit_code"] == "X0007", 2.0)
        )

    (row,), _ = rows_of(claimed(clean, full), "full-marks", "en")
    assert row["unit_codes"] == "X0007" and (row["base_count"], row["base_of"]) == (1, 30)
    assert "full marks in all 80 items" in row["reason"]
    assert (
        "By chance alone, all 30 tests" in row["base_rate"]
        and "may simply be good" in row["harmless"]
    )


def test_full_marks_where_everybody_has_them_are_nothing_unusual(clean):
    everybody = claimed(clean, lambda claims: claims.assign(self_points=2.0))
    assert rows_of(everybody, "full-marks")[0] == []


COPIED = ("Đơn vị thành lập tổ rà soát gồm bảy thành viên, họp ba kỳ vào tháng tư, tháng bảy và tháng mười; kết quả đã xử lý "
          "mười hai kiến nghị, trong đó hai kiến nghị chuyển cấp trên vì vượt thẩm quyền.")  # fmt: skip


def written(province, texts):
    """Return the province with explanations as {(unit, item): text}."""
    claims = province.tables["claims"]
    keys = list(zip(claims["unit_code"], claims["item_code"], strict=True))
    told = [texts.get(key, text) for key, text in zip(keys, claims["explanation"], strict=True)]
    return changed(province, claims=claims.assign(explanation=told))


def test_copied_explanations_are_named_with_their_cells_template_left_aside(clean):
    template = clean.tables["claims"]["explanation"].max()[:187]
    texts = {
        ("X0003", "1.1"): f"{template} {COPIED}",
        ("X0011", "1.1"): COPIED.replace("bảy", "tám"),
    }
    (row,), _ = rows_of(written(clean, texts), "copied-text")
    assert (row["unit_codes"], row["item_codes"]) == ("X0003; X0011", "1.1")
    assert row["places"].startswith("X0003.xlsx Tự đánh giá!H5; X0011.xlsx")
    assert (row["base_count"], row["tests"]) == (2, 0) and np.isnan(row["chance"])
    assert "giống đoạn của một đơn vị khác" in row["base_rate"]


def test_a_copy_with_other_names_and_numbers_is_still_a_copy(clean):
    own = " ".join(f"{COPIED} số {number}/BC-UBND của xã Tân" for number in (11, 25, 37))
    other = own.replace("Tân", "Phú").replace("11/", "8/").replace("25/", "140/")
    texts = {("X0003", "1.1"): own, ("X0011", "1.1"): other}
    assert len(rows_of(written(clean, texts), "copied-text")[0]) == 1


def test_a_text_that_many_units_have_is_a_template_and_not_copied(clean):
    everybody = {(f"X{place:04d}", "1.1"): COPIED for place in range(12)}
    assert rows_of(written(clean, everybody), "copied-text")[0] == []


def test_a_text_of_few_words_is_alike_by_itself(clean):
    short = {("X0003", "1.1"): COPIED[:80], ("X0011", "1.1"): COPIED[:80]}
    assert rows_of(written(clean, short), "copied-text")[0] == []


def test_stock_phrases_that_meet_in_two_units_are_not_copied(clean):
    one, other = (" ".join(f"{word}{at}" for at in range(14)) for word in ("câu", "mẫu"))
    texts = {(f"X{place:04d}", "1.1"): f"{one} {place}, {other}" for place in (3, 11)}
    assert len(rows_of(written(clean, texts), "copied-text")[0]) == 1
    texts |= {(f"X{place:04d}", "1.1"): one for place in (12, 13, 14)}
    texts |= {(f"X{place:04d}", "1.1"): other for place in (15, 16, 17)}
    assert rows_of(written(clean, texts), "copied-text")[0] == []


def documented(province, units, **stated):
    """Return the province in which units hand in one more document, for item 1.2."""
    documents, links = province.tables["documents"], province.tables["links"]
    more = documents.drop_duplicates("unit_code").set_index("unit_code", drop=False).loc[units]
    more = more.assign(document_id="TL99", sha256="", **stated)
    linked = more[["unit_code", "year", "period", "document_id"]].assign(item_code="1.2", place="")
    return changed(province, documents=pd.concat([documents, more], ignore_index=True),
                   links=pd.concat([links, linked], ignore_index=True))  # fmt: skip


OWN = {
    "document_number": "77/BC-UBND",
    "issuer": "UBND xã X0002",
    "issued_on": pd.Timestamp(2026, 5, 4),
}


@pytest.mark.parametrize("stated", [OWN, {"document_number": "", "issuer": "", "sha256": "ab"}])
def test_one_document_of_a_few_units_is_named(clean, stated):
    units = ["X0002", "X0009"]
    province = documented(clean, units, **{k: v for k, v in stated.items() if k != "sha256"})
    if "sha256" in stated:
        documents = province.tables["documents"]
        digest = documents["sha256"].mask(documents["document_id"] == "TL99", "ab")
        province = changed(province, documents=documents.assign(sha256=digest))
    (row,), _ = rows_of(province, "shared-document")
    assert (row["unit_codes"], row["item_codes"]) == ("X0002; X0009", "1.2")
    assert ("cùng một tệp" if "sha256" in stated else "cùng số, ngày") in row["reason"]


def test_documents_that_say_too_little_to_be_compared_are_counted(clean):
    bare = {"document_number": "77/BC-UBND", "issuer": "", "issued_on": pd.NaT}
    rows, findings = rows_of(documented(clean, ["X0002", "X0009"], **bare), "shared-document")
    [said] = [one for one in findings if one.code == "anomalies-not-compared"]
    assert rows == [] and "chưa so được 2 tài liệu" in said.text("vi")
    assert "evidence link" in said.text("vi")
    assert not [one for one in rows_of(clean, "shared-document")[1] if one.code == said.code]


@pytest.mark.parametrize(
    ("units", "issuer"), [(range(2), "UBND tỉnh Mẫu"), (range(2), "Sở Y tế"), (range(6), "X")]
)
def test_a_document_from_above_or_of_many_units_is_rightly_shared(clean, units, issuer):
    province = documented(clean, [f"X{one:04d}" for one in units], **OWN | {"issuer": issuer})
    assert rows_of(province, "shared-document")[0] == []


def test_a_jump_since_last_year_is_named_with_both_figures(clean):
    last = clean.last_scores
    is_it = (last["unit_code"] == "X0005") & last["code"].str.startswith("2.")
    province = replace(clean, last_scores=last.assign(points=last["points"].mask(is_it, 0.0)))
    rows, _ = rows_of(province, "jump-last-year", "en")
    assert [(row["unit_codes"], row["item_codes"]) for row in rows] == [("X0005", "2")]
    assert "area 2 went from 0" in rows[0]["reason"] and "percentage points" in rows[0]["base_rate"]


def test_a_unit_that_stands_far_above_its_peers_in_one_area_is_named_and_one_below_is_not(clean):
    def change(claims):
        is_it = claims["item_code"].str.startswith("2.")
        told = claims["unit_code"].map({"X0005": 2.0, "X0006": 0.0}).fillna(1.0)
        return claims.assign(self_points=claims["self_points"].mask(is_it, told))

    rows, _ = rows_of(claimed(clean, change), "jump-peers", "en")
    assert [(row["unit_codes"], row["item_codes"]) for row in rows] == [("X0005", "2")]
    assert "100%" in rows[0]["reason"] or "100.0%" in rows[0]["reason"]


def test_last_year_of_another_set_is_refused(clean):
    last = clean.last_scores.assign(set_id="other")
    rows, findings = rows_of(replace(clean, last_scores=last), "jump-last-year")
    assert rows == [] and findings[0].code == "rank-last-year-other-set"


def figured(province, change):
    """Return the province with other figures, as {(item, input): values}."""
    figures = province.sheet.figures
    values = {key: change(key, array.copy()) for key, array in figures.values.items()}
    return replace(province, sheet=replace(province.sheet, figures=replace(figures, values=values)))


def test_figures_rounded_to_tens_are_named_and_small_counts_are_not(clean):
    def rounded(key, values):
        if key[1] in ("numerator", "denominator"):
            values[4] = np.round(values[4] * 20, -1)
            values[6] = np.round(values[6] / 100)
        return values

    rows, _ = rows_of(figured(clean, rounded), "heaped-digits")
    assert [row["unit_codes"] for row in rows] == ["X0004"]
    assert "tận cùng là 0 hoặc 5" in rows[0]["reason"] and rows[0]["tests"] > 10


def test_two_units_with_one_ledger_are_named_and_equal_small_counts_are_not(clean):
    def copied(key, values):
        if key[1] in ("numerator", "denominator"):
            values[8] = values[1]
            values[20:24] = 12
        return values

    assert (
        np.nanmax(
            [v[1] for (_, name), v in clean.sheet.figures.values.items() if name == "numerator"]
        )
        > 100
    )
    rows, _ = rows_of(figured(clean, copied), "same-figures")
    assert [row["unit_codes"] for row in rows] == ["X0001; X0008"]


def test_an_item_that_differs_everywhere_speaks_of_its_rule(clean):
    decided = clean.sheet.decided
    is_it = decided.decisions["item_code"] == "3.4"
    told = decided.decisions.drop(columns=["row", "place"])
    told = told.assign(points=told["points"].mask(is_it, 0.1))
    sheet, _ = with_decisions(replace(clean.sheet, decided=None), told)
    (row,), _ = rows_of(replace(clean, sheet=sheet), "always-differs")
    assert (row["unit_codes"], row["item_codes"]) == ("", "3.4") and "quy tắc chưa rõ" in row[
        "harmless"
    ]


def test_dates_on_the_deadline_are_named_beside_the_usual_share(clean):
    codes = [node.code for node in clean.sheet.criteria.nodes if node.rule == "deadline"]

    def last_day(key, values):
        if key[0] in codes:
            values[13] = _due(clean, key[0])
        return values

    rows, _ = rows_of(figured(clean, last_day), "deadline-dates", "en")
    assert [row["unit_codes"] for row in rows] == ["X0013"]
    assert f"{len(codes)} of {len(codes)} dates lie on the last day" in rows[0]["reason"]
    assert "Deadlines draw work" in rows[0]["harmless"]


def _due(province, code):
    from scoring.base.dates import EXCEL_EPOCH
    from scoring.base.due_dates import read_due_date

    due = read_due_date(province.sheet.criteria.by_code[code].spec.due_on)
    return (due.on(2026) - EXCEL_EPOCH).days


def test_units_that_vary_make_many_hits_less_unlikely_than_a_coin_would():
    hits = np.array([18.0] + [2.0, 16.0] * 10)
    varied = chances_among_others(np.full(21, 20.0), hits)[0]
    assert varied > 50 * binomial_tail(20, 18, 9 / 20)
    assert np.isnan(chances_among_others(np.full(10, 20.0), hits[:10])).all()


def test_a_few_rows_that_happen_to_be_alike_do_not_prove_that_all_are():
    counts, hits = np.full(16, 30.0), np.array([21.0, *[10, 11, 9, 12, 10] * 3])
    alike, varied = (chances_among_others(counts, hits, least)[0] for least in (0.0, 0.04))
    assert alike < 0.001 and 0.005 < varied < 0.05
    assert chances_among_others(counts, np.array([30.0, *hits[1:]]), 0.04)[0] < 1e-4


def test_chances_are_those_of_the_textbook():
    # By scipy 1.17: binom.sf(16, 40, 0.2), poisson.sf(4, 0.3), 2 * t.sf(3.5, 29).
    assert binomial_tail(40, 17, 0.2) == pytest.approx(0.00099102, rel=1e-3)
    assert poisson_tail(5, 0.3) == pytest.approx(1.5785e-05, rel=1e-3)
    values = np.array([0.0, *np.linspace(-1, 1, 30)])
    values[0] = 3.5 * values[1:].std(ddof=1) * np.sqrt(1 + 1 / 30)
    assert outlying(values, 0.0)[0][0] == pytest.approx(0.001524, rel=0.02)
    assert (chance_text(float("nan"), "en"), chance_text(0.5, "vi")) == ("—", "50,0%")
