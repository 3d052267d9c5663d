"""What the command line says: results to stdout, messages to stderr, findings as text or JSON."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from scoring.base.findings import Finding, finding_rows, has_errors
from scoring.base.labels import label
from scoring.base.text import escaped_effects, without_effects
from scoring.cli.finding_lines import finding_lines

# Exit codes, as the documentation promises them.
CLEAN, WITH_ERRORS, UNUSABLE = 0, 1, 2


@dataclass
class Console:
    """Talks to one caller in one language and format."""

    lang: str = "vi"
    format: str = "text"
    quiet: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    has_given: bool = False
    lost: OSError | None = None

    @property
    def is_json(self) -> bool:
        """True when results are to be JSON."""
        return self.format == "json"

    def text(self, key: str, **values: object) -> str:
        """Return a label in the caller's language."""
        return label(key, self.lang, **values)

    def say(self, message: str) -> None:
        """Tell the caller something that is not the result."""
        if not self.quiet:
            self._put(message, self.err)

    def print(self, line: str = "") -> None:
        """Write one line of the result; nothing in JSON, which is one object at the end."""
        if not self.is_json:
            self._put(line, self.out)

    def _put(self, text: str, stream: TextIO) -> None:
        """Write a line to the end of its stream, with nothing in it that acts on a terminal.

        A reader that went away, such as ``head``, is no error: the work goes on unheard. Any other
        trouble is kept in `lost`, for results that were to be written are worth more.
        """
        try:
            print(without_effects(text), file=stream, flush=True)
        except OSError as problem:
            if not isinstance(problem, BrokenPipeError):
                self.lost = problem
            _silence(stream)

    def give(self, result: Any) -> None:
        """Write the result as JSON, when that is asked for; what is missing becomes null."""
        if self.is_json:
            known = _without_nan(result)
            text = json.dumps(
                known, ensure_ascii=False, indent=2, allow_nan=False, default=_json_value
            )
            self._put(escaped_effects(text), self.out)
            self.has_given = True

    def fail(self, findings: Sequence[Finding]) -> int:
        """Say why there is no result; a program that reads JSON gets its one object all the same."""
        self.report(findings)
        if not self.has_given:
            self.give({"findings": self.findings_json(findings)})
        return UNUSABLE

    def close(self, findings: Sequence[Finding], **result: Any) -> int:
        """Give the result with its findings, show them and return the exit code they call for."""
        self.give(result | {"findings": self.findings_json(findings)})
        return self.report(findings)

    def report(self, findings: Sequence[Finding], listed_in: object = "") -> int:
        """Show findings, worst first, and return the exit code they call for.

        `listed_in` is the file that lists all of them, where one was written.
        """
        for line in finding_lines(findings, self.lang, listed_in):
            self._put(line, self.err)
        return WITH_ERRORS if has_errors(findings) else CLEAN

    def findings_json(self, findings: Iterable[Finding]) -> list[dict[str, str]]:
        """Return findings as JSON values."""
        return finding_rows(findings, self.lang)

    def wrote(self, place: object) -> None:
        """Tell the caller where the result was written."""
        self.say(self.text("written_to", folder=place))

    def heads(self, prefix: str, *names: str) -> list[str]:
        """Return the headings of columns, whose labels are `prefix` and a name."""
        return [self.text(prefix + name) for name in names]

    @contextmanager
    def progress(self, key: str) -> Iterator[Callable[[int, int], None]]:
        """Show a progress bar while stderr is a terminal; takes what is done and what there is."""
        from tqdm import tqdm

        quiet = self.quiet or not self.err.isatty()
        with tqdm(desc=self.text(key), disable=quiet, file=self.err) as bar:

            def step(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield step

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], right: str = "") -> None:
        """Print rows in columns; `right` marks with ``r`` the columns that align right."""
        body = [list(header), *([str(cell).replace("\n", " ") for cell in row] for row in rows)]
        widths = [max(width(row[place]) for row in body) for place in range(len(header))]
        for number, row in enumerate(body):
            cells = [
                padded(cell, widths[place], right[place : place + 1] == "r")
                for place, cell in enumerate(row)
            ]
            self.print("  ".join(cells).rstrip())
            if number == 0:
                self.print("  ".join("─" * size for size in widths))


def _silence(stream: TextIO) -> None:
    """Let what is still written to `stream` go nowhere, the rest in its buffer too."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _without_nan(value: Any) -> Any:
    """Return `value` with null for NaN and infinities, for which JSON has no words."""
    if isinstance(value, Mapping):
        return {str(name): _without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _json_value(value: Any) -> Any:
    """Return a value of pandas or numpy as JSON knows it: numbers stay numbers, days are text."""
    if str(value) in ("NaT", "<NA>", "nan"):
        return None
    return value.item() if hasattr(value, "item") else str(value)


def width(text: str) -> int:
    """Return how many columns `text` takes; combining marks take none."""
    return sum(not unicodedata.combining(letter) for letter in text)


def padded(text: str, size: int, right: bool) -> str:
    """Return `text` filled up to `size` columns."""
    gap = " " * max(0, size - width(text))
    return gap + text if right else text + gap
