"""``parindex batch``: thousands of ledgers in one run that can be stopped and goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.cli.commands.given_files import with_journal
from scoring.cli.console import CLEAN, UNUSABLE, WITH_ERRORS, Console
from scoring.cli.set_headline import headline
from scoring.files.stores.store_path import StorePath, path_at
from scoring.outputs.result import Result

# The kind of store, the bucket, and a folder in it.
_LEAST_PARTS = 3


def run(options: argparse.Namespace, console: Console) -> int:
    """Take in what changed and write everything; 2 when a ledger could not be read, 1 with errors."""
    try:
        from scoring.batch.batch_run import BatchJob, run_batch
        from scoring.batch.engines.chosen import chosen_engine
        from scoring.batch.parts.sets import named_for_workers, set_at
    except ImportError:
        raise UnreadableError(Finding("batch-needs-pyarrow")) from None
    folder, out = path_at(options.folder), path_at(options.out)
    if isinstance(out, StorePath) and len(out.parts) < _LEAST_PARTS:
        # Beside a bucket, where parts are to lie, is somebody else's bucket.
        raise UnreadableError(Finding("batch-needs-folder", values={"value": str(out)}))
    if not folder.is_dir():
        raise UnreadableError(Finding("no-ledgers-in-folder", values={"folder": str(folder)}))
    if out.resolve() == folder.resolve():
        # A folder of results is no folder of ledgers: the next run would find none in it.
        raise OutputError(Finding("output-is-input", str(folder)))
    named = named_for_workers(options.criteria)
    criteria = set_at(named)
    journal = Path(options.journal) if options.journal else None
    job = BatchJob(
        folder, out, criteria, named, console.lang, options.track, options.csv_dialect,
        inputs=[journal] if journal else [],
        with_journal=(lambda intake, parts: with_journal(intake, journal, parts.digests))
        if journal
        else None,
    )  # fmt: skip
    engine = chosen_engine(options.engine, options.scheduler, options.workers)
    with console.progress("batch_taking") as step:
        done = run_batch(job, engine, step)
    failed = len(done.unreadable)
    told = {"count": len(done.outcomes), "known": done.known, "failed": failed}
    told["taken"] = told["count"] - told["known"]
    console.say(console.text("batch_taken", **told))
    if done.result is None:
        console.give({"ledgers": told, "unchanged": True, "findings": done.findings})
        headline(criteria, console)
        console.print(console.text("batch_unchanged"))
        is_bad = any(row["severity"] == "error" for row in done.findings)
        code = WITH_ERRORS if is_bad else CLEAN
    else:
        _show(done.result, console)
        code = console.report(done.result.findings, out / "findings.csv")
    console.wrote(out)
    return UNUSABLE if failed else code


def _show(result: Result, console: Console) -> None:
    # What draws is loaded where it is used: a run that finds nothing changed does without.
    from scoring.cli.commands.score import show

    show(result, console)
