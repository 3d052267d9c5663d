"""Nothing is lost: closing, a killed browser, a full or refused store, two tabs, saves of others."""

import base64
import io
import json
import os
import re
import shutil
import signal
from pathlib import Path

import openpyxl
import pytest

from scoring.criteria import open_set
from scoring.evidence.ledger.making import new_ledger
from scoring.form.form_data import FormUnit, Known, fill_data
from scoring.form.form_page import form_page
from scoring.form.ledger_cells import ledger_in_form

pytestmark = pytest.mark.chromium
SET = "department-sample"
EVIL = "<img src=x onerror=alert(1)>"


def started(profile):
    """A browser of our own on `profile`: it is killed and started again."""
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = selenium.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium") or ""
    driver = selenium.Chrome(
        options=options, service=selenium.ChromeService(shutil.which("chromedriver"))
    )
    driver.set_script_timeout(10)
    return driver


def killed(driver):
    """End the browser as a power cut does; its processes are the children of our driver's own."""
    children = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    left = children.get(driver.service.process.pid, [])
    while left:
        process = left.pop()
        left += children.get(process, [])
        os.kill(process, signal.SIGKILL)
    driver.service.process.kill()
    driver.service.process.wait()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("biểu mẫu")

    def page(name, year=2026, unit="SM-A"):
        fill = fill_data(year, "", FormUnit(unit, "Sở A", ""), Known())
        text = form_page(open_set(SET), fill)
        # A test looks into the page, which the page itself allows nobody.
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        text = text.replace("FORM.start(", "window.started = FORM.start(")
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path.as_uri()

    return page


class Form:
    """A form in the browser, and what a person does with it."""

    def __init__(self, profile):
        self.profile, self.driver = profile, started(profile)

    def open(self, address, before=""):
        added = None
        if before:
            added = self.driver.execute_cdp_cmd(
                "Page.addScriptToEvaluateOnNewDocument", {"source": before}
            )
        self.driver.get(address)
        begun = "const ask = () => (window.started ? done() : setTimeout(ask, 5)); ask();"
        self.wait(f"new Promise((done) => {{ {begun} }})")
        self.wait("started.kept")
        if added:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    def wait(self, promise):
        script = f"const done = arguments[0]; Promise.resolve({promise}).then(() => done(1), (e) => done(String(e)))"
        assert self.driver.execute_async_script(script) == 1

    def type(self, text, item, name):
        self.driver.execute_script(
            "const [item, name, text] = arguments;"
            "started.store.change(`typed:${item}:${name}`, (work) => { (work.typed[item] ??= {})[name] = text; })",
            item, name, text)  # fmt: skip

    def kept(self):
        self.wait("started.kept.then((kept) => kept.flush())")

    def js(self, expression, *given):
        return self.driver.execute_script(f"return {expression}", *given)

    @property
    def typed(self):
        return self.js("started.store.get().typed")

    @property
    def codes(self):
        return self.js(
            "[...document.querySelectorAll('.keeping-alert')].map((one) => one.dataset.code)"
        )

    def press(self, act):
        self.js(f"document.querySelector('[data-act={act}], [name=form_{act}]').click()")

    def answer(self, code):
        self.js(f"document.querySelector('[data-code={code}] [data-act=answer]').click()")

    def give(self, text, name="bai.parindex.json"):
        self.wait(
            "started.kept.then((kept) => kept.open(new File(["
            + json.dumps(text)
            + f"], {json.dumps(name)})))"
        )


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    form = Form(tmp_path_factory.mktemp("hồ sơ"))
    yield form
    form.driver.quit()


def known_input():
    """An item of the set with a figure as text, and its input."""
    nodes = [node for node in open_set(SET).nodes if node.spec is not None]
    return next((node.code, entry.name) for node in nodes for entry in node.spec.inputs
                if entry.kind in ("number", "count", "percent"))  # fmt: skip


CODE, INPUT = known_input()


