"""How fast a page hashes a large file, and whether it freezes: ``python benchmarks/form_hashing.py``.

One file of 1 GB is chosen in a page opened from the disk in headless Chromium. The digest must be
that of `hashlib`; then come MB/s and the longest time in which the page could do nothing else.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from scoring.browser import bundled

BYTES, LEAST_MB_S, LONGEST_GAP_MS = 10**9, 150.0, 100.0
PAGE = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; worker-src blob:">
<input type="file"><script>
%s
async function measured() {
  const [file] = document.querySelector("input").files, begun = performance.now();
  let last = begun, gap = 0, steps = 0, goesOn = true;
  const look = () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
    if (goesOn) setTimeout(look);
  };
  look();
  const { sha256 } = await HASHING.digestOf(file, { onProgress: () => { steps += 1; } });
  goesOn = false;
  return { sha256, seconds: (performance.now() - begun) / 1000, gap, steps };
}
</script>"""


def large_file(path: Path) -> str:
    """Write a file that no run of a compressor shortens; return its SHA-256."""
    digest, piece = hashlib.sha256(), hashlib.shake_256(b"parindex").digest(10**7)
    with path.open("wb") as out:
        for number in range(BYTES // len(piece)):
            part = number.to_bytes(8, "big") + piece[8:]
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


def run() -> bool:
    """Hash one large file in a page; return whether it was right, fast and never in the way."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as folder:
        page, data = Path(folder, "page.html"), Path(folder, "large.bin")
        page.write_text(PAGE % bundled("browser/lib/sha256.js", name="HASHING"), encoding="utf-8")
        expected = large_file(data)
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            driver.set_script_timeout(120)
            driver.get(page.as_uri())
            driver.find_element("css selector", "input").send_keys(str(data))
            told = driver.execute_async_script(
                "measured().then(arguments[0], (e) => arguments[0](String(e)))"
            )
        finally:
            driver.quit()
    assert told["sha256"] == expected, "the page hashed something else"
    speed = BYTES / 1e6 / told["seconds"]
    print(f"{BYTES / 1e9:g} GB in {told['seconds']:.1f} s: {speed:.0f} MB/s, told in {told['steps']} steps; "
          f"the page stood still for {told['gap']:.0f} ms at most")  # fmt: skip
    return speed >= LEAST_MB_S and told["gap"] <= LONGEST_GAP_MS


if __name__ == "__main__":
    sys.exit(not run())
