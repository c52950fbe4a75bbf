"""Two scores of the same accounts and days, held against who left: which singles them out better, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.evidence.rates import Interval
from keepwell.evidence.resampled import REPLICATES, Numbers, Places, Rows, areas, interval, spread, tally


@dataclass(frozen=True)
class Pair:
    """Areas under the ROC curve of both, and the second less the first."""

    first: Interval
    second: Interval
    gain: Interval


def pair(
    first: Numbers, second: Numbers, left: Rows, cluster: Places, stratum: Places, replicates: int = REPLICATES
) -> Pair:
    """Both scores of each row, whether it left, what varies together, and its day: pairs are of one day.

    The same clusters are drawn for both, so that what they share does not count as doubt about the difference. All None
    where no day has somebody who left and somebody who stayed.
    """
    own = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    clusters = int(own.max(initial=-1)) + 1
    tallies = [tally(score, left, own, clusters, stratum) for score in (first, second)]
    drawn = spread(tallies, clusters, replicates)
    found = [float(areas(*one.whole, one.begins)[0]) for one in tallies]
    return Pair(
        interval(found[0], drawn[0]),
        interval(found[1], drawn[1]),
        interval(found[1] - found[0], drawn[1] - drawn[0]),
    )