def test_a_browser_killed_while_somebody_types_gives_the_work_back(form, pages):
    address = pages("chết.html")
    form.open(address)
    for text in ("1", "12", "12,5"):
        form.type(text, CODE, INPUT)
    form.type("3", CODE, "khác")
    # The last letters are on their way to the disk when the process ends.
    form.js("new Promise((done) => setTimeout(done, 300))")
    killed(form.driver)
    form.driver = started(form.profile)
    form.open(address)
    assert form.typed == {CODE: {INPUT: "12,5", "khác": "3"}}
    assert form.codes == ["form-store-restored"]
    # Steps come back as well, each under its name.
    assert "số liệu" in form.js("document.querySelector('[name=form_undo]').textContent")
    form.press("undo")
    assert form.typed == {CODE: {INPUT: "12,5"}}
    form.press("undo")
    assert form.typed == {}
    form.press("redo")
    assert form.typed == {CODE: {INPUT: "12,5"}}


def test_closing_and_opening_restores_work_and_steps_after_undo(form, pages):
    address = pages("đóng.html")
    form.open(address)
    form.type("1", CODE, INPUT)
    form.type("2", "9.9", "b")
    form.press("undo")
    form.open("about:blank", "window.started = {}")
    form.open(address)
    assert form.typed == {CODE: {INPUT: "1"}}
    form.press("redo")
    assert form.typed == {CODE: {INPUT: "1"}, "9.9": {"b": "2"}}


def test_keys_undo_outside_fields_and_leave_a_field_its_own_undo(form, pages):
    form.open(pages("phím.html"))
    form.type("1", CODE, INPUT)
    form.js(
        "(() => { const field = document.createElement('input'); field.id = 'ô'; document.body.append(field); })()"
    )
    press = ("((key, shift, id) => { const at = id ? document.getElementById(id) : document.body; at.focus?.();"
             "const event = new KeyboardEvent('keydown', { key, shiftKey: shift, ctrlKey: true, bubbles: true, cancelable: true });"
             "at.dispatchEvent(event); return event.defaultPrevented; })(...arguments)")  # fmt: skip
    assert form.js(press, "z", False, "") and form.typed == {}
    assert form.js(press, "Z", True, "") and form.typed == {CODE: {INPUT: "1"}}
    form.js("document.getElementById('ô').focus()")
    form.js("document.getElementById('ô').value = 'đang gõ'")
    assert not form.js(press, "z", False, "ô")
    assert form.typed == {CODE: {INPUT: "1"}}


FULL = """const put = IDBObjectStore.prototype.put; window.full = false;
IDBObjectStore.prototype.put = function (...all) {
  if (window.full) throw new DOMException("đầy", "QuotaExceededError");
  return put.apply(this, all);
};"""


def test_a_full_store_is_told_and_room_later_keeps_everything(form, pages):
    address = pages("đầy.html")
    form.open(address, FULL)
    form.type("1", CODE, INPUT)
    form.kept()
    form.js("window.full = true")
    form.type("2", CODE, INPUT)
    form.kept()
    assert "form-store-full" in form.codes
    # What is not kept anywhere holds the window open.
    assert form.js("(() => { const event = new Event('beforeunload', { cancelable: true });"
                   "window.dispatchEvent(event); return event.defaultPrevented; })()")  # fmt: skip
    form.js("window.full = false")
    form.type("25", CODE, INPUT)
    form.kept()
    assert "form-store-full" not in form.codes
    form.open(address)
    assert form.typed == {CODE: {INPUT: "25"}}


BLOCKED = """Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("", "SecurityError"); } });"""
NO_STORE = (
    BLOCKED + BLOCKED.replace("indexedDB", "localStorage") + "delete Navigator.prototype.locks;"
)


def test_a_refused_store_is_told_and_the_work_goes_on_with_a_file(form, pages):
    address = pages("riêng.html")
    form.open(address, NO_STORE + "window.showSaveFilePicker = undefined;")
    form.type("7", CODE, INPUT)
    assert form.codes == ["form-store-blocked"]
    taken = "window.saved = []; HTMLAnchorElement.prototype.click = function () { saved.push(this.download); }"
    form.driver.execute_script(taken)
    form.answer("form-store-blocked")
    form.kept()
    assert form.js("saved") == ["department-sample_SM-A_2026.parindex.json"]
    assert form.typed == {CODE: {INPUT: "7"}}
    # Without IndexedDB alone localStorage keeps it, and nothing need be said.
    form.open(address, BLOCKED)
    form.type("8", CODE, INPUT)
    form.kept()
    form.open(address, BLOCKED)
    assert (form.typed, form.codes) == ({CODE: {INPUT: "8"}}, ["form-store-restored"])


