"""What the long table says over and over: a unit in every row, its figures for every unit.

Texts are numbered by a look at each of them, which is most of what scoring a long table costs.
Rows next to each other are mostly of one unit, and every unit mostly lists the same figures in the
same order: telling that takes a tenth of the time, and then few texts are left to be numbered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

IntArray = npt.NDArray[np.intp]


def runs(columns: Iterable[pd.Series]) -> tuple[IntArray, IntArray]:
    """Return where each run of rows that are equal in all columns begins, and how long it is.

    Examples
    --------
    >>> heads, lengths = runs([pd.Series(["A", "A", "B", "A"]), pd.Series([1, 1, 1, 1])])
    >>> heads.tolist(), lengths.tolist()
    ([0, 2, 3], [2, 1, 1])
    """
    arrays = [cells.array for cells in columns]
    begins = np.zeros(len(arrays[0]), dtype=bool)
    begins[:1] = True
    for cells in arrays:
        here, before = cells[1:], cells[:-1]
        if not _are_equal(here, before):
            begins[1:] |= np.asarray(here != before, dtype=bool)
    heads = np.flatnonzero(begins)
    return heads, np.diff(heads, append=len(begins))


def told_once(columns: Iterable[pd.Series], every: int) -> int:
    """Return the number of rows that all further ones repeat in turn: `every`, or all there are.

    Examples
    --------
    >>> told_once([pd.Series(["x", "y", "x", "y"])], every=2)
    2
    >>> told_once([pd.Series(["x", "y", "y", "x"])], every=2)
    4
    """
    arrays = [cells.array for cells in columns]
    size = len(arrays[0])
    if 0 < every < size and size % every == 0:
        # The second turn first: most tables that are not of this kind part there already.
        for end in (2 * every, size):
            if not all(_are_equal(c[every:end], c[: end - every]) for c in arrays):
                return size
        return every
    return size


def _are_equal(ours: ExtensionArray, others: ExtensionArray) -> bool:
    """Say whether two arrays hold the same; of texts Arrow looks at whole stretches at once."""
    mine, theirs = _in_arrow(ours), _in_arrow(others)
    if mine is not None and theirs is not None:
        return bool(mine.equals(theirs))
    return bool(np.asarray(ours == others).all())


def _in_arrow(cells: Any) -> Any:
    """Return texts that Arrow keeps as Arrow has them; None where something else keeps them."""
    dtype = cells.dtype
    in_arrow = isinstance(dtype, pd.StringDtype) and dtype.storage == "pyarrow"
    return cells.__arrow_array__() if in_arrow else None
