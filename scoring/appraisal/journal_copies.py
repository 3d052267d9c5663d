"""A journal beside what others hold of it: a head that was printed, or another copy."""

from __future__ import annotations

from pathlib import Path

from scoring.appraisal.journal import ID_DIGITS, open_journal, read_journal
from scoring.appraisal.journal_lines import MERGE, sealed
from scoring.base.errors import FindingsError
from scoring.base.findings import Finding
from scoring.files.atomic import write_atomically

# So much of a head tells it from every other; whoever copies one by hand need not copy all of it.
SHORTEST_HEAD = 12


def check_journal(path: Path, head: str = "") -> list[Finding]:
    """Return all that is wrong with a journal, looked at alone or against a head that was printed.

    Parameters
    ----------
    path : Path
    head : str
        As a letter or report shows it, 12 digits at least. The journal may have gone on since; one
        that was cut off or written anew does not hold that line any more.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from scoring.appraisal import append_decisions
    >>> path = Path(tempfile.mkdtemp()) / "appraisal.jsonl"
    >>> row = {"round": "1", "unit_code": "H1", "year": 2026, "item_code": "1.1", "points": 0.5,
    ...        "decided_by": "An", "set_fingerprint": "ab12"}
    >>> head, _ = append_decisions(path, pd.DataFrame([row]))
    >>> check_journal(path, head)
    []
    >>> _ = path.write_bytes(path.read_bytes().replace(b"0.5", b"0.9"))
    >>> [finding.code for finding in check_journal(path, head)]
    ['journal-line-changed']
    """
    _, findings, _ = read_journal(path)
    journal, wanted = open_journal(path), head.strip().lower()
    if not wanted:
        return findings
    rows = [row for row, line in enumerate(journal.lines, 1) if line.hash.startswith(wanted)]
    values: dict[str, object] = {"value": head, "expected": journal.head[:ID_DIGITS]}
    if len(wanted) < SHORTEST_HEAD:
        values["expected"] = SHORTEST_HEAD
        findings.append(Finding("journal-head-short", str(path), values=values))
    elif not rows:
        findings.append(Finding("journal-head-missing", str(path), values=values))
    elif rows[-1] < len(journal.lines):
        values = {"row": rows[-1], "count": len(journal.lines) - rows[-1]}
        findings.append(Finding("journal-went-on", str(path), cell=str(rows[-1]), values=values))
    return findings


def merge_journals(one: Path, other: Path, into: Path) -> tuple[str, list[Finding]]:
    """Write the journal that holds the lines of both, whichever is named first.

    What both begin with stands first, then both branches whole, then a line that names both heads.
    Where one holds all lines of the other it is the result.

    Returns
    -------
    str, list of Finding
        The head; ``decisions-conflict`` and ``decisions-differ`` for what the two decided in
        different ways. No line is lost.

    Raises
    ------
    FindingsError
        When a chain is broken, or the two do not begin with the same line.

    Examples
    --------
    >>> import shutil
    >>> import tempfile
    >>> import pandas as pd
    >>> from scoring.appraisal import append_decisions, read_journal
    >>> one = Path(tempfile.mkdtemp()) / "an.jsonl"
    >>> row = {"round": "1", "unit_code": "H1", "year": 2026, "item_code": "1.1", "points": 0.5,
    ...        "decided_by": "An", "set_fingerprint": "ab12"}
    >>> _ = append_decisions(one, pd.DataFrame([row]))
    >>> other, both = shutil.copy(one, one.with_name("binh.jsonl")), one.with_name("chung.jsonl")
    >>> for path, code in ((one, "1.2"), (other, "1.3")):
    ...     _ = append_decisions(path, pd.DataFrame([row | {"item_code": code}]))
    >>> head, findings = merge_journals(one, other, both)
    >>> sorted(read_journal(both)[0]["item_code"]), findings
    (['1.1', '1.2', '1.3'], [])
    """
    pair = sorted(map(open_journal, (one, other)), key=lambda journal: journal.head)
    wrong = tuple(f for journal in pair for f in journal.findings if f.severity != "info")
    if not wrong and pair[0].lines[:1] != pair[1].lines[:1]:
        wrong = (Finding("journals-unrelated", str(other), values={"value": Path(one).name}),)
    if wrong:
        raise FindingsError("journals that cannot be merged", wrong)
    first, second = (list(journal.lines) for journal in pair)
    known = {line.hash for line in first}
    lines = [*first, *(line for line in second if line.hash not in known)]
    if len(lines) == len(second):
        lines = second
    elif len(lines) > len(first):
        heads = [journal.head for journal in pair]
        body = {"kind": MERGE, "merges": heads}
        lines.append(sealed(body, max(line.number for line in lines) + 1, heads[0]))
    write_atomically(Path(into), b"".join(line.text + b"\n" for line in lines))
    return lines[-1].hash, read_journal(into)[1]
