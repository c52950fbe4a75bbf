"""How well low scores single out those who leave, from how many left and how many stayed at each level of the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.rates import CONFIDENCE, Interval

REPLICATES = 1_000
SEED = 1

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One row per observation.

    score: higher is healthier. left: whether the account left. cluster: what varies together (an account, or a group
    that leaves as one), numbered from 0.
    """

    score: Numbers
    left: NDArray[np.bool_]
    cluster: NDArray[np.int64]

    @property
    def clusters_left(self) -> int:
        """How many clusters have an observation that left."""
        return len(np.unique(self.cluster[self.left]))

    @property
    def clusters_stayed(self) -> int:
        """How many clusters have an observation that stayed."""
        return len(np.unique(self.cluster[~self.left]))


def levels(sample: Sample) -> tuple[Numbers, Numbers]:
    """How many left and how many stayed at each level of the score, from the lowest up."""
    known, level = np.unique(sample.score, return_inverse=True)
    return _counted(sample, level, len(known), np.ones(len(level)))


def _counted(sample: Sample, level: NDArray[np.intp], known: int, weights: Numbers) -> tuple[Numbers, Numbers]:
    """The same where each observation counts `weights` times. level: its place among the `known` scores."""
    left, stayed = (np.bincount(level, weights * who, known) for who in (sample.left, ~sample.left))
    return left.astype(np.float64), stayed.astype(np.float64)


def auc(left: Numbers, stayed: Numbers) -> float:
    """The chance that one who left had the lower score than one who stayed; an equal score counts half.

    The area under the ROC curve as the Mann–Whitney statistic (Hanley and McNeil 1982, Radiology 143, 29–36).
    left, stayed: how many at each level, from the lowest score to the highest. NaN where either is nobody.
    """
    total = left.sum() * stayed.sum()
    higher = stayed.sum() - np.cumsum(stayed)
    return float((left * (higher + stayed / 2)).sum() / total) if total else float("nan")


def average_precision(left: Numbers, stayed: Numbers) -> float:
    """Σ (Rₙ − Rₙ₋₁) Pₙ over the levels from the lowest score up: the area under precision and recall, in steps.

    As scikit-learn's average_precision_score defines it. Chance gives the share of those who left.
    """
    reached, called = np.cumsum(left), np.cumsum(left + stayed)
    if not left.sum():
        return float("nan")
    precision = np.divide(reached, called, out=np.zeros_like(reached), where=called > 0)
    return float((left * precision).sum() / left.sum())


def lead(left: Numbers, stayed: Numbers, known: Numbers) -> float:
    """The mean score of those who stayed less that of those who left."""
    if not left.sum() or not stayed.sum():
        return float("nan")
    return float((stayed * known).sum() / stayed.sum() - (left * known).sum() / left.sum())


@dataclass(frozen=True)
class Ranking:
    """auc, precision (average), lead, each with the percentile interval of a bootstrap over clusters."""

    auc: Interval
    precision: Interval
    lead: Interval


def rank(sample: Sample, replicates: int = REPLICATES, seed: int = SEED) -> Ranking:
    """All three for a sample. Clusters are drawn with replacement (Field and Welsh 2007, JRSS B 69, 369–390)."""
    known, level = np.unique(sample.score, return_inverse=True)
    clusters = int(sample.cluster.max()) + 1 if len(sample.cluster) else 0
    drawn = np.random.default_rng(seed)

    def figures(weights: Numbers) -> tuple[float, float, float]:
        left, stayed = _counted(sample, level, len(known), weights)
        return auc(left, stayed), average_precision(left, stayed), lead(left, stayed, known)

    def replicate() -> tuple[float, float, float]:
        counts = np.bincount(drawn.integers(0, clusters, clusters), minlength=clusters)
        return figures(counts[sample.cluster].astype(np.float64))

    found = figures(np.ones(len(sample.score)))
    spread = np.array([replicate() for _ in range(replicates)]) if clusters else np.empty((0, 3))
    return Ranking(*(_interval(value, spread[:, index]) for index, value in enumerate(found)))


def _interval(value: float, spread: Numbers) -> Interval:
    """Replicates in which nobody left, or nobody stayed, say nothing and are left out."""
    said = spread[~np.isnan(spread)]
    if np.isnan(value) or not len(said):
        return Interval(None, None, None)
    low, high = np.quantile(said, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))
