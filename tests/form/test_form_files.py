"""Files of a form in the browser: hashed beside the page, downloaded, missing or changed meanwhile."""

import hashlib
import time
import zipfile

import pytest

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.long_table import read_long_table
from scoring.form.form_data import FormUnit, Known, fill_data
from scoring.form.form_page import form_page
from scoring.points import score

pytestmark = pytest.mark.chromium
SET = "department-sample"
TEXTS = ("number", "kind", "issued_on", "issuer", "signer", "title", "place", "size", "note")
OLD = dict.fromkeys(TEXTS, "") | {"id": "CU", "path": "documents/cũ.pdf", "sha256": "0" * 64, "items": []}  # fmt: skip
# As a policy of an office may have it, and as Firefox is; the page counts the workers it starts.
BLOCKED = """for (const name of ["showSaveFilePicker", "showOpenFilePicker", "showDirectoryPicker"]) delete window[name];
window.workers = 0;
window.Worker = class extends Worker { constructor(address) { super(address); window.workers += 1; } };"""
OPENED = """const done = arguments[0], ask = () => {
  if (!document.querySelector("#view-documents .drop")) return setTimeout(ask, 5);
  document.getElementById("tab-documents").click();
  done();
};
ask();"""
# Drops a file of so many times a text, and waits until the documents say something of it.
DROP = """const [name, text, times, until, done] = arguments, data = new DataTransfer();
data.items.add(new File([text.repeat(times)], name));
document.querySelector("#view-documents .drop").dispatchEvent(
  new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
const panel = document.getElementById("view-documents");
const ask = () => (panel.textContent.includes(until) ? done(panel.textContent) : setTimeout(ask, 10));
ask();"""
TYPE = """const field = arguments[0];
field.focus();
field.value = arguments[1];
field.dispatchEvent(new Event("input", { bubbles: true }));"""
CLICK = "document.querySelectorAll('#view-documents .acts button')[arguments[0]].click()"
TOLD = "return document.querySelector('#view-documents .files-told').textContent"
CARD = "return document.getElementById('doc-' + arguments[0]).closest('article').textContent"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A form from the disk with one document of last time, in a browser without the file API."""
    path = tmp_path_factory.mktemp("hồ sơ") / "form.html"
    fill = fill_data(2026, "", FormUnit("SM-G", "Sở Mẫu G", ""), Known(documents=[OLD]))
    path.write_text(form_page(open_set(SET), fill), encoding="utf-8")
    browser.get_log("browser")
    call = "Page.addScriptToEvaluateOnNewDocument"
    added = browser.execute_cdp_cmd(call, {"source": BLOCKED})
    browser.get(path.as_uri())
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    browser.execute_async_script(OPENED)
    yield browser
    failed = [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert not failed


@pytest.fixture
def saved(page, tmp_path):
    """A function that clicks a button among the documents, and returns the file that arrives."""
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    page.execute_cdp_cmd("Browser.setDownloadBehavior", where)

    def click(place, ending):
        page.execute_script(CLICK, place)
        for _ in range(1000):
            if found := list(tmp_path.glob(f"*.{ending}")):
                return found[0]
            time.sleep(0.01)
        raise AssertionError(f"no .{ending} arrived")

    yield click
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def test_large_file_is_hashed_by_a_worker(page):
    text = "Đề án "
    times = 3 * 1024 * 1024 // len(text.encode())
    digest = sha256(text * times)
    assert digest in page.execute_async_script(DROP, "đề án.bin", text, times, digest)
    assert page.execute_script("return window.workers") == 1


def test_zip_is_downloaded_without_the_document_that_was_not_chosen(page, saved):
    page.execute_async_script(DROP, "nhỏ.pdf", "một", 1, sha256("một"))
    assert page.execute_script("return 'showSaveFilePicker' in window") is False
    path = saved(1, "zip")
    assert path.name == "SM-G-2026.zip" and main(["--quiet", "verify", str(path)]) == 0
    with zipfile.ZipFile(path) as package:
        assert "documents/cũ.pdf" not in package.namelist()
        assert package.read("documents/nhỏ.pdf") == "một".encode()
    told = page.execute_script(TOLD)
    assert "documents/cũ.pdf" in told and "chưa được chọn" in told


def test_other_content_under_the_name_of_a_document_is_named(page):
    told = page.execute_async_script(DROP, "cũ.pdf", "nội dung mới", 1, "Tệp đã thay đổi")
    assert "CU, documents/cũ.pdf: Tệp đã thay đổi" in told
    assert sha256("nội dung mới")[:12] in told and "000000000000" in told
    assert "0" * 64 in page.execute_script(CARD, "CU")


CHANGES = {
    "Tệp đã thay đổi": "return new Blob(['bản trướx']).slice(...range)",
    "Không đọc được tệp": "throw new DOMException('', 'NotReadableError')",
}


@pytest.mark.parametrize("words", CHANGES)
def test_file_that_changed_since_it_was_hashed_stays_out_of_the_zip(page, saved, words):
    page.execute_async_script(DROP, "báo cáo.pdf", "bản trước", 1, sha256("bản trước"))
    page.execute_script(f"""File.prototype.slice = function (...range) {{
      if (this.name === "báo cáo.pdf") {{ {CHANGES[words]}; }}
      return Blob.prototype.slice.apply(this, range);
    }};""")
    path = saved(1, "zip")
    page.execute_script("delete File.prototype.slice")
    told = page.execute_script(TOLD)
    assert words in told and "documents/báo cáo.pdf" in told
    with zipfile.ZipFile(path) as package:
        assert "documents/báo cáo.pdf" not in package.namelist()
    assert main(["--quiet", "verify", str(path)]) == 0


def test_file_is_listed_while_somebody_types(page):
    field = page.find_element("id", "doc-CU-title")
    page.execute_script(TYPE, field, "Kế hoạch năm")
    digest = sha256("trong khi gõ")
    page.execute_async_script(DROP, "mới.pdf", "trong khi gõ", 1, digest)
    assert page.switch_to.active_element == field
    page.execute_script("document.activeElement.blur()")
    # What was typed and undone is drawn anew.
    page.execute_script(TYPE, field, "Kế hoạch quý")
    page.execute_script("""document.activeElement.blur();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));""")
    again = page.find_element("id", "doc-CU-title").get_property("value")
    assert again == "Kế hoạch năm"


def test_table_gives_the_points_that_the_form_shows(page, saved):
    item = """const card = [...document.querySelectorAll(".item")].find((one) => one.dataset.code === arguments[0]);"""
    for code, values in {"1.1.1": ["12/1/2026"], "1.1.3": ["1.070", "1.250"]}.items():
        find = f"{item} return [...card.querySelectorAll(':scope > .field input')]"
        for field, value in zip(page.execute_script(find, code), values, strict=True):
            page.execute_script(TYPE, field, value)
    figures = read_long_table(saved(2, "csv"), open_set(SET))[0]
    points = score(figures, open_set(SET)).scores.set_index("code")["points"]
    for code in ("1.1.1", "1.1.3"):
        shown = f"{item} return card.querySelector('output strong').textContent"
        assert page.execute_script(shown, code) == f"{points[code]:.2f}".replace(".", ",")