SPOIL = """const done = arguments[0], request = indexedDB.open("parindex-form");
request.onsuccess = () => {
  const act = request.result.transaction("rows", "readwrite"), rows = act.objectStore("rows");
  rows.getAllKeys().onsuccess = ({ target }) => {
    const states = target.result.filter((key) => key.includes("h%E1%BB%8Fng.html|s|")).sort();
    rows.put("00000000 {", states.at(-1));
  };
  act.oncomplete = () => { request.result.close(); done(1); };
};"""


def test_a_damaged_record_is_passed_over_and_the_sound_one_before_it_counts(form, pages):
    address = pages("hỏng.html")
    form.open(address)
    for text in ("1", "2", "3"):
        form.type(text, CODE, INPUT)
        form.kept()
    form.open("about:blank", "window.started = {}")
    form.open(pages("khác.html", year=2025))
    form.driver.execute_async_script(SPOIL)
    form.open(address)
    # The changes since the older state are kept one by one.
    assert form.typed == {CODE: {INPUT: "3"}}
    assert form.codes[:2] == ["form-store-damaged", "form-store-restored"]


def test_the_second_tab_reads_until_it_takes_over(form, pages):
    address = pages("hai.html")
    form.open(address)
    form.type("1", CODE, INPUT)
    form.kept()
    first = form.driver.current_window_handle
    form.driver.switch_to.new_window("tab")
    try:
        form.open(address)
        assert "form-store-taken" in form.codes
        form.type("sai", CODE, INPUT)
        assert form.typed == {CODE: {INPUT: "1"}}
        form.press("take")
        form.wait("new Promise((done) => { const ask = () => (document.querySelector('[data-act=take]')"
                  " ? setTimeout(ask, 10) : done()); ask(); })")  # fmt: skip
        form.type("2", CODE, INPUT)
        form.kept()
        second = form.driver.current_window_handle
        form.driver.switch_to.window(first)
        assert "form-store-taken" in form.codes
        form.type("cũ", CODE, INPUT)
        assert form.typed == {CODE: {INPUT: "1"}}
        form.driver.switch_to.window(second)
    finally:
        form.driver.close()
        form.driver.switch_to.window(first)
    form.open(address)
    assert form.typed == {CODE: {INPUT: "2"}}


def save_of(form, change=None):
    """The save of the form, changed as people and disks change them."""
    script = """const done = arguments[0];
      window.showSaveFilePicker = undefined; const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => { blob.text().then(done); return createObjectURL.call(URL, blob); };
      HTMLAnchorElement.prototype.click = () => {};
      document.querySelector("[data-act=save]").click();"""
    save = json.loads(form.driver.execute_async_script(script))
    if change:
        change(save["work"])
    return json.dumps(save, ensure_ascii=False)


def put(*path, value):
    def change(work):
        for key in path[:-1]:
            work = work[key]
        work[path[-1]] = value

    return change


def test_opening_a_save_is_a_step_and_saves_of_others_are_named(form, pages):
    form.open(pages("mở.html"))
    form.type("5", CODE, INPUT)
    save = save_of(form)
    form.type("6", CODE, INPUT)
    form.give(save)
    assert form.typed == {CODE: {INPUT: "5"}} and "form-store-opened" in form.codes
    form.answer("form-store-opened")
    assert form.typed == {CODE: {INPUT: "6"}}
    wrong = {
        "form-save-other-set": save_of(form, put("form", "set_id", value="khac")),
        "form-save-other-unit": save_of(form, put("unit", "code", value=EVIL)),
        "form-save-other-year": save_of(form, put("form", "year", value=2025)),
        "form-save-other-period": save_of(form, put("form", "period", value="Q1")),
        "form-save-newer": save.replace("parindex-save/1", "parindex-save/2"),
        "form-save-cut-short": save[:200],
        "form-save-broken": save.replace(":", "=", 3),
        "form-save-not-one": "{}",
    }
    wrong["form-save-no-year"] = save_of(form, put("form", "year", value=None))
    for code, text in wrong.items():
        form.give(text, f"{EVIL}.json")
        assert code in form.codes
        assert form.typed == {CODE: {INPUT: "6"}}
    assert not form.js("document.querySelectorAll('.keeping img').length")
    form.give(save_of(form, put("form", "fingerprint", value="0" * 64)))
    assert {"form-save-other-version", "form-save-altered", "form-store-opened"} <= set(form.codes)


