"""What a form knows: the set in words of both languages, and what is filled in of one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.advice.javascript_steps import steps_tables
from scoring.base.due_dates import read_due_date
from scoring.base.findings import finding_codes
from scoring.base.labels import LANGUAGES, label
from scoring.base.message_tables import message_tables
from scoring.base.vocabulary import NEVER, words_for
from scoring.criteria import CriteriaSet, Node
from scoring.evidence.ledger.template import allows_never, allows_not_applicable
from scoring.official.document_kinds import document_kinds, kind_words
from scoring.outputs.page.render import WRONG_FIGURES
from scoring.rules import InputSpec

FORMAT = "parindex-form/1"
# Words of other files that the form says too.
_SHARED = (
    "yes", "no", "or", "never", "max_points", "target", "page_skip", "chart_sample_badge",
    "chart_sample_line", "status_scored", "status_not_assessed", "status_not_applicable",
    "status_invalid", "ledger_signature_preparer", "ledger_signature_head", "status_official",
    "status_observed", "status_sample", "proof_state_proven", "proof_state_declared",
    "proof_state_late", "proof_state_evidence-invalid", "proof_state_no-evidence",
)  # fmt: skip
# What can be wrong with a ledger or a zip that somebody opens in the form.
_OF_FILES = (
    "save-as-xlsx", "file-encrypted", "package-damaged", "package-entities", "package-too-large",
    "package-too-many-parts", "package-unsafe-name", "package-inflates-too-much", "missing-sheet",
    "ledger-of-other-set", "ledger-of-other-version", "ledger-set-unnamed", "row-parted",
    "duplicate-input", "document-changed", "manifest-missing", "manifest-unreadable",
    "manifest-tampered", "manifest-file-missing", "manifest-file-changed", "bundle-file-added",
)  # fmt: skip
# Further findings of an entry, beside those of the report page.
_ENTRIES = ("unexpected-percent", "percent-looks-like-share", "document-item-unknown")
Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class FormUnit:
    """Who fills a form in; all may stay empty, to be typed in the form."""

    code: str = ""
    name: str = ""
    block: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in the fields of a form from the start, as it would be typed.

    Attributes
    ----------
    typed : mapping of item code to mapping of input to str
    said : mapping of item code to mapping
        ``not_applicable``, ``explanation`` and ``documents_note`` of an item.
    previous : mapping of item code to mapping of input to str
        Last year's figures, shown beside the fields and never counted.
    documents : list of mapping
        Rows of the documents, as the state of the form holds them.
    targets : mapping of code to str
    """

    typed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    previous: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    documents: list[dict[str, Any]] = field(default_factory=list)
    targets: Mapping[str, str] = field(default_factory=dict)
    unit: Mapping[str, str] = field(default_factory=dict)


def set_data(criteria: CriteriaSet) -> dict[str, Any]:
    """Return what every form of a set knows, whoever fills it in and for when.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> told = set_data(open_set("service-quality-766"))
    >>> told["set"]["id"], told["nodes"][0]["code"]
    ('service-quality-766', '1')
    """
    meta = criteria.meta
    about = {
        "id": meta.set_id,
        "version": meta.version,
        "fingerprint": criteria.fingerprint,
        "status": meta.status,
        "name": _both(meta.name),
        "total": meta.total_points,
        "decimals": meta.decimals,
        "caveats": [
            {"vi": vi, "en": en} for vi, en in zip(*map(meta.warnings, LANGUAGES), strict=True)
        ],
        "hasConditions": bool(meta.grade_rules),
    }
    return {
        "set": about,
        "nodes": [_node(criteria, node) for node in criteria.nodes],
        "grades": {grade.code: _both(grade.label) for grade in meta.grades},
        "never": sorted(words_for(NEVER)),
        "kinds": [
            {"key": key, "vi": kind.vi, "en": kind.en} for key, kind in document_kinds().items()
        ],
        "steps": steps_tables(criteria),
        "words": form_words(),
        "findings": form_findings(),
    }


