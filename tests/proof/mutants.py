"""Ask the tests about code that is wrong on purpose: ``python tests/proof/mutants.py``.

Each mutant (``mutations.py``) is put in place and asked by the tests of its area that touch the
function it stands in; the first test that fails kills it. One that no test kills is a survivor: a
test is missing, or the change makes no difference, which ``mutants_explained.toml`` then says.

``mutmut`` and ``cosmic-ray`` start pytest anew for each mutant: five seconds here, for importing
and collecting alone. This runner imports and collects once, notes which test touches which
function, and forks: the child exchanges the code of the function where it lies and runs the tests
that touch it. A survivor is asked once more by a child that imports the mutated module from the
start, so that nothing kept from before can hide a mutant; so are mutants outside functions.

Tests that need LibreOffice, Chromium, Node or a compiler are not asked.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import pickle
import random
import shlex
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutant_runner import Area, Run, Touch, touches
from mutations import ROOT, Mutant, mutants_of

EXPLAINED = Path(__file__).with_name("mutants_explained.toml")
LEFT = [
    "a sample, drawn with the seed, where fewer mutants were asked than the area has",
    "texts, annotations, decorators and messages are not mutated",
    "tests that need LibreOffice, Chromium, Node or a compiler are not asked, nor tests of other areas",
]
_TOLD = (
    "told from answers kept while tests were written for what survived: a mutant never asked counts as "
    "a survivor, and outside the sample fewer are noticed; at the first asking about three in four of those "
    "of rules and SIPAS were, and about half of those of points, expressions and optimiser"
)
_RULE_TESTS = ("rules", "cases", "properties", "criteria_workbook/test_criteria_explain.py")
_RULES = ("compiled", "evaluate", "figure_checks", "formula", "rule_check", "spec", "kinds/*")

AREAS = (
    Area("rules", tuple(f"rules/{name}.py" for name in _RULES), _RULE_TESTS),
    # Much of these is asked by LibreOffice and Node, or by rooms that stand on them.
    Area(
        "expressions",
        ("rules/expression/*.py", *(f"rules/{name}.py" for name in ("excel", "javascript", "operators", "sentence_pen", "span", "tree"))),
        (*_RULE_TESTS, "criteria", "uncertainty/test_exact_chances.py", "advice"),
    ),
    Area("points", ("points/*.py",), ("points", "cases", "properties", "analysis/test_tie_rules.py")),
    Area(
        "numbers_and_dates",
        tuple(f"base/{name}.py" for name in ("numbers", "dates", "due_dates", "periods", "rounding")),
        ("base", "properties/test_base_properties.py", "official", "tables", "points/test_units_and_periods.py"),
    ),
    Area(
        "sipas",
        ("survey/estimation/*.py", "survey/satisfaction.py", "survey/measures.py", "survey/importance.py"),
        ("survey",),
    ),
    Area(
        "optimiser",
        ("whatif/*.py", "advice/*.py"),
        ("whatif", "advice", "cli/test_whatif_set_verb.py"),
    ),
)  # fmt: skip


# -- sampling -----------------------------------------------------------


def sampled(mutants: list[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """Some of an area's mutants: from each module its share, and from small modules at least four."""
    if count is None or count >= len(mutants):
        return mutants
    chosen = []
    for module in sorted({mutant.module for mutant in mutants}):
        own = [mutant for mutant in mutants if mutant.module == module]
        share = min(len(own), max(4, round(count * len(own) / len(mutants))))
        drawn = random.Random(f"{seed} {module}").sample(own, len(own))
        chosen += sorted(
            drawn[:share], key=lambda one: one.index
        )  # a larger sample holds a smaller
    return chosen


def explanations(path: Path = EXPLAINED) -> dict[str, str]:
    """Why a mutant that survives makes no difference that a test should see, by its key."""
    if not path.exists():
        return {}
    entries = tomllib.loads(path.read_text("utf-8"))["explained"]
    parts = ("module", "function", "line", "mutation")
    return {
        " | ".join((*(entry[part] for part in parts), str(entry.get("occurrence", 1)))): entry[
            "why"
        ]
        for entry in entries
    }


def stale(explained: Iterable[str]) -> list[str]:
    """Explanations of a mutant that the code no longer has."""
    of_module: dict[str, list[str]] = {}
    for key in explained:
        of_module.setdefault(key.split(" | ")[0], []).append(key)
    return [
        key
        for module, keys in of_module.items()
        for key in sorted(
            set(keys) - {m.key for m in mutants_of(module)} if (ROOT / module).exists() else keys
        )
    ]


# -- the run -----------------------------------------------------------------------------------


