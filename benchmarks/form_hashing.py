"""How fast a page hashes a large file, and whether it freezes, in headless Chromium.

A file is chosen in a page opened from the disk. The digest must be that of `hashlib` and of the
browser's own `crypto.subtle`, which wants the whole file in memory and so is no way for large
ones. The longest time in which the page could do nothing else is a claim of its own.

    python benchmarks/form_hashing.py [MEGABYTES ...] [--small | --full]
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from chromium import browser, without_browser
from measuring import OURS, Claim, Claims, Cost, alone

from scoring.browser import bundled

SIZES = {"small": [10], "normal": [125, 250, 500, 1_000], "full": [500, 1_000]}
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
  return { digest: sha256, seconds: (performance.now() - begun) / 1000, gap: gap / 1000, steps };
}
async function whole() {
  const [file] = document.querySelector("input").files, begun = performance.now();
  const held = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const digest = [...new Uint8Array(held)].map((one) => one.toString(16).padStart(2, "0")).join("");
  return { digest, seconds: (performance.now() - begun) / 1000 };
}
</script>"""


def large_file(path: Path, megabytes: int) -> str:
    """Write a file that no run of a compressor shortens; return its SHA-256."""
    digest, piece = hashlib.sha256(), hashlib.shake_256(b"parindex").digest(10**6)
    with path.open("wb") as out:
        for number in range(megabytes):
            part = number.to_bytes(8, "big") + piece[8:]
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that the digests are right, then yield how long they took and how long a page stood."""
    if gone := without_browser("form-hashing"):
        yield gone
        return
    costs: dict[str, dict[int, dict[str, Cost]]] = {"form-hashing": {}, "form-hashing-still": {}}
    for size in sizes:
        seconds, still = costs_of(size)
        costs["form-hashing"][size], costs["form-hashing-still"][size] = seconds, {OURS: still}
    for name, found in costs.items():
        yield Claim(name, "the digest, that of hashlib", found)


def costs_of(megabytes: int) -> tuple[dict[str, Cost], Cost]:
    """Hash one file in a page in both ways; return the seconds, and how long the page stood still."""
    told = {}
    with tempfile.TemporaryDirectory() as folder, browser() as driver:
        page, data = Path(folder, "page.html"), Path(folder, "large.bin")
        page.write_text(PAGE % bundled("browser/lib/sha256.js", name="HASHING"), encoding="utf-8")
        expected = large_file(data, megabytes)
        for name, work in ((OURS, "measured"), ("crypto.subtle, the whole file", "whole")):
            driver.get(page.as_uri())
            driver.find_element("css selector", "input").send_keys(str(data))
            told[name] = driver.execute_async_script(
                f"{work}().then(arguments[0], (e) => arguments[0]({{ digest: String(e) }}))"
            )
            assert told[name]["digest"] == expected, told[name]
    seconds = {name: Cost(clock=found["seconds"]) for name, found in told.items()}
    return seconds, Cost(clock=told[OURS]["gap"])


if __name__ == "__main__":
    alone(claims, SIZES)
