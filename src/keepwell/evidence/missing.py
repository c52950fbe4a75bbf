"""What each measure is worth to those who have it, so that one can say what it would be worth to those who have not.

Every day is foretold twice by weights of what was known before it: with the measure, and with weights fitted without
it. Both are held against who left, of the accounts that have it. That the others would gain as much is an assumption:
who sends no usage may be another kind of customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.firmness import learned
from keepwell.evidence.observed import Observed
from keepwell.evidence.pairs import Pair, pair
from keepwell.evidence.panel import Ahead
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import Belief, mean_points, weigh

REPLICATES = 300


@dataclass(frozen=True)
class Worth:
    """A measure, by its place: how many have it on the newest day, how many lack it, and what it adds.

    change: areas under the ROC curve without it and with it, and the difference, of days and accounts that have it; all
    None where fewer than `FEWEST` of these left.
    """

    place: int
    have: int
    lack: int
    change: Pair

    @property
    def expected(self) -> float:
        """The gain, were the others to gain as much, times how many they are; nothing where it cannot be shown."""
        gain = self.change.gain
        return self.lack * gain.value if gain.value is not None and gain.low is not None and gain.low > 0 else 0.0


def worth(seen: Observed, held: Belief, ahead: Ahead) -> list[Worth]:
    """Every measure that some account lacks on the newest day, the one that promises most first.

    held: the belief with the width that is used. Raises nothing: where too few left, `change` says nothing.
    """
    newest = seen.points[seen.day == seen.day.max()] if len(seen) else seen.points
    lacking = np.isnan(newest).sum(0)
    days = [day for day in np.unique(seen.day) if learned(seen, ahead, day).left.sum() >= FEWEST]
    own = seen.only(np.isin(seen.day, days))
    everything = _foretold(seen, own, held, ahead, days, np.arange(seen.points.shape[1]))
    found = [
        Worth(place, int(len(newest) - lacking[place]), int(lacking[place]), change)
        for place, change in _changes(seen, own, held, ahead, days, everything)
        if lacking[place]
    ]
    return sorted(found, key=lambda one: (-one.expected, -(one.change.gain.value or 0.0), one.place))


def _changes(
    seen: Observed, own: Observed, held: Belief, ahead: Ahead, days: list[np.datetime64], everything: Numbers
) -> Iterator[tuple[int, Pair]]:
    count = seen.points.shape[1]
    for place in range(count):
        without = _foretold(seen, own, held, ahead, days, np.delete(np.arange(count), place))
        both = ~np.isnan(own.points[:, place]) & ~np.isnan(without) & ~np.isnan(everything)
        left = own.left[both]
        enough = min(left.sum(), (~left).sum()) >= FEWEST
        rows = both if enough else np.zeros_like(both)
        yield (
            place,
            pair(without[rows], everything[rows], own.left[rows], own.cluster[rows], own.stratum[rows], REPLICATES),
        )


def _foretold(
    seen: Observed,
    own: Observed,
    held: Belief,
    ahead: Ahead,
    days: list[np.datetime64],
    which: NDArray[np.int64],
) -> Numbers:
    """Each row's mean of the measures `which`, by weights of what was known before its day."""
    found = np.full(len(own), np.nan)
    part = _of(held, which)
    if part is None:
        return found
    for day in days:
        past, rows = learned(seen, ahead, day), own.day == day
        weights = weigh(past.points[:, which], past.left, part).weights
        found[rows] = mean_points(own.points[rows][:, which], weights)
    return found


def _of(held: Belief, which: NDArray[np.int64]) -> Belief | None:
    """The belief about some of the measures, as if there were no others; None where these have no weight at all."""
    whole = held.expert[which].sum()
    if not whole:
        return None
    ones = np.ones(len(which))
    return Belief(held.expert[which] / whole, held.width[which], 0 * ones, ones)
