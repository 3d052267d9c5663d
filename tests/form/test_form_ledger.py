"""What a form saves as ledger.xlsx, intake reads; and the form reads it back whoever saved it."""

import base64
import io
import json
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from scoring.browser.bundle import bundled
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger.intake import read_ledger
from scoring.evidence.ledger.making import new_ledger
from scoring.files.excel.workbook import read_workbook
from scoring.files.sealed.manifest import about
from scoring.form.form_data import file_findings, set_data
from scoring.form.ledger_cells import ledger_in_form

pytestmark = pytest.mark.chromium

CRITERIA = open_set("department-sample")
ENTRIES = (
    "form/app/ledger_writing.js",
    "form/app/ledger_reading.js",
    "browser/lib/sheet_reading.js",
)
CHOICE = next((code, entry) for code, rule in CRITERIA.rules.items()
              for entry in rule.reported if entry.kind == "choice")  # fmt: skip
OPTION = CRITERIA.rules[CHOICE[0]].spec.options_of(CHOICE[1].name)[0]
HOSTILE = '=HYPERLINK("http://x") & <b>'
BLANK_DOCUMENT = dict.fromkeys(
    ("issuer", "signer", "kind", "place", "size", "note", "valid_from", "valid_to", "issued_on"), ""
) | {"secret": False}
WORK = {
    "format": "parindex-form/1",
    "form": {"set_id": CRITERIA.set_id, "version": CRITERIA.meta.version,
             "fingerprint": CRITERIA.fingerprint, "digest": "ab" * 32, "year": 2026, "period": ""},
    "unit": {"code": "SM-A", "name": "Sở Mẫu A", "block": "Sở", "prepared_by": "Tổ cải cách",
             "position": "", "prepared_on": "05/12/2026"},
    "typed": {
        "1.1.1": {"issued_on": "15/01/2026"},
        "1.1.2": {"all_areas": "yes", "clear_dates": "no"},
        "1.1.3": {"done": "1.250", "planned": "một nghìn"},
        "6.4": {"issued_on": "không thực hiện"},
        CHOICE[0]: {CHOICE[1].name: OPTION.code},
    },
    "said": {"1.1.1": {"not_applicable": False, "explanation": HOSTILE, "documents_note": "TL001"}},
    "targets": {"1": "9,5", "1.1.1": "0,5"},
    "documents": [
        BLANK_DOCUMENT | {"id": f"TL{n:03}", "number": f"{n}/KH-SNV", "title": "Kế hoạch", "issued_on": "15/01/2026",
                          "path": f"documents/kế hoạch {n}.pdf", "items": ["1.1.1", "1.1.3"], "sha256": "a" * 64}
        for n in range(1, 72)
    ],
}  # fmt: skip
EXPOSED = """globalThis.parts = { ledgerFile, ledgerReading, readSheets };
globalThis.base64 = async (blob) => {
  const letters = Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte));
  return btoa(letters.join(""));
};
globalThis.blobOf = (text) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
"""


@pytest.fixture(scope="module")
def form(browser):
    """A function that runs a line of JavaScript over the parts of a form."""
    browser.get("about:blank")
    script = bundled(*ENTRIES).removesuffix("})();\n") + EXPOSED + "})();\n"
    told = {"set": set_data(CRITERIA), "told": ledger_in_form(CRITERIA, 2026), "work": WORK}
    browser.execute_script(f"{script}; Object.assign(globalThis, arguments[0]);", told)

    def run(line, *given):
        answer = browser.execute_async_script(
            "const [given, done] = [[...arguments].slice(0, -1), [...arguments].at(-1)];"
            f"(async () => {{ {line} }})().then((told) => done(JSON.stringify({{ told }})),"
            " (error) => done(JSON.stringify({ code: error.code ?? String(error), values: error.values })));",
            *given,
        )
        return json.loads(answer)

    return run


READ = "return parts.ledgerReading(await parts.readSheets(blobOf(given[0])), work, set, told);"


@pytest.fixture(scope="module")
def ledger(form):
    """The ledger that the browser saves of the work above."""
    saved = form(
        "return base64(await parts.ledgerFile(work, set, told, { '1.1.1': 0.5, '1.1.3': NaN }))"
    )
    return base64.b64decode(saved["told"])


def read_back(form, data):
    return form(READ, base64.b64encode(data).decode())


