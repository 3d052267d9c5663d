"""A headless Chromium for the benchmarks of pages: opened from the disk, as anybody opens them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from measuring import NotRun, lacking


def without_browser(name: str) -> NotRun | None:
    """Return what a claim about a page needs and is not installed, if anything."""
    return lacking(name, "selenium", programs=["chromium", "chromedriver"])


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a browser that nobody sees."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium") or ""
    with webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver"))) as driver:
        driver.set_script_timeout(600)
        yield driver
