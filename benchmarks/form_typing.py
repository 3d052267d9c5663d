"""How long a page takes from a typed figure to points and advice: ``python benchmarks/form_typing.py``.

Prints the time of a whole score, of what one item is told, and of the script's first run, at a
hundred items, in headless Chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scoring.advice.javascript_steps import advising_javascript
from scoring.criteria import open_set

SET, ITEMS, MOST_MS = "department-sample", 100, 16.0
PAGE = """<!doctype html><meta charset="utf-8"><pre id="out"></pre><script>
const begun = performance.now();
%s
const ready = performance.now() - begun, codes = %s, figures = {}, year = 2026;
for (const code of codes) figures[code] = { done: 40, planned: 100 };
const timed = (work) => {
  work();
  const start = performance.now();
  for (let at = 0; at < 200; at += 1) work(at);
  return (performance.now() - start) / 200;
};
const scores = parindex.score({ figures, year });
const score = timed(() => parindex.score({ figures, year }));
const told = timed((at = 0) => {
  const code = codes[at %% codes.length];
  parindex.steps(code, figures[code], year, { scores });
  parindex.arithmetic(code, figures[code], year);
});
document.getElementById("out").textContent = [ready, score, told].join(" ");
</script>"""


def run() -> float:
    """Score and advise in a page; return the milliseconds of one figure at a hundred items."""
    criteria = open_set(SET)
    codes = [node.code for node in criteria.leaves]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_text(PAGE % (advising_javascript(criteria), codes), encoding="utf-8")
        command = [shutil.which("chromium") or "chromium", "--headless", "--no-sandbox",
                   "--disable-gpu", f"--user-data-dir={folder}/profile", "--dump-dom",
                   path.as_uri()]  # fmt: skip
        dom = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r'<pre id="out">([\d. e-]+)</pre>', dom)
    assert found, "the page computed nothing"
    ready, score, told = map(float, found.group(1).split())
    scaled = score * ITEMS / len(codes)
    print(f"script ready in {ready:.1f} ms; a score of {ITEMS} items {scaled:.2f} ms; "
          f"steps and arithmetic of an item {told:.2f} ms")  # fmt: skip
    return scaled + told


if __name__ == "__main__":
    sys.exit(run() > MOST_MS)
