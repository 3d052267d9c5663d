"""How criteria sets, and what is wrong with them, look in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import SEVERITIES
from scoring.criteria import CriteriaSet
from scoring.criteria.library import CheckedSet
from scoring.display.html import bullets, display_language, html_table, labels, paragraph

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
    about = {"set_id": meta.set_id, "version": meta.version, "items": len(criteria.leaves)}
    total = format_number(meta.total_points, lang=lang)
    line = label("display_set_line", lang, total=total, **about)
    caveats = bullets(caveat.get(lang) or caveat.get("vi", "") for caveat in meta.caveats)
    source = paragraph(f"{label('source', lang)}: {meta.source}")
    parts = (set_head(criteria, lang), paragraph(line), caveats, _areas(criteria, lang), source)
    return f"<div>{''.join(parts)}</div>"


def set_head(criteria: CriteriaSet, lang: str) -> str:
    """Return name and status of a set as a heading."""
    status = label(f"status_{criteria.meta.status}", lang)
    name = criteria.meta.name(lang)
    return paragraph(label("display_set_head", lang, name=name, status=status), strong=True)


def _areas(criteria: CriteriaSet, lang: str) -> str:
    rows = []
    for area in (node for node in criteria.nodes if not node.parent):
        leaves = [leaf for leaf in criteria.leaves if criteria.area_of(leaf.code) is area]
        kinds = Counter(leaf.rule for leaf in leaves)
        named = ", ".join(f"{label(f'rule_{kind}', lang)} ({n})" for kind, n in kinds.items())
        maximum = format_number(area.max_points, lang=lang)
        rows.append((area.code, area.name(lang), maximum, str(len(leaves)), named))
    header = labels(lang, "display_code", "area", "max_points", "items_count", "display_rules")
    return html_table(header, rows, "  rr ")


def checked_set_html(checked: CheckedSet, lang: str = "") -> str:
    """Return the findings of a set's check as HTML, with the verdict first."""
    lang = lang or display_language()
    errors = sum(finding.severity == "error" for finding in checked.findings)
    key = "display_sound" if checked.is_sound else "display_not_sound"
    verdict = label(key, lang, errors=errors)
    return f"<div>{paragraph(verdict, strong=True)}{findings_html(checked.findings, lang)}</div>"


def findings_html(findings: Iterable[Finding], lang: str = "") -> str:
    """Return findings as an HTML table, worst first; nothing where there are none."""
    lang = lang or display_language()
    worst_first = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    rows = [
        (
            label(f"severity_{finding.severity}", lang),
            " ".join(part for part in (finding.file, finding.where, finding.item_code) if part),
            finding.problem(lang),
            finding.remedy(lang),
        )
        for finding in worst_first[:MOST_FINDINGS]
    ]
    heads = labels(lang, "display_severity", "display_where", "display_problem", "display_remedy")
    return html_table(heads, rows) if rows else ""
