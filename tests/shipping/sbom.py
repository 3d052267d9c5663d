"""List what is installed, as CycloneDX, and hold it against the licences: ``python tests/shipping/sbom.py PYTHON OUT``.

`PYTHON` is that of the environment which only the package was installed in. ``cyclonedx-py``
(``pip install cyclonedx-bom``) writes the list; two runs over one environment give the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from licences import is_allowed

ROOT = Path(__file__).resolve().parents[2]
ASK = """import importlib.metadata as m, json
print(json.dumps([[d.name, d.version, d.metadata.get("License") or ""] for d in m.distributions()]))"""


def written(python: str, out: Path) -> dict[str, Any]:
    """Write the list of an environment and return it."""
    command = ["cyclonedx-py", "environment", python, "--pyproject", str(ROOT / "pyproject.toml"),
               "--mc-type", "application", "--output-reproducible", "-o", str(out)]  # fmt: skip
    subprocess.run(command, check=True)
    return json.loads(out.read_text("utf-8"))


def licence(component: dict[str, Any]) -> str:
    """Return every licence that a component of the list names, in one text."""
    told = [one.get("expression") or one["license"].get("id") or one["license"].get("name") or ""
            for one in component.get("licenses", [])]  # fmt: skip
    return " ".join(told)


def problems(bom: dict[str, Any], installed: set[str]) -> list[str]:
    """Return what is wrong with a list: libraries that it leaves out or that may not be handed on."""
    parts = [*bom["components"], bom["metadata"]["component"]]
    named = {f"{part['name']} {part.get('version', '')}" for part in parts}
    left_out = [f"{one}: not in the list" for one in sorted(installed - named)]
    return left_out + [f"{part['name']}: {licence(part) or 'no licence'}" for part in parts
                       if not is_allowed(licence(part))]  # fmt: skip


def with_free_words(bom: dict[str, Any], licences: dict[str, str]) -> dict[str, Any]:
    """Return the list where a licence told in words of its own stands too, by the library's name."""
    for part in bom["components"]:
        if not licence(part) and (said := licences.get(part["name"], "").partition("\n")[0]):
            part["licenses"] = [{"license": {"name": said}}]
    return bom


def main(python: str, out: Path) -> None:
    """Write the list; stop where something is wrong with it."""
    told = json.loads(subprocess.check_output([python, "-I", "-c", ASK], encoding="utf-8"))
    bom = with_free_words(written(python, out), {name: said for name, _, said in told})
    out.write_text(json.dumps(bom, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
    if wrong := problems(bom, {f"{name} {version}" for name, version, _ in told}):
        raise SystemExit("\n".join(wrong))
    sys.stdout.write(f"{out}: {len(bom['components'])} libraries, every licence allowed\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
