"""Records of runs: what was found, with which libraries, on what machine, under what load."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from measuring import Claim, Cost, NotRun

from scoring import __version__
from scoring.files.atomic import write_atomically

RECORDS = Path(__file__).resolve().parent / "records"
LIBRARIES = ("numpy", "pandas", "pyarrow", "matplotlib", "duckdb", "dask", "svy", "samplics",
             "OpenFisca-Core", "scipy")  # fmt: skip


def machine() -> dict[str, Any]:
    """Return what a figure depends on beside the code."""
    try:
        told = Path("/proc/cpuinfo").read_text().partition("model name")[2].split("\n")[0]
        memory = Path("/proc/meminfo").read_text().split()[1]
    except OSError:
        told, memory = platform.processor(), "0"
    return {
        "processor": told.strip("\t :") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gigabytes": round(int(memory) / 1e6),
        "system": platform.system(),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def load() -> float:
    """Return how many processes waited for a processor in the last minute."""
    return round(os.getloadavg()[0], 1)


class Record:
    """The record of one script, written anew after every claim."""

    def __init__(self, name: str, form: str, folder: Path, sizes: Sequence[int] = ()) -> None:
        self.path = folder / f"{name}{'' if form == 'normal' else '-' + form}.json"
        command = f"python -m benchmarks {name}" + ("" if form == "normal" else f" --{form}")
        command += f" --sizes {' '.join(map(str, sizes))}" if sizes else ""
        self.told: dict[str, Any] = {
            "name": name, "form": form, "command": command, "ran_on": f"{dt.date.today()}",
            "version": __version__, "machine": machine(), "load": [load()], "claims": {},
            "not_run": [], "failed": "",
        }  # fmt: skip

    def add(self, claim: Claim | NotRun) -> None:
        """Keep one claim."""
        if isinstance(claim, NotRun):
            self.told["not_run"].append(asdict(claim))
        else:
            costs = {size: {way: kept(one) for way, one in ways.items()}
                     for size, ways in claim.costs.items()}  # fmt: skip
            self.told["claims"][claim.name] = {"equal": claim.equal, "costs": costs}
        self.write()

    def fail(self, why: str) -> None:
        """Keep why the script ended before its last claim."""
        self.told["failed"] = why
        self.write()

    def write(self) -> None:
        """Write the record, with the load at this moment as the last."""
        self.told["load"] = [self.told["load"][0], load()]
        write_json(self.path, self.told)


def kept(cost: Cost) -> dict[str, float]:
    """Return what was measured, seconds to a tenth of a millisecond and whole megabytes."""
    places = {"processor": 4, "clock": 4, "megabytes": 0, "together": 0}
    return {name: round(one, places[name]) for name, one in asdict(cost).items() if one is not None}


def write_json(path: Path, told: dict[str, Any]) -> None:
    """Write a record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
