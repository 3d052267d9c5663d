"""Where ``parindex`` starts: nothing is loaded here that takes time, so Ctrl+C is answered at once."""

from __future__ import annotations

import gc
import os
import sys

from scoring.cli.stopping import hear_who_ends_us, stopped_code
from scoring.cli.streams import have_streams

# As the label of that name, which may not be loaded yet.
INTERRUPTED = {"vi": "Đã dừng theo yêu cầu.", "en": "Stopped as asked."}


def main() -> int:
    """Run the command line and return its exit code, also where Ctrl+C comes while it is loaded."""
    have_streams()
    # Libraries load as hundreds of thousands of objects and no garbage: looking among them for some
    # takes a tenth of what a short verb takes. It begins once the verb is loaded (`main._command`).
    gc.disable()
    # Processes that libraries start would load modules from the working folder before all others.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    # A thread per processor, started as numbers load, costs a short verb a tenth of its time and saves
    # one of many sums a twentieth; a sum by one thread is also the same on every machine.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    hear_who_ends_us()
    try:
        from scoring.cli.main import main as run

        code = run()
        # All goes with the process: at its end nobody need look for garbage in what was loaded.
        gc.freeze()
        return code
    except KeyboardInterrupt as stop:
        is_english = "en" in sys.argv or "--lang=en" in sys.argv
        lang = "en" if is_english or os.environ.get("PARINDEX_LANG") == "en" else "vi"
        sys.stderr.buffer.write(f"{INTERRUPTED[lang]}\n".encode())
        return stopped_code(stop)
