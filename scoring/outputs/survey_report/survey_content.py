"""What the report of a survey says, for every output alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.labels import source_words
from scoring.base.values import INDEX_CODE
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.charts.surveys.survey_answers import answers_table
from scoring.outputs.charts.surveys.survey_league import league_notes, league_table, league_title
from scoring.outputs.charts.surveys.survey_priorities import importance_text, priorities_table
from scoring.outputs.charts.surveys.survey_profile import profile_table, right_text
from scoring.outputs.charts.surveys.survey_scale import Sides, main_scale, sides_of
from scoring.outputs.theme import ChartContext
from scoring.survey.instrument.model import AnswerOption, Instrument
from scoring.survey.real_differences import HIGHER, LOWER, real_differences

# What is said in the table of method about every estimate, and the label of each.
_METHOD = {
    "design_effect": "survey_design_effect",
    "effective_size": "survey_effective_size",
    "degrees_of_freedom": "survey_degrees",
}


@dataclass(frozen=True)
class SurveyGiven:
    """What a report is made of.

    Attributes
    ----------
    estimates : DataFrame
        Table ``Estimates`` of one survey.
    instrument : Instrument
    context : ChartContext
        Language, source, names of units; see `survey_context`.
    name : str
        Name of the survey.
    facts : tuple of (str, str)
        Design and field work: a label and what is said of it, in the language of `context`.
    service_names : mapping of str to str
        Name of each service by its code; one that has none keeps its code.
    last_year, targets, importance, published, differences : DataFrame, optional
        As the charts take them; `importance` is that of all units together.
    """

    estimates: pd.DataFrame
    instrument: Instrument
    context: ChartContext
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    last_year: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    importance: pd.DataFrame | None = None
    published: pd.DataFrame | None = None
    differences: pd.DataFrame | None = None
    service_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A row of a table, as it is written and where its marks stand, in percent of the axis.

    Attributes
    ----------
    name, figure : str
        The estimate with its interval, or why it is hidden.
    notes : tuple of str
        What is said of target and last year.
    marks : dict of str to float
        ``at``, ``low``, ``high``, ``target``, ``last``; those that are not known are left out.
    bars : tuple of (str, float, float)
        Role, left edge and width of each answer, in percent of the axis.
    cells : tuple of str
        Further columns.
    standing : str
        Verdict of a unit against all units together.
    is_best : bool
        Whether a unit cannot be told apart from the highest.
    """

    code: str
    name: str
    figure: str
    notes: tuple[str, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    bars: tuple[tuple[str, float, float], ...] = ()
    cells: tuple[str, ...] = ()
    standing: str = ""
    is_best: bool = False


@dataclass(frozen=True)
class SurveyContent:
    """The report of all units (`unit_code` empty) or of one."""

    given: SurveyGiven
    unit_code: str
    unit_name: str
    year: int
    finding: str
    more: tuple[str, ...]
    factors: tuple[SurveyRow, ...]
    questions: tuple[SurveyRow, ...]
    answers: Mapping[str, str]
    units: tuple[SurveyRow, ...]
    unit_words: tuple[str, ...]
    groups: tuple[SurveyRow, ...]
    priorities: tuple[SurveyRow, ...]
    steps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    notes: tuple[str, ...]

    def say(self, key: str, **values: object) -> str:
        """Return a label in the language of the report."""
        return self.given.context.say(key, **values)

    @property
    def title(self) -> str:
        """What the report is of."""
        return self.worded("survey_report_title", unit=self.unit_name, year=self.year)

    def worded(self, key: str, **values: object) -> str:
        """Return a label in the words of the questionnaire: satisfied people, or a score."""
        return self.say(of.worded(key, self.given.instrument), **values)


def survey_content(given: SurveyGiven, unit_code: str = "") -> SurveyContent:
    """Return what the report of all units together, or of one, says.

    Raises
    ------
    KeyError
        When the estimates have no such unit.
    """
    rows = of.latest(given.estimates)
    context, form = given.context, of.counted_by(given.instrument, rows)
    given = replace(given, instrument=form)
    if not (rows["unit_code"] == unit_code).any():
        raise KeyError(unit_code)
    profile = profile_table(
        rows, form, given.last_year, given.targets, unit_code, context.lang, given.differences
    )
    name = context.unit_name(unit_code) if unit_code else context.say("survey_all_surveyed")
    if unit_code and name == unit_code:
        names = rows.loc[rows["unit_code"] == unit_code, "unit_name"]
        name = str(names.iloc[0]) or unit_code
    league = league_table(rows, INDEX_CODE, context, given.differences)[0]
    here = context if not unit_code else replace(context, unit_names={unit_code: name})
    priorities = _priorities(given, unit_code, context)
    return SurveyContent(
        given=replace(given, estimates=rows, context=here),
        unit_code=unit_code, unit_name=name, year=int(rows["year"].iloc[0]),
        finding=_finding(
            profile, name if unit_code else name[:1].lower() + name[1:], context, form
        ),
        more=tuple(_more(profile, league, unit_code, context)),
        factors=_rows(profile, context, right_text),
        questions=_question_rows(rows, form, unit_code, context),
        answers=sides_of(form.scales.get(main_scale(form), ())).names(context.lang),
        units=() if unit_code else _rows(league, context),
        unit_words=() if unit_code or league.empty else
        (league_title(league, context), *league_notes(league, context)),
        groups=_group_rows(rows, given, unit_code),
        priorities=priorities,
        steps=tuple(_steps(profile, priorities, context)),
        facts=tuple(_facts(given, profile, rows)),
        caveats=tuple(_caveats(given)),
        notes=_notes(profile, given),
    )  # fmt: skip


def _finding(profile: pd.DataFrame, name: str, context: ChartContext, form: Instrument) -> str:
    """Say the index with its interval and the number of forms."""
    index = profile[profile["code"] == INDEX_CODE]
    if index.empty or not np.isfinite(index["estimate_percent"].iloc[0]):
        state = of.state_text(index["state"].iloc[0], context) if len(index) else "—"
        return context.say(of.worded("survey_finding_hidden", form), unit=name, state=state)
    row = index.iloc[0]
    figures = {
        key: context.percent(row[f"{column}_percent"])
        for key, column in (("at", "estimate"), ("low", "low"), ("high", "high"))
    }
    level = context.number(row["confidence_percent"], 1)
    forms = "" if pd.isna(row["forms"]) else context.number(float(row["forms"]), 0)
    forms = forms and context.say("survey_from_forms", count=forms)
    about = {"unit": name, "year": int(row["year"]), "level": level, "forms": forms}
    return context.say(of.worded("survey_finding", form), **about, **figures)


def _more(
    profile: pd.DataFrame, league: pd.DataFrame, unit_code: str, context: ChartContext
) -> Iterator[str]:
    """Say how the index stands to its target, to last year, and a unit to all together."""
    for row in profile[profile["code"] == INDEX_CODE].to_dict("records"):
        if np.isfinite(row["target_percent"]) and row["against"] != "unknown":
            target = context.percent(row["target_percent"])
            yield context.say(f"survey_index_target_{row['against']}", target=target)
        if row["change"] in (HIGHER, LOWER, "same"):
            by = context.number(abs(row["change_percent"]), 1)
            last, year = context.percent(row["last_percent"]), int(row["last_year"])
            yield context.say(f"survey_index_change_{row['change']}", by=by, last=last, year=year)
        elif row["is_break"]:
            yield context.say("survey_break_note")
    if unit_code:
        own = league.loc[league["unit_code"] == unit_code, "standing"]
        if len(own) and own.iloc[0] != "unknown":
            shown = int(league["estimate_percent"].notna().sum())
            yield context.say(f"survey_unit_{own.iloc[0]}", count=shown)


def _rows(table: pd.DataFrame, context: ChartContext, right: Any = None) -> tuple[SurveyRow, ...]:
    """Return the rows of a table on one axis."""
    marks = {"at": "estimate_percent", "low": "low_percent", "high": "high_percent",
             "target": "target_percent", "last": "last_percent"}  # fmt: skip
    known = {name: column for name, column in marks.items() if column in table}
    start, scale = of.limits(*(table[column] for column in known.values()))
    made = []
    for row in table.to_dict("records"):
        figure, *notes = (right or of.figure_text)(row, context).split("\n")
        places = {
            name: 100 * (row[column] - start) / max(scale - start, 1e-9)
            for name, column in known.items() if np.isfinite(row[column])
        }  # fmt: skip
        cells = () if pd.isna(row["forms"]) else (context.number(float(row["forms"]), 0),)
        made.append(
            SurveyRow(
                str(row["code"]), str(row["name"]), figure, tuple(notes), places, cells=cells,
                standing=str(row.get("standing", "")), is_best=bool(row.get("with_best", False)),
            )
        )  # fmt: skip
    return tuple(made)


def _question_rows(
    rows: pd.DataFrame, form: Instrument, unit_code: str, context: ChartContext
) -> tuple[SurveyRow, ...]:
    """Return the questions with their answers around the neutral one."""
    table = answers_table(rows, form, unit_code, context.lang)
    sides = sides_of(form.scales.get(main_scale(form), ()))
    shown = _columns(sides.scale + sides.apart)
    middle = table[_columns(sides.middle)].sum(axis=1) / 2
    low = float((table[_columns(sides.left)].sum(axis=1) + middle).max()) if len(table) else 0.0
    high = float((table[_columns(sides.right)].sum(axis=1) + middle).max()) if len(table) else 0.0
    percent = 100 / max(low + high, 1e-9)
    made = []
    for row in table.to_dict("records"):
        cells = tuple(
            context.percent(row[column]) if np.isfinite(row[column]) else "—" for column in shown
        )
        bars = tuple(_bars(row, sides, low, percent))
        made.append(
            SurveyRow(
                row["code"], row["name"], of.figure_text(row, context), bars=bars, cells=cells,
                marks={"zero": low * percent},
            )
        )  # fmt: skip
    return tuple(made)


def _columns(options: Sequence[AnswerOption]) -> list[str]:
    return [f"answer_{option.code}" for option in options]


def _bars(
    row: Mapping[Hashable, Any], sides: Sides, low: float, percent: float
) -> Iterator[tuple[str, float, float]]:
    """Yield the answers end to end around the neutral one; none where one is hidden."""
    shares = {option.code: row[f"answer_{option.code}"] for option in sides.scale}
    if not np.isfinite(list(shares.values())).all():
        return
    left = low - sum(shares[o.code] for o in sides.left)
    left -= sum(shares[o.code] for o in sides.middle) / 2
    for code, share in shares.items():
        yield sides.roles()[code], left * percent, share * percent
        left += share


def _group_rows(rows: pd.DataFrame, given: SurveyGiven, unit_code: str) -> tuple[SurveyRow, ...]:
    """Return the index by service and by group of respondents."""
    context, form = given.context, given.instrument
    one = (rows["service"] != "") ^ (rows["respondent_group"] != "")
    table = rows[one & (rows["measure"] == "index") & (rows["unit_code"] == unit_code)]
    place = 1 if context.lang == "en" else 0
    groups = {code: names[place] or names[0] for code, names in form.groups.items()}
    names = [
        given.service_names.get(service, service) or groups.get(group, group)
        for service, group in zip(table["service"], table["respondent_group"], strict=True)
    ]
    if not len(table):
        return ()
    # As survey and questionnaire list them; nobody sees the codes that the estimates go by.
    places = {code: at for at, code in enumerate([*given.service_names, *form.groups])}
    keys = table["service"].where(table["service"] != "", table["respondent_group"])
    order = keys.map(places).fillna(len(given.service_names) - 0.5).to_numpy()
    return _rows(table.assign(name=names).iloc[np.argsort(order, kind="stable")], context)


def _priorities(given: SurveyGiven, unit_code: str, context: ChartContext) -> tuple[SurveyRow, ...]:
    """Return the factors with their importance; only all units together have answers enough."""
    if given.importance is None or given.importance.empty or unit_code:
        return ()
    rows, form = of.latest(given.estimates), given.instrument
    table = priorities_table(rows, given.importance, form, unit_code, context.lang)
    made = []
    for row in table.sort_values("importance", ascending=False).to_dict("records"):
        said = importance_text(row, context, form)
        made.append(
            SurveyRow(
                row["code"],
                row["name"],
                said,
                is_best=bool(row["is_sure"]),
                standing="important" if row["is_important"] else "",
            )
        )
    return tuple(made)


def _steps(
    profile: pd.DataFrame, priorities: Sequence[SurveyRow], context: ChartContext
) -> Iterator[str]:
    """Say what to improve first: factors that are really lower than the highest one."""
    factors = profile[(profile["code"] != INDEX_CODE) & profile["estimate_percent"].notna()]
    if len(factors) < 2:
        yield context.say("survey_steps_few")
        return
    best = factors.iloc[[int(factors["estimate_percent"].argmax())]]
    verdicts = real_differences(factors, best, comparisons=len(factors) - 1)["verdict"]
    lower = factors[verdicts == LOWER].sort_values("estimate_percent")
    important = {row.code for row in priorities if row.standing}
    for row in lower.to_dict("records"):
        figure = of.figure_text(row, context)
        said = context.say(
            "survey_step", name=row["name"], figure=figure, best=best["name"].iloc[0]
        )
        also = context.say("survey_step_important") if row["code"] in important else ""
        yield f"{said}{also}."
    if lower.empty:
        yield context.say("survey_steps_none")


def _facts(
    given: SurveyGiven, profile: pd.DataFrame, rows: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    """Yield what was measured and how."""
    say, form, context = given.context.say, given.instrument, given.context
    yield say("survey_fact_survey"), given.name or str(rows["survey"].iloc[0])
    status = say(f"status_{form.status}")
    yield say("survey_fact_form"), f"{form.name(context.lang)} ({form.version}, {status.lower()})"
    yield say("survey_fact_series"), str(rows["series"].iloc[0])
    yield from given.facts
    way = next((w for w in form.weightings if w.code == rows["weighting"].iloc[0]), None)
    if way is not None:
        note = (way.note_en if context.lang == "en" else "") or way.note_vi
        status = say(f"status_{way.status}").lower()
        source = source_words(way.source, "", context.lang)
        yield say("survey_fact_weighting"), f"{note or way.code} ({status}; {source})"
    index = profile[profile["code"] == INDEX_CODE]
    if len(index):
        level = context.number(float(index["confidence_percent"].iloc[0]), 1)
        method = [of.method_name(str(index["interval"].iloc[0] or ""), context.lang), f"{level}%"]
        yield say("survey_fact_interval"), ", ".join(filter(None, method))
        known = {key: float(index[key].fillna(np.nan).iloc[0]) for key in _METHOD}
        for key, text in _METHOD.items():
            if np.isfinite(known[key]):
                decimals = 1 if key == "design_effect" else 0
                yield say(text), context.number(known[key], decimals)
    hidden = int(rows["state"].isin(("hidden-small", "hidden-secondary")).sum())
    yield (
        say("survey_fact_hidden"),
        say(
            "survey_hidden_cells", count=context.number(hidden, 0), all=context.number(len(rows), 0)
        ),
    )


def _caveats(given: SurveyGiven) -> Iterator[str]:
    """Yield what a reader must know of the questionnaire and the answers."""
    if given.context.sample_line:
        yield given.context.sample_line
    place = 1 if given.context.lang == "en" else 0
    for caveat in given.instrument.caveats:
        yield caveat[place] or caveat[0]


def _notes(profile: pd.DataFrame, given: SurveyGiven) -> tuple[str, ...]:
    """Return how an interval and a difference are read."""
    levels = profile["confidence_percent"].dropna()
    level = given.context.number(float(levels.iloc[0]) if len(levels) else 95.0, 1)
    how = "independent" if given.differences is None else "by_design"
    kinds = ("interval", "difference", how, "rounding", "hidden")
    return tuple(given.context.say(f"survey_read_{kind}", level=level) for kind in kinds)
