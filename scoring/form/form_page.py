"""The form as one HTML file: its script and style stand inline, allowed by their hashes alone.

What belongs to a unit stands in a block of data beside the script, which is the same for all forms
of a set; thousands of forms differ in that block and in their title only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from scoring.advice.javascript_steps import advising_javascript
from scoring.base.labels import LANGUAGES, label
from scoring.base.text import clean_text
from scoring.criteria import CriteriaSet
from scoring.form.form_data import file_findings, set_data
from scoring.form.form_script import app_script
from scoring.form.ledger_cells import ledger_in_form, packed_json
from scoring.outputs.page.render import escaping_templates, page_style, source_hash
from scoring.rules.javascript import javascript_text

# `known` looks for the script that is running, so it is called before anything is awaited.
# A browser that cannot unpack what the page knows is told to be too old.
_BEGIN = """FORM.known().then(({ digest, set }) => FORM.start(PARINDEX, digest, set),
() => { document.getElementById("form-old").hidden = false; });
"""

# Blanks of a style that no browser needs; no text in ours holds these marks.
_BLANKS = re.compile(r"\s*([{};])\s*")


def form_page(criteria: CriteriaSet, fill: Mapping[str, Any], lang: str = "vi") -> str:
    """Return a form as the text of one HTML file.

    Parameters
    ----------
    criteria : CriteriaSet
    fill : mapping
        What `form_data.fill_data` gives.
    lang : {"vi", "en"}
        The language that the form opens in; the other is one click away.

    Returns
    -------
    str
        The same arguments give the same text.
    """
    frame, unit = criteria.once(_frame), fill["unit"]
    who = unit["name"] or unit["code"]
    title = " – ".join(filter(None, (label("form_title", lang, year=fill["year"]), who)))
    return _template().render(
        frame,
        lang=lang,
        title=clean_text(title),
        badges=[label("chart_sample_badge", one) for one in LANGUAGES],
        no_script=[label("form_no_script", one) for one in LANGUAGES],
        too_old=[label("form_too_old", one) for one in LANGUAGES],
        fill=Markup(javascript_text(fill)),
        ledger=_ledger(criteria, int(fill["year"]), fill["period"], lang),
    )


def form_digest(criteria: CriteriaSet) -> str:
    """Return the SHA-256 over the script of a set's form and all that it knows of the set.

    It follows from the set and from this version alone, and the page computes its own from what
    stands in it when it runs: a form of this version that states another one was altered.
    """
    return str(criteria.once(_frame)["digest"])


def _frame(criteria: CriteriaSet) -> dict[str, Any]:
    style = _BLANKS.sub(r"\1", page_style(more=_asset("form.css")))
    told = set_data(criteria)
    rules = advising_javascript(criteria, "PARINDEX", has_tables=False)
    script = f"{rules}{app_script()}{_BEGIN}"
    # Over the data as it reads and not as it is packed, which zlib may do otherwise elsewhere.
    digest = hashlib.sha256(f"{script}{json.dumps(told, ensure_ascii=False)}".encode()).hexdigest()
    return {
        "style": Markup(style),
        "script": Markup(script),
        "style_hash": source_hash(style),
        "script_hash": source_hash(script),
        "told": Markup(packed_json(told)),
        "is_sample": criteria.meta.status == "sample",
        "digest": digest,
    }


def _ledger(criteria: CriteriaSet, year: int, period: str, lang: str) -> Markup:
    """Return the blank ledger that forms carry; thousands of units share one."""
    made: dict[tuple[int, str, str], Markup] = criteria.once(_ledgers)
    key = (year, period, lang)
    if key not in made:
        made[key] = Markup(
            packed_json(ledger_in_form(criteria, *key) | {"findings": file_findings()})
        )
    return made[key]


def _ledgers(criteria: CriteriaSet) -> dict[tuple[int, str, str], Markup]:
    """Return where the ledgers of a set are kept once they are made."""
    return {}


@cache
def _template() -> Any:
    return escaping_templates("scoring.form", ".").get_template("form.html.j2")


@cache
def _asset(name: str) -> str:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    # A checkout on Windows may bring other line ends, which would change the hash.
    return text.replace("\r\n", "\n")
