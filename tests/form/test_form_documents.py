"""Documents dropped into a form, and the zip that `parindex verify` accepts."""

import base64
import hashlib
import io
import json
import zipfile

import pytest
from axe_tools import violations

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger.intake import read_ledger
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page
from scoring.official.document_kinds import document_kinds

pytestmark = pytest.mark.chromium
SET = "department-sample"

DROP = """const [files, done] = arguments, data = new DataTransfer();
for (const [name, text] of files) data.items.add(new File([text], name));
const zone = document.querySelector("#view-documents .drop");
zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
const told = document.querySelector("#view-documents .files-told");
const lines = () => [...told.children].map((line) => line.textContent).join("\\n");
new MutationObserver(() => done(lines())).observe(told, { childList: true });"""
TYPE = """const field = document.getElementById(arguments[0]);
field.value = arguments[1];
field.dispatchEvent(new Event(field.localName === "select" ? "change" : "input", { bubbles: true }));
return document.getElementById(`${field.id}-wrong`)?.textContent ?? "";"""
SAVE = """const [place, done] = arguments;
window.showSaveFilePicker = undefined;
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  URL.createObjectURL = make;
  blob.arrayBuffer().then((held) =>
    done(btoa(Array.from(new Uint8Array(held), (byte) => String.fromCharCode(byte)).join(""))));
  return make(blob);
};
document.querySelectorAll("#view-documents .acts button")[place].click();"""


