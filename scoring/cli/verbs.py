"""The verbs of the command line as data: name, what to call, arguments, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Argument = tuple[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: ``function`` is ``module:name``, called with the options and the console."""

    name: str
    function: str
    arguments: tuple[Argument, ...] = ()

    @property
    def help_key(self) -> str:
        """Key of the label that says what the verb does."""
        return "cli_" + self.name.replace(" ", "_").replace("-", "_")


def argument(*flags: str, help_key: str, **settings: Any) -> Argument:
    """Return one argument of a verb; its help is a label."""
    return flags, {"help_key": help_key, **settings}


_HERE = "scoring.cli.commands"
_CRITERIA = argument("--criteria", help_key="cli_arg_criteria", metavar="SET", required=True)
_MAYBE_CRITERIA = argument("--criteria", help_key="cli_arg_criteria_optional", metavar="SET")
_OUT = argument("--out", help_key="cli_arg_out", metavar="DIR", required=True)
_FILES = argument("files", help_key="cli_arg_files", metavar="FILE", nargs="+")
_FILE = argument("file", help_key="cli_arg_file", metavar="FILE")
_SET = argument("set", help_key="cli_arg_set", metavar="SET")
_TARGETS = argument("--targets", help_key="cli_arg_targets", metavar="FILE")
_DIALECT = argument(
    "--csv-dialect", help_key="cli_arg_dialect", choices=("plain", "vi"), default="plain"
)
_UNIT = argument("--unit", help_key="cli_arg_unit", metavar="CODE", default="")

_LEDGER = argument("ledger", help_key="cli_arg_ledger", metavar="LEDGER")
_WRITE = argument("--write", help_key="cli_arg_write", metavar="FILE")
_PLAN = argument("file", help_key="cli_arg_plan", metavar="FILE")
_PLAN_YEAR = argument("--year", help_key="cli_arg_plan_year", metavar="YEAR", type=int)
_DIR = argument("dir", help_key="cli_arg_dir", metavar="DIR")

_ON = argument("--on", help_key="cli_arg_on", metavar="DATE")
_PROGRESS = argument("--progress", help_key="cli_arg_progress", metavar="FILE")
_UNITS = argument("--units", help_key="cli_arg_internal_units", metavar="FILE")
_RECORD = argument("file", help_key="cli_arg_plan_record", metavar="DIR|FILE")
_MAYBE_OUT = argument("--out", help_key="cli_arg_out_optional", metavar="DIR")

