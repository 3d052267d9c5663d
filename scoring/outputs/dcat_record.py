"""A record of a published result in the DCAT 3 vocabulary, for catalogues of open data.

It says what is known and nothing else: publisher, licence and area only where somebody gave them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scoring.base.labels import LANGUAGES, label
from scoring.files.sealed.manifest import Entry, entry_of, files_below
from scoring.points import ScoreSheet

_MEDIA = "https://www.iana.org/assignments/media-types/"
_FORMATS = {".csv": "text/csv", ".toml": "application/toml", ".json": "application/json"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
DATA_PACKAGE = "https://specs.frictionlessdata.io/data-package/"


def dcat_record(folder: Path, sheet: ScoreSheet, given: Mapping[str, str]) -> bytes:
    """Return the record of the result in a folder as JSON-LD.

    Parameters
    ----------
    folder : Path
        Its tables and its set become distributions; their addresses are relative to the record.
    sheet : ScoreSheet
    given : mapping of str to str
        ``publisher``, ``licence`` and ``spatial``; what is empty is not stated.
    """
    meta = sheet.criteria.meta
    years = sorted({int(year) for year in sheet.units["year"]})
    said = {"set": sheet.criteria.stated, "units": len(sheet.units), "years": _span(years)}
    record: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": "",
        "@type": "dcat:Dataset",
        "dct:title": [
            {"@language": lang, "@value": label("dcat_title", lang, name=meta.name(lang), **said)}
            for lang in LANGUAGES
        ],
        "dct:description": [
            {"@language": lang, "@value": label("dcat_description", lang, **said)}
            for lang in LANGUAGES
        ],
        "dct:conformsTo": {"@id": DATA_PACKAGE},
        "dct:temporal": [_year(year) for year in years],
    }
    if given.get("publisher"):
        record["dct:publisher"] = {"@type": "foaf:Agent", "foaf:name": given["publisher"]}
    if given.get("licence"):
        record["dct:license"] = _named(given["licence"], "dct:LicenseDocument")
    if given.get("spatial"):
        record["dct:spatial"] = _named(given["spatial"], "dct:Location")
    entries = [entry_of(folder, name) for name in files_below(folder)]
    record["dcat:distribution"] = [
        _distribution(entry, given.get("licence", ""))
        for entry in entries
        if Path(entry.path).suffix in _FORMATS
    ]
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _span(years: list[int]) -> str:
    return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])


def _year(year: int) -> dict[str, Any]:
    """Return a year as a period of time; figures of a part of it lie within."""
    ends = {"dcat:startDate": f"{year}-01-01", "dcat:endDate": f"{year}-12-31"}
    typed = {name: {"@type": "xsd:date", "@value": day} for name, day in ends.items()}
    return {"@type": "dct:PeriodOfTime", **typed}


def _named(text: str, kind: str) -> dict[str, Any]:
    """Return an address as a link, and any other text as the label of a thing."""
    if text.startswith(("http://", "https://")):
        return {"@id": text}
    return {"@type": kind, "dct:title": text}


def _distribution(entry: Entry, licence: str) -> dict[str, Any]:
    stated = {"dct:license": _named(licence, "dct:LicenseDocument")} if licence else {}
    return {
        "@type": "dcat:Distribution",
        "dct:title": entry.path,
        "dcat:accessURL": {"@id": entry.path},
        "dcat:downloadURL": {"@id": entry.path},
        "dcat:mediaType": {"@id": _MEDIA + _FORMATS[Path(entry.path).suffix]},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(entry.bytes)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": entry.sha256,
        },
        **stated,
    }