@pytest.fixture(scope="module")
def form(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("biểu mẫu") / "form.html"
    fill = fill_data(2026, "", FormUnit("SM-A", "Sở Mẫu A", ""))
    path.write_text(form_page(open_set(SET), fill), encoding="utf-8")
    browser.get(path.as_uri())
    browser.execute_async_script("""const done = arguments[0];
    const wait = setInterval(() => {
      if (!document.querySelector("#view-documents .drop")) return;
      clearInterval(wait);
      document.getElementById("tab-documents").click();
      done();
    }, 5);""")
    return browser


@pytest.fixture(scope="module")
def told(form):
    """What the form says of four files, two of them alike and one of a bad name."""
    files = [
        ["kế hoạch.pdf", "một"],
        ["báo cáo.pdf", "hai"],
        ["bản sao.pdf", "một"],
        ["a?.pdf", "ba"],
    ]
    return form.execute_async_script(DROP, files)


def test_documents_are_listed_with_their_digests(form, told):
    cards = form.execute_script(
        "return [...document.querySelectorAll('.documents article')].map((one) => one.textContent)"
    )
    assert len(cards) == 2
    assert (
        "documents/kế hoạch.pdf" in cards[0]
        and hashlib.sha256("một".encode()).hexdigest() in cards[0]
    )


def test_same_content_and_bad_names_are_named(told):
    assert "bản sao.pdf" in told and "documents/kế hoạch.pdf" in told
    assert "a?.pdf" in told and len(told.strip().splitlines()) == 2


def test_unknown_items_and_impossible_days_are_named_while_typing(form, told):
    wrong = form.execute_script(TYPE, "doc-TL001-items", "1.1.1; 9.9.9")
    assert "TL001" in wrong and "9.9.9" in wrong
    assert "31/02/2026" in form.execute_script(TYPE, "doc-TL001-issued_on", "31/02/2026")
    assert form.execute_script(TYPE, "doc-TL001-issued_on", "5/1/2026") == ""


def test_items_are_chosen_by_name_and_kinds_are_offered(form, told):
    assert form.execute_script(TYPE, "doc-TL001-items", "1.1.1") == ""
    form.execute_script("document.activeElement.blur()")
    form.execute_script(TYPE, "doc-TL001-add", "1.1.3")
    field = "return document.getElementById('doc-TL001-items').value"
    assert form.execute_script(field) == "1.1.1; 1.1.3"
    kinds = (
        "return [...document.getElementById('doc-TL001-kind').list.options].map((one) => one.value)"
    )
    assert form.execute_script(kinds)[:2] == [kind.vi for kind in document_kinds().values()][:2]
    for key, value in (("kind", "Kế hoạch"), ("signer", "Giám đốc"), ("place", "Mục II")):
        form.execute_script(TYPE, f"doc-TL001-{key}", value)


def test_documents_have_no_accessibility_violations_on_a_narrow_dark_screen(form, told):
    media = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    narrow = {"width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    form.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    form.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    assert violations(form, "#view-documents") == []
    assert form.execute_script("return document.documentElement.scrollWidth <= 360")
    form.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    form.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_items_tell_which_documents_they_ask_for_and_what_these_keep(form, told):
    card = """const card = [...document.querySelectorAll(".item")].find((one) => one.dataset.code === "1.1.1");"""
    form.execute_script(TYPE, "doc-TL001-items", "1.1.1")
    for key, value in (("kind", "KH"), ("number", "12/KH-SM"), ("issued_on", "5/1/2026")):
        form.execute_script(TYPE, f"doc-TL001-{key}", value)
    day = form.execute_script(f"{card} return card.querySelector('.field input').id")
    form.execute_script(TYPE, day, "5/1/2026")
    told = f"{card} return [card.querySelector('.proof').textContent, card.querySelector('output').textContent]"
    proof, points = form.execute_script(told)
    assert "1 Kế hoạch, chậm nhất 10/01/năm đánh giá" in proof and "(1/1)" in proof
    assert "có chứng minh: 1,00" in points
    form.execute_script(TYPE, "doc-TL001-number", "")
    proof, points = form.execute_script(told)
    assert "Tài liệu không hợp lệ (0/1)" in proof and "có chứng minh: 0,00" in points
    form.execute_script(TYPE, "doc-TL001-number", "12/KH-SM")


def test_file_dropped_on_an_item_is_linked_to_it_and_taken_off_again(form, told):
    linked = form.execute_async_script("""const done = arguments[0], data = new DataTransfer();
    data.items.add(new File(["hai"], "báo cáo.pdf"));
    const card = [...document.querySelectorAll(".item")].find((one) => one.dataset.code === "1.1.3");
    const more = card.querySelector(".proof details"), list = more.querySelector("ul");
    more.open = true;
    new MutationObserver(() => list.querySelector("button") && done(list.textContent)).observe(list, { childList: true });
    more.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));""")
    assert "TL002" in linked
    assert (
        form.execute_script("""const card = [...document.querySelectorAll(".item")].find((one) => one.dataset.code === "1.1.3");
    card.querySelector(".proof li button").click();
    return card.querySelectorAll(".proof li button").length;""")
        == 0
    )


def test_zip_is_accepted_by_verify_and_its_ledger_by_intake(form, told, tmp_path, capsys):
    form.execute_script(TYPE, "doc-TL001-items", "1.1.1; 1.1.3")
    path = tmp_path / "goi.zip"
    path.write_bytes(base64.b64decode(form.execute_async_script(SAVE, 1)))
    assert main(["--format", "json", "verify", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    zipfile.ZipFile(path).extractall(tmp_path / "goi")
    assert main(["--quiet", "verify", str(tmp_path / "goi")]) == 0
    read = read_ledger(tmp_path / "goi" / "ledger.xlsx", open_set(SET))
    assert read.documents["document_id"].tolist() == ["TL001", "TL002"]
    first = read.documents.set_index("document_id").loc["TL001"]
    assert first[["kind", "signer", "title"]].tolist() == ["KH", "Giám đốc", ""]
    assert read.links["item_code"].tolist() == ["1.1.1", "1.1.3"]
    assert (tmp_path / "goi" / "documents" / "kế hoạch.pdf").read_bytes() == "một".encode()


# What a person does who drops a file beside its place; answers with what the form then says.
DROP_BESIDE = """const [text, last, done] = arguments, data = new DataTransfer();
const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
document.querySelectorAll(".keeping [data-act=close]").forEach((one) => one.click());
data.items.add(new File([bytes], "gói.zip"));
const over = new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true });
document.body.dispatchEvent(over);
const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
document.body.dispatchEvent(drop);
const ask = () => {
  const told = [...document.querySelectorAll(".keeping-alert")];
  if (!told.some((one) => one.dataset.code === last)) return setTimeout(ask, 10);
  done({ held: over.defaultPrevented && drop.defaultPrevented,
    codes: told.map((one) => one.dataset.code), words: told.map((one) => one.innerText).join(" ") });
};
ask();"""


def dropped(form, data, last):
    """Drop a zip, and return what the form says once it has come to `last`."""
    return form.execute_async_script(DROP_BESIDE, base64.b64encode(data).decode(), last)


def zipped(parts):
    """The parts as another program zips them: deflated, in an order of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in reversed(parts.items()):
            package.writestr(name, data)
    return made.getvalue()


@pytest.fixture(scope="module")
def parts(form, told):
    """The zip that the form saves, and what is in it."""
    data = base64.b64decode(form.execute_async_script(SAVE, 1))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return data, {name: package.read(name) for name in package.namelist()}


REMOVE_ALL = """let button;
while ((button = document.querySelector(".documents article button"))) button.click();"""


def test_zip_opens_with_its_documents_as_files(form, parts):
    data, held = parts
    for zip_data in (data, zipped(held)):
        form.execute_script(REMOVE_ALL)
        told = dropped(form, zip_data, "form-store-opened")
        assert told["held"] and told["codes"] == ["form-store-opened"]
        # All that was in it goes out again, byte for byte.
        assert base64.b64decode(form.execute_async_script(SAVE, 1)) == data


SPOILED = {
    "manifest-missing": lambda parts: {k: v for k, v in parts.items() if k != "manifest.json"},
    "manifest-unreadable": lambda parts: parts | {"manifest.json": b"{"},
    "manifest-tampered": lambda parts: parts | {
        "manifest.json": parts["manifest.json"].replace("một".encode(), b"hai").replace(b"SM-A", b"SM-B")},
    "manifest-file-missing": lambda parts: {k: v for k, v in parts.items() if k != "documents/kế hoạch.pdf"},
    "manifest-file-changed": lambda parts: parts | {"documents/kế hoạch.pdf": b"khac"},
    "bundle-file-added": lambda parts: parts | {"documents/<img src=x>.pdf": b"la"},
}  # fmt: skip


@pytest.mark.parametrize("code", SPOILED)
def test_zip_that_does_not_match_its_manifest_is_named(form, parts, code):
    trusted = code in ("manifest-file-missing", "manifest-file-changed", "bundle-file-added")
    last = "form-store-opened" if trusted else code
    told = dropped(form, zipped(SPOILED[code](parts[1])), last)
    assert told["codes"] == [code, last][: 1 + trusted]
    assert not form.execute_script("return document.querySelectorAll('.keeping img').length")


# The button among the documents, and the file that a person then picks.
PICK = """const [text, done] = arguments, { click } = HTMLInputElement.prototype;
document.querySelectorAll(".keeping [data-act=close]").forEach((one) => one.click());
HTMLInputElement.prototype.click = function () {
  HTMLInputElement.prototype.click = click;
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "sổ.xlsx"));
  this.files = data.files;
  this.dispatchEvent(new Event("change"));
};
document.querySelectorAll("#view-documents .acts button")[3].click();
const ask = () => {
  const told = document.querySelector("[data-code=form-store-opened]");
  return told ? done(told.innerText) : setTimeout(ask, 10);
};
ask();"""


def test_button_among_the_documents_opens_a_ledger_in_the_bar(form, parts):
    ledger = base64.b64encode(parts[1]["ledger.xlsx"]).decode()
    assert "sổ.xlsx" in form.execute_async_script(PICK, ledger)


def test_zip_whose_ledger_was_changed_is_not_opened(form, parts):
    spoiled = parts[1] | {"ledger.xlsx": parts[1]["ledger.xlsx"] + b" "}
    told = dropped(form, zipped(spoiled), "manifest-file-changed")
    assert told["codes"] == ["manifest-file-changed"] and "ledger.xlsx" in told["words"]
    cut = dropped(form, parts[0][:-30], "package-damaged")
    assert cut["codes"] == ["package-damaged"]


# What Firefox lacks or refuses to a page from a disk, and an office policy anywhere.
BARE = """for (const name of ["showSaveFilePicker", "showOpenFilePicker", "BroadcastChannel", "indexedDB"]) {
  Object.defineProperty(window, name, { value: undefined });
}
Object.defineProperty(Crypto.prototype, "subtle", { value: undefined });
delete DataTransferItem.prototype.webkitGetAsEntry;
LockManager.prototype.request = () => Promise.reject(new DOMException("", "SecurityError"));
window.Worker = class {
  constructor() { setTimeout(() => this.onerror(new Event("error"))); }
  postMessage() {}
  terminate() {}
};"""
BEGUN = """const done = arguments[0], ask = () => {
  if (document.querySelector(".item") || document.querySelector("#form-old:not([hidden])")) return done();
  setTimeout(ask, 5);
};
ask();"""
TYPE_DAY = """const field = document.querySelector('[data-code="1.1.1"] .field input');
field.value = "15/01/2026";
field.dispatchEvent(new Event("input", { bubbles: true }));
return document.querySelector('[data-code="1.1.1"] output').textContent;"""
RESTORED = """const done = arguments[0], ask = () => {
  const told = document.querySelector("[data-code=form-store-restored]");
  if (!told) return setTimeout(ask, 10);
  done(document.querySelector('[data-code="1.1.1"] .field input').value);
};
ask();"""
DROP_LARGE = """const done = arguments[0], data = new DataTransfer();
data.items.add(new File([new Uint8Array(2e6)], "lớn.pdf"));
document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
const ask = () => (document.querySelector(".documents article") ? done() : setTimeout(ask, 10));
ask();"""


@pytest.fixture(scope="module")
def opened_bare(form, tmp_path_factory):
    """A function that opens a form after `script` took something from the browser."""
    path = tmp_path_factory.mktemp("cũ") / "form.html"
    page = form_page(open_set(SET), fill_data(2026, "", FormUnit("SM-A", "Sở Mẫu A", "")))
    path.write_text(page, encoding="utf-8")

    def opened(script):
        call = "Page.addScriptToEvaluateOnNewDocument"
        added = form.execute_cdp_cmd(call, {"source": script})
        form.get(path.as_uri())
        form.execute_async_script(BEGUN)
        form.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    return opened


def test_form_works_where_the_browser_has_little(form, opened_bare):
    opened_bare(BARE)
    assert form.execute_script(TYPE_DAY).startswith("0,75")
    form.execute_script("document.getElementById('tab-documents').click()")
    form.execute_async_script(DROP_LARGE)
    read = read_ledger(base64.b64decode(form.execute_async_script(SAVE, 0)), open_set(SET))
    assert read.inputs["happened_on"].dropna().dt.strftime("%d/%m/%Y").tolist() == ["15/01/2026"]
    assert read.documents["sha256"].tolist() == [hashlib.sha256(bytes(2_000_000)).hexdigest()]
    # Kept without IndexedDB as well.
    opened_bare(BARE)
    assert form.execute_async_script(RESTORED) == "15/01/2026"


def test_browser_that_is_too_old_is_told(form, opened_bare):
    opened_bare("delete window.DecompressionStream;")
    told = form.execute_script("return document.getElementById('app').innerText")
    assert "103" in told and "113" in told