def fill_data(year: int, period: str, unit: FormUnit, known: Known | None = None) -> dict[str, Any]:
    """Return what one form holds besides its set, as its state begins."""
    known = known or Known()
    who = {"code": unit.code, "name": unit.name, "block": unit.block}
    return {
        "format": FORMAT,
        "year": year,
        "period": period,
        "unit": {"prepared_by": "", "position": "", "prepared_on": "", **known.unit, **who},
        "typed": known.typed,
        "said": known.said,
        "targets": known.targets,
        "documents": known.documents,
        "previous": known.previous,
    }


def form_words() -> dict[str, Text]:
    """Return the words of the form by language: all labels of ``form*.toml``, and some shared."""
    tables = message_tables("labels")
    own = [key for key, table in tables.items() if str(table["file"]).startswith("form")]
    return {lang: {key: str(tables[key][lang]) for key in (*own, *_SHARED)} for lang in LANGUAGES}


def file_findings() -> dict[str, dict[str, str]]:
    """Return by language what is said of files that somebody opens; packed with the ledger."""
    tables, known = message_tables("findings"), finding_codes()
    codes = [*_OF_FILES, *(code for code in known if _is_of_files(tables[code]))]
    return {
        lang: {code: f"{known[code][lang]} {known[code][f'{lang}_fix']}" for code in codes}
        for lang in LANGUAGES
    }


def _is_of_files(table: Mapping[str, Any]) -> bool:
    return str(table["file"]).startswith("form_files")


def form_findings() -> dict[str, dict[str, str]]:
    """Return by language what is said of what is wrong: the catalogue's texts, by code."""
    tables, known = message_tables("findings"), finding_codes()
    of_form = [code for code in known if str(tables[code]["file"]).startswith("form")]
    own = [code for code in of_form if not _is_of_files(tables[code])]
    return {
        lang: {code: f"{known[code][lang]} {known[code][f'{lang}_fix']}"
               for code in (*WRONG_FIGURES, *_ENTRIES, *own)}
        for lang in LANGUAGES
    }  # fmt: skip


def _both(text: Any) -> Text:
    return {lang: text(lang) for lang in LANGUAGES}


def _node(criteria: CriteriaSet, node: Node) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": node.code,
        "parent": node.parent,
        "kind": node.kind,
        "isItem": node.is_item,
        "max": node.max_points,
        "name": _both(node.name),
    }
    if node.note():
        told["note"] = _both(node.note)
    if node.spec is not None:
        rule = criteria.rules[node.code]
        told["rule"] = _both(rule.sentence)
        told["na"] = allows_not_applicable(node)
        told["peers"] = list(rule.peer_inputs)
        if asks := _asks(criteria, node.code):
            told["asks"] = asks
        told["inputs"] = [_input(criteria, node, entry) for entry in rule.reported]
    elif node.is_best_of:
        told["rule"] = _both(lambda lang: label("best_of_sentence", lang))
    return told


def _asks(criteria: CriteriaSet, code: str) -> list[Text]:
    """Return in words which documents an item asks for, each year anew."""
    sheet = criteria.tables.get("evidence")
    rows = [] if sheet is None else sheet[sheet["item_code"] == code].fillna("").to_dict("records")
    return [{lang: _asked(row, lang) for lang in LANGUAGES} for row in rows]


def _asked(row: Mapping[Any, Any], lang: str) -> str:
    kind, due = kind_words(row["kind"], lang), read_due_date(row["issued_by"])
    kind = kind or label("any-document", lang)
    if issuer := row.get("issuer", ""):
        kind = label("ledger_required_of", lang, kind=kind, issuer=issuer)
    key = "ledger_required_due" if due else "ledger_required_one"
    day = due.sentence(lang) if due else ""
    asked = label(key, lang, count=int(float(row["min_documents"])), kind=kind, day=day)
    note = row.get(f"note_{lang}", "")
    return f"{asked} ({note})" if note else asked


def _input(criteria: CriteriaSet, node: Node, entry: InputSpec) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": entry.name,
        "kind": entry.kind,
        "label": _both(entry.label),
        "unit": entry.unit,
    }
    if entry.kind == "choice" and node.spec is not None:
        options = node.spec.options_of(entry.name)
        told["options"] = [{"code": one.code, "label": _both(one.label)} for one in options]
    if entry.kind == "date":
        told["never"] = allows_never(criteria, node.code, entry)
    return told
