"""Write the pages that are made from the package: the findings and the columns of a set.

Run ``python docs/make_reference.py`` after adding a finding, a column or a rule kind.
"""

from pathlib import Path

from scoring.base.catalogue import findings_page
from scoring.criteria.reference import (
    columns_reference,
    instrument_reference,
    rules_reference,
    with_section,
)

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[Path, str]:
    """Return the pages and what they should hold."""
    readme = ROOT / "criteria" / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = with_section(text, "columns", columns_reference())
    text = with_section(text, "rules", rules_reference())
    text = with_section(text, "instrument", instrument_reference())
    return {ROOT / "docs" / "findings.md": findings_page(), readme: text}


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