GIVE = """const [text, done] = arguments, data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
started.kept.then((kept) => kept.open(new File([data], "so.xlsx"))).then(() => done(1), (error) => done(String(error)));"""


def test_a_ledger_opens_and_one_of_another_unit_only_after_a_yes(form, pages):
    form.open(pages("sổ.html"))
    form.type("6", CODE, INPUT)
    form.driver.execute_script(
        "window.asked = []; window.confirm = (text) => { asked.push(text); return false; }"
    )
    for unit in ("SM-B", "SM-A"):
        data = new_ledger(open_set(SET), unit, "Sở A", 2026)
        assert form.driver.execute_async_script(GIVE, base64.b64encode(data).decode()) == 1
        if unit == "SM-B":
            assert form.typed == {CODE: {INPUT: "6"}} and "SM-B" in form.js("asked")[0]
    broken = base64.b64encode(data[:-100]).decode()
    assert form.driver.execute_async_script(GIVE, broken) == 1
    assert "package-damaged" not in form.js(
        "document.querySelector('[data-code=package-damaged]').textContent"
    )
    assert form.typed.get(CODE, {}) == {} and len(form.js("asked")) == 1
    form.answer("form-store-opened")
    assert form.typed == {CODE: {INPUT: "6"}}


def spoiled_ledger(count):
    """A ledger that holds words in the cells of `count` figures."""
    criteria, filled = open_set(SET), io.BytesIO()
    told = ledger_in_form(criteria, 2026)["sheets"]["assessment"]
    book = openpyxl.load_workbook(io.BytesIO(new_ledger(criteria, "SM-A", "Sở A", 2026)))
    asked = [(code, one.name) for code, rule in criteria.rules.items()
            for one in rule.reported if one.kind == "yes_no"]  # fmt: skip
    for code, name in asked[:count]:
        cell = f"{told['columns']['entry']}{told['entries'][code][name]}"
        book[told["name"]][cell] = "đang hỏi lại"
    book.save(filled)
    return base64.b64encode(filled.getvalue()).decode()


def test_ledger_with_many_bad_cells_is_told_in_a_few_lines(form, pages):
    form.open(pages("nhiều lỗi.html"))
    assert form.driver.execute_async_script(GIVE, spoiled_ledger(12)) == 1
    found = "document.querySelector('.keeping-found')"
    assert form.js(f"{found}.querySelector('[role=status]').textContent") == (
        "12 chỗ cần xem trong so.xlsx."
    )
    shown = (
        f"[...{found}.querySelectorAll('.keeping-alert')].filter((one) => one.checkVisibility())"
    )
    assert form.js(f"{shown}.length") == 3
    assert form.js(f"{found}.querySelectorAll('details .keeping-alert').length") == 9
    # What is read out at once is that the file was opened, not every cell.
    loud = "[role=alert] .keeping-alert:not([data-code^=form-store-])"
    assert form.js(f"document.querySelectorAll('{loud}').length") == 0
    form.driver.execute_script(f"{found}.querySelector('details').open = true")
    box = f"{found}.querySelector('.keeping-rest')"
    assert form.js(f"{box}.scrollHeight > {box}.clientHeight && {box}.clientHeight < 300")
    form.give("{}")
    assert form.js(f"{found}.querySelectorAll('.keeping-alert').length") == 12
    form.js(f"{found}.querySelector('[data-act=close]').click()")
    assert form.js(f"{found}.textContent") == " "


FILES = """window.files = { text: "", at: 1, fails: false };
window.handle = { name: "bài.json", getFile: async () => ({ lastModified: files.at }),
  createWritable: async () => {
    if (files.fails) throw new DOMException("", "NoModificationAllowedError");
    let next = "";
    return { write: async (blob) => { next = await blob.text(); }, abort: async () => {},
             close: async () => { files.text = next; files.at += 1; } };
  } };
window.showSaveFilePicker = async () => handle;"""


