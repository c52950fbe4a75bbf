"""Measures that know the end when it is near and not before: entered, or changed, because the account was leaving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.evidence.doubts import FEW, JUMP, SURE
from keepwell.evidence.resampled import REPLICATES, Numbers, Places, Rows, areas, interval, spread, tally

NEAR = (7, 14, 30)
FAR = 30
"""Those who leave later than so many days after a score are far from their end."""


@dataclass(frozen=True)
class Leak:
    """A measure alone, for those who left within `days` of the score (near) and for those who left later (far).

    Both areas are against the same accounts that stayed. left_near, left_far: how many left.
    """

    measure: str
    days: int
    near: float
    far: float
    left_near: int
    left_far: int


def leaks(
    measures: Sequence[str],
    points: Numbers,
    left: Rows,
    after: Numbers,
    cluster: Places,
    replicates: int = REPLICATES,
) -> Iterator[Leak]:
    """Those that tell at `SURE` near the end and by `JUMP` less far from it, with an interval above nothing.

    points: a column per measure. after: days to the end. Of each measure the nearest window with `FEW` leavers counts.
    """
    for column, measure in enumerate(measures):
        there = ~np.isnan(points[:, column])
        found = (
            _leak(measure, days, points[there, column], left[there], after[there], cluster[there], replicates)
            for days in NEAR
        )
        if leak := next((one for one in found if one is not None), None):
            yield leak


def _leak(
    measure: str, days: int, points: Numbers, left: Rows, after: Numbers, cluster: Places, replicates: int
) -> Leak | None:
    near, far = left & (after <= days), left & (after > FAR)
    if min(near.sum(), far.sum(), (~left).sum()) < FEW:
        return None
    clusters = int(cluster.max()) + 1
    tallies = []
    for who in (near, far):
        rows = who | ~left
        tallies.append(tally(points[rows], left[rows], cluster[rows], clusters))
    first, second = (float(areas(*one.whole, one.begins)[0]) for one in tallies)
    if first < SURE or first - second < JUMP:
        return None
    spreads = spread(tallies, clusters, replicates)
    apart = interval(first - second, spreads[0] - spreads[1])
    if apart.low is None or apart.low <= 0:
        return None
    return Leak(measure, days, first, second, int(near.sum()), int(far.sum()))
