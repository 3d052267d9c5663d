"""What stays as it is in all versions 1.x: ``python tests/shipping/promise.py`` adds what is new.

`docs/promise.md` says it to people. What was promised once is never taken out of the lists here.
"""

from __future__ import annotations

import csv
import inspect
import json
from pathlib import Path
from typing import Any

import scoring
from scoring.base.message_tables import message_tables
from scoring.cli.verbs import verbs

ROOT = Path(__file__).resolve().parents[2]
PROMISED = Path(__file__).with_name("promised") / "promised.json"


def names() -> dict[str, list[str]]:
    """Return the public names, each with the parameters that callers may name."""
    return {name: _parameters(getattr(scoring, name)) for name in scoring.__all__}


def _parameters(thing: Any) -> list[str]:
    is_plain = inspect.isfunction(thing) or (
        inspect.isclass(thing) and not issubclass(thing, Exception)
    )
    return [str(one.replace(annotation=inspect.Parameter.empty)).split("=")[0]
            for one in inspect.signature(thing).parameters.values()] if is_plain else []  # fmt: skip


def columns() -> dict[str, list[str]]:
    """Return the columns of every table."""
    tables: dict[str, list[str]] = {}
    with (ROOT / "scoring" / "tables" / "columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], []).append(row["column"])
    return tables


def options() -> dict[str, list[str]]:
    """Return the arguments of every verb with the choices they take."""
    return {
        verb.name: [_argument(one.flags, one.settings) for one in verb.arguments]
        for verb in verbs()
    }


def _argument(flags: tuple[str, ...], settings: dict[str, Any]) -> str:
    return " ".join([*flags, *map(str, settings.get("choices", ()))])


def made() -> dict[str, dict[str, list[str]]]:
    """Return all that is promised, as it is now."""
    findings = sorted(message_tables("findings"))
    return {
        "names": names(),
        "columns": columns(),
        "verbs": options(),
        "findings": {"codes": findings},
    }


def lost(promised: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what was promised and is not there any more."""
    return [f"{kind}: {name}: {one or 'gone'}" for kind, table in promised.items()
            for name, held in table.items()
            for one in ([*held] if name in now[kind] else [""])
            if not one or one not in now[kind][name]]  # fmt: skip


def main() -> None:
    """Add to the lists what is new; stop where something is gone."""
    promised, now = json.loads(PROMISED.read_text("utf-8")) if PROMISED.is_file() else {}, made()
    if gone := lost(promised, now):
        raise SystemExit("\n".join(["A promise would be broken:", *gone]))
    text = json.dumps(now, ensure_ascii=False, indent=0, sort_keys=True)
    PROMISED.write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
