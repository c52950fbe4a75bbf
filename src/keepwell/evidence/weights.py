"""Weights from who left, with the weights that people chose as what is believed before looking.

The log odds of leaving fall with the score, log odds = level − slope × Σ wᵢ pointsᵢ, where the weights w are not
negative and sum to 1. Before looking, each weight lies around the expert's, normally distributed with a `width`. The
most probable weights after looking minimise

    −log likelihood + ½ Σ ((wᵢ − expertᵢ) ÷ widthᵢ)² + ½ ((slope − usual) ÷ usual)²,

where the usual slope moves the log odds by one for a standard deviation of the expert's score. Found by Gauss–Newton
steps, each a small quadratic programme. Intervals are those of the normal distribution around the mode (Laplace's
approximation; MacKay 1992, Neural Computation 4, 448–472): with much to learn from they are those of a logistic
regression, with nothing those of the belief.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.quadratic import least
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import quantile

SURE = 0.9
"""Confidence of the intervals of weights."""
STEPS, ROUNDS = 60, 3
"""At most so many steps of Gauss–Newton, and rounds in which missing points are filled anew."""
SETTLED = 1e-7
HALVINGS, SLACK = 60, 1e-9
LEAST = 1e-6
"""Scores that spread less are one score, but for rounding."""


@dataclass(frozen=True)
class Belief:
    """What is held of the weights before looking.

    expert: the weights, summing to 1. width: the standard deviation of each around it. low, high: what each may be.
    kept: sets of weights whose sum stays as it is, such as those of a dimension. groups: the measures below each group
    of the tree, those farther down first; the root need not be among them.
    """

    expert: Numbers
    width: Numbers
    low: Numbers
    high: Numbers
    kept: tuple[NDArray[np.int64], ...] = ()
    groups: tuple[NDArray[np.int64], ...] = ()

    @property
    def nearest(self) -> Numbers:
        """The weights nearest to the expert's that are allowed; the expert's own, to the last bit, where those are.

        Of each set with a sum of its own: all weights moved by the same amount, as far as their bounds let them. Raises
        ValueError with the set's place and sum where its bounds leave none.
        """
        found = self.expert.copy()
        if np.all((self.low <= found) & (found <= self.high)):
            return found
        rest = np.setdiff1d(np.arange(len(found)), np.concatenate([*self.kept, np.empty(0, np.int64)]).astype(np.int64))
        for place, which in enumerate((*self.kept, rest)):
            low, high, total = self.low[which], self.high[which], found[which].sum()
            if not low.sum() <= total + SLACK or not total <= high.sum() + SLACK:
                raise ValueError(place, float(total))
            below, above = -1.0, 1.0
            for _ in range(HALVINGS):
                middle = (below + above) / 2
                moved = np.clip(self.expert[which] + middle, low, high)
                below, above = (middle, above) if moved.sum() < total else (below, middle)
            found[which] = moved
        return found

    def wide(self, times: float) -> Belief:
        """The same belief, held as much less firmly."""
        return replace(self, width=self.width * times)


def belief(expert: Numbers, width: float = 1.0) -> Belief:
    """Around the expert's weights, all of them as uncertain, with no bounds but 0 and 1."""
    ones = np.ones(len(expert))
    return Belief(expert, width * ones, 0 * ones, ones)


@dataclass(frozen=True)
class Weighed:
    """The weights after looking, and what one may believe of them: low and high at `SURE`.

    level, slope: of the log odds of leaving, for a score in points (slope: how much a point less adds). left: how many
    observations left. error: the standard deviation of each weight.
    """

    weights: Numbers
    low: Numbers
    high: Numbers
    level: float
    slope: float
    left: int
    error: Numbers = field(default_factory=lambda: np.empty(0))
    groups: tuple[NDArray[np.int64], ...] = ()

    def odds(self, points: Numbers) -> Numbers:
        """The log odds of leaving of rows of points."""
        return self.level - self.slope * mean_points(points, self.weights, self.groups)


def mean_points(points: Numbers, weights: Numbers, groups: Sequence[NDArray[np.int64]] = ()) -> Numbers:
    """Each row's mean up the tree of the points it has; of rows without any, or none with a weight, NaN."""
    return _mean(filled(points, weights, groups), weights)


def filled(points: Numbers, weights: Numbers, groups: Sequence[NDArray[np.int64]] = ()) -> Numbers:
    """The points with the mean of the nearest group that has any where one is missing; NaN in rows without any.

    Its weighted mean is then that of the tree, in which siblings carry the weight of what is missing.
    """
    if not np.isnan(points).any():
        return points
    found = points.copy()
    for group in (*groups, np.arange(points.shape[1])):
        own = found[:, group]
        found[:, group] = np.where(np.isnan(own), _mean(own, weights[group])[:, None], own)
    return found


def _mean(points: Numbers, weights: Numbers) -> Numbers:
    there = ~np.isnan(points)
    whole = there @ weights
    total = np.where(there, points, 0.0) @ weights
    found: Numbers = np.divide(total, whole, out=np.full(len(points), np.nan), where=whole > 0)
    return found


