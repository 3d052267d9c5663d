"""What the cells of a log mean: each different text is read once, by the readers all files share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.base.vocabulary import folded, yes_or_no
from scoring.dossiers.log_columns import FIELDS

Meaning = tuple[str | None, str]
_AMOUNTS = ("paid", "payable")
UNIT_UNKNOWN, VALUE_UNKNOWN = "dossiers-unit-unknown", "dossiers-value-unknown"
# What is found in a cell and leaves the row in; everything else leaves it out.
SOFT = ("dossiers-procedure-unknown", VALUE_UNKNOWN)


@dataclass(frozen=True)
class Known:
    """What the cells are read by: the words of the user's table, units and procedures there are.

    Empty `units` or `procedures` mean that any will do.
    """

    meanings: Mapping[str, Mapping[str, str]]
    units: Collection[str] = ()
    procedures: Collection[str] = ()
    readers: Mapping[str, Callable[[str, str], Meaning]] = field(init=False)

    def __post_init__(self) -> None:
        readers = {"code": self._code, "date": self._day, "flag": self._flag}
        readers |= {"word": self._word, "whole": self._whole}
        object.__setattr__(self, "readers", readers)

    def table(self, name: str, texts: Iterable[str]) -> pd.DataFrame:
        """Return what each text means as field `name`.

        Returns
        -------
        DataFrame
            ``met``, ``value`` (text; None where it is not known) and ``problem`` (the code of a
            finding, or empty).
        """
        read = self.readers[FIELDS[name].type]
        rows = [(text, *read(name, text)) for text in texts]
        return pd.DataFrame(rows, columns=["met", "value", "problem"], dtype=object)

    def _code(self, name: str, text: str) -> Meaning:
        code = clean_text(text)
        known = {"unit": self.units, "procedure": self.procedures}.get(name, ())
        problem = f"dossiers-{name}-unknown" if known and code not in known else ""
        return code or None, problem

    def _day(self, name: str, text: str) -> Meaning:
        reading = read_date(text)
        if reading.value is None:
            return None, reading.problem or ""
        far = not FIRST_YEAR <= reading.value.year <= LAST_YEAR
        return reading.value.isoformat(), "dossiers-date-far" if far else ""

    def _flag(self, name: str, text: str) -> Meaning:
        said = yes_or_no(self._meant(name, text))
        if said is None and name in _AMOUNTS and (amount := _amount(text)) is not None:
            said = amount > 0
        return (None, VALUE_UNKNOWN) if said is None else (str(said).lower(), "")

    def _word(self, name: str, text: str) -> Meaning:
        word = self._meant(name, text)
        return (word, "") if word in FIELDS[name].values else (None, VALUE_UNKNOWN)

    def _whole(self, name: str, text: str) -> Meaning:
        number = _amount(self._meant(name, text))
        if number is None or number < 0 or number % 1 or number > 1e6:
            return None, VALUE_UNKNOWN
        return f"{number:.0f}", ""

    def _meant(self, name: str, text: str) -> str:
        return self.meanings.get(name, {}).get(folded(text), text)


def _amount(text: str) -> float | None:
    reading = read_number(text)
    return None if reading.problem else reading.value
