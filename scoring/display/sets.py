"""How criteria sets, and what is wrong with them, look in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria import CriteriaSet
from scoring.criteria.library import CheckedSet
from scoring.display.html import bullets, display_language, html_table, paragraph

MOST_FINDINGS = 50


def criteria_set_html(criteria: CriteriaSet, lang: str = "") -> str:
    """Return a set as HTML: identity, caveats, and its areas with what they hold.

    Parameters
    ----------
    criteria : CriteriaSet
    lang : {"", "vi", "en"}
        By default the language of `PARINDEX_LANG`, else Vietnamese.
    """
    lang = lang or display_language()
    meta = criteria.meta
    status = label(f"status_{meta.status}", lang)
    head = label("display_set_head", lang, name=meta.name(lang), status=status)
    total = format_number(meta.total_points, lang=lang)
    line = label(
        "display_set_line",
        lang,
        set_id=meta.set_id,
        version=meta.version,
        items=len(criteria.leaves),
        total=total,
    )
    caveats = bullets(caveat.get(lang) or caveat.get("vi", "") for caveat in meta.caveats)
    source = paragraph(f"{label('source', lang)}: {meta.source}")
    parts = (paragraph(head, strong=True), paragraph(line), caveats, _areas(criteria, lang), source)
    return f"<div>{''.join(parts)}</div>"


def _areas(criteria: CriteriaSet, lang: str) -> str:
    rows = []
    for area in (node for node in criteria.nodes if not node.parent):
        leaves = [leaf for leaf in criteria.leaves if criteria.area_of(leaf.code) is area]
        kinds = Counter(leaf.rule for leaf in leaves)
        named = ", ".join(f"{label(f'rule_{kind}', lang)} ({n})" for kind, n in kinds.items())
        maximum = format_number(area.max_points, lang=lang)
        rows.append((area.code, area.name(lang), maximum, str(len(leaves)), named))
    header = (label("display_code", lang), label("area", lang), label("max_points", lang),
              label("items_count", lang), label("display_rules", lang))  # fmt: skip
    return html_table(header, rows, "  rr ")


def checked_set_html(checked: CheckedSet, lang: str = "") -> str:
    """Return the findings of a set's check as HTML, with the verdict first."""
    lang = lang or display_language()
    errors = sum(finding.severity == "error" for finding in checked.findings)
    verdict = (
        label("display_sound", lang)
        if checked.is_sound
        else label("display_not_sound", lang, errors=errors)
    )
    return f"<div>{paragraph(verdict, strong=True)}{findings_html(checked.findings, lang)}</div>"


def findings_html(findings: Iterable[Finding], lang: str = "") -> str:
    """Return findings as an HTML table, worst first; nothing where there are none."""
    lang = lang or display_language()
    order = {"error": 0, "warning": 1, "info": 2}
    worst_first = sorted(findings, key=lambda finding: order[finding.severity])
    rows = [
        (
            label(f"severity_{finding.severity}", lang),
            " ".join(part for part in (finding.file, finding.where, finding.item_code) if part),
            finding.problem(lang),
            finding.remedy(lang),
        )
        for finding in worst_first[:MOST_FINDINGS]
    ]
    header = [label(f"display_{name}", lang) for name in ("severity", "where", "problem", "remedy")]
    return html_table(header, rows) if rows else ""