def _touched(area: Area, folder: Path) -> dict[str, Touch]:
    """Which test touches what; a file of tests is run again only where it changed.

    Also where functions came or went; what else changes in one can only make a mutant survive.
    """
    functions = sorted(
        f"{name} {one.name}"
        for name in area.files()
        for one in ast.walk(ast.parse((ROOT / name).read_text("utf-8")))
        if isinstance(one, ast.FunctionDef)
    )
    code = "\n".join(functions).encode()
    wanted = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(code + path.read_bytes()).hexdigest()
        for name in area.asked()
        for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("test_*.py"))
    }
    kept = folder / f"{area.name}.touches.pickle"
    known = pickle.loads(kept.read_bytes()) if kept.exists() else {}
    known = {key: seen for key, seen in known.items() if key in wanted.items()}
    if missing := [name for name, digest in wanted.items() if (name, digest) not in known]:
        found = touches(area, missing)
        for name in missing:
            own = {test: touch for test, touch in found.items() if test.split("::")[0] == name}
            known[name, wanted[name]] = own
        kept.write_bytes(pickle.dumps(known))
    return {test: touch for key in wanted.items() for test, touch in known[key].items()}


def ask(
    area: Area,
    mutants: list[Mutant],
    explained: dict[str, str],
    folder: Path,
    options: argparse.Namespace,
) -> dict[str, int]:
    """Ask one area's tests about these mutants; the figures, and the survivors printed."""
    touched = {} if options.told else _touched(area, folder)
    run = Run(area, touched, folder / f"{area.name}.jsonl", options.most, options.quick)
    run.read()
    counted = [mutant for mutant in mutants if mutant.key not in explained]
    left = (
        [one for one in counted if one.key not in run.killed] if options.told else run.go(counted)
    )
    for mutant in left:
        tests = len(run.askers(mutant))
        print(f"SURVIVED {tests} tests: {mutant.key}  (line {mutant.line})", flush=True)
    known = sum(mutant.key in explained for mutant in mutants)
    asked = len(mutants) - len(run.unplaced)
    return {
        "asked": asked,
        "killed": asked - known - len(left),
        "explained": known,
        "survivors": len(left),
    }


def score(figures: dict[str, int]) -> float:
    """Per cent killed, of the mutants that make a difference."""
    counted = figures["asked"] - figures["explained"]
    return round(100 * figures["killed"] / counted, 1) if counted else 100.0


def _left(options: argparse.Namespace, figures: dict[str, float | str]) -> list[str]:
    """What this run leaves open, beside what every run does."""
    unasked = [area.name for area in AREAS if f"{area.name}_asked" not in figures]
    left = [f"not asked at all: {', '.join(unasked)}"] if unasked else []
    return [*left, *([_TOLD] if options.told else [])]


def main(arguments: list[str]) -> int:
    """Run from the command line; 1 when a mutant survives or an explanation is stale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "modules", nargs="*", help="modules or areas, such as scoring/base/dates.py or sipas; all"
    )
    parser.add_argument("--sample", type=int, help="mutants of each area; every one")
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument(
        "--most", type=float, default=30, help="seconds of tests asked about one mutant"
    )
    parser.add_argument(
        "--quick", action="store_true", help="do not ask survivors afresh: some may count wrongly"
    )
    parser.add_argument("--keep", type=Path, help="a folder that a stopped run goes on from")
    parser.add_argument("--told", action="store_true", help="ask nothing: tell what is in --keep")
    parser.add_argument("--record", action="store_true", help="write records/mutants.json")
    options = parser.parse_args(arguments)
    explained = explanations()
    figures: dict[str, float | str] = {"seed": options.seed}
    out_of_date = stale(explained)
    for key in out_of_date:
        print(f"stale explanation: {key}")
    survivors = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for area in AREAS:
            files = [
                name
                for name in area.files()
                if not options.modules or {name, area.name} & set(options.modules)
            ]
            every = [mutant for name in files for mutant in mutants_of(name)]
            if not every:
                continue
            told = ask(
                area,
                sampled(every, options.sample, options.seed),
                explained,
                folder,
                options,
            )
            survivors += told["survivors"]
            told = {"modules": len(files), "mutants": len(every), **told}
            print(f"{area.name}: {told}, score {score(told)}", flush=True)
            figures |= {
                f"{area.name}_{name}": value
                for name, value in {**told, "score": score(told)}.items()
            }
    if options.record:
        from records import write_record  # imports what is mutated: only when all is asked

        command = "python tests/proof/mutants.py " + shlex.join(arguments)
        write_record("mutants", command, figures, [*LEFT, *_left(options, figures)])
    return int(bool(survivors or out_of_date))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
