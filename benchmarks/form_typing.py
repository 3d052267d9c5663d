"""How long the script of a form takes for a score and for what one item is told, in Chromium.

Every item of rates has figures; points from the page must be those of `score`. Beside it stands
`score` of the same unit in Python, which is what a form without a script would have to ask.

    python benchmarks/form_typing.py [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from chromium import browser, without_browser
from measuring import OURS, Claim, Claims, Cost, alone, in_turns

from scoring.advice.javascript_steps import advising_javascript
from scoring.criteria import CriteriaSet, open_set
from scoring.points import inputs_table, score

SIZES = {"small": [20], "normal": [200], "full": [1_000]}  # how often a score is repeated
SET, ITEMS, YEAR = "department-sample", 100, 2026
FIGURES = {"done": 40.0, "planned": 100.0}
PAGE = """<!doctype html><meta charset="utf-8"><script>
const begun = performance.now();
%s
const ready = performance.now() - begun;
function measured(figures, codes, year, times) {
  const timed = (work) => {
    work();
    const start = performance.now();
    for (let at = 0; at < times; at += 1) work(at);
    return (performance.now() - start) / times;
  };
  const scores = parindex.score({ figures, year });
  const score = timed(() => parindex.score({ figures, year }));
  const told = timed((at = 0) => {
    const code = codes[at %% codes.length];
    parindex.steps(code, figures[code], year, { scores });
    parindex.arithmetic(code, figures[code], year);
  });
  return { ready, score, told, low: scores.low, high: scores.high };
}
</script>"""


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that the page gives the points of Python, then yield milliseconds of both."""
    if gone := without_browser("form-score"):
        yield gone
        return
    criteria, times = open_set(SET), max(sizes)
    rows = [{"unit_code": "X", "item_code": code, "input": entry.name, "value": FIGURES[entry.name]}
            for code, rule in criteria.rules.items() for entry in rule.spec.inputs
            if entry.name in FIGURES]  # fmt: skip
    table = inputs_table(rows, year=YEAR)
    told = in_page(criteria, rows, times)
    scores = score(table, criteria).scores.set_index("code")
    for end in ("low", "high"):
        found = [told[end][code] for code in scores.index]
        np.testing.assert_allclose(found, scores[f"points_{end}"], atol=1e-9)
    python = in_turns({"score in Python": lambda: score(table, criteria)}, 3)
    # The sample has fewer items; the aim is about a set of a hundred.
    share, leaves = ITEMS / len(criteria.leaves), f"bounds of {len(scores)} items and areas"
    whole = Cost(clock=told["score"] * share / 1000)
    beside = {name: Cost(clock=(cost.clock or 0.0) * share) for name, cost in python.items()}
    yield Claim("form-score", leaves, {ITEMS: {OURS: whole, **beside}})
    item = {OURS: Cost(clock=told["told"] / 1000), "the script's first run": Cost(clock=told["ready"] / 1000)}  # fmt: skip
    yield Claim("form-item-told", leaves, {1: item})


def in_page(criteria: CriteriaSet, rows: list[dict], times: int) -> dict:
    """Return what the page computes, and how long it takes."""
    figures: dict[str, dict[str, float]] = {}
    for row in rows:
        figures.setdefault(row["item_code"], {})[row["input"]] = row["value"]
    with tempfile.TemporaryDirectory() as folder, browser() as driver:
        path = Path(folder, "page.html")
        path.write_text(PAGE % advising_javascript(criteria), encoding="utf-8")
        driver.get(path.as_uri())
        given = [figures, list(figures), YEAR, times]
        return driver.execute_script("return measured(...arguments)", *given)


if __name__ == "__main__":
    alone(claims, SIZES)
