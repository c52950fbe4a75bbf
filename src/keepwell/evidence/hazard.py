"""The chance to leave in each month ahead: a discrete-time hazard, by logistic regression with a ridge.

h(k | x) = 1 ÷ (1 + e^−(β₀ + β · z)), with z the standardised columns of `landmarks.design` (Singer and Willett 1993,
«It's about time», Journal of Educational Statistics 18, 155–195). Fitted by iteratively reweighted least squares on
the penalised likelihood Σ w log L − λ/2 · |β|² (le Cessie and van Houwelingen 1992, Applied Statistics 41, 191–201).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.landmarks import Landmarks, Periods, design, periods
from keepwell.evidence.ranking import Numbers

RIDGES = (125.0, 25.0, 5.0)
"""Penalties to choose from, the most cautious first."""
MOST = 30_000
"""Of more rows without a leaving so many are drawn, each with the weight of those it stands for."""
LEAST = 0.1
"""The smallest spread by which a column is divided: that of something which holds for one row in a hundred."""
ROUNDS, HALVES, LONGEST = 100, 40, 5.0
ENOUGH = 1e-9
"""So small a gradient, of each unit of weight, is none."""
SEED = 1


@dataclass(frozen=True)
class Scale:
    """What the columns of a design are standardised by: their mean, their spread, and the ends of what was seen.

    Nothing beyond the ends is believed: what a tenure that nobody has had yet would do, no past says.
    """

    middle: Numbers
    spread: Numbers
    low: Numbers
    high: Numbers

    def of(self, plain: Numbers) -> Numbers:
        """1 and the standardised columns, cut off at the ends."""
        own = (np.clip(plain, self.low, self.high) - self.middle) / self.spread
        return np.column_stack([np.ones(len(own)), own])


@dataclass(frozen=True)
class Hazard:
    """A fitted hazard.

    weights: β₀, then one per column of the design. covariance: of these, see `sandwich`; rows of one account depend on
    each other. scale: what columns are standardised by.
    """

    weights: Numbers
    covariance: Numbers
    scale: Scale
    ridge: float

    def columns(self, marks: Landmarks, step: int) -> Numbers:
        """1 and the standardised columns of a step."""
        return self.scale.of(design(marks, step))

    def logit(self, marks: Landmarks, step: int) -> Numbers:
        """The logit of the hazard of this step, one per landmark."""
        return np.asarray(self.columns(marks, step) @ self.weights)


@dataclass(frozen=True)
class Panel:
    """Rows to fit to: standardised columns behind a 1, whether the account left, weight, and whose row it is.

    account: one number for all that leave as one.
    """

    columns: Numbers
    left: Numbers
    weight: Numbers
    account: NDArray[np.int64]
    scale: Scale


def panel_of(marks: Landmarks, groups: NDArray[np.int64] | None = None) -> Panel:
    """The steps of landmarks as rows; of many without a leaving a draw with a fixed seed.

    groups: by the place of an account the number of those with which it leaves as one; None: each is alone.
    """
    own = periods(marks)
    rows, weight = _drawn(own)
    row, step = own.row[rows], own.step[rows]
    plain = design(marks.only(row), step)
    middle = np.average(plain, axis=0, weights=weight)
    spread = np.sqrt(np.average((plain - middle) ** 2, axis=0, weights=weight))
    # A column that is nearly the same everywhere is no reason for large weights.
    scale = Scale(middle, np.maximum(spread, LEAST), plain.min(axis=0), plain.max(axis=0))
    whose = marks.account[row] if groups is None else groups[marks.account[row]]
    return Panel(scale.of(plain), own.left[rows].astype(np.float64), weight, whose, scale)


def fit(panel: Panel, ridge: float, start: Numbers | None = None) -> Hazard:
    """The hazard with a penalty. Its covariance is NaN-free even where columns repeat each other, by the ridge."""
    penalty = _penalty(panel, ridge)
    weights, inverse = newton(panel.columns, panel.left, panel.weight, penalty, start)
    covariance = sandwich(panel.columns, panel.left, panel.weight, weights, inverse, panel.account, penalty)
    return Hazard(weights, covariance, panel.scale, ridge)


def newton(
    columns: Numbers, left: Numbers, weight: Numbers, penalty: Numbers, start: Numbers | None = None,
    towards: Numbers | None = None,
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """The β that maximise Σ w log L − ½ Σ penalty (β − towards)², and the inverse of the curvature there.

    A step is halved until the objective rises; it is the maximum where the gradient is 0. That is found even where the
    classes can be told apart, as long as no penalty but the first is 0; else ArithmeticError is raised.
    """
    middle = np.zeros(columns.shape[1]) if towards is None else towards
    rate = np.average(left, weights=weight)
    beta = np.copy(middle) if start is None else np.copy(start)
    if start is None and towards is None:
        beta[0] = np.log(max(rate, 1e-6) / max(1 - rate, 1e-6))

    def objective(at: Numbers) -> float:
        logit = columns @ at
        said = weight @ (left * logit - np.logaddexp(0, logit))
        return float(said - penalty @ (at - middle) ** 2 / 2)

    enough = ENOUGH * float(weight.sum())
    for _ in range(ROUNDS):
        chance = expit(columns @ beta)
        gradient = columns.T @ (weight * (left - chance)) - penalty * (beta - middle)
        bend = weight * np.maximum(chance * (1 - chance), 1e-12)  # so that far away it can still be inverted
        inverse = np.linalg.inv((columns.T * bend) @ columns + np.diag(penalty))
        if float(np.abs(gradient).max()) <= enough:
            return beta, np.asarray(inverse, np.float64)
        move = inverse @ gradient
        move *= min(1.0, LONGEST / max(float(np.abs(move).max()), 1e-12))
        beta = _higher(objective, beta, move, float(gradient @ move))
    raise ArithmeticError(f"the hazard's weights were not found in {ROUNDS} rounds")


def _higher(objective: Callable[[Numbers], float], beta: Numbers, move: Numbers, rise: float) -> Numbers:
    """β after the whole step, or after the first of its halves that raises the objective enough (Armijo's rule).

    rise: by how much it would, were it as steep all the way.
    """
    least = objective(beta)
    least -= 1e-13 * abs(least)  # what rounding alone may take
    for half in range(HALVES):
        tried = np.asarray(beta + move / 2**half)
        if objective(tried) >= least + 1e-4 * rise / 2**half:
            return tried
    return beta


def sandwich(
    columns: Numbers, left: Numbers, weight: Numbers, beta: Numbers, inverse: Numbers,
    cluster: NDArray[np.int64], penalty: Numbers,
) -> Numbers:  # fmt: skip
    """The covariance of the weights: A⁻¹ (B + d · penalty) A⁻¹. B = Σ uuᵀ over clusters, u: the sum of its scores.

    Without a penalty it is what the weights would vary by, were clusters drawn anew (White 1982, Econometrica 50,
    1–25). The penalty pulls the weights to nothing; its part is by how much, on average over weights of the size that
    it takes for likely (Nychka 1988, JASA 83, 1134–1143). d ≥ 1: how many rows say the same, as B tells.
    """
    chance = expit(columns @ beta)
    pull = columns * (weight * (left - chance))[:, None]
    _, place = np.unique(cluster, return_inverse=True)
    sums = np.zeros((int(place.max()) + 1 if len(place) else 0, columns.shape[1]))
    np.add.at(sums, place, pull)
    middle = sums.T @ sums
    bend = (columns.T * (weight * chance * (1 - chance))) @ columns
    same = max(1.0, float(np.trace(inverse @ middle) / np.trace(inverse @ bend)))
    return np.asarray(inverse @ (middle + same * np.diag(penalty)) @ inverse)


def expit(value: Numbers) -> Numbers:
    """1 ÷ (1 + e^−x)."""
    return np.asarray(0.5 * (1 + np.tanh(value / 2)))


def _penalty(panel: Panel, ridge: float) -> Numbers:
    return np.append(0.0, np.full(panel.columns.shape[1] - 1, ridge))


def _drawn(own: Periods) -> tuple[NDArray[np.int64], Numbers]:
    stayed = np.flatnonzero(~own.left)
    if len(stayed) <= MOST:
        return np.arange(len(own.left)), np.ones(len(own.left))
    kept = np.sort(np.random.default_rng(SEED).choice(stayed, MOST, replace=False))
    rows = np.concatenate([np.flatnonzero(own.left), kept])
    return rows, np.where(own.left[rows], 1.0, len(stayed) / MOST)


def paths(panel: Panel) -> list[Numbers]:
    """The weights for each of `RIDGES`, each begun where the one before ended."""
    found: list[Numbers] = []
    for ridge in RIDGES:
        start = found[-1] if found else None
        found.append(newton(panel.columns, panel.left, panel.weight, _penalty(panel, ridge), start)[0])
    return found
