"""How many forms a survey needs, and the margin of error that a number of forms or a budget buys.

Everything here is a share (0 to 1): the expected share, the margin, the confidence. Sizes are
forms with an answer; `SizeRequest.approached` says how many people have to be asked for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.numbers import format_number
from scoring.tables import table_of

METHODS = ("wald", "wilson")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SizeRequest:
    """What a survey is to reach, and what is assumed about it.

    Attributes
    ----------
    margin : float
        Half of the width of the interval, as a share.
    share : float
        Share expected to be satisfied; 0.5 needs the most forms.
    confidence : float
    population : float
        People, or transactions of the period; infinite where it is not known.
    cluster_size : float
        Forms per last cluster, such as forms per commune.
    icc : float
        Intra-cluster correlation of the answers.
    weight_effect : float
        1 plus the squared coefficient of variation of the weights (Kish).
    response : float
        Share of those asked who answer.
    domains : int
        Parts of equal population that each have to reach the margin.
    strata : int
        Strata of each domain; they and the clusters make the degrees of freedom.

    Raises
    ------
    UsageError
        For a figure outside what it may be; names it.

    Examples
    --------
    >>> simple, clustered = SizeRequest(0.05), SizeRequest(0.05, cluster_size=11, icc=0.05)
    >>> clustered.deff, round(wald_size(simple), 1), round(wald_size(clustered), 1)
    (1.5, 384.1, 576.2)
    """

    margin: float
    share: float = 0.5
    confidence: float = 0.95
    population: float = math.inf
    cluster_size: float = 1.0
    icc: float = 0.0
    weight_effect: float = 1.0
    response: float = 1.0
    domains: int = 1
    strata: int = 1

    def __post_init__(self) -> None:
        ends = {
            "margin": 0 < self.margin < 1,
            "share": 0 <= self.share <= 1,
            "confidence": 0 < self.confidence < 1,
            "population": self.population >= 1,
            "cluster_size": self.cluster_size >= 1,
            "icc": 0 <= self.icc <= 1,
            "weight_effect": self.weight_effect >= 1,
            "response": 0 < self.response <= 1,
            "domains": self.domains >= 1,
            "strata": self.strata >= 1,
        }
        if wrong := [name for name, is_right in ends.items() if not is_right]:
            told = [_named_value(name, float(getattr(self, name))) for name in wrong]
            finding = Finding("size-value-outside", values={"expected": told})
            # Who calls this from Python knows the arguments by their own names.
            raise UsageError(f"{', '.join(wrong)}: {finding.text('en')}", finding)

    @property
    def deff(self) -> float:
        """Design effect: (1 + (m - 1) · icc) for clusters of m forms, times that of the weights.

        >>> SizeRequest(0.05, cluster_size=11, icc=0.05).deff
        1.5
        """
        return (1 + (self.cluster_size - 1) * self.icc) * self.weight_effect

    @property
    def z(self) -> float:
        """Quantile of the normal distribution that belongs to the confidence."""
        return NormalDist().inv_cdf((1 + self.confidence) / 2)

    @property
    def asked_in_cluster(self) -> float:
        """How many have to be asked in a cluster for its forms; one where there are no clusters."""
        return self.cluster_size / self.response if self.cluster_size > 1 else 1.0

    def of_one_domain(self) -> SizeRequest:
        """Return the request of one of the `domains`, all of one size."""
        return replace(self, population=max(1.0, self.population / self.domains), domains=1)

    def approached(self, forms: float) -> int:
        """Return how many have to be asked for so many forms, at the expected response."""
        return rounded_up(forms / self.response)


def _named_value(name: str, value: float) -> Named:
    """Return the name of a figure of a request, in words, with its value."""
    is_share = name in ("margin", "share", "confidence", "icc", "response")
    shown = 100 * value if is_share else value
    texts = (
        f"{label(f'size_value_{name}', lang)} = {format_number(shown, lang=lang)}{'%' * is_share}"
        for lang in LANGUAGES
    )
    return Named(*texts)


def rounded_up(size: float) -> int:
    """Return the next whole number; a part of a billionth above one is a slip of the arithmetic.

    >>> rounded_up(384.6), rounded_up(20.0000000000001)
    (385, 20)
    """
    return math.ceil(round(size, 9))


def ministry_size(population: float, margin: float) -> float:
    """Return n = N / (1 + N·e²), not rounded, as the training text of Decision 1383 has it.

    The formula (Yamane) holds for a share of 50%, a confidence of about 95% (z = 2) and a simple
    random sample; it knows neither clusters nor refusals.

    Examples
    --------
    >>> round(ministry_size(10_000, 0.05), 1)
    384.6

    References
    ----------
    Training text on Decision 1383/QĐ-BNV of 28/12/2012 (as quoted; the decision was not read).
    """
    return population / (1 + population * margin**2)


def wald_size(request: SizeRequest) -> float:
    """Return the forms of one domain for which the Wald interval has the margin, not rounded.

    n = A / (1 + (A - 1) / N) with A = z²·p·(1 - p)·deff / e² (Cochran, Sampling Techniques, 3rd
    edition, section 4.4). It says 0 for a share of 0 or 1, where this interval has no width.

    Examples
    --------
    >>> round(wald_size(SizeRequest(0.05)), 2), round(wald_size(SizeRequest(0.05, population=3200)), 1)
    (384.15, 343.1)
    """
    one = request.of_one_domain()
    spread = one.share * (1 - one.share)
    size = one.z**2 * spread * one.deff / one.margin**2
    return size if math.isinf(one.population) else size / (1 + (size - 1) / one.population)


def wilson_size(request: SizeRequest) -> float:
    """Return the forms of one domain for which the Wilson interval has the margin, not rounded.

    Found by halving, for the half-width falls as the forms grow. It never exceeds the population,
    though the interval of a small one may be wider than the margin even where everybody answers.

    Examples
    --------
    >>> near_one = SizeRequest(0.02, share=0.98)
    >>> round(wald_size(near_one), 1), round(wilson_size(near_one), 1)
    (188.2, 222.0)
    """
    one = request.of_one_domain()

    def is_wide(forms: float) -> bool:
        # Too few clusters for any degree of freedom give NaN, which is no margin met.
        return not half_widths(one, forms)["wilson"] <= one.margin

    low, high = 0.0, 1.0
    while high < one.population and is_wide(high):
        low, high = high, 2 * high
    high = min(high, one.population)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_wide(middle) else (low, middle)
    return high


def half_widths(request: SizeRequest, forms: npt.ArrayLike) -> dict[str, Floats]:
    """Return half of the width of each interval for so many forms, as shares.

    Parameters
    ----------
    request : SizeRequest
        Its margin and domains are not looked at; its population is that of the forms.
    forms : array
        Forms with an answer.

    Returns
    -------
    dict
        ``wald`` with the normal quantile, as textbooks have it, and ``wilson`` as
        `scoring.survey.estimation.intervals` makes it: with the effective size, which never
        exceeds the forms, and in clusters with the quantile of t. Arrays of the shape of `forms`;
        NaN for no form and where the clusters are no more than the strata.

    Examples
    --------
    >>> found = half_widths(SizeRequest(0.05, share=0.98), [60])
    >>> [round(100 * float(found[name][0]), 2) for name in ("wald", "wilson")]
    [3.54, 4.49]
    """
    size = np.asarray(forms, dtype=np.float64)
    spread, left = request.share * (1 - request.share), np.ones_like(size)
    if math.isfinite(request.population):
        left = np.clip((request.population - size) / max(request.population - 1, 1), 0, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        # What one effective form leaves of the variance: the reciprocal of the effective size.
        each = np.where(size > 0, request.deff * left / size, np.nan)
        capped, quantile = np.maximum(each, 1 / size), _quantile(request, size)
        root = np.sqrt(spread * capped + (quantile * capped) ** 2 / 4)
        wilson = quantile * root / (1 + quantile**2 * capped)
    return {"wald": request.z * np.sqrt(spread * each), "wilson": wilson}


def _quantile(request: SizeRequest, size: Floats) -> Floats:
    if request.cluster_size <= 1:
        return np.full_like(size, request.z)
    from scoring.survey.estimation.intervals import t_quantile

    return t_quantile(size / request.cluster_size - request.strata, request.confidence)


def size_table(request: SizeRequest) -> pd.DataFrame:
    """Return the size by each way of computing it: the table ``SampleSizes``.

    The ministry's formula has a row where the population is known.

    Examples
    --------
    >>> size_table(SizeRequest(0.05, population=10_000))[["method", "forms"]].values.tolist()
    [['ministry', 385], ['wald', 370], ['wilson', 381]]
    """
    one = request.of_one_domain()
    exact = {"wald": wald_size(one), "wilson": wilson_size(one)}
    if math.isfinite(one.population):
        exact = {"ministry": ministry_size(one.population, one.margin)} | exact
    rows = []
    for method, size in exact.items():
        forms = max(1, rounded_up(size))
        widths = half_widths(one, min(forms, one.population))
        asked = one.approached(forms)
        rows.append(
            {
                "method": method,
                "exact": size,
                "forms": forms,
                "approached": asked,
                "clusters": rounded_up(forms / one.cluster_size),
                "domains": request.domains,
                "forms_in_all": forms * request.domains,
                "approached_in_all": asked * request.domains,
                "wald_percent": 100 * float(widths["wald"]),
                "wilson_percent": 100 * float(widths["wilson"]),
            }
        )
    return table_of(rows, "SampleSizes")


@dataclass(frozen=True, slots=True)
class Costs:
    """What a survey costs: once, for each cluster that is gone to, and for each form."""

    interview: float
    cluster: float = 0.0
    fixed: float = 0.0

    def forms_for(self, budget: float, cluster_size: float = 1.0) -> int:
        """Return the forms that a budget pays for, in clusters of `cluster_size`; 0 for none.

        A cluster that is gone to for a few forms costs as much as a full one.

        >>> [Costs(interview=50, cluster=500).forms_for(budget, 10) for budget in (100_000, 1_400)]
        [1000, 10]
        """
        left = budget - self.fixed
        full = math.floor(round(left / (self.cluster + cluster_size * self.interview), 9))
        paid = (
            min(count * cluster_size, (left - count * self.cluster) / self.interview)
            for count in (full, full + 1)
        )
        return max(0, *(math.floor(round(forms, 9)) for forms in paid))

    def of(self, forms: npt.ArrayLike, cluster_size: float = 1.0) -> Floats:
        """Return what so many forms cost."""
        asked = np.asarray(forms, np.float64)
        clusters = np.ceil(np.round(asked / cluster_size, 9))
        return np.asarray(self.fixed + self.interview * asked + self.cluster * clusters)

    def best_cluster_size(self, icc: float) -> int:
        """Return how many forms a cluster should give, for the least error at any budget.

        The optimum is √(cost of a cluster / cost of a form · (1 - icc) / icc) (Cochran, Sampling
        Techniques, section 10.6); of the two whole numbers around it the better one is taken.

        >>> Costs(interview=50, cluster=500).best_cluster_size(0.05)
        14

        Raises
        ------
        UsageError
            Without correlation, where the largest clusters are the best.
        """
        if not 0 < icc <= 1:
            raise UsageError("the best size of a cluster needs an icc above 0")
        middle = max(1.0, math.sqrt(self.cluster / self.interview * (1 - icc) / icc))
        return min((math.floor(middle), math.ceil(middle)), key=lambda m: self._error(m, icc))

    def _error(self, forms: int, icc: float) -> float:
        """Return what the variance of a given budget is proportional to."""
        return (self.interview + self.cluster / forms) * (1 + (forms - 1) * icc)


def precision_table(
    request: SizeRequest, sizes: Sequence[int] | npt.NDArray[np.int_], costs: Costs | None = None
) -> pd.DataFrame:
    """Return the margin of each number of forms: the table ``Precision``.

    Parameters
    ----------
    request : SizeRequest
    sizes : sequence of int
        Forms of one domain.
    costs : Costs, optional
        ``cost`` is that of those who have to be asked, all domains together; NaN without.

    Examples
    --------
    >>> precision_table(SizeRequest(0.05), [100, 400])["wald_percent"].round(2).tolist()
    [9.8, 4.9]
    """
    one, forms = request.of_one_domain(), np.asarray(sizes)
    widths = half_widths(one, forms)
    asked = np.array([one.approached(size) for size in forms.tolist()], dtype=np.int64)
    spent = np.full(len(forms), np.nan)
    if costs is not None:
        spent = costs.of(asked * request.domains, one.asked_in_cluster)
    return table_of(
        pd.DataFrame(
            {
                "forms": forms,
                "approached": asked,
                "cost": spent,
                "wald_percent": 100 * widths["wald"],
                "wilson_percent": 100 * widths["wilson"],
            }
        ),
        "Precision",
    )
