"""The pandera schema of each declared table, built from the checks of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandera.pandas as pa

from scoring.tables.column_checks import column_checks
from scoring.tables.declared import Column, declared


@cache
def schema_of(name: str, columns: Sequence[str] | None = None) -> pa.DataFrameSchema:
    """Return the schema of table `name`; further columns are welcome, nothing is coerced.

    Parameters
    ----------
    name : str
    columns : tuple of str, optional
        The columns that must be there, declared or not, where not all required ones are needed.
    """
    asked = {column.name: column.required for column in declared(name)}
    if columns is not None:
        asked = dict.fromkeys(asked, False) | dict.fromkeys(columns, True)
    known = {column.name: _checks(column) for column in declared(name)}
    return pa.DataFrameSchema(
        {
            # Missing values are said by a check of our own, which counts the rows.
            column: pa.Column(None, checks=known.get(column), nullable=True, required=is_needed)
            for column, is_needed in asked.items()
        },
        strict=False,
        coerce=False,
    )


def _checks(column: Column) -> list[pa.Check]:
    # Asked of the column with its gaps: pandera would first copy what is filled in. Only the mask
    # is wanted, so few cases are laid out.
    return [
        pa.Check(test, name=name, ignore_na=False, n_failure_cases=1)
        for name, test in column_checks(column)
    ]
