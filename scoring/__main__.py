"""``python -m scoring`` is ``parindex``."""

import sys

from scoring.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
