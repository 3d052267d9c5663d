"""``parindex sipas sample-size`` and ``sipas draw``: how many forms, and whom to ask."""

from __future__ import annotations

import argparse
import math
import secrets
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number, read_number
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.files.sealed import manifest
from scoring.files.table_files import write_csv
from scoring.files.whole_folder import whole_folder
from scoring.outputs.charts.surveys.survey_precision import survey_precision
from scoring.outputs.images import save_figure
from scoring.outputs.theme import ChartContext
from scoring.survey.planning.allocation import allocate
from scoring.survey.planning.interview_list import interview_list_bytes
from scoring.survey.planning.planning_tables import read_planning_table
from scoring.survey.planning.sample_draw import Draw, Stage, draw_sample
from scoring.survey.planning.sample_sizes import (
    Costs,
    SizeRequest,
    precision_table,
    size_table,
    wald_size,
)
from scoring.survey.survey_template import DESIGN_FILE, design_text
from scoring.tables import rows_of

_SEEDS = 2**31  # a seed that is chosen stays short enough to be typed


def sample_size(options: argparse.Namespace, console: Console) -> int:
    """Print the size by each formula with its figures, the allocation, and what a budget buys."""
    request, costs = _request(options), _costs(options)
    sizes = size_table(request)
    _show_assumed(request, console)
    _show_sizes(sizes, request, console)
    wilson = int(sizes["forms"].iloc[-1])
    forms = _chosen(options, request, costs, console) or wilson
    if costs and costs.cluster and request.icc:
        best = costs.best_cluster_size(request.icc)
        ratio = _number(costs.cluster / costs.interview, console)
        said = {"ratio": ratio, "icc": _number(request.icc, console), "best": best}
        console.print(console.text("size_best_cluster", **said))
    tables, findings = {"sample-sizes": sizes}, list[Finding]()
    if options.strata:
        strata, findings = read_planning_table(Path(options.strata), "Strata")
        if len(strata):
            way = {"by": options.allocate, "minimum": options.minimum}
            shared, found = allocate(strata, forms * request.domains, request, **way)
            findings += [*found, *_unlike_population(strata, request)]
            tables["allocation"] = shared
            _show_allocation(shared, console)
    tables["precision"] = precision_table(request, _curve(request, forms), costs)
    if options.out:
        _write_sizes(tables, forms, request, options, console)
    result = {name.replace("-", "_"): table.to_dict("records") for name, table in tables.items()}
    return console.close(findings, forms=forms, **result)


def _unlike_population(strata: pd.DataFrame, request: SizeRequest) -> list[Finding]:
    """Find strata that do not add up to the population that was given."""
    total = float(strata["population"].sum())
    if math.isinf(request.population) or abs(total - request.population) < 0.5:
        return []
    values = {"total": total, "population": request.population}
    return [Finding("strata-population-differs", str(strata.attrs.get("file", "")), values=values)]


def _request(options: argparse.Namespace) -> SizeRequest:
    cluster = _amount(options.cluster_size, "--cluster-size", 1.0)
    if cluster > 1 and not options.icc:
        finding = Finding("size-needs-icc")
        raise UsageError(finding.text("en"), finding)
    return SizeRequest(
        margin=_share(options.margin, "--margin"),
        share=_share(options.share, "--share"),
        confidence=_share(options.confidence, "--confidence"),
        population=_amount(options.population, "--population", math.inf),
        cluster_size=cluster,
        icc=_share(options.icc, "--icc") if options.icc else 0.0,
        weight_effect=_amount(options.weight_effect, "--weight-effect", 1.0, whole=False),
        response=_share(options.response, "--response"),
        domains=options.domains,
    )


def _costs(options: argparse.Namespace) -> Costs | None:
    each = _amount(options.cost_interview, "--cost-interview", 0.0)
    if not each > 0:
        if options.budget or options.cost_cluster or options.cost_interview:
            finding = Finding("size-needs-costs")
            raise UsageError(finding.text("en"), finding)
        return None
    names = ("cost_cluster", "cost_fixed")
    more = [_amount(getattr(options, name), f"--{name.replace('_', '-')}", 0.0) for name in names]
    return Costs(each, *more)


