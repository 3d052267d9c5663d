"""``parindex``: parse the arguments, call the verb, turn what goes wrong into a message.

Nothing heavy is imported here, so that help is instant; each verb imports what it needs.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from scoring.base.errors import FileError, FindingsError, OutputError, ScoringError, UsageError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.cli.console import UNUSABLE, WITH_ERRORS, Console
from scoring.cli.stopping import stopped_as_asked, stopped_code
from scoring.cli.streams import have_streams
from scoring.cli.usage_words import usage_message
from scoring.cli.verbs import WRITTEN, Verb, verbs
from scoring.files.overwriting import Overwriting, made_earlier, overwriting
from scoring.files.paths import address_refused, output_name_problem
from scoring.files.system_reasons import is_of_writing, system_reason


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; taken from the process by default.

    Returns
    -------
    int
        0 without error findings, 1 with some, 2 for wrong usage or an unreadable file.
    """
    have_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = _language(given)
    try:
        return _main(given, lang)
    except KeyboardInterrupt as stop:
        # Whenever it comes: libraries take longest to load before anything is done.
        sys.stderr.write(f"{label('interrupted', lang)}\n")
        return stopped_code(stop)


def _main(given: Sequence[str], lang: str) -> int:
    _speak_utf8()
    parser = build_parser(lang)
    try:
        options = parser.parse_args(given)
    except SystemExit as stop:
        return int(stop.code or 0)
    if not hasattr(options, "verb"):
        parser.print_help()
        return UNUSABLE
    console = Console(lang, options.format, options.quiet)
    # What a library prints must not stand in the midst of a result.
    with contextlib.redirect_stdout(console.err):
        code = _run(options, console)
    if console.lost is None:
        return code
    return console.fail([Finding("output-failed", "stdout", values=system_reason(console.lost))])


def _run(options: argparse.Namespace, console: Console) -> int:
    from scoring.outputs.undescribed import leave_undescribed

    leave_undescribed()
    try:
        command = _command(options.verb.function)
        with stopped_as_asked(), overwriting(_rule(options)) as rule:
            code = int(command(options, console))
        console.report(rule.findings)
        if rule.kept:
            console.say(console.text("kept_beside", files=", ".join(map(str, rule.kept))))
        return code
    except FileError as error:
        return console.fail([error.finding])
    except FindingsError as error:
        console.fail(error.findings)
        return WITH_ERRORS
    except ScoringError as error:
        finding = error.finding if isinstance(error, UsageError) else None
        return console.fail([finding or Finding("call-refused", values={"message": str(error)})])
    except Exception as error:
        if isinstance(error, OSError) and is_of_writing(error):
            return console.fail([_unwritten(error)])
        if os.environ.get("PARINDEX_DEBUG") == "1":
            raise
        values = {"kind": type(error).__name__, "message": str(error)}
        return console.fail([Finding("unforeseen-error", values=values)])


def _command(name: str) -> Callable[[argparse.Namespace, Console], int]:
    """Load the function of a verb, and look for garbage from then on in what the verb makes."""
    module, function = name.split(":")
    command: Callable[[argparse.Namespace, Console], int] = getattr(
        importlib.import_module(module), function
    )
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)
        gc.enable()
    return command


def _unwritten(problem: OSError) -> Finding:
    """Return the finding for what could not be written aside, such as a temporary folder."""
    import tempfile

    from scoring.files.atomic import write_problem

    name = problem.filename or tempfile.tempdir or os.environ.get("TMPDIR", "TMPDIR")
    return write_problem(Path(name), problem)


def _rule(options: argparse.Namespace) -> Overwriting:
    """Return what the verb may write over: never what it was given, what exists when told so."""
    given: list[Path] = []
    for argument in options.verb.arguments:
        value = getattr(options, argument.name) if argument.is_path else None
        texts = value if isinstance(value, list) else [value or ""]
        given += [Path(text) for text in texts if text and os.path.exists(text)]  # noqa: PTH110
    named = next((getattr(options, name) for name in WRITTEN if getattr(options, name, "")), ".")
    if "://" in named and options.verb.name != "batch":
        raise OutputError(address_refused(named))
    if problem := output_name_problem(named):
        raise OutputError(problem)
    out = Path(named).resolve()
    earlier = made_earlier(out) if options.verb.renews else {}
    inputs = [path.resolve() for path in given]
    return Overwriting(inputs, out, getattr(options, "replace", False), earlier)


