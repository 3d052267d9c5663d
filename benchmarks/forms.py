"""The forms of a province by one process, against making each anew as for one unit.

The verb reads the set once for all units. One by one, the set is opened and the form made for each;
a part of the units is made so and the time multiplied. The forms must be the same.

    python benchmarks/forms.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from measuring import OURS, Claim, Claims, Cost, alone, of_command, parindex, timed

from scoring.criteria import open_set
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page

SIZES = {"small": [10], "normal": [425, 850, 1_700, 3_400], "full": [3_400, 6_800]}
SET, SOME = "department-sample", 50


def units(count: int) -> list[FormUnit]:
    """Return made-up communes."""
    return [FormUnit(f"U{n:05}", f"UBND xã mẫu {n}", "Khối xã") for n in range(count)]


def one_by_one(some: list[FormUnit]) -> list[str]:
    """Make each form as if it were the only one."""
    return [form_page(open_set(SET), fill_data(2026, "", unit)) for unit in some]


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that both ways make the same forms, then yield what they cost."""
    yield Claim(
        "forms", "every character of the forms made both ways", {n: costs_of(n) for n in sizes}
    )


def costs_of(count: int) -> dict[str, Cost]:
    """Write the forms by the verb, some of them one by one, and compare."""
    every = units(count)
    with tempfile.TemporaryDirectory() as folder:
        listed, out = Path(folder, "units.csv"), Path(folder, "forms")
        rows = "".join(f"{one.code},{one.name},{one.block}\n" for one in every)
        listed.write_text(f"unit_code,unit_name,block\n{rows}", encoding="utf-8")
        given = ["--quiet", "form", SET, "--year", 2026, "--units", listed, "--out", out]
        ours = of_command(parindex(*given))
        written = sorted(out.glob("*.html"))
        assert len(written) == count
        peer, texts = timed(lambda: one_by_one(every[:SOME]))
        assert {path.read_text(encoding="utf-8") for path in written} >= set(texts)
    return {OURS: ours, "one by one": peer.times(count / len(texts))}


if __name__ == "__main__":
    alone(claims, SIZES)
