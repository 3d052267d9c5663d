"""The report of a unit as PDF: a first page for leadership, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from scoring.outputs.charts.score_tables import EPSILON
from scoring.outputs.content import AreaRow, ReportContent, unit_sentence
from scoring.outputs.content.explained_items import found_lines, points_or_open, steps_by_cause
from scoring.outputs.content.set_identity import AboutSet
from scoring.outputs.content.unit_content import Headline
from scoring.outputs.content.unit_rows import FindingRow
from scoring.outputs.pdf.pdf_charts import BarChart, BarRow, described
from scoring.outputs.pdf.pdf_paper import Paper
from scoring.outputs.pdf.plan_pdf import plan_charts
from scoring.outputs.slides.slide_text import Columns

MOST_LOSSES, MOST_STEPS = 5, 4
_MOST_CODES = 8


def unit_pdf(content: ReportContent) -> bytes:
    """Return the report of a unit as tagged PDF/UA; the same content gives the same bytes.

    Needs the extra ``pdf`` (see `scoring.outputs.pdf.pdf_available`).
    """
    c, paper = content, Paper(content, content.title, content.read_on)
    _first_page(paper, c)
    paper.add("new-page")
    for write in _SECTIONS:
        write(paper, c)
    about_section(paper, c, c.headline.rounding)
    return paper.to_bytes()


def _first_page(paper: Paper, c: ReportContent) -> None:
    paper.text(c.criteria_set.name, "kicker")
    paper.add("title", text=c.unit_name)
    line = (f"{c.say('pack_title')} {c.when_words}", c.block, c.data_text)
    paper.text(" · ".join(filter(None, line)), "note")
    sample_line(paper, c)
    paper.text(unit_sentence(c), "lead")
    if c.track:
        paper.text(c.say("page_on_track", track=c.track))
    with paper.columns(1, 1.15):
        _index(paper, c)
        paper.next_column()
        paper.add("pairs", rows=[[c.say(key), text] for key, text in c.facts()])
    paper.heading(c.say("page_areas"))
    paper.chart(_area_chart(c))
    with paper.columns(1, 1):
        _largest_losses(paper, c)
        paper.next_column()
        _first_steps(paper, c)


def sample_line(paper: Paper, c: AboutSet) -> None:
    """Say in the text that a set is a sample: the head of a page is not read aloud."""
    if c.criteria_set.is_sample:
        paper.text(f"{c.say('chart_sample_badge')}. {c.say('chart_sample_line')}", "strong")


def _index(paper: Paper, c: ReportContent) -> None:
    head = c.headline
    paper.heading(c.say("pack_index"))
    paper.add("big", text=head.range_text, size=34 if len(head.range_text) < 9 else 22)
    paper.text(c.say("page_of", maximum=head.maximum.text))
    bar = BarChart("", head.range_text, [_bar(head, c.say("pack_index"), head.range_text)]).block()
    paper.add("bar", row=bar["rows"][0])  # type: ignore[index]


def _bar(row: Headline | AreaRow, name: str, value: str) -> BarRow:
    """Return maximum, points or their range, last year and target as a bar."""
    points = row.points if isinstance(row, AreaRow) else row.index
    kind = row.kind if isinstance(row, AreaRow) else "normal"
    role = "lost" if kind == "penalty" else "reached"
    pieces = [(0.0, row.maximum.value, "maximum")]
    if points.is_known:
        pieces.append((0.0, points.value, role))
    else:
        pieces += [(0.0, row.high.value, "open"), (0.0, row.low.value, role)]
    marks = {"last-year": row.last_year, "target": row.target}
    return BarRow(name, value, pieces, [(m.value, key) for key, m in marks.items() if m])


def _area_chart(c: ReportContent) -> BarChart:
    bars = [
        _bar(
            area,
            f"{area.code} {area.full_name(c.lang)}",
            f"{area.points_text} / {area.maximum.text}",
        )
        for area in c.areas
    ]
    told = []
    for area, bar in zip(c.areas, bars, strict=True):
        marks = {"target": area.target, "chart_series_last_year": area.last_year}
        also = (f"{c.say(key).lower()} {mark.text}" for key, mark in marks.items() if mark)
        told.append((bar.name, ", ".join([bar.value, *also])))
    used = {
        role for bar in bars for role in (*(p[2] for p in bar.pieces), *(m[1] for m in bar.marks))
    }
    words = {"reached": "points", "maximum": "max_points", "open": "pack_still_open",
             "target": "target", "last-year": "chart_series_last_year"}  # fmt: skip
    legend = {c.say(key): role for role, key in words.items() if role in used}
    index, most = c.headline.range_text, c.headline.maximum.text
    title = c.say("pdf_areas_title", index=index, maximum=most, finding=_areas_finding(c))
    return BarChart(title, described(title, told), bars, legend)


def _areas_finding(c: ReportContent) -> str:
    """Say which area lost most, and how many cannot be told of yet."""
    normal = [area for area in c.areas if area.kind == "normal"]
    losing = [area for area in normal if area.lost.is_known and area.lost.value > EPSILON]
    waiting = sum(not area.points.is_known for area in normal if area.status != "not_applicable")
    told = [c.say("chart_areas_open", count=waiting, all=len(normal))] if waiting else []
    if not losing:
        full = [c.say("chart_areas_full")] if waiting < len(normal) else []
        return "; ".join(_small(text) for text in (*full, *told))
    worst = max(losing, key=lambda area: area.lost.value)
    said = {"name": worst.name, "lost": worst.lost.text, "most": worst.maximum.text}
    others = sum(area.lost.text == worst.lost.text for area in losing) - 1
    tie = f" ({c.say('chart_tied', count=others)})" if others else ""
    return "; ".join([c.say("chart_areas_title", **said) + tie, *told])


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _largest_losses(paper: Paper, c: ReportContent) -> None:
    paper.heading(c.top_lost_title, 2)
    losing = c.items_by_loss
    if not losing:
        paper.text(c.say("report_no_gaps"))
        return
    rows = [[f"{item.code} {item.name}", item.lost.text] for item in losing[:MOST_LOSSES]]
    paper.add("pairs", rows=rows)
    if len(losing) > MOST_LOSSES:
        paper.text(c.say("chart_other_items", count=len(losing) - MOST_LOSSES), "note")


def _first_steps(paper: Paper, c: ReportContent) -> None:
    """Write one step per cause, with the points it is about and its items."""
    paper.heading(c.say("page_next"), 2)
    rows = []
    for cause, step in islice(steps_by_cause(c), MOST_STEPS):
        codes = ", ".join(
            [*cause.item_codes[:_MOST_CODES], *["…"] * (len(cause.item_codes) > _MOST_CODES)]
        )
        rows.append([f"{step} ({codes})", cause.lost.text])
    if rows:
        paper.add("pairs", rows=rows)
    else:
        paper.text(c.say("report_no_gaps"))


def _areas(paper: Paper, c: ReportContent) -> None:
    head = c.headline
    paper.heading(c.say("page_how_index"))
    paper.text(c.say("page_index_sum"))
    rows = [
        [area.code, area.full_name(c.lang), area.maximum.text, area.points_text,
         area.attainment.text.removesuffix("%") if area.kind == "normal" else "—", area.lost.text]
        for area in c.areas
    ]  # fmt: skip
    share = head.attainment.text.removesuffix("%")
    rows.append(
        ["", c.say("pack_index"), head.column_maximum.text, head.range_text, share, head.lost.text]
    )
    keys = "column_code area max_points points column_attainment lost_points"
    shares = [0.6, 4, 1.1, 1.6, 1.1, 1.1]
    paper.table(Columns(_heads(c, keys), shares, range(2, 6)), rows, total=True)
    for line in (head.lost_note, *(f"{line}." for line in head.sampling)):
        paper.text(line, "note")
    if c.standing:
        paper.text(c.standing.text(c.lang))
    if head.is_open:
        paper.text(c.say("page_open_note"), "note")


def _losses(paper: Paper, c: ReportContent) -> None:
    paper.heading(c.say("page_losses"))
    if not c.causes:
        paper.text(c.say("report_no_gaps"))
        return
    count = len(c.items_by_loss)
    paper.text(c.say("page_losses_lead", lost=c.headline.lost.text, count=count))
    shown = {row.cause: f"{row.lost.text} ({row.share.text})" for row in c.causes}
    bars = [
        BarRow(row.name, shown[row.cause], [(0.0, row.lost.value, row.cause)]) for row in c.causes
    ]
    first = c.causes[0]
    title = c.say(
        "pdf_causes_title", cause=_small(first.name), lost=first.lost.text, share=first.share.text
    )
    told = [
        (row.name, f"{shown[row.cause]}, {c.say('page_item_count', count=len(row.item_codes))}")
        for row in c.causes
    ]
    paper.chart(BarChart(title, described(title, told), bars))
    rows = [
        [f"{item.code} {item.name}", f"{points_or_open(c, item)} / {item.maximum.text}",
         "\n".join(found_lines(c, item))]
        for item in c.items_to_explain
    ]  # fmt: skip
    paper.table(Columns(_heads(c, "item word_points_of word_found"), [3, 1, 4], [1]), rows)


def _next_steps(paper: Paper, c: ReportContent) -> None:
    if not c.steps:
        return
    paper.heading(c.say("page_next"))
    paper.text(c.say("page_next_lead"))
    # Columns that nothing is known for would take the room of the steps.
    has_leads = any(step.item.lead_unit or step.item.due_on for step in c.steps)
    rows = []
    for step in c.steps:
        item = step.item
        told = [item.lead_unit or "—", item.due_on or "—"] if has_leads else []
        name = f"{item.code} {item.name}"
        rows.append([str(step.rank), name, step.step, step.points.text, *told])
    keys = "column_number item column_next_step pack_recoverable"
    keys += " column_lead_unit column_due_on" if has_leads else ""
    shares = [0.6, 2.6, 3.2, 1.2, *[1.4, 1.4] * has_leads]
    paper.table(Columns(_heads(c, keys), shares, (0, 3)), rows)


def _targets(paper: Paper, c: ReportContent) -> None:
    if c.targets:
        paper.heading(c.say("page_targets"))
        paper.text(c.say("page_target_note"), "note")
        rows = [
            [f"{row.code} {row.name}".strip(), row.points_text, row.target.text, row.target.said]
            for row in c.targets
        ]
        keys = "column_name points target column_against_target"
        paper.table(Columns(_heads(c, keys), [4, 1.4, 1, 2.6], (1, 2)), rows)
    if c.plan:
        paper.heading(c.say("plan_targets_title"))
        paper.text(c.say("plan_targets_lead"))
        for chart in plan_charts(c.plan.rows, c.plan.sentence, c.say):
            paper.chart(chart)
        rows = [
            [f"{row.code} {row.name}", row.wanted, str(row.year), row.result.text, row.verdict]
            for row in c.plan.rows
        ]
        keys = "target province_wanted year province_result column_against_target"
        paper.table(Columns(_heads(c, keys), [3, 1.5, 0.7, 1.4, 2.4], (2, 3)), rows)


def _tracks(paper: Paper, c: ReportContent) -> None:
    if not c.tracks:
        return
    paper.heading(c.say("page_tracks"))
    paper.text(c.say("page_tracks_lead"))
    rows = [
        ["\n".join([f"{row.code} {row.name}".strip(), *row.decisions]), *row.points]
        for row in c.tracks.rows
    ]
    heads = [c.say("column_name"), *c.tracks.heads]
    paper.table(Columns(heads, [4, *[1] * len(c.tracks.heads)], range(1, len(heads))), rows)


def _proof(paper: Paper, c: ReportContent) -> None:
    head = c.headline
    if not head.at_risk:
        return
    supported = head.supported.text if head.supported else "—"
    paper.heading(c.say("page_proof"))
    paper.text(c.say("page_proof_lead", points=head.at_risk.text, supported=supported))
    rows = [
        [f"{item.code} {item.name}", item.at_risk.text if item.at_risk else "—", item.proof_name,
         item.proof_step]
        for item in c.items_at_risk
    ]  # fmt: skip
    keys = "item pack_at_risk cause page_proof_step"
    paper.table(Columns(_heads(c, keys), [3, 1, 1.6, 3], [1]), rows)


def _leads(paper: Paper, c: ReportContent) -> None:
    if not c.risks:
        return
    paper.heading(c.say("page_risk"))
    rows = [
        [risk.lead_unit or c.say("chart_no_lead_unit"), risk.points.text,
         risk.at_risk.text if risk.at_risk else "—",
         c.say("chart_overdue", day=risk.due_on) if risk.is_overdue
         else risk.due_on or c.say("chart_no_deadline"), ", ".join(risk.item_codes)]
        for risk in c.risks
    ]  # fmt: skip
    keys = "column_lead_unit pack_recoverable pack_at_risk column_due_on item"
    paper.table(Columns(_heads(c, keys), [2, 1.2, 1.2, 1.6, 3], (1, 2)), rows)


def _items(paper: Paper, c: ReportContent) -> None:
    paper.heading(c.say("page_items"))
    rows = [
        [i.code, i.name, i.maximum.text, points_or_open(c, i), i.cause_name or i.status_name]
        for i in c.items
    ]
    keys = "column_code item max_points points column_status"
    paper.table(Columns(_heads(c, keys), [0.9, 4, 1, 1.1, 2.2], (2, 3)), rows)


def _findings(paper: Paper, c: ReportContent) -> None:
    if c.findings:
        paper.heading(c.say("page_findings"))
        paper.bullets([_finding(row) for row in c.findings])


def _finding(row: FindingRow) -> str:
    parts = (row.severity_name, row.place, row.item_code, row.code)
    return f"{' · '.join(filter(None, parts))}\n{row.problem} {row.remedy}"


def about_section(paper: Paper, c: AboutSet, rounding: str = "") -> None:
    """Write what the figures rest on: the set, its status and source, and what must be known."""
    paper.heading(c.say("page_about"))
    paper.bullets(list(_about_lines(c, rounding)))
    if c.caveats:
        paper.heading(c.say("pack_caveats"), 2)
        paper.bullets(c.caveats)


def _about_lines(c: AboutSet, rounding: str) -> Iterator[str]:
    s = c.criteria_set
    facts = {
        "criteria_set": s.name,
        "report_set_status": s.status_name,
        "pack_decision": s.decision,
        "pack_figures": c.figures_from,
        "source": s.source,
        "rounding": rounding,
        "pack_set_version": f"{s.set_id} {s.version}, {s.fingerprint[:16]}",
    }
    yield from (f"{c.say(key)}: {text}" for key, text in facts.items() if text)
    if c.journal_head:
        yield f"{c.say('journal_head')}: {c.journal_head}. {c.say('journal_head_use')}"


def _heads(c: AboutSet, keys: str) -> Sequence[str]:
    return [c.say(key) for key in keys.split()]


_SECTIONS = (_areas, _losses, _next_steps, _targets, _tracks, _proof, _leads, _items, _findings)
