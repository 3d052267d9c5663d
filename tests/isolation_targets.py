"""Functions that misbehave in a child process as hostile files make parsers do."""

import os
import time


def double(value):
    return 2 * value


def process():
    return os.getpid()


def misbehave(how):
    if how == "crash":
        os._exit(139)
    if how == "hang":
        time.sleep(60)
    if how == "raise":
        raise ValueError("broken")
    if how == "differ":
        from scoring.base.errors import OutputError
        from scoring.base.findings import Finding

        raise OutputError(Finding("annotated-copy-differs"))
    if how == "print":
        print("noise of a library")  # noqa: T201
        os.write(1, b"more noise\n")
    if how == "hoard":
        return len(bytearray(8_000_000_000))
    return how


def inspect_or_crash(root, path, limits):
    from scoring.evidence.documents.inspection import inspect_file

    if path == "hỏng.pdf":
        os._exit(134)
    return inspect_file(root, path, limits)


def check_or_crash(root, path, **options):
    from scoring.evidence.proof.opening import open_file

    if "crash" in path:
        os._exit(134)
    return open_file(root, path, **options)


def read_or_misbehave(data, how="", **options):
    """Read a workbook as the package does, unless its bytes say what a hostile one would do."""
    from scoring.files.excel.workbook import workbook_of

    marked = data.rpartition(b"MISBEHAVE:")[2].decode() if b"MISBEHAVE:" in data else how
    if marked:
        return misbehave(marked)
    return workbook_of(data, **options)


def process_of(data):
    return os.getpid()
