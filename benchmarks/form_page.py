"""How soon a form stands on the screen and answers a key, in headless Chromium.

The form is opened from the disk as anybody opens it, beside a bare page of as many fields without a
script. After figures are typed the index on the screen must be that of `score`. Times of a key are
told for a hundred items, the middle one and the worst.

    python benchmarks/form_page.py [OPENINGS] [--small | --full]
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chromium import browser, without_browser
from measuring import OURS, Claim, Claims, Cost, alone

from scoring.base.numbers import format_number
from scoring.criteria import CriteriaSet, open_set
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page
from scoring.points import inputs_table, score
from scoring.rules.spec import NUMBER_KINDS

SIZES = {"small": [1], "normal": [5], "full": [15]}
SET, ITEMS, TYPED, YEAR = "department-sample", 100, 60, 2026
READY = """const done = arguments[0], ask = () => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const stands = document.querySelector(".item");
  return paint && stands ? done([paint.startTime, performance.now()]) : setTimeout(ask, 5);
};
ask();"""
# What stands in a field changes, then all that is drawn at once is laid out.
TYPE = """const times = arguments[0].map(([code, place]) => {
  const card = document.querySelector(`#view-work .item[data-code="${code}"]`);
  const field = card.querySelectorAll(".field input, .field select")[place];
  const begun = performance.now();
  field.value = "45";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector(".top .index").getBoundingClientRect();
  return performance.now() - begun;
});
return [times, document.querySelector(".top .index").textContent];"""
BARE = '<!doctype html><meta charset="utf-8">{}'
FIELD = '<p class="item"><label>Số liệu <input type="text"></label></p>'


def claims(sizes: Sequence[int]) -> Claims:
    """Open the form and the bare page, type into the form, compare its index, and yield times."""
    if gone := without_browser("form-paint"):
        yield gone
        return
    criteria = open_set(SET)
    fields = [(code, place, entry.name) for code, rule in criteria.rules.items()
              for place, entry in enumerate(rule.reported) if entry.kind in NUMBER_KINDS][:TYPED]  # fmt: skip
    made = form_page(criteria, fill_data(YEAR, "", FormUnit("SM-A", "Sở Mẫu A", "")))
    pages = {OURS: made, "bare page of fields": BARE.format(FIELD * len(fields))}
    opened: dict[str, list[list[float]]] = {name: [] for name in pages}
    with tempfile.TemporaryDirectory() as folder, browser() as driver:
        for _ in range(max(sizes)):
            for name, text in reversed(pages.items()):
                opened[name].append(open_page(driver, Path(folder, "page.html"), text))
        time.sleep(0.5)
        typed, shown = driver.execute_script(TYPE, [[code, place] for code, place, _ in fields])
    assert_index(criteria, [(code, name) for code, _, name in fields], shown)
    equal = f"the index after {len(fields)} figures"
    middle = {name: [statistics.median(times) / 1000 for times in zip(*found, strict=True)]
              for name, found in opened.items()}  # fmt: skip
    for name, at in (("form-paint", 0), ("form-ready", 1)):
        costs = {way: Cost(clock=times[at]) for way, times in middle.items()}
        yield Claim(name, equal, {len(criteria.leaves): costs})
    share = ITEMS / len(criteria.leaves) / 1000
    key = {OURS: Cost(clock=statistics.median(typed) * share), "the worst key": Cost(clock=max(typed) * share)}  # fmt: skip
    yield Claim("form-key", equal, {ITEMS: key})


def open_page(driver: Any, path: Path, text: str) -> list[float]:
    """Return the milliseconds to the first paint, and until the fields of a page stand."""
    path.write_text(text, encoding="utf-8")
    driver.get(path.as_uri())
    return driver.execute_async_script(READY)


def assert_index(criteria: CriteriaSet, typed: list[tuple[str, str]], shown: str) -> None:
    """Assert that the bounds of the index are on the screen."""
    rows = [{"unit_code": "SM-A", "item_code": code, "input": name, "value": 45.0}
            for code, name in typed]  # fmt: skip
    index = score(inputs_table(rows, year=YEAR), criteria).scores.set_index("code").loc["INDEX"]
    for bound in ("points_low", "points_high"):
        assert format_number(index[bound], criteria.meta.decimals, "vi") in shown, (shown, index)


if __name__ == "__main__":
    alone(claims, SIZES)