def test_intake_reads_what_was_typed(ledger):
    read = read_ledger(ledger, CRITERIA, file="ledger.xlsx")
    assert (read.info.unit_code, read.info.year, read.info.prepared_by) == (
        "SM-A",
        2026,
        "Tổ cải cách",
    )
    assert (read.info.form_digest, read.info.form_engine) == ("ab" * 32, about()["package"])
    figures = read.inputs.set_index(["item_code", "input"])
    assert figures.loc[("1.1.1", "issued_on"), "happened_on"] == pd.Timestamp("2026-01-15")
    assert figures.loc[("1.1.2", "all_areas"), "choice"] == "yes"
    assert figures.loc[("1.1.3", "done"), "value"] == 1250
    assert figures.loc[("6.4", "issued_on"), "choice"] == "never"
    assert figures.loc[(CHOICE[0], CHOICE[1].name), "choice"] == OPTION.code
    claims = read.claims.set_index("item_code")
    assert claims.loc["1.1.1", ["explanation", "documents", "self_points"]].tolist() == [
        HOSTILE,
        "TL001",
        0.5,
    ]
    assert dict(zip(read.targets["code"], read.targets["target_points"], strict=True)) == {
        "1": 9.5,
        "1.1.1": 0.5,
    }
    assert [f.code for f in read.findings] == ["not-a-number"]


def test_intake_reads_all_documents_and_links_beyond_the_prepared_rows(ledger):
    read = read_ledger(ledger, CRITERIA)
    assert read.documents["document_id"].tolist() == [one["id"] for one in WORK["documents"]]
    assert set(read.documents["path"]) == {one["path"] for one in WORK["documents"]}
    assert set(read.documents["issued_on"]) == {pd.Timestamp("2026-01-15")}
    assert len(read.links) == 2 * 71


def test_all_but_the_filled_cells_is_the_blank_ledger(ledger):
    blank = new_ledger(CRITERIA, "", "", 2026)
    before, after = (load_workbook(io.BytesIO(data)) for data in (blank, ledger))
    sheet = after["Tự đánh giá"]
    assert sheet["K9"].value == HOSTILE and sheet["K9"].data_type != "f"
    for name in before.sheetnames:
        formulas = [[(c.coordinate, c.value) for row in book[name] for c in row if c.data_type == "f"]
                    for book in (before, after)]  # fmt: skip
        assert formulas[0] == formulas[1]
        assert before[name].data_validations.count == after[name].data_validations.count


def test_form_reads_its_own_ledger_back(form, ledger):
    told = read_back(form, ledger)["told"]
    assert told["findings"] == told["doubts"] == []
    work = told["work"]
    assert work["typed"] == WORK["typed"] | {"1.1.3": {"done": "1250", "planned": "một nghìn"}}
    assert {code: said for code, said in work["said"].items() if any(said.values())} == WORK["said"]
    for key in ("unit", "targets", "documents"):
        assert work[key] == WORK[key]


def test_rows_that_people_sorted_land_right(form, ledger):
    line = """const sheets = await parts.readSheets(blobOf(given[0]));
    const sheet = sheets.find((one) => one.name === told.sheets.assessment.name);
    sheet.rows = [...sheet.rows.slice(0, 6), ...sheet.rows.slice(6).reverse()];
    return parts.ledgerReading(sheets, work, set, told);"""
    told = form(line, base64.b64encode(ledger).decode())["told"]
    assert told["work"]["typed"]["1.1.1"] == WORK["typed"]["1.1.1"]
    assert told["work"]["typed"][CHOICE[0]] == WORK["typed"][CHOICE[0]]


@pytest.mark.parametrize(("change", "doubts", "findings"), [
    ("row('Mã bộ tiêu chí')[1] = 'bo-khac'", [], ["ledger-of-other-set"]),
    ("row('Dấu vân của bộ tiêu chí')[1] = '0'.repeat(64)", ["ledger-of-other-version"], []),
    ("row('Mã đơn vị')[1] = 'SM-B'", ["form-ledger-other-unit"], []),
    ("row('Năm đánh giá')[1] = 2025", ["form-ledger-other-year"], []),
    ("at('1.1.1')[0] = '1.1.2'", [], ["row-parted"]),
    ("at('1.1.1')[12] = '9.9.9'", [], ["form-entry-unplaced"]),
    ("rows('Kế hoạch')[3] = ['1', 'Nhiệm vụ']", [], ["form-sheet-not-taken"]),
])  # fmt: skip
def test_ledger_that_does_not_fit_is_named(form, ledger, change, doubts, findings):
    line = f"""const sheets = await parts.readSheets(blobOf(given[0]));
    const rows = (name) => sheets.find((one) => one.name === name).rows;
    const row = (title) => rows('Thông tin').find((one) => one[0] === title);
    const at = (code) => rows('Tự đánh giá').find((one) => one[0] === code);
    {change}; return parts.ledgerReading(sheets, work, set, told);"""
    told = form(line, base64.b64encode(ledger).decode())["told"]
    assert [one["code"] for one in told["doubts"]] == doubts
    assert [one["code"] for one in told["findings"]] == findings
    assert (told["work"] is None) == (findings == ["ledger-of-other-set"])


