"""The random sets of the tests of points stand in for sets of any policy here too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "points"))
