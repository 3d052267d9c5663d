"""Weights brought to totals that are known: post-strata, raking, linear calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy.typing as npt

from scoring.survey.estimation.sampling_units import Floats, Ints


@dataclass(frozen=True)
class CalibrationStep:
    """One step of calibration, as the variance needs it.

    The linearised value x of a form loses what the step explains: in each block of loads
    ``x - right * c``, where c solves ``(left' right) c = left' x`` over all forms.

    Attributes
    ----------
    load : int array, shape (n_forms, n_entries)
        The loads that each form has.
    left, right : float array, shape (n_forms, n_entries)
    blocks : tuple of int
        How many loads each block holds, such as the classes of each margin.
    repeats : int
        How often the blocks are gone through in turn.
    """

    load: Ints
    left: Floats
    right: Floats
    blocks: tuple[int, ...]
    repeats: int = 1

    @property
    def width(self) -> int:
        """How many loads the step has."""
        return sum(self.blocks)

    def piece(self, rows: npt.NDArray) -> CalibrationStep:
        """Return the step for a piece of the forms."""
        return replace(self, load=self.load[rows], left=self.left[rows], right=self.right[rows])
