"""The self-assessment report of a unit, ready to be completed and signed.

What only the unit can know (its superior, the number of the document, the place, the signer, its
own explanations) is left blank as "…"; nothing of that is made up.
"""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as DocumentType

from scoring.outputs.content import AreaRow, ReportContent, StepRow
from scoring.outputs.content.explained_items import found_lines, points_or_open
from scoring.outputs.content.track_names import TrackTable
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, LEFT, add_body, add_heading, add_text


def word_report(content: ReportContent) -> bytes:
    """Return the report as a ``.docx`` file.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    bytes
        The same content gives the same bytes.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I và mẫu 1.4 (báo cáo) của Phụ lục III.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> word_report(content)[:2]
    b'PK'
    """
    document = form.new_document(content.title, content.criteria_set.name, content.lang)
    left, _ = form.national_heading(document, content.unit_name, content.lang)
    add_text(left, content.say("word_number"), size=13, align=CENTER, before=2)
    _title(document, content)
    _basis(document, content)
    _results(document, content)
    _explanations(document, content)
    _difficulties(document, content)
    _next_steps(document, content)
    form.signature(document, content.say)
    _appendix(document, content)
    return form.packed(document)


def _title(document: DocumentType, c: ReportContent) -> None:
    if c.criteria_set.is_sample:
        badge = f"{c.say('chart_sample_badge')}. {c.say('chart_sample_line')}"
        add_text(document, badge, size=13, bold=True, align=CENTER, before=10)
    add_text(document, c.say("word_kind"), bold=True, align=CENTER, before=14)
    about = c.say("word_about", when=c.when_words, name=c.criteria_set.name)
    add_text(document, about, bold=True, align=CENTER)
    form.add_rule(document, about, 0.4, size=14)
    add_text(document, c.say("word_to"), align=CENTER, before=6, after=8)


def _basis(document: DocumentType, c: ReportContent) -> None:
    chosen = c.criteria_set
    key = "word_basis_decision" if chosen.legal_basis else "word_basis_set"
    values = {"decision": chosen.legal_basis, "name": chosen.name, "status": chosen.status_name}
    # The bases stand in italics above the text, without a heading of their own.
    for line in (c.say(key, **values), c.say("word_basis_more")):
        add_body(document, line, italic=True)
    add_body(document, c.say("word_opening", unit=c.unit_name, when=c.when_words))


def _results(document: DocumentType, c: ReportContent) -> None:
    add_heading(document, c.say("word_results"))
    for line in _headline_lines(c):
        add_body(document, line)
    keys = ("column_code", "area", "max_points", "points", "column_attainment", "lost_points")
    rows = [_area_cells(c, area) for area in c.areas]
    head = c.headline
    share, lost = _plain(head.attainment.text), head.lost.text
    rows.append(["", c.say("pack_index"), head.column_maximum.text, head.range_text, share, lost])
    add_body(document, c.say("word_area_table"), keep=True)
    widths, heads = (14, 47, 26, 27, 28, 21), _heads(c, *keys)
    form.add_table(document, heads, rows, widths, (2, 3, 4, 5), total=True)
    if head.lost_note:
        add_body(document, head.lost_note)
    for node in (node for node in (*c.areas, *c.items) if node.sampling):
        add_body(
            document,
            f"{node.code} {node.name}: {node.points.text}; {c.say('sampling_column').lower()} {node.sampling}.",
        )
    if c.targets:
        add_body(document, c.say("word_targets"), keep=True)
        names = ("column_code", "column_name", "target", "points", "column_against_target")
        aims = [[t.code, t.name, t.target.text, t.points_text, t.target.said] for t in c.targets]
        form.add_table(document, _heads(c, *names), aims, (16, 64, 18, 25, 40), (2, 3))
    if c.plan:
        add_body(document, f"{c.say('plan_targets_title')}: {c.plan.sentence}.", keep=True)
        names = ("name", "wanted", "year", "result", "verdict")
        aims = [[r.name, r.wanted, str(r.year), r.result.text, r.verdict] for r in c.plan.rows]
        heads = _heads(c, *(f"column_target_{name}" for name in names))
        form.add_table(document, heads, aims, (57, 27, 15, 24, 40), (2,))
        for picture in c.plan.charts(c.lang):
            form.add_chart(document, *picture)
    if c.tracks:
        _tracks(document, c, c.tracks)
    if c.causes:
        add_body(document, c.say("word_causes"))
        for cause in c.causes:
            values = {"cause": cause.name, "lost": cause.lost.text, "share": cause.share.text}
            count = len(cause.item_codes)
            add_body(document, c.say("word_cause", count=count, **values))


def _tracks(document: DocumentType, c: ReportContent, table: TrackTable) -> None:
    """Add the points on every track, and what was decided on each item."""
    add_body(document, c.say("word_tracks"), keep=True)
    heads = [c.say("column_name"), *table.heads]
    # Seven tracks leave just enough room for the longest word of a heading.
    widths = [163 - 17 * len(table.heads), *[17] * len(table.heads)]
    rows = [[f"{row.code} {row.name}".strip(), *row.points] for row in table.rows]
    form.add_table(document, heads, rows, widths, tuple(range(1, len(heads))))
    for row in (row for row in table.rows if row.decisions):
        add_body(document, f"{row.code} {row.name}: {' / '.join(row.decisions)}.")