def _share(text: str, option: str) -> float:
    """Read a share: 5% or 0,05; a number above 1 without a sign could be either, so it is refused."""
    reading = read_number(text)
    value = math.nan if reading.value is None else reading.value
    value = value / 100 if reading.is_percent else value
    if not 0 <= value <= 1:
        finding = Finding("size-share-unread", values={"value": text, "option": option})
        raise UsageError(finding.text("en"), finding)
    return value


def _amount(text: str | None, option: str, default: float, *, whole: bool = True) -> float:
    if not text:
        return default
    reading = read_number(text, whole=whole)
    if reading.value is None or reading.is_percent or reading.value < 0:
        finding = Finding("size-number-unread", values={"value": text, "option": option})
        raise UsageError(finding.text("en"), finding)
    return reading.value


def _number(value: float, console: Console, decimals: int | None = None) -> str:
    return format_number(float(value), decimals, console.lang)


def _percent(share: float, console: Console) -> str:
    return f"{format_number(round(100 * share, 6), lang=console.lang)}%"


def _show_assumed(request: SizeRequest, console: Console) -> None:
    names = ("share", "margin", "confidence", "response")
    shown = {name: _percent(getattr(request, name), console) for name in names}
    console.print(console.text("size_assumed", **shown, domains=request.domains))
    if request.domains > 1 and math.isfinite(request.population):
        sizes = {"population": request.population, "each": request.of_one_domain().population}
        said = {name: _number(round(size, 1), console) for name, size in sizes.items()}
        console.print(console.text("size_equal_domains", domains=request.domains, **said))
    if request.deff != 1:
        figures = {
            "cluster": request.cluster_size,
            "icc": request.icc,
            "weights": request.weight_effect,
            "deff": round(request.deff, 4),
        }
        shown = {name: _number(value, console) for name, value in figures.items()}
        console.print(console.text("size_note_deff", **shown))
    console.print()


def _show_sizes(sizes: pd.DataFrame, request: SizeRequest, console: Console) -> None:
    heads = ("method", "forms", "approached", "clusters", "in_all", "wald", "wilson")
    rows = [
        (
            console.text(f"size_method_{row.method}"),
            *(_number(n, console) for n in (row.forms, row.approached, row.clusters)),
            _number(row.forms_in_all, console),
            *(_number(margin, console, 2) for margin in (row.wald_percent, row.wilson_percent)),
        )
        for row in rows_of(sizes)
    ]
    console.table(console.heads("size_", *heads), rows, " rrrrrr")
    console.print()
    for row in rows_of(sizes):
        console.print(_formula(row.method, row.exact, row.forms, request, console))
    console.print()
    if "ministry" in set(sizes["method"]):
        console.print(console.text("size_source_ministry"))
    wald, wilson = sizes["forms"].iloc[-2:]
    one, half = request.of_one_domain(), float(sizes["wilson_percent"].iloc[-1])
    if not _is_reached(one, half):
        said = {"population": _people(one.population, console), "half": _number(half, console, 2)}
        margin = _percent(request.margin, console)
        console.print(console.text("size_note_not_reached", margin=margin, **said))
    elif wilson > 1.05 * wald:
        said = {"wald": _number(wald, console), "wilson": _number(wilson, console)}
        console.print(console.text("size_note_wald_misleads", **said))
    _warn_of_too_few(int(wilson), request, console)


def _is_reached(one: SizeRequest, half: float) -> bool:
    """Say whether half an interval, in percentage points, is the margin, as it is shown."""
    return half <= 100 * one.margin + 0.005


def _people(population: float, console: Console) -> str:
    # A domain of several may be a part of a person larger than another.
    return _number(round(population, 1), console)


def _warn_of_too_few(forms: int, request: SizeRequest, console: Console) -> None:
    """Say where more would have to be asked than there are."""
    population, asked = request.of_one_domain().population, request.approached(forms)
    if asked >= population + 1:
        said = {"asked": _number(asked, console), "population": _people(population, console)}
        console.print(console.text("size_note_too_few", **said))


