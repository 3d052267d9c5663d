"""``parindex plan results``: from a plan's folder to targets met, missed and not measurable."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.plan.target_bindings import read_targets_table

PLAN = """KẾ HOẠCH
Cải cách hành chính của Sở A năm 2025

- Phấn đấu trên 95% hồ sơ được giải quyết đúng hạn.
- Mức độ hài lòng của người dân đạt từ 85% trở lên.
- Kiểm tra tối thiểu 30% số phòng.
"""
BINDINGS = """target_code,comparator,source,code,part,value,unit,result_year,told_by,told_on,confirmed
CT-01,above,typed,,,93.5,%,2025,Văn phòng,05/01/2026,x
CT-02,at-least,estimate,INDEX,index,,,,,,x
CT-03,at-least,progress,9,percent,,,,,,x
"""
ESTIMATES = """survey,year,measure,code,forms,answers,estimate_percent,standard_error,low_percent,high_percent,confidence_percent,state
ks,2025,index,INDEX,60,900,84,1,82,86,95,shown
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kh.txt").write_text(PLAN, "utf-8")
    main(["plan", "import", str(tmp_path / "kh.txt"), "--out", str(tmp_path / "ke")])
    (tmp_path / "ke" / "bindings.csv").write_text(BINDINGS, "utf-8")
    (tmp_path / "ke" / "estimates.csv").write_text(ESTIMATES, "utf-8")
    return tmp_path


def test_the_folder_of_a_plan_becomes_a_table_a_workbook_and_a_chart(folder, capsys):
    out = folder / "ra"
    code = main(["plan", "results", str(folder / "ke"), "--on", "31/01/2026", "--out", str(out)])
    table = pd.read_csv(out / "target-results.csv")
    assert table["state"].tolist() == ["missed", "not-shown-missed", "not-measurable"]
    assert table["gap"].tolist()[0] == -1.5
    told = capsys.readouterr()
    assert code == 1 and "plan-target-source-unknown" in told.err
    assert "0 trong 3 chỉ tiêu của kế hoạch đã đạt, 1 chưa đạt" in told.out
    assert {path.suffix for path in out.iterdir()} >= {".csv", ".xlsx", ".png", ".svg"}


def test_a_plan_alone_gives_proposals_that_judge_nothing_until_confirmed(folder):
    out = folder / "ra"
    main(["plan", "results", str(folder / "kh.txt"), "--on", "31/01/2026", "--out", str(out)])
    table = pd.read_csv(out / "target-results.csv")
    assert set(table["state"]) == {"not-measurable"}
    bindings = pd.read_csv(out / "bindings.csv", keep_default_na=False)
    assert bindings["source"].tolist() == ["", "estimate", ""]
    assert bindings["confirmed"].tolist() == [""] * 3


def test_targets_somebody_corrected_are_read_as_they_wrote_them(folder):
    path = folder / "ke" / "targets.csv"
    table = pd.read_csv(path, dtype=object, keep_default_na=False)
    table.loc[0, "value"] = "93.0"
    table.to_csv(path, index=False)
    out = folder / "ra"
    main(["plan", "results", str(folder / "ke"), "--on", "31/01/2026", "--out", str(out)])
    assert pd.read_csv(out / "target-results.csv")["state"].tolist()[0] == "met"


def test_what_nobody_has_looked_at_is_not_read_back_as_confirmed(folder):
    table, findings = read_targets_table(folder / "ke" / "targets.csv")
    assert (table["confirmed"].tolist(), findings) == ([False] * 3, [])
    assert table["is_sure"].all()


def test_a_folder_without_targets_says_how_to_make_them(tmp_path, capsys):
    out = tmp_path / "ra"
    (tmp_path / "rong").mkdir()
    assert main(["plan", "results", str(tmp_path / "rong"), "--out", str(out)]) == 1
    assert "plan-target-no-table" in capsys.readouterr().err
