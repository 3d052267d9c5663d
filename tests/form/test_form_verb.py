"""`parindex form`: one file that holds the set, whatever units are called."""

import base64
import hashlib
import html
import json
import re
import zlib

import pandas as pd
import pytest

from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.files.shipped import shipped_folder
from scoring.form.form_page import form_digest
from scoring.points import score

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
SET = "department-sample"


def block(page, name):
    """A block of data of a page."""
    found = re.search(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', page, re.S)[1]
    is_packed = not found.startswith("{")
    return json.loads(
        zlib.decompress(base64.b85decode(found.replace(",", "<")), -15) if is_packed else found
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "bieu-mau.html"
    unit = ["--unit", 'X"<b>', "--name", "Sở </script><script>alert(1)</script>", "--block", "Sở"]
    assert main(["--quiet", "form", SET, "--year", "2026", *unit, "--out", str(path)]) == 0
    return path.read_text(encoding="utf-8")


def test_form_holds_set_and_unit_and_nothing_that_ends_its_script(page):
    assert page.count("<script") == page.count("</script>") == 4
    assert block(page, "form-fill")["unit"]["name"] == "Sở </script><script>alert(1)</script>"
    told = block(page, "form-set")
    assert told["set"]["id"] == SET and told["set"]["status"] == "sample"
    assert [node["code"] for node in told["nodes"]] == [n.code for n in open_set(SET).nodes]


def test_form_allows_nothing_from_outside_and_is_small(page):
    policy = html.unescape(
        re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    )
    assert policy.startswith("default-src 'none'")
    assert "http:" not in policy and "unsafe" not in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert len(page.encode()) < 400_000


def test_digest_is_that_of_script_and_data_and_follows_from_the_set_alone(page):
    digest = form_digest(open_set(SET))
    script = re.findall(r"<script>(.*?)</script>", page, re.S)[0]
    data = json.dumps(block(page, "form-set"), ensure_ascii=False)
    assert digest == hashlib.sha256(f"{script}{data}".encode()).hexdigest()
    assert form_digest(open_set(SET)) == digest != form_digest(open_set("service-quality-766"))


def written(folder, capsys, *options, year="2026"):
    """The form that the verb writes with some options, and what it said."""
    path = folder / "mot.html"
    argv = ["--quiet", "form", SET, "--year", year, *map(str, options), "--out", str(path)]
    code = main([*argv, "--replace"])
    text = block(path.read_text(encoding="utf-8"), "form-fill") if path.exists() else {}
    return code, text, "".join(capsys.readouterr())


def test_last_year_stands_beside_and_is_never_filled_in(tmp_path, capsys):
    last = ["--last-year", SAMPLE]
    code, fill, _ = written(tmp_path, capsys, "--unit", "SM-A", *last)
    assert code == 0 and fill["typed"] == {}
    assert fill["previous"]["1.1.1"] == {"issued_on": "14/01/2025"}
    assert fill["previous"]["1.1.3"] == {"done": "46", "planned": "50"}
    assert written(tmp_path, capsys, "--unit", "ai-do", *last)[1]["previous"] == {}


def test_ledger_is_filled_in_as_typed(tmp_path, capsys):
    criteria = open_set(SET)
    own = read_files([SAMPLE], criteria).inputs
    own = own[own["unit_code"] == "SM-A"]
    scores = score(own, criteria).scores
    claims = pd.DataFrame([{"item_code": "1.1.1", "documents": "", "explanation": "=1+1"}])
    listed = [{"document_id": "TL1", "document_number": "1/KH", "issued_on": "14/01/2025",
               "title": "Kế hoạch", "path": "a.pdf", "item_codes": "1.1.1; 1.1.2", "place": "trang 2",
               "valid_from": "15/01/2025", "valid_to": "31/12/2026", "secret": "x"}]  # fmt: skip
    data = new_ledger(criteria, "SM-A", "Sở Mẫu A", 2025, inputs=own, scores=scores,
                      claims=claims, documents=pd.DataFrame(listed),
                      info={"prepared_by": "Tổ cải cách"})  # fmt: skip
    (tmp_path / "so.xlsx").write_bytes(data)
    _, fill, said = written(tmp_path, capsys, "--ledger", tmp_path / "so.xlsx")
    assert "form-ledger-of-other-year" in said
    assert fill["unit"]["code"] == "SM-A" and fill["unit"]["prepared_by"] == "Tổ cải cách"
    assert fill["typed"]["1.1.2"] == {"all_areas": "yes", "clear_results": "yes",
                                      "clear_dates": "yes", "funded": "no"}  # fmt: skip
    assert fill["said"]["1.1.1"]["explanation"] == "=1+1"
    [document] = fill["documents"]
    assert document["items"] == ["1.1.1", "1.1.2"] and document["issued_on"] == "14/01/2025"
    rest = {key: document[key] for key in ("valid_from", "valid_to", "secret", "place")}
    assert rest == {"valid_from": "15/01/2025", "valid_to": "31/12/2026", "secret": True,
                    "place": "trang 2"}  # fmt: skip


@pytest.mark.parametrize(("year", "code", "is_shown"), [
    ("2025", "form-last-year-not-earlier", False),
    ("2027", "form-last-year-older", True),
])  # fmt: skip
def test_last_year_that_is_another_year_is_named(tmp_path, capsys, year, code, is_shown):
    argv = ("--unit", "SM-A", "--last-year", SAMPLE)
    _, fill, said = written(tmp_path, capsys, *argv, year=year)
    assert code in said and "2025" in said
    assert bool(fill["previous"]) == is_shown


def test_many_units_get_a_form_each(tmp_path, capsys):
    units = tmp_path / "don-vi.csv"
    units.write_text('unit_code,unit_name\na,"Xã <A>"\nb,Xã B\na,Xã C\n', encoding="utf-8")
    out = tmp_path / "bieu-mau"
    argv = ["--quiet", "form", SET, "--year", "2026", "--units", str(units)]
    main([*argv, "--out", str(out)])
    assert "form-unit-listed-twice" in "".join(capsys.readouterr())
    assert sorted(path.name for path in out.iterdir()) == ["a.html", "b.html"]
    fill = block((out / "a.html").read_text(encoding="utf-8"), "form-fill")
    assert fill["unit"]["name"] == "Xã <A>"
    assert main([*argv, "--unit", "a", "--out", str(out)]) != 0
    assert "form-units-and-unit" in "".join(capsys.readouterr())


def test_codes_that_differ_in_case_only_are_named(tmp_path, capsys):
    units = tmp_path / "xa.csv"
    units.write_text("unit_code,unit_name\nXA-01,Xã một\nxa-01,Xã một\n", encoding="utf-8")
    argv = ["--quiet", "form", SET, "--year", "2026", "--units", str(units)]
    assert main([*argv, "--out", str(tmp_path / "ra")]) == 0
    said = "".join(capsys.readouterr())
    assert "form-units-alike" in said and "“xa-01”" in said and "“XA-01”" in said


@pytest.mark.parametrize(
    "verb", [["ledger", "check"], ["score"], ["form", SET, "--year", "2026", "--ledger"]]
)
def test_save_or_form_in_place_of_a_ledger_is_named(verb, page, tmp_path, capsys):
    save, form = tmp_path / "bài làm.parindex.json", tmp_path / "biểu mẫu.html"
    save.write_text('{\n "format": "parindex-save/1", "work": {}}', encoding="utf-8")
    form.write_text(page, encoding="utf-8")
    more = ["--out", str(tmp_path / "kq")] if verb[0] != "ledger" else []
    for path, code in ((save, "form-save-given"), (form, "form-page-given")):
        assert main(["--format", "json", *verb, str(path), *more]) == 2
        told = json.loads(capsys.readouterr().out)["findings"]
        assert [(one["code"], one["file"]) for one in told] == [(code, path.name)]
    assert not (tmp_path / "kq").exists()
