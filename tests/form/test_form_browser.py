"""The form in Chromium, from a file: what is typed becomes points, nothing comes from outside."""

import base64
import io

import pypdf
import pytest
from axe_tools import take_out_what_is_alike, violations

from scoring.criteria import open_set
from scoring.form.form_data import FormUnit, Known, fill_data
from scoring.form.form_page import form_page
from scoring.points import inputs_table, score
from scoring.points.item_explanation import explain

pytestmark = pytest.mark.chromium
SET = "department-sample"
BEGUN = """const done = arguments[0];
const ask = () => (document.querySelector(".item") ? done() : setTimeout(ask, 5));
ask();"""
EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def form(browser, tmp_path_factory):
    """The form of a sample set, opened; its last year's figures hold markup."""
    path = tmp_path_factory.mktemp("biểu mẫu") / "form.html"
    known = Known(previous={"1.1.1": {"completed_on": EVIL}, "1.1.3": {"done": EVIL}})
    fill = fill_data(2026, "", FormUnit('X"<b>', EVIL, ""), known)
    path.write_text(form_page(open_set(SET), fill), encoding="utf-8")
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(1280))
    browser.get(path.as_uri())
    browser.execute_async_script(BEGUN)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def size(width):
    return {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}


def put(form, code, place, text):
    """Type into a field of an item as a person does, and return the item's text."""
    return form.execute_script(
        """const card = [...document.querySelectorAll(".item")].find((one) => one.dataset.code === arguments[0]);
        const field = card.querySelectorAll(".field input, .field select")[arguments[1]];
        field.value = arguments[2];
        field.dispatchEvent(new Event("input", { bubbles: true }));
        return [card.querySelector("output").textContent, field.parentElement.querySelector(".wrong").textContent];""",
        code, place, text,
    )  # fmt: skip


def text(form, selector):
    return form.execute_script(
        "return document.querySelector(arguments[0])?.textContent ?? ''", selector
    )


def click(form, selector):
    form.execute_script("document.querySelector(arguments[0]).click()", selector)


def test_figures_become_the_points_that_scoring_gives(form):
    criteria = open_set(SET)
    shares = [code for code, rule in criteria.rules.items() if len(rule.reported) == 2
              and all(entry.kind in ("count", "number") for entry in rule.reported)][:3]  # fmt: skip
    rows = []
    for code in shares:
        for place, (entry, value) in enumerate(
            zip(criteria.rules[code].reported, ("7", "8"), strict=True)
        ):
            shown, wrong = put(form, code, place, value)
            rows.append({"unit_code": "X", "year": 2026, "period": "", "item_code": code,
                         "input": entry.name, "value": float(value)})  # fmt: skip
        assert wrong == ""
        scores = score(inputs_table(rows), criteria).scores.set_index("code")
        assert shown.startswith(f"{scores.loc[code, 'points']:.2f}".replace(".", ","))
        for bound in ("points_low", "points_high"):
            expected = f"{scores.loc['INDEX', bound]:.2f}".replace(".", ",")
            assert expected in text(form, ".top .index")
    assert "3/" in text(form, ".standing-now")
    explained = explain(score(inputs_table(rows), criteria), shares[0], "X")
    worked = f'[data-code="{shares[0]}"] .worked'
    assert text(form, worked) == f"Cách tính: {explained.arithmetic}"


def test_finding_beside_the_field_and_undo_takes_it_back(form):
    code = next(c for c, r in open_set(SET).rules.items() if r.reported[0].kind == "date")
    assert "31/02/2026" in put(form, code, 0, "31/02/2026")[1]
    click(form, "button[name=form_undo]")
    assert text(form, ".wrong:not(:empty)") == ""
    click(form, "button[name=form_redo]")
    assert "31/02/2026" in text(form, ".wrong:not(:empty)")
    click(form, "button[lang=en]")
    assert text(form, "html > body h1") == "Self-assessment 2026"
    assert "31/02/2026" in text(form, ".wrong:not(:empty)")
    click(form, "button[lang=vi]")
    click(form, "button[name=form_undo]")


def test_markup_stays_text(form):
    assert EVIL in text(form, ".who")
    assert form.execute_script("return document.querySelectorAll('img, script[src]').length") == 0
    assert "BỘ MẪU" in text(form, "aside.sample")
    told = [entry for entry in form.get_log("browser") if entry["level"] == "SEVERE"]
    assert not told, told


def test_tree_is_walked_with_keys(form):
    from selenium.webdriver.common.keys import Keys

    form.find_element("css selector", "[role=treeitem]").click()
    tree = form.find_element("css selector", "[role=treeitem][tabindex='0']")
    form.execute_script("arguments[0].focus()", tree)
    tree.send_keys(Keys.ARROW_DOWN)
    active = form.switch_to.active_element
    assert active.get_attribute("data-code") == "1.1"
    active.send_keys(Keys.ARROW_LEFT)
    assert active.get_attribute("aria-expanded") == "false"
    active.send_keys(Keys.ARROW_RIGHT, Keys.END)
    assert form.switch_to.active_element.get_attribute("data-code") == open_set(SET).nodes[-1].code


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violations_and_no_sideways_scrolling(form, scheme):
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    form.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    form.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(360))
    for view in ("work", "todo", "summary"):
        click(form, f"#tab-{view}")
        assert form.execute_script("return document.documentElement.scrollWidth <= 360")
    assert take_out_what_is_alike(form) > 20
    for view in ("work", "todo", "summary"):
        click(form, f"#tab-{view}")
        assert violations(form) == []
    form.get(form.current_url)
    form.execute_async_script(BEGUN)
    # The other scheme is looked at in English.
    other = "en" if scheme == "light" else "vi"
    form.execute_script(f"document.querySelector('button[lang={other}]')?.click()")