def test_a_chosen_file_is_written_again_but_never_over_somebody_else(form, pages):
    form.open(pages("tệp.html"), FILES)
    waited = (
        "new Promise((done) => { const ask = () => (({}) ? done() : setTimeout(ask, 10)); ask(); })"
    )
    form.type("1", CODE, INPUT)
    form.press("save")
    form.wait(
        waited.replace("{}", "files.at === 2 && document.querySelector('[data-act=elsewhere]')")
    )
    assert json.loads(form.js("files.text"))["work"]["typed"] == {CODE: {INPUT: "1"}}
    form.js("files.at = 9")
    form.press("save")
    form.wait(waited.replace("{}", "document.querySelector('[data-code=form-file-changed]')"))
    assert form.js("files.at") == 9
    form.js("files.fails = true")
    form.answer("form-file-changed")
    form.wait(waited.replace("{}", "document.querySelector('[data-code=form-file-failed]')"))
    form.js(
        "window.showSaveFilePicker = async () => { throw new DOMException('', 'SecurityError'); }"
    )
    form.js("(HTMLAnchorElement.prototype.click = function () { window.offered = this.download; })")
    form.answer("form-file-failed")
    form.wait(waited.replace("{}", "window.offered"))


# A handle that comes back from the store: a plain value there, with what every handle can do.
HANDLES = """window.files = { text: "", at: 1, right: "granted" };
const can = (name, value) => Object.defineProperty(Object.prototype, name, { value, configurable: true });
can("getFile", async () => ({ lastModified: files.at }));
can("queryPermission", async () => files.right);
can("requestPermission", async () => { files.right = "granted"; return "granted"; });
can("createWritable", async () => ({ abort: async () => {}, write: async (blob) => { files.next = await blob.text(); },
  close: async () => { files.text = files.next; files.at += 1; } }));
window.showSaveFilePicker = async () => ({ name: "bài.json" });"""
WAIT = (
    "new Promise((done) => {{ const ask = () => (({}) ? done() : setTimeout(ask, 10)); ask(); }})"
)


def test_a_file_of_an_earlier_session_is_written_once_it_is_allowed_again(form, pages):
    address = pages("mai.html")
    form.open(address, HANDLES)
    form.type("1", CODE, INPUT)
    form.press("save")
    form.wait(WAIT.format("files.at === 2 && document.querySelector('[data-act=elsewhere]')"))
    form.kept()
    again = HANDLES.replace("at: 1", "at: 2").replace('right: "granted"', 'right: "prompt"')
    form.open(address, again)
    form.type("2", CODE, INPUT)
    assert "bài.json" in form.js("document.querySelector('[data-act=allow]').textContent")
    assert form.js("files.text") == ""
    form.press("allow")
    form.wait(WAIT.format("files.text"))
    assert json.loads(form.js("files.text"))["work"]["typed"] == {CODE: {INPUT: "2"}}
    form.wait(WAIT.format("!document.querySelector('[data-act=allow]')"))


def test_files_that_cannot_be_opened_leave_the_work(form, pages):
    form.open(pages("mở không được.html"))
    form.type("3", CODE, INPUT)
    given = {
        "form-save-too-large": "new File([new Uint8Array(20_000_001)], 'to.json')",
        "form-open-failed": "Object.assign(new File(['{'], 'mất.json'),"
        " { text: () => Promise.reject(new Error('đĩa đã rút')) })",
    }
    for code, file in given.items():
        form.wait(f"started.kept.then((kept) => kept.open({file}))")
        assert code in form.codes
    told = form.js("document.querySelector('.keeping-alerts').innerText")
    assert "to.json" in told and "mất.json" in told and "đĩa đã rút" in told
    assert form.typed == {CODE: {INPUT: "3"}}


def test_work_of_a_moved_form_is_offered_and_erasing_leaves_nothing(form, pages):
    form.open(pages("cũ.html", year=2024))
    form.type("4", CODE, INPUT)
    form.kept()
    form.open(pages("mới.html", year=2024))
    assert form.codes == ["form-store-other-work"] and form.typed == {}
    form.answer("form-store-other-work")
    form.wait("new Promise((done) => setTimeout(done, 100))")
    assert form.typed == {CODE: {INPUT: "4"}}
    form.driver.execute_script("window.confirm = () => true")
    form.press("erase")
    form.wait("new Promise((done) => setTimeout(done, 100))")
    assert "form-store-erased" in form.codes
    form.open(pages("cũ.html", year=2024))
    assert form.codes == [] and form.typed == {}
