"""Pages as text: one file each, no network, no text of others inside a script.

Style and script are the same on every page and allowed by their hashes alone, so that nothing a
workbook says can run; every text is escaped by the template engine.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scoring.base.findings import finding_codes
from scoring.base.text import clean_text
from scoring.base.units import UnitKey
from scoring.browser import bundled
from scoring.criteria import CriteriaSet
from scoring.criteria.javascript_set import set_javascript
from scoring.outputs.content import League, ReportContent, league_sentence, unit_sentence
from scoring.outputs.content.set_identity import AboutSet
from scoring.outputs.theme import ROLES
from scoring.rules.javascript import javascript_text

_ROLE = re.compile(r"\b(role|hatch)\(([a-z0-9-]+)\)")
# What stands above "show more".
FIRST_STEPS = 8
# What a page says of a figure that cannot be: finding codes.
WRONG_FIGURES = (
    "not-a-number", "ambiguous-number", "dash-for-number", "not-a-date", "two-digit-year",
    "month-before-day", "impossible-date", "below-minimum", "above-maximum", "not-whole",
    "date-outside-year", "numerator-above-denominator", "unexpected-percent",
    "percent-looks-like-share",
)  # fmt: skip
_GROUPS = ("lost", "open", "at-risk", "full", "kept", "not-applicable")
_SECTIONS = (
    ("index", "pack_index"),
    ("areas", "page_areas"),
    ("targets", "page_targets"),
    ("plan", "plan_targets_short"),
    ("losses", "page_losses"),
    ("next", "page_next"),
    ("whatif", "whatif_title"),
    ("tracks", "page_tracks_short"),
    ("proof", "page_proof_short"),
    ("risk", "page_risk_short"),
    ("open", "pack_open_items"),
    ("items", "page_items"),
    ("findings", "page_findings"),
    ("about", "page_about"),
)


def report_page(content: ReportContent, *, home: str = "") -> str:
    """Return the page of one unit.

    Parameters
    ----------
    content : ReportContent
    home : str
        Relative address of the league table, where there is one.

    Returns
    -------
    str
        HTML; the same content gives the same text.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> page = report_page(content)
    >>> "Sở Mẫu" in page, page.startswith("<!doctype html>")
    (True, True)
    """
    codes = [item.code for item in content.items]
    moved, assets = content.what_if, ("whatif.css", "whatif.js") if content.what_if else ()
    script = what_if_script(moved.criteria, content.lang) if moved else ""
    areas = [area.code for area in content.areas]
    return page_environment().get_template("unit.html.j2").render(
        set_frame(content.title, content, *assets, script=script),
        c=content,
        first=unit_sentence(content),
        home=home,
        # Codes come from workbooks; numbers make safe ids.
        ids={code: f"item-{place}" for place, code in enumerate(codes, start=1)},
        area_ids={code: f"area-{place}" for place, code in enumerate(areas, start=1)},
        item_of={item.code: item for item in content.items},
        scale=max([area.maximum.value for area in content.areas] + [1e-9]),
        has_targets=any(area.target for area in content.areas),
        has_last_year=any(area.last_year for area in content.areas),
        groups=[group for group in _GROUPS if any(i.group == group for i in content.items)],
        first_steps=FIRST_STEPS,
        sections=[entry for entry in _SECTIONS if _has_section(content, entry[0])],
    )  # fmt: skip


def league_page(table: League, links: Mapping[UnitKey, str] | None = None) -> str:
    """Return the league table as a page.

    Parameters
    ----------
    table : League
    links : mapping of UnitKey to str, optional
        Relative addresses of the units' own pages.

    Examples
    --------
    >>> from scoring.outputs.content import league
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": value}
    ...         for name, value in (("on_time", 90), ("received", 100))]
    >>> inputs = inputs_table(rows, unit_code="H1", unit_name="Sở Mẫu", year=2026)
    >>> sheet = score(inputs, "service-quality-766")
    >>> page = league_page(league(sheet))
    >>> "Sở Mẫu" in page
    True
    """
    title = table.say("page_league", year=table.year)
    frame = set_frame(title, table) | league_values(table, links or {})
    return (
        page_environment()
        .get_template("league.html.j2")
        .render(frame, heading=title, first=league_sentence(table), marks={}, most_printed=0)
    )


def league_values(table: League, links: Mapping[UnitKey, str]) -> dict[str, object]:
    """Return what the table of units is made of on a page; `links` are addresses of unit pages."""
    return {
        "t": table,
        "links": dict(links),
        "count": len(table.rows),
        "has_grades": any(row.grade for row in table.rows),
    }


def what_if_script(criteria: CriteriaSet, lang: str) -> str:
    """Return the rules of a set and the texts of what can be wrong with a figure, as a script."""
    known = finding_codes()
    words = {code: f"{known[code][lang]} {known[code][f'{lang}_fix']}" for code in WRONG_FIGURES}
    return f"{set_javascript(criteria, 'PARINDEX')}const WORDS = {javascript_text(words)};\n"


def set_frame(title: str, content: AboutSet, *assets: str, script: str = "") -> dict[str, object]:
    """Return the frame of a page about a criteria set.

    `assets` are further styles and scripts, `script` is one that precedes them.
    """
    is_sample, say = content.criteria_set.is_sample, content.say
    marks = [say(key) if is_sample else "" for key in ("chart_sample_badge", "chart_sample_line")]
    parts = {"tracks.css": "tracks", "alike.css": "has_alike"}
    further = [style for style, part in parts.items() if getattr(content, part, None)]
    frame = page_frame(content.lang, title, say, *marks, *further, *assets, before=script)
    return frame | {"set": content.criteria_set}


def page_frame(
    lang: str,
    title: str,
    say: Callable[..., str],
    badge: str,
    sample_line: str,
    *further: str,
    before: str = "",
) -> dict[str, object]:
    """Return what the frame of every page is made of.

    Parameters
    ----------
    say : callable
        Words of the page.
    badge, sample_line : str
        What says that the page is of a sample; empty where it is not.
    *further : str
        Names of style sheets that follow the one of every page, and of scripts that precede it.
    before : str
        A script that precedes all others; it comes from our own writers, which escape every text.
    """
    scripts = [name for name in further if name.endswith(".js")]
    style = page_style(*(name for name in further if name not in scripts))
    script = before + bundled(*(f"outputs/page/{name}" for name in [*scripts, "page.js"]))
    return {
        "lang": lang,
        "title": clean_text(title),
        "say": say,
        "badge": badge,
        "sample_line": sample_line,
        # Our own files; they hold nothing from outside.
        "style": Markup(style),
        "script": Markup(script),
        "style_hash": source_hash(style),
        "script_hash": source_hash(script),
    }


def _has_section(content: ReportContent, name: str) -> bool:
    has: dict[str, object] = {
        "risk": content.risks,
        "targets": content.targets,
        "plan": content.plan,
        "whatif": content.what_if,
        "tracks": content.tracks,
        "proof": content.headline.at_risk,
        "open": content.open_items,
        "findings": content.findings,
    }
    return bool(has.get(name, True))


@cache
def page_environment() -> Environment:
    """Return the templates of all pages; every text is escaped."""
    environment = escaping_templates("scoring.outputs", "page")
    environment.filters["share"] = _share
    return environment


def escaping_templates(package: str, folder: str) -> Environment:
    """Return the templates in a folder of a package, which escape every text they are given."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page_style(*further: str, more: str = "") -> str:
    """Return the style of every page, the sheets `further` and `more` after it.

    Colours are those that the charts give to their roles.
    """
    style = "".join(map(_asset, ["page.css", *further])) + more
    colours = {"role": lambda fill: fill.color, "hatch": lambda fill: fill.hatch_color}
    return _ROLE.sub(lambda found: colours[found[1]](ROLES[found[2]]), style)


@cache
def _asset(name: str) -> str:
    place = resources.files("scoring.outputs").joinpath("page", name)
    # A checkout on Windows may bring other line ends, which would change the hash.
    return place.read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def source_hash(text: str) -> str:
    """Return `text` as a source of a content security policy."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _share(value: float) -> str:
    """Return a percentage for a drawing, kept between 0 and 100.

    >>> _share(44.222222), _share(104.0)
    ('44.22', '100')
    """
    return f"{min(max(value, 0.0), 100.0):.2f}".rstrip("0").rstrip(".")
