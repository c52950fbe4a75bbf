"""Clusters drawn with replacement, many times at once: over counts by level of a score, never over rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.rates import CONFIDENCE, Interval

REPLICATES = 1_000
SEED = 1
BATCH = 50
"""So many replicates are counted at once: twice as many gain nothing and take twice the memory."""

Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """How many left and how many stayed, level by cluster; levels from the lowest score up, stratum after stratum.

    left, stayed: sparse matrices. begins: the first level of each stratum. Those who stayed between two levels at which
    somebody left are one level: no figure of `areas` or `precisions` can tell them apart.
    """

    left: Any
    stayed: Any
    begins: NDArray[np.intp]

    def counts(self, weights: Numbers) -> tuple[Numbers, Numbers]:
        """Both by level and replicate. weights: how often each cluster was drawn, a column per replicate."""
        return self.left @ weights, self.stayed @ weights

    @property
    def whole(self) -> tuple[Numbers, Numbers]:
        """Both by level, every cluster once: a single column."""
        left, stayed = (
            np.asarray(counts.sum(axis=1), np.float64).reshape(-1, 1) for counts in (self.left, self.stayed)
        )
        return left, stayed


def tally(
    score: Numbers,
    left: Rows,
    cluster: Places,
    clusters: int,
    stratum: Places | None = None,
    weight: Numbers | None = None,
) -> Tally:
    """The counts of rows, one per observation. clusters: how many there are. stratum: numbered; None: one for all.

    weight: how much each row counts, such as its revenue; None: one.
    """
    from scipy.sparse import coo_array

    order = np.argsort(score, kind="stable") if stratum is None else np.lexsort((score, stratum))
    value, who = score[order], left[order]
    fresh = np.arange(len(order)) == 0
    if stratum is not None:
        fresh[1:] |= np.diff(stratum[order]) != 0
    new = fresh.copy()
    new[1:] |= np.diff(value) != 0
    level = _pooled(np.cumsum(new) - 1, who, fresh)
    shape = (int(level[-1]) + 1 if len(level) else 0, clusters)

    def counted(rows: Rows) -> Any:
        much = np.ones(int(rows.sum())) if weight is None else weight[order][rows]
        return coo_array((much, (level[rows], cluster[order][rows])), shape=shape).tocsr()

    return Tally(counted(who), counted(~who), level[fresh].astype(np.intp))


def _pooled(level: NDArray[np.intp], who: Rows, fresh: Rows) -> NDArray[np.intp]:
    """The level of each row, where levels at which nobody left are one with those just above them."""
    if not len(level):
        return level
    some = np.bincount(level, who) > 0
    first = np.zeros(len(some), np.bool_)
    first[level[fresh]] = True
    new = some | first
    new[1:] |= some[:-1]
    return (np.cumsum(new) - 1)[level]


def drawn(clusters: int, replicates: int = REPLICATES, seed: int = SEED) -> Iterator[Numbers]:
    """How often each cluster was drawn, clusters × at most `BATCH`; the same seed draws the same."""
    rng = np.random.default_rng(seed)
    for start in range(0, replicates if clusters else 0, BATCH):
        weights = np.empty((clusters, min(BATCH, replicates - start)))
        for column in range(weights.shape[1]):
            weights[:, column] = np.bincount(rng.integers(0, clusters, clusters), minlength=clusters)
        yield weights


def areas(left: Numbers, stayed: Numbers, begins: NDArray[np.intp]) -> Numbers:
    """By replicate, the area under the ROC curve over pairs of one stratum: Σ hits ÷ Σ pairs; NaN without a pair.

    Of one stratum: the Mann–Whitney statistic (Hanley and McNeil 1982, Radiology 143, 29–36), ties a half. Of several:
    each weighs by its pairs, the stratified estimator of van Elteren (1960, Bull. Int. Stat. Inst. 37, 351–361) with
    the weights of the Mann–Whitney test.
    """
    if not len(left):
        return np.full(left.shape[1:], np.nan)
    gone, kept = np.add.reduceat(left, begins), np.add.reduceat(stayed, begins)
    lengths = np.diff([*begins, len(left)])
    higher = np.repeat(np.cumsum(kept, axis=0), lengths, axis=0) - np.cumsum(stayed, axis=0)
    return ratio((left * (higher + stayed / 2)).sum(axis=0), (gone * kept).sum(axis=0))


def precisions(left: Numbers, stayed: Numbers) -> Numbers:
    """By replicate, Σ (Rₙ − Rₙ₋₁) Pₙ over the levels from the lowest score up: precision and recall, in steps.

    As scikit-learn's average_precision_score defines it. Chance gives the share of those who left. NaN of nobody.
    """
    reached, called = np.cumsum(left, axis=0), np.cumsum(left + stayed, axis=0)
    precision = np.divide(reached, called, out=np.zeros_like(reached), where=called > 0)
    return ratio((left * precision).sum(axis=0), left.sum(axis=0))


def ratio(part: Numbers, of: Numbers) -> Numbers:
    """The quotient; NaN of nothing."""
    found: Numbers = np.divide(part, of, out=np.full(part.shape, np.nan), where=of > 0)
    return found


def spread(tallies: Sequence[Tally], clusters: int, replicates: int = REPLICATES, seed: int = SEED) -> Numbers:
    """Areas, tally by replicate: all of a replicate are of the same clusters, so that they can be compared in pairs.

    Clusters are drawn with replacement (Field and Welsh 2007, JRSS B 69, 369–390).
    """
    batches = [
        np.array([areas(*one.counts(weights), one.begins) for one in tallies])
        for weights in (drawn(clusters, replicates, seed) if tallies else ())
    ]
    return np.concatenate(batches, axis=1) if batches else np.empty((len(tallies), 0))


def interval(value: float, found: Numbers) -> Interval:
    """The percentile interval of a value. Replicates that say nothing (NaN) are left out."""
    said = found[~np.isnan(found)]
    if np.isnan(value) or not len(said):
        return Interval(None, None, None)
    low, high = np.quantile(said, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(value), float(low), float(high))
