"""Weights fitted on what was known, judged on what came after: how firmly to believe the expert, chosen so."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.observed import Observed
from keepwell.evidence.panel import Ahead
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.verdict import FEWEST
from keepwell.evidence.weights import Belief, Weighed, weigh

WIDTHS = (0.02, 0.05, 0.1, 0.2)
"""How far a weight may lie from the expert's, as a standard deviation in shares of one: what is tried."""
USUAL = 0.05
"""What is taken until `JUDGED` accounts have left on days that can be judged: a choice from fewer is a draw of lots."""
JUDGED = 100


@dataclass(frozen=True)
class Calibrated:
    """The weights, and how wide the belief was that they came from; days: how many told that, 0: it is the usual."""

    weighed: Weighed
    width: float
    days: int


Memory = dict[bytes, tuple[NDArray[np.int64], Numbers]]
"""What days were found to say: most days know no more of those before them than the day before did."""


def calibrate(seen: Observed, held: Belief, ahead: Ahead, memory: Memory | None = None) -> Calibrated:
    """The weights after looking at all that was seen, with the belief as wide as earlier days say about later ones.

    held: the belief at a width of one; see `chosen`. memory: filled, and used where the same was asked before.
    """
    days = _judged(seen, ahead)
    width = chosen(seen, held, ahead, memory) if len(days) else USUAL
    return Calibrated(weigh(seen.points, seen.left, held.wide(width)), width, len(days))


def chosen(seen: Observed, held: Belief, ahead: Ahead, memory: Memory | None = None) -> float:
    """The width with which the days before each day foretell who leaves after it; the narrowest that does as well.

    Foretelling is judged by the log likelihood of each later day, given the weights of the earlier ones. As well:
    within one standard error of the best, over clusters (Breiman et al. 1984, Classification and Regression Trees,
    3.4.3). A day is judged where `FEWEST` left before it, and `USUAL` is taken where too few left on such days.
    """
    days = _judged(seen, ahead)
    if not days:
        return USUAL
    losses = [_remembered(seen, held, ahead, day, {} if memory is None else memory) for day in days]
    every = np.concatenate([loss for _, loss in losses])
    account = np.concatenate([who for who, _ in losses])
    best = int(np.argmin(every.mean(0)))
    for index in range(best):
        worse = np.bincount(account, every[:, index] - every[:, best])
        if worse.sum() <= np.sqrt((worse**2).sum()):
            return WIDTHS[index]
    return WIDTHS[best]


def _judged(seen: Observed, ahead: Ahead) -> list[np.datetime64]:
    """The days that can be judged; none where fewer than `JUDGED` left on them."""
    days = [day for day in np.unique(seen.day) if learned(seen, ahead, day).left.sum() >= FEWEST]
    return days if seen.only(np.isin(seen.day, days)).left.sum() >= JUDGED else []


def learned(seen: Observed, ahead: Ahead, day: np.datetime64) -> Observed:
    """The rows of which it is known by the end of this day who left."""
    return seen.only(seen.day + np.timedelta64(ahead.gap + ahead.horizon) <= day)


def _remembered(
    seen: Observed, held: Belief, ahead: Ahead, day: np.datetime64, memory: Memory
) -> tuple[NDArray[np.int64], Numbers]:
    past, now = learned(seen, ahead, day), seen.only(seen.day == day)
    told = blake2b(digest_size=16)
    for rows in (past, now):
        for part in (rows.day, rows.account, rows.left, rows.points):
            told.update(part.tobytes())
    key = told.digest()
    if key not in memory:
        memory[key] = _losses(seen, held, ahead, day)
    return memory[key]


def _losses(seen: Observed, held: Belief, ahead: Ahead, day: np.datetime64) -> tuple[NDArray[np.int64], Numbers]:
    """What varies together of the day, by row, and minus its log likelihood by each width."""
    past, now = learned(seen, ahead, day), seen.only(seen.day == day)
    columns = []
    for width in WIDTHS:
        odds = weigh(past.points, past.left, held.wide(width)).odds(now.points)
        columns.append(np.logaddexp(0, odds) - now.left * odds)
    found = np.column_stack(columns)
    known = ~np.isnan(found).any(1)
    return now.cluster[known], found[known]
