"""``parindex criteria``: sets leave as workbooks, come back, are compared and imported."""

import pytest

from scoring.cli.main import main
from scoring.files.sealed.data_package import PACKAGE_NAME
from scoring.files.shipped import shipped_folder

SETS = shipped_folder("criteria")


def test_a_set_leaves_as_a_workbook_and_comes_back_the_same(tmp_path):
    book, folder = tmp_path / "bộ.xlsx", tmp_path / "bộ mới"
    assert main(["criteria", "export", "department-sample", "--out", str(book)]) == 0
    assert main(["criteria", "import", str(book), "--out", str(folder)]) == 0
    # The description of a shipped folder for others is no part of the set.
    sheets = [p for p in (SETS / "department-sample").iterdir() if p.name != PACKAGE_NAME]
    for path in sheets:
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_a_workbook_is_taken_wherever_a_set_is(tmp_path, capsys):
    book = tmp_path / "bộ.xlsx"
    main(["criteria", "export", "service-quality-766", "--out", str(book)])
    assert main(["criteria", "check", str(book), "--no-lint"]) == 0
    assert "17" in capsys.readouterr().out


def test_a_folder_with_another_set_is_not_written_over(tmp_path, capsys):
    book, folder = tmp_path / "a.xlsx", tmp_path / "set"
    main(["criteria", "export", "service-quality-766", "--out", str(book)])
    main(["criteria", "import", str(book), "--out", str(folder)])
    book = tmp_path / "b.xlsx"
    main(["criteria", "export", "commune-sample", "--out", str(book)])
    before = (folder / "items.csv").read_bytes()
    assert main(["criteria", "import", str(book), "--out", str(folder)]) == 1
    assert (folder / "items.csv").read_bytes() == before
    assert main(["criteria", "import", str(book), "--out", str(folder), "--replace"]) == 0
    capsys.readouterr()


def test_diff_writes_a_page_and_the_mapping(tmp_path, capsys):
    arguments = ["criteria", "diff", "department-sample", "commune-sample"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "changes.csv", "diff.md", "diff.html", "mapping.csv",
    }  # fmt: skip
    assert "So sánh hai bộ tiêu chí" in capsys.readouterr().out


APPENDIX = """TT\tTiêu chí\tĐiểm tối đa\tCách chấm
1\tChỉ đạo điều hành\t3\t
1.1\tTỷ lệ hoàn thành kế hoạch\t2\tTrên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0
1.2\tVăn hóa công sở\t1\tTheo nhận định của hội đồng khi cần thiết
"""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_appendix_becomes_a_set_with_rows_sure_or_to_review(tmp_path, capsys, lang):
    path = tmp_path / "phụ lục.txt"
    path.write_text(APPENDIX, encoding="utf-8")
    code = main(
        ["--lang", lang, "criteria", "import-appendix", str(path), "--id", "moi", "--name",
         "Bộ mới (mẫu)", "--tier", "department", "--valid-from", "01/01/2026",
         "--out", str(tmp_path / "moi")]
    )  # fmt: skip
    assert code in (0, 1)
    assert "1.2" in capsys.readouterr().err
    assert main(["criteria", "check", str(tmp_path / "moi"), "--no-lint"]) == 0
    review = (tmp_path / "moi" / "review.csv").read_text(encoding="utf-8")
    assert "sure" in review and "to_review" in review


def test_explain_prints_a_set_or_an_item_and_writes_a_handbook(tmp_path, capsys):
    assert main(["criteria", "explain", "department-sample", "1.1.1"]) == 0
    out = capsys.readouterr().out
    assert "đúng hạn: 1 điểm" in out and "Nguồn" in out
    for name in ("sổ tay.html", "sổ tay.docx"):
        path = tmp_path / name
        assert main(["criteria", "explain", "department-sample", "--out", str(path)]) == 0
        assert path.stat().st_size > 10_000


def test_explain_of_an_unknown_item_is_wrong_usage(capsys):
    assert main(["criteria", "explain", "department-sample", "99"]) == 2
    assert "99" in capsys.readouterr().err
