"""Two scores of the same accounts and days, held against who left: which singles them out better, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import REPLICATES, SEED, Numbers, auc
from keepwell.evidence.rates import CONFIDENCE, Interval


@dataclass(frozen=True)
class Pair:
    """Areas under the ROC curve of both, and the second less the first."""

    first: Interval
    second: Interval
    gain: Interval


def pair(
    first: Numbers,
    second: Numbers,
    left: NDArray[np.bool_],
    cluster: NDArray[np.int64],
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Pair:
    """Both scores of each row, whether it left, and what varies together; intervals of a bootstrap over clusters.

    The same clusters are drawn for both, so that what they share does not count as doubt about the difference. All None
    where nobody left, or nobody stayed.
    """
    if not left.any() or left.all():
        return Pair(*(Interval(None, None, None),) * 3)
    places = [np.unique(score, return_inverse=True)[1] for score in (first, second)]
    clusters = int(cluster.max()) + 1
    drawn = np.random.default_rng(seed)

    def areas(weights: Numbers) -> list[float]:
        own, rest = weights * left, weights * ~left
        counts = [(np.bincount(place, own), np.bincount(place, rest)) for place in places]
        return [auc(gone.astype(np.float64), here.astype(np.float64)) for gone, here in counts]

    spread = np.array(
        [
            areas(np.bincount(drawn.integers(0, clusters, clusters), minlength=clusters)[cluster].astype(np.float64))
            for _ in range(replicates)
        ]
    )
    found = areas(np.ones(len(left)))
    return Pair(
        _interval(found[0], spread[:, 0]),
        _interval(found[1], spread[:, 1]),
        _interval(found[1] - found[0], spread[:, 1] - spread[:, 0]),
    )


def _interval(value: float, spread: Numbers) -> Interval:
    low, high = np.nanquantile(spread, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))
