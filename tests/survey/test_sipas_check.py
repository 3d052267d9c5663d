"""``parindex sipas check``: what it says, what it writes, and what it never lets out."""

import json

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.survey.clean_forms import unit_counts
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.responses import read_responses
from scoring.survey.survey_data import survey_responses
from scoring.survey.survey_file import read_survey

INSTRUMENT = "sipas-citizens-sample"
QUALITY = [q.code for q in open_instrument(INSTRUMENT).questions if q.scale == "satisfaction"]
PLANTED = {
    "Họ và tên": ["Nguyễn Thị Dấuvết", "Trần Văn Dấuvết", "Lê Dấuvết"],
    "Liên hệ": ["0912 345 678", "0987654321", "+84 912 111 222"],
    "giay_to": ["001185012345", "036090001234", "079199123456"],
    "hop_thu": ["dauvet@example.com", "dauvet2@example.com", "dauvet3@example.com"],
    "Địa chỉ": ["12 ngõ Dấuvết", "34 phố Dấuvết", "56 thôn Dấuvết"],
    "Ý kiến khác": ["gọi lại 0933.222.111 giúp", "", ""],
}
TRACES = ["Dấuvết", "dauvet", "345 678", "0987654321", "111 222", "001185012345", "0933.222", "0935000111",
          "079199123456"]  # fmt: skip


def forms():
    columns = {"Mã phiếu": ["P1", "P2", "P3"], "Mã đơn vị": ["A", "A", "B"]}
    columns |= {code: ["5 - Rất hài lòng", "4", "KB"] for code in QUALITY}
    return pd.DataFrame(columns)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    forms().to_csv("phieu.csv", index=False)
    # Somebody also typed a number, a name and an address into answers.
    answers = forms().assign(**PLANTED)
    answers.loc[0, "B1.1"] = "0935000111"
    answers.loc[1, "B1.2"] = "Phạm Dấuvết"
    answers.to_csv("nguoi.csv", index=False)
    return tmp_path


def check(*arguments):
    return main(["--lang", "vi", "sipas", "check", *arguments])


def test_it_shows_units_and_rates_and_what_is_missing(desk, capsys):
    assert check("phieu.csv", "--instrument", INSTRUMENT) == 1
    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert lines[0][-2:] == ["3", "phiếu"] and ["A", "2"] in lines
    assert ["B1.1", "66,7", "33,3", "0,0"] in lines and ["A1", "—", "—", "—"] in lines
    assert "survey-question-missing" in said.err and "A1; A2" in said.err


def test_what_it_writes_is_read_again_as_the_same(desk):
    for name in ("sach.csv", "sach.parquet"):
        check("phieu.csv", "--instrument", INSTRUMENT, "--out", name)
        form = open_instrument(INSTRUMENT)
        first, again = (read_responses(desk / one, form) for one in ("phieu.csv", name))
        assert first.answers.tolist() == again.answers.tolist()
        assert again.forms["form_id"].tolist() == ["P1", "P2", "P3"]
        assert "survey-columns-not-read" not in [found.code for found in again.findings]


