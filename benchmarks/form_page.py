"""How soon a form stands on the screen and answers a key: ``python benchmarks/form_page.py [SET]``.

The form is opened from the disk in headless Chromium as anybody opens it. Told are its size, the
first paint, when its fields stand there, and the time from a typed figure to points and index.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from scoring.criteria import open_set
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page

SET, ITEMS, MOST_MS, PAINT_MS, OPENINGS = "department-sample", 100, 16.0, 500.0, 5
READY = """const done = arguments[0], ask = () => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const stands = document.querySelector(".item");
  return paint && stands ? done([paint.startTime, performance.now()]) : setTimeout(ask, 5);
};
ask();"""
# What stands in a field changes, then all that is drawn at once is laid out.
TYPED = """return [...document.querySelectorAll(".item .field input")].slice(0, 60).map((field) => {
  const begun = performance.now();
  field.value = "45";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector(".top .index").getBoundingClientRect();
  return performance.now() - begun;
});"""


def run(set_id: str = SET) -> bool:
    """Open a form several times and type into it; say whether it was fast enough."""
    criteria = open_set(set_id)
    text = form_page(criteria, fill_data(2026, "", FormUnit("SM-A", "Sở Mẫu A", "")))
    options = webdriver.ChromeOptions()
    for one in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(one)
    options.binary_location = shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "form.html")
        path.write_text(text, encoding="utf-8")
        service = Service(shutil.which("chromedriver"))
        with webdriver.Chrome(options=options, service=service) as browser:
            opened = []
            for _ in range(OPENINGS):
                browser.get(path.as_uri())
                opened.append(browser.execute_async_script(READY))
            time.sleep(0.5)
            typed = browser.execute_script(TYPED)
    paint, ready = (statistics.median(times) for times in zip(*opened, strict=True))
    leaves = len(criteria.leaves)
    key, worst = (one * ITEMS / leaves for one in (statistics.median(typed), max(typed)))
    print(f"{len(text.encode()) / 1000:.0f} kB, {leaves} items: first paint {paint:.0f} ms, fields "
          f"after {ready:.0f} ms; a figure at {ITEMS} items {key:.1f} ms, at worst {worst:.1f} ms")  # fmt: skip
    return paint < PAINT_MS and key < MOST_MS


if __name__ == "__main__":
    sys.exit(not run(*sys.argv[1:2]))
