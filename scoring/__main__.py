"""``python -m scoring`` is ``parindex``."""

import contextlib
import os
import sys

# Python puts the working folder first of all places that modules are loaded from. A sender's files
# may lie there; this package itself is found by now. A folder that is gone holds none.
with contextlib.suppress(OSError):
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109
        del sys.path[0]

from scoring.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
