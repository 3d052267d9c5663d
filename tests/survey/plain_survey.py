"""The same estimates written out plainly, form by form and stage by stage, to check ours against.

Follows the textbook (Särndal, Swensson, Wretman 1992, result 4.3.1, applied stage by stage) and
what R's survey package documents, with loops and without any of the package's own code.
"""

import numpy as np


def stage_variance(z, stages, lonely="fail", adjusted=None):
    """Variance of the sum of `z`; a stage is (strata, clusters, sampled, population) by form."""
    strata, clusters, sampled, population = stages[0]
    parts, further = [], 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        n, size = sampled[inside][0], population[inside][0]
        codes = np.unique(clusters[inside])
        totals = [z[inside & (clusters == code)].sum() for code in codes]
        totals = np.array(totals + [0.0] * int(n - len(codes)))
        correction = 1 - n / size
        if correction < 1e-7:
            parts.append(0.0)
        elif n == 1:
            parts.append(
                {"adjust": correction * (totals**2).sum(), "average": np.nan}.get(lonely, 0.0)
            )
        else:
            parts.append(correction * n / (n - 1) * ((totals - totals.mean()) ** 2).sum())
        if len(stages) > 1 and np.isfinite(size):
            for code in codes:
                rows = inside & (clusters == code)
                rest = [tuple(part[rows] for part in stage) for stage in stages[1:]]
                further += n / size * stage_variance(z[rows], rest, lonely)
    known = np.isfinite(parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(parts) * np.float64(len(parts)) / known.sum() + further


def stages_of(frame, strata, clusters, population):
    """Strata within the units before, units by their whole path, and how many were drawn."""
    stages, path = [], np.full(len(frame), "")
    for at, cluster in enumerate(clusters):
        named = frame[strata[at]].astype(str) if at < len(strata) else ""
        stratum = np.array(path + "/" + named, str)
        unit = np.array(stratum + "/" + frame[cluster].astype(str), str)
        sampled = np.array([len(set(unit[stratum == one])) for one in stratum], float)
        size = frame[population[at]].to_numpy(float) if population else np.full(len(frame), np.inf)
        stages.append((stratum, unit, sampled, sampled / size if size.max() <= 1 else size))
        path = unit
    return stages if population else stages[:1]


def mean_residuals(y, w, inside):
    """Estimate and linearised values of a mean in a domain; NaN answers are outside of it."""
    inside = inside & np.isfinite(y)
    estimate = (w * y)[inside].sum() / w[inside].sum()
    return estimate, np.where(inside, w * (np.nan_to_num(y) - estimate) / w[inside].sum(), 0.0)