def _formula(method: str, exact: float, forms: int, request: SizeRequest, console: Console) -> str:
    """Return a formula with its figures put in."""
    one = request.of_one_domain()
    infinite = wald_size(replace(one, population=math.inf))
    figures = {"share": one.share, "rest": 1 - one.share, "margin": one.margin, "deff": one.deff}
    shown = {name: _number(round(value, 6), console) for name, value in figures.items()}
    shown |= {"z": _number(one.z, console, 4), "infinite": _number(infinite, console, 1)}
    shown |= {"exact": _number(exact, console, 1), "forms": _number(forms, console), "finite": ""}
    shown["population"] = _people(one.population, console)
    if method == "wald" and math.isfinite(one.population):
        shown["finite"] = console.text("size_formula_finite", population=shown["population"])
    if method == "wilson" and forms >= one.population:
        # The interval of all who could be asked may still be wider than the margin.
        half = float(precision_table(one, [forms])["wilson_percent"].iloc[0])
        method = "wilson" if _is_reached(one, half) else "wilson_not_reached"
    return console.text(f"size_formula_{method}", **shown)


def _chosen(
    options: argparse.Namespace, request: SizeRequest, costs: Costs | None, console: Console
) -> int:
    """Return the forms of a domain that were given or that a budget pays for; 0 for neither."""
    forms = int(_amount(options.forms, "--forms", 0.0))
    if options.budget and costs:
        budget = _amount(options.budget, "--budget", 0.0)
        asked = costs.forms_for(budget, request.asked_in_cluster)
        forms = math.floor(round(asked * request.response / request.domains, 9))
        shown = {"budget": budget, "approached": asked, "forms": forms}
        said = {name: _number(value, console) for name, value in shown.items()}
        console.print(console.text("size_of_budget", **said))
        if forms < 1:
            raise UsageError("no form", Finding("size-budget-too-small", values=said))
    if forms:
        row = precision_table(request, [forms]).iloc[0]
        margins = {name: _number(row[f"{name}_percent"], console, 2) for name in ("wilson", "wald")}
        # No margin comes of clusters that are no more than the strata.
        key = "size_of_few_clusters" if math.isnan(row["wilson_percent"]) else "size_of_forms"
        console.print(console.text(key, forms=_number(forms, console), **margins))
        _warn_of_too_few(forms, request, console)
    return forms


def _show_allocation(table: pd.DataFrame, console: Console) -> None:
    heads = ("stratum", "population", "allocated", "wald", "wilson", "bound")
    rows = [
        (
            " ".join(part for part in (row.stratum, row.name) if part),
            _number(row.population, console),
            _number(row.forms, console),
            *(_number(margin, console, 2) for margin in (row.wald_percent, row.wilson_percent)),
            console.text(f"size_bound_{row.bound}"),
        )
        for row in rows_of(table)
    ]
    if rows:
        console.print()
        console.table(console.heads("size_", *heads), rows, " rrrr ")


