"""Whether those with the higher score grew more: the score against what the accounts paid a horizon later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.evidence.rates import Interval
from keepwell.evidence.resampled import REPLICATES, Numbers, Places, drawn, interval
from keepwell.evidence.verdict import ABSENT


@dataclass(frozen=True)
class Growth:
    """Spearman's correlation of score and growth. scores: how many rows; changed: of them paid something else after."""

    scores: int
    changed: int
    correlation: Interval


def growth(score: Numbers, grew: Numbers, cluster: Places, day: Places, replicates: int = REPLICATES) -> Growth | None:
    """Ranks of both within a day, ties a middle rank, correlated over all (Spearman 1904, Am. J. Psych. 15, 72–101).

    grew: what the account paid after ÷ before, less one; NaN where that is not known. The interval draws clusters; the
    ranks are those of the whole sample. None with fewer than `ABSENT` rows of which it is known, or if none changed.
    """
    from scipy.stats import rankdata

    there = ~np.isnan(grew)
    changed = int((grew[there] != 0).sum())
    if there.sum() < ABSENT or changed < ABSENT:
        return None
    own, days, ones = cluster[there], day[there], np.ones(int(there.sum()))
    x, y = (np.empty(len(days)) for _ in range(2))
    for one in np.unique(days):
        rows = days == one
        for into, values in ((x, score[there]), (y, grew[there])):
            into[rows] = (rankdata(values[rows]) - 0.5) / rows.sum() - 0.5
    clusters = int(cluster.max()) + 1
    sums = np.array([np.bincount(own, part, clusters) for part in (ones, x, y, x * x, y * y, x * y)])
    spread = np.concatenate([_pearson(sums @ weights) for weights in drawn(clusters, replicates)])
    found = _pearson(sums.sum(axis=1, keepdims=True))[0]
    return Growth(len(days), changed, interval(float(found), spread))


def _pearson(sums: Numbers) -> Numbers:
    """From n, Σx, Σy, Σx², Σy², Σxy, a column per replicate."""
    n, x, y, xx, yy, xy = sums
    wide = (n * xx - x * x) * (n * yy - y * y)
    found: Numbers = np.divide(
        n * xy - x * y, np.sqrt(np.maximum(wide, 0)), out=np.full(n.shape, np.nan), where=wide > 0
    )
    return found