def _heads(c: ReportContent, *keys: str) -> list[str]:
    return [c.say(key) for key in keys]


def _headline_lines(c: ReportContent) -> Iterator[str]:
    head = c.headline
    # Points that others decided are not the unit's own assessment.
    closed = "word_index_decided" if c.track else "word_index"
    key = "word_index_open" if head.is_open else closed
    yield c.say(key, index=head.range_text, maximum=head.maximum.text, unit=c.unit_name)
    if c.track:
        yield c.say("page_on_track", track=c.track)
    if head.grade:
        yield c.say("word_grade", grade=head.grade)
    if head.target:
        yield c.say("word_target", target=head.target.text, said=head.target.said)
    yield from (f"{line}." for line in head.sampling)
    if c.standing:
        yield c.standing.text(c.lang)
    if head.last_year and head.change:
        yield c.say("word_last_year", last=head.last_year.text, change=head.change.text)
    if head.claimed:
        yield c.say("word_claimed", claimed=head.claimed.text)
    if head.supported and head.at_risk:
        yield c.say("word_supported", supported=head.supported.text, risk=head.at_risk.text)
    yield c.say("word_scored", scored=head.items_scored, items=head.items_applicable)


def _area_cells(c: ReportContent, area: AreaRow) -> list[str]:
    share, lost = _plain(area.attainment.text), area.lost.text
    share = share if area.kind == "normal" else "—"
    return [area.code, area.full_name(c.lang), area.maximum.text, area.points_text, share, lost]


def _plain(text: str) -> str:
    """Return a percentage without its sign, for a column headed with it."""
    return text.removesuffix("%")


def _explanations(document: DocumentType, c: ReportContent) -> None:
    add_heading(document, c.say("word_explanations"))
    losing = c.items_to_explain
    if not losing:
        add_body(document, c.say("report_no_gaps"))
        return
    add_body(document, c.say("word_explanations_lead", count=len(losing)), keep=True)
    heads = _heads(c, "item", "word_points_of", "word_found", "explanation")
    rows = [
        [
            f"{item.code} {item.name}",
            f"{points_or_open(c, item)} / {item.maximum.text}",
            "\n".join(found_lines(c, item)),
            BLANK * 3,
        ]
        for item in losing
    ]
    form.add_table(document, heads, rows, (37, 24, 62, 40), (1,))


def _difficulties(document: DocumentType, c: ReportContent) -> None:
    add_heading(document, c.say("word_difficulties"))
    add_heading(document, c.say("word_difficulties_1"), level=2)
    form.add_blank_line(document)
    add_heading(document, c.say("word_difficulties_2"), level=2)
    form.add_blank_line(document)
    if c.caveats:
        add_heading(document, c.say("word_difficulties_3"), level=2)
        for caveat in c.caveats:
            add_body(document, f"- {caveat}")


def _next_steps(document: DocumentType, c: ReportContent) -> None:
    add_heading(document, c.say("word_next"))
    if not c.steps:
        add_body(document, c.say("report_no_gaps"))
    else:
        add_body(document, c.say("word_next_lead"), keep=True)
        keys = ("item", "column_next_step", "pack_recoverable", "column_lead_unit", "column_due_on")
        heads = _heads(c, "column_number", *keys)
        rows = [[str(step.rank), *_step_cells(step)] for step in c.steps]
        form.add_table(document, heads, rows, (13, 36, 56, 20, 20, 18), (0, 3))
    add_body(document, c.say("word_closing", unit=c.unit_name), keep=True)


def _step_cells(step: StepRow) -> list[str]:
    item = step.item
    lead, due = item.lead_unit or BLANK, item.due_on or BLANK
    return [f"{item.code} {item.name}", step.step, step.points.text, lead, due]


def _journal(c: ReportContent) -> tuple[str, ...]:
    """Return the head of the journal that was used, and what it is for."""
    head = c.journal_head
    return (f"{c.say('journal_head')}: {head}. {c.say('journal_head_use')}",) if head else ()


def _appendix(document: DocumentType, c: ReportContent) -> None:
    paragraph = add_text(document, c.say("word_appendix"), bold=True, align=CENTER)
    paragraph.paragraph_format.page_break_before = True
    add_text(
        document, c.say("word_appendix_title", when=c.when_words), bold=True, align=CENTER, after=6
    )
    heads = _heads(c, "column_code", "item", "max_points", "points", "column_status")
    rows = [
        [i.code, i.name, i.maximum.text, points_or_open(c, i), i.cause_name or i.status_name]
        for i in c.items
    ]
    form.add_table(document, heads, rows, (16, 63, 26, 20, 38), (2, 3))
    chosen = c.criteria_set
    notes = (
        c.say("chart_set_line", name=chosen.name, status=chosen.status_name),
        f"{c.say('source')}: {c.figures_from}.",
        c.headline.rounding,
        f"{c.say('pack_set_version')}: {chosen.set_id} {chosen.version}, {chosen.fingerprint[:16]}.",
        *_journal(c),
    )
    for note in notes:
        add_text(document, note, size=11, italic=True, align=LEFT, before=3)
