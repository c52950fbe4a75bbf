"""How well low scores single out those who leave, from how many left and how many stayed at each level of the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.rates import Interval
from keepwell.evidence.resampled import REPLICATES, SEED, Numbers, areas, drawn, interval, precisions, tally

__all__ = ["REPLICATES", "SEED", "Numbers", "Ranking", "Sample", "auc", "average_precision", "levels", "rank"]


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
    left, stayed = (np.bincount(level, who, len(known)).astype(np.float64) for who in (sample.left, ~sample.left))
    return left, stayed


def auc(left: Numbers, stayed: Numbers) -> float:
    """The chance that one who left had the lower score than one who stayed; an equal score counts half.

    The area under the ROC curve; see `areas`. left, stayed: how many at each level, from the lowest score to the
    highest. NaN where either is nobody.
    """
    return float(areas(left[:, None], stayed[:, None], np.zeros(1, np.intp))[0])


def average_precision(left: Numbers, stayed: Numbers) -> float:
    """The area under precision and recall, in steps; see `precisions`."""
    return float(precisions(left[:, None], stayed[:, None])[0])


@dataclass(frozen=True)
class Ranking:
    """auc, precision (average), lead, each with the percentile interval of a bootstrap over clusters.

    lead: the mean score of those who stayed less that of those who left.
    """

    auc: Interval
    precision: Interval
    lead: Interval


def rank(sample: Sample, replicates: int = REPLICATES, seed: int = SEED) -> Ranking:
    """All three for a sample. Clusters are drawn with replacement (Field and Welsh 2007, JRSS B 69, 369–390)."""
    clusters = int(sample.cluster.max()) + 1 if len(sample.cluster) else 0
    counts, sums = tally(sample.score, sample.left, sample.cluster, clusters), _sums(sample, clusters)

    def figures(left: Numbers, stayed: Numbers, totals: Numbers) -> Numbers:
        return np.array([areas(left, stayed, counts.begins), precisions(left, stayed), _leads(totals)])

    found = figures(*counts.whole, sums.sum(axis=1, keepdims=True))[:, 0]
    batches = [figures(*counts.counts(weights), sums @ weights) for weights in drawn(clusters, replicates, seed)]
    spread = np.concatenate(batches, axis=1) if batches else np.empty((3, 0))
    return Ranking(*(interval(value, spread[index]) for index, value in enumerate(found)))


def _sums(sample: Sample, clusters: int) -> Numbers:
    """By cluster: how many left and their scores, how many stayed and theirs."""
    rows = [(who, weight) for who in (sample.left, ~sample.left) for weight in (np.ones(len(who)), sample.score)]
    return np.array([np.bincount(sample.cluster, who * weight, clusters) for who, weight in rows])


def _leads(totals: Numbers) -> Numbers:
    left, of_left, stayed, of_stayed = totals
    both = (left > 0) & (stayed > 0)
    nothing = np.full(left.shape, np.nan)
    means = [
        np.divide(total, count, out=nothing.copy(), where=both)
        for total, count in ((of_stayed, stayed), (of_left, left))
    ]
    found: Numbers = means[0] - means[1]
    return found
