"""Findings on a terminal: each on a line, and where there are very many a paragraph a code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scoring.base.findings import MAX_FINDINGS_PER_KIND, Finding
from scoring.base.labels import label
from scoring.base.values import SEVERITIES

# About a screen; more lines of the same codes are not read.
_MOST_LINES = 20
# A code that was met so rarely is said in full.
_FEW, _MOST_PLACES = 2, 4


def finding_lines(findings: Sequence[Finding], lang: str, listed_in: object = "") -> Iterator[str]:
    """Yield what a terminal says of `findings`, worst first.

    Parameters
    ----------
    findings : sequence of Finding
    lang : {"vi", "en"}
    listed_in : object
        The file that lists them all; empty where none was written.

    Examples
    --------
    >>> many = [Finding("row-missing", cell=f"D{n}", unit_code=f"H{n % 3}", values={"input": "x"})
    ...         for n in range(40)]
    >>> lines = list(finding_lines(many, "en", "out/findings.csv"))
    >>> lines[0], lines[-1]
    ('Error [row-missing] in 40 places (units: 3): D0; D1; D2; D3; ...', 'In all: 40 errors, 0 warnings. Every one stands in out/findings.csv.')
    """
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    if len(ordered) <= _MOST_LINES:
        yield from (_line(finding, lang) for finding in ordered)
        return
    by_code: dict[str, list[Finding]] = {}
    for finding in ordered:
        by_code.setdefault(finding.code, []).append(finding)
    # Sorting keeps the worst in front: severity goes with the code.
    for group in sorted(by_code.values(), key=lambda g: (SEVERITIES.index(g[0].severity), -len(g))):
        if len(group) > _FEW:
            yield from _paragraph(group, lang)
        else:
            yield from (_line(finding, lang) for finding in group)
    met = Counter(finding.severity for finding in findings)
    where = label("findings_listed" if listed_in else "findings_in_json", lang, file=listed_in)
    yield label("findings_sum", lang, errors=met["error"], warnings=met["warning"]) + " " + where


def _line(finding: Finding, lang: str) -> str:
    return f"{label(f'severity_{finding.severity}', lang)}: {finding.text(lang)}"


def _paragraph(group: Sequence[Finding], lang: str) -> Iterator[str]:
    """Yield one code: how often and where it was met, the first of it, and what to do once."""
    first = group[0]
    places = list(dict.fromkeys(filter(None, (finding.place for finding in group))))
    shown = "; ".join(places[:_MOST_PLACES])
    more = "; " + label("more_places", lang) if len(places) > _MOST_PLACES else ""
    units = len({finding.unit_code or finding.file for finding in group} - {""})
    head = f"{label(f'severity_{first.severity}', lang)} [{first.code}] "
    head += label("found_in_units" if units else "found_in", lang, count=len(group), units=units)
    yield f"{head}: {shown}{more}" if shown else head
    remedies = {finding.remedy(lang) for finding in group}
    example = first.problem(lang) if len(remedies) == 1 else first.text(lang)
    yield f"  {label('found_first', lang)}: {example}"
    if len(remedies) == 1:
        yield f"  {label('found_remedy', lang)}: {remedies.pop()}"
    # A check names so many of a kind and no more, so what was met may be more than what is counted.
    if len(group) >= MAX_FINDINGS_PER_KIND:
        yield f"  {label('found_cut', lang, most=MAX_FINDINGS_PER_KIND)}"
