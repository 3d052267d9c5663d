"""What a heavy proof found when it was run, kept beside it; pages of the docs are made from these."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from scoring import __version__
from scoring.files.atomic import write_atomically

FOLDER = Path(__file__).with_name("records")


def write_record(
    name: str,
    command: str,
    figures: Mapping[str, float | str],
    left: Sequence[str],
    folder: Path = FOLDER,
) -> Path:
    """Write the outcome of a run that really ran: its figures, and what they do not show."""
    record = {
        "name": name,
        "ran_on": datetime.date.today().isoformat(),
        "version": __version__,
        "command": command,
        "figures": dict(figures),
        "left": list(left),
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    write_atomically(folder / f"{name}.json", text.encode("utf-8"))
    return folder / f"{name}.json"
