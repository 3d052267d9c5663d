"""axe-core on a page in the browser: what people who see, hear or type differently would stumble over."""

import importlib.util
from pathlib import Path

import pytest

# A part built like one before it, below parents built alike, with the same colours and sizes, is taken out:
# axe asks of each element on its own, and the contrast of one costs it milliseconds. A part that differs in
# a tag, a class, a state, a colour, or in having text or a name at all, stays.
_TAKE_OUT = """
const named = /^(id|for|href|title|name|value|data-.*|aria-(label|labelledby|describedby|controls|owns))$/;
const look_of = (e) => { const s = getComputedStyle(e);
  return [s.color, s.backgroundColor, s.backgroundImage, s.fontSize, s.fontWeight, s.display].join("|"); };
const own = (e) => e.tagName + look_of(e) + [...e.attributes].map((a) => named.test(a.name)
    ? a.name + !!a.value.trim() : a.name + "=" + a.value).sort().join(" ");
const has_text = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
const above = (e) => (e.parentElement ? above(e.parentElement) + ">" : "") + own(e);
const below = (e) => own(e) + has_text(e) + "(" + [...e.children].map(below).join() + ")";
const seen = new Set();
const alike = [...document.querySelectorAll(".item, tr, li, details")].filter((e) => {
  const look = above(e.parentElement) + below(e);
  return seen.has(look) || !seen.add(look);
});
alike.forEach((e) => e.remove());
return seen.size;
"""
# What a part names it by is not compared with that of others, so it is asked of all of them beforehand.
_MISNAMED = """
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => "twice: " + id);
const lost = ["for", "aria-labelledby", "aria-describedby", "href"].flatMap((name) =>
  [...document.querySelectorAll("[" + name + "]")].flatMap((e) => {
    const said = e.getAttribute(name);
    if (name === "href" && (!said.startsWith("#") || said === "#")) return [];
    const asked = name === "href" ? [decodeURIComponent(said.slice(1))] : said.split(/\\s+/).filter(Boolean);
    return asked.filter((id) => !document.getElementById(id)).map((id) => name + " of nothing: " + id);
  }));
return [...twice, ...lost].slice(0, 20);
"""
# Only what is wrong is written out, and without a path to each element.
_RUN = """
const done = arguments[1];
axe.run(arguments[0] || document, {resultTypes: ["violations"], selectors: false}).then((told) => done(
  told.violations.map((one) => [one.id, one.impact, one.nodes[0].html.slice(0, 120)])));
"""


def axe_source():
    """Return axe-core as the package `axe-core-python` brings it."""
    found = importlib.util.find_spec("axe_core_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-core-python, which brings axe-core, is not installed")
    return next(Path(found.submodule_search_locations[0]).rglob("axe.min.js")).read_text("utf-8")


def take_out_what_is_alike(browser):
    """Leave one of the items, rows and list entries that are alike in the page; return how many stay.

    No id of the page may stand twice, and nothing may be named or led to by an id there is not.
    """
    wrong = browser.execute_script(_MISNAMED)
    assert not wrong, wrong
    return browser.execute_script(_TAKE_OUT)


def violations(browser, part=""):
    """Return rule, impact and first element of what axe finds on the page, or in a part of it."""
    # The policy of a page may forbid inline scripts, so axe comes through the debugger. What it takes
    # is a matter of the machine: a busy one needs more than the half minute that a browser allows.
    browser.set_script_timeout(300)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_source()})
    return [tuple(one) for one in browser.execute_async_script(_RUN, part)]