def _speak_utf8() -> None:
    """Write UTF-8 even where the console's code page has no Vietnamese (Windows)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower() != "utf-8":
            reconfigure(encoding="utf-8", errors="replace")


def _language(arguments: Sequence[str]) -> str:
    """Find the language before parsing, since the help itself needs it."""
    chosen = os.environ.get("PARINDEX_LANG", "vi")
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            chosen = arguments[place + 1]
        elif argument.startswith("--lang="):
            chosen = argument.partition("=")[2]
    return chosen if chosen in LANGUAGES else "vi"


class _Formatter(argparse.HelpFormatter):
    """Opens the usage line in the caller's language."""

    lang = "vi"

    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        """Add the usage line; `prefix` stays what a sub-parser asks for."""
        opening = f"{label('cli_usage', self.lang)}: " if prefix is None else prefix
        super().add_usage(usage, actions, groups, opening)

    def _get_help_string(self, action: argparse.Action) -> str:
        """Return a help text as it stands: 5% is no place for a value in any of ours."""
        return (action.help or "").replace("%", "%%")


class _Parser(argparse.ArgumentParser):
    """An argument parser whose own words are in the caller's language."""

    lang = "vi"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        formatter = type("Formatter", (_Formatter,), {"lang": self.lang})
        super().__init__(*args, **kwargs | {"add_help": False, "formatter_class": formatter})
        self._positionals.title = label("cli_positionals", self.lang)
        self._optionals.title = label("cli_options", self.lang)
        self.add_argument("-h", "--help", action="help", help=label("cli_help", self.lang))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and leave with 2."""
        self.print_usage(sys.stderr)
        said = usage_message(message, self.lang)
        self.exit(UNUSABLE, f"{self.prog}: {label('severity_error', self.lang)}: {said}\n")


class _Later:
    """A parser of a verb, made once it is asked: of sixty verbs a command line names one."""

    def __init__(self, kind: type[argparse.ArgumentParser], **settings: Any) -> None:
        self._make = partial(kind, **settings)
        self.fill: Callable[[argparse.ArgumentParser], None] = lambda parser: None

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        """Parse as the parser does, with all that it takes."""
        parser = self._make()
        self.fill(parser)
        return parser.parse_known_args(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """Answer as the parser does what a later Python may ask of one that is added."""
        return getattr(self._make(), name)


def build_parser(lang: str) -> argparse.ArgumentParser:
    """Return the parser of all verbs, speaking `lang`."""
    kind = type("Parser", (_Parser,), {"lang": lang})
    parser = kind(prog="parindex", description=label("cli_about", lang), allow_abbrev=False)
    parser.add_argument(
        "--version", action="version", version=_version(), help=label("cli_version", lang)
    )
    _add_common(parser, lang, defaults=True)
    later: Any = partial(_Later, kind)
    groups = parser.add_subparsers(
        title=label("cli_verbs", lang), metavar="VERB", parser_class=later
    )
    families: dict[str, list[Verb]] = {}
    for verb in verbs():
        families.setdefault(verb.name.partition(" ")[0], []).append(verb)
    for family, members in families.items():
        if members[0].name == family:
            _add_verb(groups, members[0], family, lang)
        else:
            shelf: Any = groups.add_parser(family, help=label(f"cli_{family}", lang))
            shelf.fill = partial(_fill_family, members, lang)
    return parser


def _fill_family(members: list[Verb], lang: str, parser: argparse.ArgumentParser) -> None:
    later: Any = partial(_Later, type(parser))
    shelf = parser.add_subparsers(metavar="VERB", required=True, parser_class=later)
    for verb in members:
        _add_verb(shelf, verb, verb.name.partition(" ")[2], lang)


def _add_verb(target: Any, verb: Verb, name: str, lang: str) -> None:
    text = label(verb.help_key, lang)
    parser = target.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.fill = partial(_fill_verb, verb, lang)


def _fill_verb(verb: Verb, lang: str, parser: argparse.ArgumentParser) -> None:
    for argument in verb.arguments:
        text = label(argument.help_key, lang)
        parser.add_argument(*argument.flags, help=text, **argument.settings)
    _add_common(parser, lang, defaults=False)
    parser.set_defaults(verb=verb)


def _add_common(parser: argparse.ArgumentParser, lang: str, defaults: bool) -> None:
    """Add the options every verb takes; on a verb they must not undo what stood before it."""
    common: dict[str, dict[str, Any]] = {
        "lang": {"choices": LANGUAGES, "default": lang},
        "format": {"choices": ("text", "json"), "default": "text"},
        "quiet": {"action": "store_true", "default": False},
    }
    for name, settings in common.items():
        given = settings if defaults else settings | {"default": argparse.SUPPRESS}
        parser.add_argument(f"--{name}", help=label(f"cli_{name}", lang), **given)


def _version() -> str:
    from scoring import __version__

    return f"par-index-scoring {__version__}"


if __name__ == "__main__":
    sys.exit(main())
