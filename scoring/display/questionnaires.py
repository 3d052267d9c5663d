"""How a questionnaire looks in a notebook."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.display.html import bullets, display_language, html_table, labels, paragraph
from scoring.survey.instrument.model import Instrument


def instrument_html(instrument: Instrument, lang: str = "") -> str:
    """Return a questionnaire as HTML: identity, caveats, questions, and the ways of counting.

    Parameters
    ----------
    instrument : Instrument
    lang : {"", "vi", "en"}
        By default the language of `PARINDEX_LANG`, else Vietnamese.
    """
    lang = lang or display_language()
    status = label(f"status_{instrument.status}", lang)
    head = label("display_set_head", lang, name=instrument.name(lang), status=status)
    about = f"{instrument.instrument_id} {instrument.version} ({instrument.fingerprint})"
    caveats = bullets((english if lang == "en" else "") or vn for vn, english in instrument.caveats)
    parts = (paragraph(head, strong=True), paragraph(about), caveats, _questions(instrument, lang))
    return f"<div>{''.join(parts)}{_weightings(instrument, lang)}</div>"


def _questions(instrument: Instrument, lang: str) -> str:
    names = {factor.code: factor.name(lang) for factor in instrument.factors}
    rows = [(q.code, q.text(lang), names.get(q.factor, ""), q.source) for q in instrument.questions]
    heads = labels(lang, "display_code", "questionnaire_asked", "instrument_factor", "source")
    return html_table(heads, rows, "    ")


def _weightings(instrument: Instrument, lang: str) -> str:
    rows = [
        (way.code, (way.note_en if lang == "en" else "") or way.note_vi, way.status, way.source)
        for way in instrument.weightings
    ]
    heads = labels(lang, "display_code", "instrument_counting", "set_status", "source")
    return html_table(heads, rows, "    ")