VERBS: tuple[Verb, ...] = (
    Verb(
        "demo",
        f"{_HERE}.demo:run",
        (argument("--out", help_key="cli_arg_out", metavar="DIR", default="outputs/demo"),),
    ),
    Verb("score", f"{_HERE}.score:run", (_FILES, _MAYBE_CRITERIA, _OUT, _TARGETS, _DIALECT)),
    Verb(
        "explain",
        f"{_HERE}.explain:run",
        (argument("item", help_key="cli_arg_item", metavar="ITEM"), _FILE, _MAYBE_CRITERIA, _UNIT),
    ),
    Verb(
        "report",
        f"{_HERE}.report:run",
        (
            _FILES,
            _MAYBE_CRITERIA,
            _OUT,
            _TARGETS,
            argument("--unit", help_key="cli_arg_units", metavar="CODES", default=""),
            argument("--formats", help_key="cli_arg_formats", metavar="LIST", default=""),
            argument("--last-year", help_key="cli_arg_last_year", metavar="FILE"),
        ),
    ),
    Verb("criteria list", f"{_HERE}.criteria:list_all"),
    Verb("criteria show", f"{_HERE}.criteria:show", (_SET,)),
    Verb(
        "criteria check",
        f"{_HERE}.criteria:check",
        (_SET, argument("--no-lint", help_key="cli_arg_no_lint", action="store_true")),
    ),
    Verb(
        "criteria explain",
        f"{_HERE}.criteria:explain",
        (
            _SET,
            argument("item", help_key="cli_arg_item_optional", metavar="ITEM", nargs="?"),
            argument("--out", help_key="cli_arg_out_handbook", metavar="FILE"),
        ),
    ),
    Verb(
        "criteria export",
        f"{_HERE}.criteria_exchange:export",
        (_SET, argument("--out", help_key="cli_arg_out_workbook", metavar="FILE")),
    ),
    Verb(
        "criteria import",
        f"{_HERE}.criteria_exchange:import_file",
        (
            argument("file", help_key="cli_arg_set_workbook", metavar="FILE"),
            _OUT,
            argument("--replace", help_key="cli_arg_replace", action="store_true"),
        ),
    ),
    Verb(
        "criteria diff",
        f"{_HERE}.criteria_exchange:diff",
        (
            argument("old", help_key="cli_arg_old_set", metavar="OLD"),
            argument("new", help_key="cli_arg_new_set", metavar="NEW"),
            argument("--out", help_key="cli_arg_out_diff", metavar="DIR"),
        ),
    ),
    Verb(
        "criteria import-appendix",
        f"{_HERE}.criteria_exchange:import_appendix",
        (
            argument("file", help_key="cli_arg_appendix", metavar="FILE"),
            argument("--id", help_key="cli_arg_set_id", metavar="ID", required=True),
            argument("--name", help_key="cli_arg_set_name", metavar="NAME", required=True),
            argument("--tier", help_key="cli_arg_tier", metavar="TIER", required=True),
            argument("--valid-from", help_key="cli_arg_valid_from", metavar="DATE", required=True),
            argument("--part", help_key="cli_arg_part", metavar="N", type=int, default=1),
            _OUT,
        ),
    ),
    Verb(
        "ledger new",
        f"{_HERE}.ledger:new",
        (
            _CRITERIA,
            argument("--unit", help_key="cli_arg_unit_new", metavar="CODE", required=True),
            argument("--name", help_key="cli_arg_unit_name", metavar="NAME", default=""),
            argument("--year", help_key="cli_arg_year", metavar="YEAR", type=int, required=True),
            argument("--out", help_key="cli_arg_out_file", metavar="FILE"),
            argument("--replace", help_key="cli_arg_replace_ledger", action="store_true"),
        ),
    ),
    Verb("ledger check", f"{_HERE}.ledger:check", (_FILES, _MAYBE_CRITERIA)),
    Verb(
        "ledger annotate",
        f"{_HERE}.ledger:annotate",
        (
            _FILE,
            _MAYBE_CRITERIA,
            argument("--out", help_key="cli_arg_out_annotated", metavar="FILE"),
        ),
    ),
    Verb(
        "ledger merge",
        f"{_HERE}.ledger:merge",
        (
            _FILES,
            _MAYBE_CRITERIA,
            argument("--policy", help_key="cli_arg_policy", metavar="POLICY", default="ask"),
            argument("--decisions", help_key="cli_arg_decisions", metavar="FILE"),
            argument("--out", help_key="cli_arg_out_merged", metavar="FILE", required=True),
        ),
    ),
    Verb(
        "ledger carry-forward",
        f"{_HERE}.ledger:carry_forward",
        (
            argument("file", help_key="cli_arg_last_ledger", metavar="LEDGER"),
            _CRITERIA,
            argument("--mapping", help_key="cli_arg_mapping", metavar="FILE"),
            argument("--year", help_key="cli_arg_carry_year", metavar="YEAR", type=int),
            argument("--out", help_key="cli_arg_out_merged", metavar="FILE", required=True),
        ),
    ),
    Verb(
        "evidence scan",
        f"{_HERE}.evidence:scan",
        (
            _LEDGER,
            _MAYBE_CRITERIA,
            argument("--documents", help_key="cli_arg_documents", metavar="DIR"),
            _WRITE,
        ),
    ),
    Verb(
        "evidence link",
        f"{_HERE}.evidence:link",
        (
            _LEDGER,
            _MAYBE_CRITERIA,
            argument("--again", help_key="cli_arg_again", action="store_true"),
            _WRITE,
        ),
    ),
    Verb("evidence verify", f"{_HERE}.evidence:verify", (_LEDGER, _MAYBE_CRITERIA)),
    Verb(
        "evidence explanations",
        f"{_HERE}.evidence:explanations",
        (_LEDGER, _MAYBE_CRITERIA, argument("--out", help_key="cli_arg_out_csv", metavar="FILE")),
    ),
    Verb(
        "evidence bundle",
        f"{_HERE}.evidence:bundle",
        (
            _LEDGER,
            _MAYBE_CRITERIA,
            argument("--scores", help_key="cli_arg_scores", metavar="DIR"),
            argument("--out", help_key="cli_arg_out_bundle", metavar="TARGET", required=True),
        ),
    ),
    Verb("plan import", f"{_HERE}.plan:import_file", (_PLAN, _PLAN_YEAR, _OUT)),
    Verb(
        "plan check",
        f"{_HERE}.plan:check",
        (
            _PLAN,
            _PLAN_YEAR,
            _MAYBE_CRITERIA,
            argument("--issued-on", help_key="cli_arg_issued_on", metavar="DATE"),
            argument("--issue-due-on", help_key="cli_arg_issue_due_on", metavar="DATE"),
            _UNITS,
        ),
    ),
    Verb(
        "plan status",
        f"{_HERE}.plan:status",
        (_RECORD, _PLAN_YEAR, _ON, _PROGRESS, _MAYBE_OUT),
    ),
    Verb("plan calendar", f"{_HERE}.plan:calendar", (_RECORD, _PLAN_YEAR, _OUT)),
    Verb(
        "plan link",
        f"{_HERE}.plan_points:link",
        (
            _RECORD,
            _PLAN_YEAR,
            _CRITERIA,
            argument("--out", help_key="cli_arg_links_out", metavar="FILE", required=True),
        ),
    ),
    Verb(
        "plan feed",
        f"{_HERE}.plan_points:feed",
        (
            _RECORD,
            _PLAN_YEAR,
            _CRITERIA,
            _ON,
            argument("--feeds", help_key="cli_arg_feeds", metavar="FILE"),
            argument("--inputs", help_key="cli_arg_entered", metavar="FILE"),
            _PROGRESS,
            argument("--links", help_key="cli_arg_links", metavar="FILE"),
            argument("--reports", help_key="cli_arg_reports", metavar="FILE"),
            _UNITS,
            argument("--issued-on", help_key="cli_arg_issued_on", metavar="DATE"),
            argument("--unit", help_key="cli_arg_unit_fed", metavar="CODE", default=""),
            _OUT,
        ),
    ),
    Verb(
        "plan completion",
        f"{_HERE}.plan_points:completion",
        (
            _RECORD,
            _PLAN_YEAR,
            argument(
                "--criteria",
                help_key="cli_arg_completion_set",
                metavar="SET",
                default="task-completion-sample",
            ),
            _ON,
            _PROGRESS,
            _UNITS,
            argument("--given", help_key="cli_arg_given", metavar="FILE"),
            argument(
                "--collective",
                help_key="cli_arg_collective",
                choices=("each", "none"),
                default="each",
            ),
            _MAYBE_OUT,
        ),
    ),
    Verb(
        "verify",
        f"{_HERE}.verify:run",
        (_DIR, argument("--digest", help_key="cli_arg_digest", metavar="SHA256")),
    ),
)
