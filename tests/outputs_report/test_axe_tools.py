"""What is wrong with one row of many that look alike is found, though the others are taken out."""

import pytest
from axe_tools import take_out_what_is_alike, violations

pytestmark = pytest.mark.chromium

PAGE = """<!doctype html><html lang="vi"><title>Bảng</title><main><h1>Bảng</h1><ul>{rows}</ul></main>"""
ROW = (
    """<li><label for="o{at}">Mục {at}</label> <input id="o{at}"> <button>Xem {at}</button></li>"""
)


def opened(browser, tmp_path, old="", new=""):
    """Open a page of thirty entries alike, the twentieth of which is spoilt."""
    rows = [ROW.format(at=at) for at in range(30)]
    assert old in rows[20]
    rows[20] = rows[20].replace(old, new)
    (tmp_path / "a.html").write_text(PAGE.format(rows="".join(rows)), encoding="utf-8")
    browser.get((tmp_path / "a.html").as_uri())


def test_of_entries_alike_one_stays_and_nothing_is_wrong_with_it(browser, tmp_path):
    opened(browser, tmp_path)
    assert (take_out_what_is_alike(browser), violations(browser)) == (1, [])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<button>Xem 20", '<button style="color:#aaa;background:#fff">Xem 20', "color-contrast"),
        ("<button>Xem 20", "<button>", "button-name"),
        ("<li>", '<li aria-hidden="true">', "aria-hidden-focus"),
        ("<button>", '<button aria-expanded="maybe">', "aria-valid-attr-value"),
    ],
)
def test_one_entry_that_is_wrong_is_found_among_thirty(browser, tmp_path, old, new, rule):
    opened(browser, tmp_path, old, new)
    assert take_out_what_is_alike(browser) == 2
    assert rule in {found[0] for found in violations(browser)}


@pytest.mark.parametrize("wrong", ['id="o19"', 'id=""'])
def test_a_name_that_stands_twice_or_nowhere_is_found_before_anything_is_taken_out(
    browser, tmp_path, wrong
):
    opened(browser, tmp_path, 'id="o20"', wrong)
    with pytest.raises(AssertionError, match=r"twice: o19|for of nothing: o20"):
        take_out_what_is_alike(browser)
