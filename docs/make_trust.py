"""Write "how far to trust this" from what the proofs found: ``python docs/make_trust.py``.

Figures come from ``tests/proof/records`` and from the tests of the real cases, words from ``trust.toml``.
A record or figure without words there is shown by its own name, and a test says what to add.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RECORDS = ROOT / "tests" / "proof" / "records"
PAGES = {"vi": HERE / "trust.md", "en": HERE / "en" / "trust.md"}
WORDS: dict[str, Any] = tomllib.loads((HERE / "trust.toml").read_text(encoding="utf-8"))


def pages(folder: Path = RECORDS) -> dict[Path, str]:
    """Return the page in each language and what it should hold."""
    found = records(folder)
    return {path: "\n".join(_page(found, lang)) + "\n" for lang, path in PAGES.items()}


def records(folder: Path = RECORDS) -> list[dict[str, Any]]:
    """Return what the heavy proofs left, by name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def untold(folder: Path = RECORDS) -> list[str]:
    """Return what ``trust.toml`` has no words for: records, their figures, what they leave open."""
    missing = []
    for record in records(folder):
        name, told = record["name"], WORDS["records"].get(record["name"], {})
        wanted = [("title", told.get("title"))]
        wanted += [
            (f"figures.{key}", told.get("figures", {}).get(key) or _family(key, told))
            for key in record["figures"]
        ]
        wanted += [(f'left."{text}"', told.get("left", {}).get(text)) for text in record["left"]]
        missing += [f"[records.{name}] {key}" for key, words in wanted if not words]
    return missing


def _page(found: list[dict[str, Any]], lang: str) -> Iterator[str]:
    said = {key: words[lang] for key, words in WORDS["page"].items()}
    yield from (f"# {said['title']}", "", said["other"], "", said["intro"], "")
    yield from (f"## {said['not_proven']}", "")
    yield from (f"- {point[lang]}" for point in WORDS["not_proven"])
    yield from ("", f"## {said['cases']}", "", said["cases_head"], "|---|---|---|")
    for case in WORDS["cases"]:
        shown = case[lang].format(**{key: _shown(n, lang) for key, n in figures_of(case).items()})
        yield f"| {case['name'][lang]} | {shown} | `{case['test']}` |"
    yield from ("", f"## {said['runs']}", "", said["runs_intro" if found else "no_runs"])
    for record in found:
        yield from ("", *_record(record, said, lang))


def figures_of(case: dict[str, Any]) -> dict[str, int]:
    """Return the figures of a real case as the test that holds it asserts them."""
    text = (ROOT / case["test"].partition("::")[0]).read_text(encoding="utf-8")
    return {key: int(re.search(pattern, text)[1]) for key, pattern in case["figures"].items()}  # type: ignore[index]


def _record(record: dict[str, Any], said: dict[str, str], lang: str) -> Iterator[str]:
    told = WORDS["records"].get(record["name"], {})
    yield from (f"### {told.get('title', {}).get(lang, record['name'])}", "")
    day = "/".join(reversed(record["ran_on"].split("-")))
    yield said["ran"].format(day=day, version=record["version"], command=record["command"])
    yield from ("", said["figures_head"], "|---|---:|")
    yield from _figures(record["figures"], told, lang)
    yield from ("", said["left"], "") if record["left"] else ()
    yield from (f"- {_left(text, told.get('left', {}).get(text), lang)}" for text in record["left"])


def _figures(figures: dict[str, float | str], told: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a row for each figure, and one for all those of a family."""
    families: dict[str, list[str]] = {}
    for key, figure in sorted(figures.items()):
        words = told.get("figures", {}).get(key)
        if words is None and (family := _family(key, told)):
            families.setdefault(family, []).append(key)
        else:
            yield f"| {words[lang] if words else key.replace('_', ' ')} | {_shown(figure, lang)} |"
    members = told.get("members", {})
    for family, keys in families.items():
        rests = {key.removeprefix(family): key for key in keys}
        order = [*(rest for rest in members if rest in rests), *(rests.keys() - members.keys())]
        names = {rest: members.get(rest, {}).get(lang, rest.replace("_", "-")) for rest in order}
        parts = [f"{names[rest]} {_shown(figures[rests[rest]], lang)}" for rest in names]
        shown = " · ".join(parts if members else sorted(parts))
        yield f"| {told['families'][family][lang]} | {shown} |"


def _family(key: str, told: dict[str, Any]) -> str:
    """Return the declared beginning of a figure's name that it shares with others; empty for none."""
    return next((family for family in told.get("families", {}) if key.startswith(family)), "")


def _left(text: str, words: str | dict[str, str] | None, lang: str) -> str:
    """Return what a run left: in English as the record has it, where no better words are given."""
    if isinstance(words, dict):
        return words[lang]
    return words if words and lang == "vi" else text


def _shown(figure: float | str, lang: str) -> str:
    if isinstance(figure, str):
        return figure
    text = f"{int(figure) if figure == int(figure) else figure:,}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
