"""R's ``svyciprop(method = "likelihood")`` step by step, to show where its ends come from.

R fits the logit by weighted least squares until the deviance settles, keeps the covariance of the
last step but one, walks the profile in fifths of its reach, lays a spline through those dozen
points, and looks the ends up in a straight line between three times as many. Ours is the root
itself. With R's own steps its ends come out to its last digit, so the distance between the two is
what R's walk costs.
"""

import numpy as np
from scipy import special


def likelihood_ends_of_r(answers, weights, variance, df, confidence=0.95):
    """Return R's ends for 0/1 `answers`, of whose share the design-based `variance` is given."""
    n, weights = len(answers), weights / weights.mean()

    def deviance(chance):
        chances = np.where(answers, chance, 1 - chance)
        return -2 * (weights * np.log(chances)).sum()

    middle, naive = _fit(answers, weights, deviance)
    share = special.expit(middle)
    error = np.sqrt(variance) / (share * (1 - share))
    ratio = error / np.sqrt(naive)
    cut = -special.stdtrit(df, (1 - confidence) / 2) * ratio
    reach = -special.stdtrit(n - 1, special.ndtr(-cut) / 4)
    step = reach / 5 * error
    points, roots = [middle], [0.0]
    for side in (-1, 1):
        for place in range(1, 10):
            points.append(middle + side * place * step)
            more = deviance(special.expit(points[-1])) - deviance(share)
            roots.append(side * np.sqrt(max(more, 0.0) * (n - 1) / n))
            if abs(roots[-1]) >= reach:
                break
    points, roots = np.sort(points), np.sort(roots)
    fine = np.linspace(points[0], points[-1], 3 * len(points))
    return special.expit(np.interp([-cut, cut], _spline(step, points, roots, fine), fine))


def _fit(answers, weights, deviance):
    chance = (weights * answers + 0.5) / (weights + 1)
    line, before = special.logit(chance), deviance(chance)
    while True:
        varied = chance * (1 - chance)
        working = weights * varied
        middle = np.average(line + (answers - chance) / varied, weights=working)
        line, chance = middle, special.expit(middle)
        after = deviance(chance)
        if abs(after - before) / (abs(after) + 0.1) < 1e-8:
            return middle, 1 / working.sum()
        before = after


def _spline(step, x, y, at):
    """Return Forsythe, Malcolm and Moler's spline through equally spaced points."""
    n, slope = len(x), np.diff(y) / step
    system = step * (np.diag(np.full(n, 4.0)) + np.eye(n, k=1) + np.eye(n, k=-1))
    system[0, 0] = system[-1, -1] = -step
    right = np.concatenate([[0.0], np.diff(slope), [0.0]])
    right[[0, -1]] = (right[2] - right[1]) / 6, (right[-3] - right[-2]) / 6
    bend = np.linalg.solve(system, right)
    place = np.clip(((at - x[0]) / step).astype(int), 0, n - 2)
    ahead, here = bend[place + 1], bend[place]
    beyond = at - x[place]
    first = slope[place] - step * (ahead + 2 * here)
    return y[place] + beyond * (first + beyond * (3 * here + beyond * (ahead - here) / step))
