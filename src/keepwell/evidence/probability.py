"""A score as the probability of leaving, as it would have been read off earlier days: how good, and how honest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.calibration import Bin, calibration, expected_error
from keepwell.evidence.forward import Fit
from keepwell.evidence.rates import CONFIDENCE, Interval
from keepwell.evidence.resampled import REPLICATES, SEED, Numbers, Places, Rows, drawn, interval, ratio
from keepwell.evidence.verdict import FEWEST


@dataclass(frozen=True)
class Probability:
    """Probabilities beside what came. brier: mean squared difference; skill: how much less than by the earlier share.

    error: the expected calibration error over the bins; chance: what 95 of 100 companies stay below whose probabilities
    are all true.
    """

    scores: int
    left: int
    brier: Interval
    skill: Interval
    error: float
    chance: float
    curve: list[Bin]


def logistic(score: Numbers) -> Fit:
    """The probability of leaving by logistic regression on the score alone (Platt 1999), unpenalised."""

    def fit(known: NDArray[np.intp], left: Rows, wanted: NDArray[np.intp]) -> Numbers | None:
        if min(left.sum(), (~left).sum()) < FEWEST or np.ptp(score[known]) == 0:
            return None
        from sklearn.linear_model import LogisticRegression

        middle, wide = score[known].mean(), score[known].std()
        own = ((score - middle) / wide)[:, None]
        model = LogisticRegression(C=np.inf, tol=1e-8).fit(own[known], left)
        told: Numbers = model.predict_proba(own[wanted])[:, 1]
        return told

    return fit


def base(_: NDArray[np.intp], left: Rows, wanted: NDArray[np.intp]) -> Numbers | None:
    """Of everybody the share that had left on earlier days."""
    return np.full(len(wanted), left.mean()) if len(left) else None


def probability(
    expected: Numbers, usual: Numbers, left: Rows, cluster: Places, replicates: int = REPLICATES
) -> Probability | None:
    """expected, usual: by the score and by the share alone; NaN where nothing was. None where too few left or stayed.

    The Brier score has a bootstrap over clusters. The calibration error is above 0 by chance alone, so its measure is
    what simulations give in which the probabilities are true, each score alone (see `expected_error_band`).
    """
    there = ~np.isnan(expected)
    p, usual, who, cluster = expected[there], usual[there], left[there], cluster[there]
    if min(who.sum(), (~who).sum()) < FEWEST:
        return None
    clusters = int(cluster.max()) + 1
    rows = (np.ones(len(p)), (p - who) ** 2, (usual - who) ** 2)
    sums = np.array([np.bincount(cluster, row, clusters) for row in rows])
    figures = np.concatenate([_figures(sums @ weights) for weights in drawn(clusters, replicates)], axis=1)
    brier, skill = _figures(sums.sum(axis=1, keepdims=True))[:, 0]
    curve = calibration(p, who)
    return Probability(
        len(p),
        int(who.sum()),
        interval(float(brier), figures[0]),
        interval(float(skill), figures[1]),
        expected_error(p, who),
        _chance(curve),
        curve,
    )


def _figures(sums: Numbers) -> Numbers:
    count, own, usual = sums
    return np.array([ratio(own, count), 1 - ratio(own, usual)])


def _chance(curve: list[Bin]) -> float:
    rng = np.random.default_rng(SEED)
    of, expected = np.array([one.count for one in curve]), np.array([one.expected for one in curve])
    hits = rng.binomial(of, expected, (REPLICATES, len(curve)))
    return float(np.quantile(np.abs(hits - of * expected).sum(axis=1) / of.sum(), CONFIDENCE))