# What lies far from the screen or in a closed part is not laid out and has no width.
TOO_NARROW = """const cut = [...document.querySelectorAll("button, label, [role=tab], h1, h2, h3, .wrong")]
  .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== "inline");
return cut.map((one) => one.outerHTML.slice(0, 120));"""


@pytest.mark.parametrize("width", [1280, 360])
def test_text_of_twice_the_size_is_neither_cut_nor_beside_the_screen(form, width):
    form.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(width))
    form.execute_script("document.documentElement.style.fontSize = '200%'")
    try:
        shown = form.execute_script("return parseFloat(getComputedStyle(document.body).fontSize)")
        assert shown >= 30
        for view in ("work", "todo", "documents", "summary"):
            click(form, f"#tab-{view}")
            assert form.execute_script("return document.documentElement.scrollWidth") <= width, view
            assert form.execute_script(TOO_NARROW) == [], view
    finally:
        form.execute_script("document.documentElement.style.fontSize = ''")
        form.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(1280))
        click(form, "#tab-work")


def test_keys_alone_lead_from_the_first_tab_to_a_saved_ledger(form):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(*keys):
        ActionChains(form).send_keys(*keys).perform()

    def tab_to(predicate):
        # Many keys at once; a Tab that is pressed where the search ends goes no further.
        reached = f"const at = document.activeElement; return Boolean({predicate})"
        form.execute_script(
            """removeEventListener("keydown", window.halt, true);
            const is_there = new Function(arguments[0]);
            let moved = false;
            window.halt = (pressed) => {
              if (pressed.key === "Tab" && moved && is_there()) pressed.preventDefault();
              moved = true;
            };
            addEventListener("keydown", window.halt, true);""",
            reached,
        )
        for _ in range(20):
            press(*[Keys.TAB] * 20)
            if form.execute_script(reached):
                form.execute_script('removeEventListener("keydown", window.halt, true)')
                return
        raise AssertionError(f"Tab leads to nothing that is {predicate}")

    form.execute_script(
        """window.showSaveFilePicker = undefined; window.kept = [];
        HTMLAnchorElement.prototype.click = function () { kept.push(this.download); };
        window.scrollTo(0, 0); document.activeElement.blur();"""
    )
    tab_to('at.closest(".item")?.dataset.code === "1.1.3" && at.tagName === "INPUT"')
    press(Keys.CONTROL, "a", Keys.NULL, "37")
    assert "37" in form.execute_script("return document.activeElement.value")
    form.execute_script("document.activeElement.blur()")
    tab_to('at.getAttribute("role") === "tab"')
    press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert form.execute_script("return document.activeElement.id") == "tab-documents"
    press(Keys.ENTER)
    tab_to('at.closest("#view-documents") && at.tagName === "BUTTON"')
    press(Keys.ENTER)
    form.execute_async_script(
        "const done = arguments[0]; const ask = () => (kept.length ? done() : setTimeout(ask, 5)); ask();"
    )
    assert form.execute_script("return kept").pop().endswith(".xlsx")


def test_summary_prints_on_a4_with_all_that_is_signed(form, tmp_path):
    criteria = open_set(SET)
    row = {"id": "TL1", "number": "12/KH-SM", "kind": "KH", "issued_on": "15/01/2026",
           "title": "Kế hoạch mẫu", "path": "", "items": ["1.1.1"]}  # fmt: skip
    kinds = {"yes_no": "yes", "date": "15/03/2026", "choice": ""}
    typed = {code: {entry.name: kinds.get(entry.kind, "45") for entry in rule.reported}
             for code, rule in list(criteria.rules.items())[::2]}  # fmt: skip
    known = Known(typed=typed, documents=[row], unit={"prepared_by": "Tổ cải cách"})
    fill = fill_data(2026, "", FormUnit("SM-B", "Sở Mẫu B"), known)
    path = tmp_path / "in.html"
    path.write_text(form_page(criteria, fill), encoding="utf-8")
    form.get(path.as_uri())
    form.execute_async_script(BEGUN)
    printed = form.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    pages = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed))).pages
    assert len(pages) == 2
    for page in pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    told = " ".join(" ".join(page.extract_text() for page in pages).split())
    areas = [f"{node.code} {node.name()}" for node in criteria.nodes if not node.parent]
    wanted = ("BỘ MẪU", "Sở Mẫu B", "Tổ cải cách", *areas, "Mục chưa xong (",
              "12/KH-SM, 15/01/2026", "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ")  # fmt: skip
    assert not [one for one in wanted if one not in told]
    assert "Hoàn tác" not in told and "Lưu ra tệp" not in told