@pytest.mark.parametrize("policy", ["refuse", "drop"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_personal_value_is_written_anywhere(desk, capsys, policy, form):
    keep = ["--keep", *PLANTED]
    code = check("nguoi.csv", "--instrument", INSTRUMENT, "--personal", policy, "--format", form,
                 "--out", "sach.csv", *keep)  # fmt: skip
    said = capsys.readouterr()
    written = [path for path in desk.rglob("*") if path.is_file() and path.name != "nguoi.csv"]
    texts = [said.out, said.err, *(path.read_text(encoding="utf-8") for path in written)]
    assert not [(trace, text) for trace in TRACES for text in texts if trace in text]
    assert (code, (desk / "sach.csv").exists()) == ((2, False) if policy == "refuse" else (1, True))
    assert "Họ và tên" in said.out + said.err and "survey-personal" in said.out + said.err


def test_a_workbook_and_an_unforeseen_error_show_no_cell_either(desk, capsys, monkeypatch):
    book = SafeWorkbook()
    sheet = book.add_sheet("Phiếu")
    sheet.write_row(0, 0, [*forms().columns, "Họ tên"])
    for row, cells in enumerate(forms().itertuples(index=False), start=1):
        sheet.write_row(row, 0, [*cells, "Nguyễn Dấuvết"])
    (desk / "phieu.xlsx").write_bytes(book.to_bytes())
    check("phieu.xlsx", "--instrument", INSTRUMENT, "--personal", "drop", "--out", "x.csv")

    def broken(*_):
        raise ValueError("could not convert 'Nguyễn Dấuvết'")

    monkeypatch.setattr("scoring.survey.responses.forms_and_answers", broken)
    assert check("phieu.csv", "--instrument", INSTRUMENT) == 2
    said = capsys.readouterr()
    assert "survey-unreadable" in said.err and "ValueError" in said.err
    assert "Dấuvết" not in said.out + said.err + (desk / "x.csv").read_text("utf-8")


def test_an_error_that_quotes_no_cell_is_no_matter_of_the_forms(desk, capsys, monkeypatch):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr("scoring.survey.responses.forms_and_answers", broken)
    assert check("phieu.csv", "--instrument", INSTRUMENT) == 2
    said = capsys.readouterr()
    assert "unforeseen-error" in said.err and "survey-unreadable" not in said.err


def test_a_heading_may_be_told_and_doubtful_forms_dropped(desk, capsys):
    named = pd.concat([forms().rename(columns={"Mã phiếu": "Khóa"})] * 2)
    named.to_csv("khoa.csv", index=False)
    check("khoa.csv", "--instrument", INSTRUMENT, "--columns", "Khóa=form_id", "--drop", "duplicate",
          "--format", "json")  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["forms"] == 3 and told["units"][0] == {
        "unit_code": "A",
        "unit_name": "",
        "forms": 2,
    }
    assert "survey-forms-dropped" in [found["code"] for found in told["findings"]]


def test_units_without_codes_are_counted_by_their_names():
    form = open_instrument(INSTRUMENT)
    named = forms().rename(columns={"Mã đơn vị": "Đơn vị"})
    table = unit_counts(read_responses(named, form))
    assert table[["unit_name", "forms"]].values.tolist() == [["A", 2], ["B", 1]]


def test_forms_of_several_files_are_checked_together(desk, capsys):
    forms().to_csv("hai.csv", index=False)
    check("phieu.csv", "hai.csv", "--instrument", INSTRUMENT, "--format", "json")
    told = json.loads(capsys.readouterr().out)
    (found,) = [f for f in told["findings"] if f["code"] == "survey-duplicate"]
    assert told["forms"] == 6 and (found["file"], found["cell"]) == ("hai.csv", "A2")


def test_a_survey_tells_questionnaire_columns_days_and_strata(desk, capsys):
    (desk / "tong-the.csv").write_text("stratum,population_1\n1,40\n", encoding="utf-8")
    (desk / "survey.toml").write_text(
        f'id = "mau"\nname_vi = "Mẫu"\nstatus = "sample"\nsource = "mẫu"\nyear = 2026\n'
        f'instrument = "{INSTRUMENT}"\nresponses = ["tang.csv"]\n[columns]\nstratum = "Vùng"\n'
        '[design]\nstrata = ["stratum"]\npopulation = ["population_1"]\n'
        'population_tables = ["tong-the.csv"]\n[fieldwork]\nfrom = 2026-09-01\nto = 2026-09-30\n',
        encoding="utf-8",
    )
    days = ["2026-09-01", "2026-10-05", "2025-09-01"]
    forms().assign(Vùng=["1", "1", "2"], asked_on=days).to_csv("tang.csv", index=False)
    check("tang.csv", "--survey", "survey.toml", "--format", "json")
    told = json.loads(capsys.readouterr().out)["findings"]
    cells = {found["code"]: found["cell"] for found in told}
    assert cells["survey-stratum-unknown"] == "A4" and cells["survey-other-year"] == "A4"
    assert cells["survey-outside-fieldwork"] == "A3"
    assert not [
        f for f in told if f["code"].startswith("survey-key") or f["code"] == "survey-value-wrong"
    ]


def test_a_survey_reads_its_replicate_weights_and_all_its_files_together(desk):
    (desk / "survey.toml").write_text(
        f'id = "mau"\nname_vi = "Mẫu"\nstatus = "sample"\nsource = "mẫu"\nyear = 2026\n'
        f'instrument = "{INSTRUMENT}"\nresponses = ["mot.csv", "hai.csv"]\n'
        '[replicates]\nkind = "bootstrap"\nprefix = "rep_"\n',
        encoding="utf-8",
    )
    for name in ("mot.csv", "hai.csv"):
        forms().assign(rep_1=["1,5", "2", "0,5"], rep_2=["1", "2", "3"]).to_csv(name, index=False)
    responses = survey_responses(read_survey(desk / "survey.toml"))
    assert responses.forms["rep_1"].sum() == 8 and responses.forms["rep_2"].sum() == 12
    assert "survey-duplicate" in [found.code for found in responses.findings]


def test_without_a_questionnaire_nothing_is_read(desk, capsys):
    assert check("phieu.csv") == 2
    assert "survey-instrument-needed" in capsys.readouterr().err
