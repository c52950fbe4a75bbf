"""What each measure is worth to those who have it, so that one can say what it would be worth to those who have not.

Every day is foretold twice by weights of what was known before it: with the measure, and with weights fitted without
it. Both are held against who left, of the accounts that have it. That the others would gain as much is an assumption:
who sends no usage may be another kind of customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.firmness import Turn
from keepwell.evidence.observed import Observed
from keepwell.evidence.pairs import Pair, pair
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import CONFIDENCE, quantile
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import Belief, mean_points, weigh

REPLICATES = 300


@dataclass(frozen=True)
class Lesson:
    """What was learned from for a turn (see `firmness.learned`), and the belief as wide as these say."""

    known: Observed
    held: Belief


@dataclass(frozen=True)
class Worth:
    """A measure, by its place: how many accounts lack it on the newest day, and what it adds to those who have it.

    change: areas under the ROC curve without it and with it, and the difference, of days and accounts that have it; all
    None where fewer than `FEWEST` of these left. shown: that the difference lies above nothing although it is one of
    many: its distance from 0 in standard errors is beyond what the best of so many would reach by chance (Bonferroni).
    """

    place: int
    lack: int
    change: Pair
    shown: bool

    @property
    def expected(self) -> float:
        """The gain, were the others to gain as much, times how many they are; nothing where it cannot be shown."""
        return self.lack * self.change.gain.value if self.shown and self.change.gain.value is not None else 0.0


def worth(seen: Observed, lessons: Mapping[Turn, Lesson], lacking: Sequence[int]) -> list[Worth]:
    """Every measure that some account lacks, the one that promises most first.

    seen: the rows with who left as known in the end. lessons: of each turn that is judged. lacking: how many accounts
    lack each measure on the newest day, of those to which it applies.
    """
    turns = [turn for turn, lesson in lessons.items() if lesson.known.left.sum() >= FEWEST]
    own = seen.only(np.isin(seen.turn, turns))
    every = np.arange(seen.points.shape[1])
    whole = _foretold(own, lessons, turns, every)
    wanted = [place for place in range(len(every)) if lacking[place]]
    changes = [_change(own, whole, _foretold(own, lessons, turns, np.delete(every, place)), place) for place in wanted]
    found = [
        Worth(place, lacking[place], one, _shown(one, len(wanted))) for place, one in zip(wanted, changes, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.expected, -(one.change.gain.value or 0.0), one.place))


def _change(own: Observed, whole: Numbers, without: Numbers, place: int) -> Pair:
    both = ~np.isnan(own.points[:, place]) & ~np.isnan(without) & ~np.isnan(whole)
    left = own.left[both]
    enough = min(left.sum(), (~left).sum()) >= FEWEST
    rows = both if enough else np.zeros_like(both)
    return pair(without[rows], whole[rows], own.left[rows], own.cluster[rows], own.stratum[rows], REPLICATES)


def _shown(change: Pair, of: int) -> bool:
    gain = change.gain
    if gain.value is None or gain.low is None or gain.high is None:
        return False
    error = (gain.high - gain.low) / 2 / quantile(CONFIDENCE)
    return gain.value > quantile(1 - (1 - CONFIDENCE) / of) * error


def _foretold(
    own: Observed, lessons: Mapping[Turn, Lesson], turns: Sequence[Turn], which: NDArray[np.int64]
) -> Numbers:
    """Each row's mean of the measures `which`, by weights of what was learned from for its turn."""
    found = np.full(len(own), np.nan)
    for turn in turns:
        known, held = lessons[turn].known, _of(lessons[turn].held, which)
        if held is not None:
            rows = own.turn == turn
            weights = weigh(known.points[:, which], known.left, held).weights
            found[rows] = mean_points(own.points[rows][:, which], weights, held.groups)
    return found


def _of(held: Belief, which: NDArray[np.int64]) -> Belief | None:
    """The belief about some of the measures, as if there were no others; None where these have no weight at all."""
    whole = held.expert[which].sum()
    if not whole:
        return None
    ones = np.ones(len(which))
    groups = tuple(np.flatnonzero(np.isin(which, group)) for group in held.groups)
    return Belief(held.expert[which] / whole, held.width[which], 0 * ones, ones, (), groups)