def test_damaged_and_foreign_files_are_refused(form, ledger):
    assert read_back(form, ledger[:-100])["code"] == "package-damaged"
    assert read_back(form, b"%PDF-1.7")["code"] == "save-as-xlsx"
    told = read_back(form, with_entity(ledger))
    assert (told["code"], told["values"]) == ("package-entities", {"part": "xl/workbook.xml"})
    assert "package-entities" in file_findings()["vi"]


def with_entity(data):
    """A ledger whose workbook declares what could grow without end."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/workbook.xml":
                text = text.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook', 1)
            new.writestr(name, text)
    return into.getvalue()


SHARED = next(code for code, rule in CRITERIA.rules.items()
              if len(rule.reported) == 2 and all(e.kind == "count" for e in rule.reported))  # fmt: skip
COUNTS = [entry.name for entry in CRITERIA.rules[SHARED].reported]
SAVE_EACH = """const [works] = given, saved = [];
for (const change of works) saved.push(await base64(await parts.ledgerFile({ ...work, ...change }, set, told, {})));
return saved;"""


def test_forms_of_two_people_merge_and_differences_are_named(form, tmp_path, capsys):
    first, second = WORK["documents"][:2]
    # Each form counts its documents from TL001.
    own_words = {"title": "Báo cáo", "sha256": "b" * 64, "items": ["1.1.2"]}
    apart = second | {"id": "TL001"} | own_words
    own = [
        {"typed": {SHARED: {COUNTS[0]: "7", COUNTS[1]: "10"}, "1.1.2": {"all_areas": "yes"}},
         "documents": [first]},
        {"typed": {SHARED: {COUNTS[0]: "8", COUNTS[1]: "10"}, "1.1.1": {"issued_on": "15/01/2026"}},
         "said": {}, "documents": [apart], "form": WORK["form"] | {"digest": "a" * 64}},
    ]  # fmt: skip
    paths = [tmp_path / "an.xlsx", tmp_path / "bình.xlsx", tmp_path / "gộp.xlsx"]
    for path, data in zip(paths, form(SAVE_EACH, own)["told"], strict=False):
        path.write_bytes(base64.b64decode(data))
    call = ["--format", "json", "ledger", "merge", *map(str, paths[:2]), "--out", str(paths[2])]
    assert main(call) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(row["what"], row["value"]) for row in told["conflicts"]] == [
        (f"{SHARED} / {COUNTS[0]}", "7"), (f"{SHARED} / {COUNTS[0]}", "8")]  # fmt: skip
    codes = {one["code"] for one in told["findings"]}
    assert codes == {"merge-conflict", "merge-document-id", "form-altered"}
    merged = read_ledger(paths[2], CRITERIA)
    assert merged.findings == ()
    figures = merged.inputs.set_index(["item_code", "input"])
    assert figures.loc[(SHARED, COUNTS[1]), "value"] == 10
    assert pd.isna(figures.loc[(SHARED, COUNTS[0]), "value"])
    assert figures.loc[("1.1.2", "all_areas"), "choice"] == "yes"
    assert figures.loc[("1.1.1", "issued_on"), "happened_on"] == pd.Timestamp("2026-01-15")
    assert merged.documents["sha256"].tolist() == ["a" * 64, "b" * 64]
    assert merged.links["item_code"].tolist() == ["1.1.1", "1.1.3", "1.1.2"]


@pytest.mark.libreoffice
def test_ledger_survives_libreoffice(form, ledger, recalculate, tmp_path):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(ledger)
    again = recalculate(path).read_bytes()
    told = read_back(form, again)["told"]
    assert told["findings"] == told["doubts"] == []
    assert told["work"]["typed"]["1.1.1"] == WORK["typed"]["1.1.1"]
    assert told["work"]["documents"] == WORK["documents"]
    first, second = (read_ledger(data, CRITERIA, file="a.xlsx").inputs for data in (ledger, again))
    pd.testing.assert_frame_equal(first, second)
    assert read_workbook(again)["Tự đánh giá"].rows[8][7] is not None