def _curve(request: SizeRequest, forms: int) -> np.ndarray:
    """Return the numbers of forms that the chart goes through, the chosen one and its double."""
    most = min(2.2 * forms, request.of_one_domain().population)
    least = max(math.ceil(2 * request.cluster_size), forms // 6, 2)
    sizes = {*np.linspace(min(least, most), most, 60).astype(int).tolist(), forms, 2 * forms}
    return np.array(sorted(size for size in sizes if size == forms or size <= most))


def _write_sizes(
    tables: dict[str, pd.DataFrame],
    forms: int,
    request: SizeRequest,
    options: argparse.Namespace,
    console: Console,
) -> None:
    names = ("share", "confidence")
    shown = {name: _percent(getattr(request, name), console) for name in names}
    deff = _number(round(request.deff, 3), console)
    source = console.text("size_chart_source", **shown, deff=deff)
    context = ChartContext(lang=console.lang, source=source)
    wanted = math.nan if options.forms or options.budget else 100 * request.margin
    figure = survey_precision(
        tables["precision"], forms=forms, margin_percent=wanted, context=context
    )
    with whole_folder(Path(options.out)) as folder:
        for name, table in tables.items():
            write_csv(table, folder / f"{name}.csv", options.csv_dialect)
        save_figure(figure, folder / "precision")
    console.wrote(options.out)


def draw(options: argparse.Namespace, console: Console) -> int:
    """Draw a sample, write it with its design, the list to interview and a manifest."""
    paths, stages = [Path(file) for file in options.files], _stages(options)
    seed = secrets.randbelow(_SEEDS) if options.seed is None else options.seed
    findings = list[Finding]()
    if options.seed is None:
        findings.append(Finding("draw-seed-chosen", values={"seed": seed}))
    frames = []
    for place, path in enumerate(paths):
        # The last of as many frames as stages lists dossiers, whose names would be people's.
        is_last = place + 1 == len(stages) and len(stages) > 1
        frame, found = read_planning_table(path, "SampleFrame", holds_places=not is_last)
        frames.append(frame)
        findings += found
    allocation = _allocation(options.allocation, findings)
    if any(finding.severity == "error" for finding in findings):
        return console.close(findings, seed=seed)
    counts = {"reserve": options.reserve, "interviewers": options.interviewers}
    drawn = draw_sample(frames, stages, seed, allocation=allocation, **counts)
    findings += drawn.findings
    if len(drawn.sample):
        inputs = [*paths, *([Path(options.allocation)] if options.allocation else [])]
        _write_draw(drawn, inputs, options, console)
    _show_draw(drawn, console)
    stages_told = drawn.stages.to_dict("records")
    return console.close(findings, seed=seed, stages=stages_told, design=drawn.design)


def _stages(options: argparse.Namespace) -> list[Stage]:
    if len(options.take) != len(options.method):
        values = {"takes": len(options.take), "methods": len(options.method)}
        finding = Finding("draw-stages-differ", values=values)
        raise UsageError(finding.text("en"), finding)
    pairs = zip(options.method, options.take, strict=True)
    return [Stage.of(method, take) for method, take in pairs]


def _allocation(given: str | None, findings: list[Finding]) -> dict[str, int] | None:
    if not given:
        return None
    table, found = read_planning_table(Path(given), "Allocation")
    findings += found
    return {row.stratum: int(row.forms) for row in rows_of(table) if row.forms == row.forms}


def _write_draw(
    drawn: Draw, inputs: list[Path], options: argparse.Namespace, console: Console
) -> None:
    with whole_folder(Path(options.out)) as folder:
        write_csv(drawn.sample, folder / "sample.csv")
        write_csv(drawn.stages, folder / "stages.csv")
        write_atomically(folder / DESIGN_FILE, design_text(drawn.design).encode())
        made = interview_list_bytes(drawn, title=options.name, lang=console.lang)
        write_atomically(folder / "interviews.xlsx", made)
        about = manifest.about(seed=drawn.seed, generator="PCG64", made_by="sipas draw")
        entries = [manifest.entry_of(folder, name) for name in manifest.files_below(folder)]
        given = sorted(manifest.entry_of(path.parent, path.name) for path in inputs)
        listed = manifest.Manifest(manifest.RESULTS, tuple(entries), tuple(given), about=about)
        write_atomically(folder / manifest.MANIFEST_NAME, listed.to_bytes())
    console.wrote(options.out)


def _show_draw(drawn: Draw, console: Console) -> None:
    names = ("stage", "frame", "method", "take", "groups", "units", "drawn", "certain")
    rows = []
    for row in drawn.stages.to_dict("records"):
        row["frame"] = row["frame"] or console.text("draw_register")
        row["method"] = console.text(f"draw_{row['method']}")
        row["take"] = row["take"] or console.text("draw_allocated")
        rows.append([str(row[name]) for name in names])
    if rows:
        console.table(console.heads("draw_", *names), rows, "r  rrrrr")
        counts = drawn.sample["drawn"].value_counts()
        said = {kind: int(counts.get(kind, 0)) for kind in ("main", "reserve")}
        weights = _number(drawn.sample["weight"].sum(), console, 1)
        console.print(console.text("draw_done", **said, seed=drawn.seed, weights=weights))