def weigh(points: Numbers, left: NDArray[np.bool_], held: Belief) -> Weighed:
    """The weights after looking at accounts with these points (rows × measures, NaN: missing) and who of them left.

    With nobody who left, or nobody who stayed, or one and the same score for all, they are the expert's, to the last
    bit. What is missing counts as in the tree, see `filled`. Rows without any points say nothing.
    """
    expert = held.nearest
    score = mean_points(points, expert, held.groups)
    known = ~np.isnan(score)
    points, left, score = points[known], left[known], score[known]
    spread = float(score.std()) if len(score) else 0.0
    if not left.any() or left.all() or spread < LEAST:
        return _untaught(left, held, expert)
    search = _Search(left.astype(np.float64), held, float(score.mean()), 1 / spread)
    share = left.mean()
    at = np.concatenate([[np.log(share / (1 - share)), 1.0], expert])
    for _ in range(ROUNDS if np.isnan(points).any() else 1):
        there = filled(points, at[2:], held.groups)
        at, curve = search.settle(np.where(np.isnan(there), score[:, None], there), at)
    return _told(at, curve, search, int(left.sum()))


def _untaught(left: NDArray[np.bool_], held: Belief, expert: Numbers) -> Weighed:
    """The belief as it was."""
    reach = quantile(SURE) * held.width
    low, high = np.maximum(held.low, expert - reach), np.minimum(held.high, expert + reach)
    share = left.mean() if len(left) else 0.0
    level = float(np.log(share / (1 - share))) if 0 < share < 1 else float("-inf") if share == 0 else float("inf")
    return Weighed(expert, low, high, level, 0.0, int(left.sum()), held.width, held.groups)


def _told(at: Numbers, curve: Numbers, search: _Search, left: int) -> Weighed:
    free = _free(search.held)
    inverse = free @ np.linalg.solve(free.T @ curve @ free, free.T)
    error = np.sqrt(np.maximum(np.diag(inverse)[2:], 0))
    weights, reach = at[2:], quantile(SURE) * error
    low, high = np.maximum(search.held.low, weights - reach), np.minimum(search.held.high, weights + reach)
    slope = float(at[1] * search.usual)
    return Weighed(weights, low, high, float(at[0] + slope * search.middle), slope, left, error, search.held.groups)


def _free(held: Belief) -> Numbers:
    """The directions in which level, slope and weights may move: no sum that is kept changes."""
    fixed = _fixed(held)
    _, size, rows = np.linalg.svd(fixed)
    rank = int((size > 1e-12).sum())
    found: Numbers = rows[rank:].T
    return found


def _fixed(held: Belief) -> Numbers:
    """A row per sum of weights that is kept, over (level, slope, weights): that of all first."""
    rows = np.zeros((1 + len(held.kept), 2 + len(held.expert)))
    rows[0, 2:] = 1
    for row, which in zip(rows[1:], held.kept, strict=True):
        row[2 + which] = 1
    return rows


@dataclass(frozen=True)
class _Search:
    """Over (level, slope in units of the usual one, weights). middle: the mean of the expert's score."""

    left: Numbers
    held: Belief
    middle: float
    usual: float

    def settle(self, points: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
        """The most probable place, from this one, and the curvature there."""
        points = (points - self.middle) * self.usual
        value = self._value(points, at)
        for _ in range(STEPS):
            slope, curve = self._around(points, at)
            step = self._step(slope, curve, at)
            taken = 1.0
            while taken > 1e-6 and (tried := self._value(points, at + taken * step)) > value:
                taken /= 2
            if taken <= 1e-6 or value - tried < SETTLED * (1 + abs(value)):
                break
            at, value = at + taken * step, tried
        return at, self._around(points, at)[1]

    def _value(self, points: Numbers, at: Numbers) -> float:
        odds = at[0] - at[1] * (points @ at[2:])
        off = (at[2:] - self.held.expert) / self.held.width
        fit = np.logaddexp(0, odds) - self.left * odds
        return float(fit.sum() + (off @ off + (at[1] - 1) ** 2) / 2)

    def _around(self, points: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
        """The gradient and the curvature (that of Gauss–Newton)."""
        score = points @ at[2:]
        chance = 1 / (1 + np.exp(at[1] * score - at[0]))
        moves = np.column_stack([np.ones(len(points)), -score, -at[1] * points])
        slope = moves.T @ (chance - self.left)
        curve = (moves * (chance * (1 - chance))[:, None]).T @ moves
        firm = np.concatenate([[0.0, 1.0], self.held.width**-2])
        slope += firm * (at - np.concatenate([[0.0, 1.0], self.held.expert]))
        return slope, curve + np.diag(firm)

    def _step(self, slope: Numbers, curve: Numbers, at: Numbers) -> Numbers:
        low = np.concatenate([[-np.inf, 0.0], self.held.low]) - at
        high = np.concatenate([[np.inf, np.inf], self.held.high]) - at
        return least(curve, slope, _fixed(self.held), low, high)
