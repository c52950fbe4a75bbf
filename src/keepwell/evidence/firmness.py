"""Weights fitted on what was known, judged on what came after: how firmly to believe the expert, chosen so.

Of a cross-section, which knows no after: judged on accounts in another fold.
"""

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


Turn = np.datetime64 | np.int64
"""See `Observed.turn`."""


@dataclass(frozen=True)
class Calibrated:
    """The weights, and how wide the belief was that they came from; turns: how many told that, 0: it is the usual."""

    weighed: Weighed
    width: float
    turns: int


Memory = dict[bytes, tuple[NDArray[np.int64], Numbers]]
"""What turns were found to say: most days know no more of those before them than the day before did."""


def calibrate(seen: Observed, held: Belief, ahead: Ahead, memory: Memory | None = None) -> Calibrated:
    """The weights after looking at all that was seen, with the belief as wide as earlier days say about later ones.

    held: the belief at a width of one; see `chosen`. memory: filled, and used where the same was asked before.
    """
    turns = _judged(seen, ahead)
    width = chosen(seen, held, ahead, memory) if len(turns) else USUAL
    return Calibrated(weigh(seen.points, seen.left, held.wide(width)), width, len(turns))


def chosen(seen: Observed, held: Belief, ahead: Ahead, memory: Memory | None = None) -> float:
    """The width with which the days before each day foretell who leaves after it; the narrowest that does as well.

    Foretelling is judged by the log likelihood of each later day, given the weights of the earlier ones; of a
    cross-section, of each fold, given those of the others. As well: within one standard error of the best, over
    clusters (Breiman et al. 1984, Classification and Regression Trees, 3.4.3). A turn is judged where `FEWEST` left of
    what is learned from, and `USUAL` is taken where too few left in such turns.
    """
    turns = _judged(seen, ahead)
    if not turns:
        return USUAL
    losses = [_remembered(seen, held, ahead, turn, {} if memory is None else memory) for turn in turns]
    every = np.concatenate([loss for _, loss in losses])
    account = np.concatenate([who for who, _ in losses])
    best = int(np.argmin(every.mean(0)))
    for index in range(best):
        worse = np.bincount(account, every[:, index] - every[:, best])
        if worse.sum() <= np.sqrt((worse**2).sum()):
            return WIDTHS[index]
    return WIDTHS[best]


def _judged(seen: Observed, ahead: Ahead) -> list[Turn]:
    """The turns that can be judged; none where fewer than `JUDGED` left in them."""
    turns = [turn for turn in np.unique(seen.turn) if learned(seen, ahead, turn).left.sum() >= FEWEST]
    return turns if seen.only(np.isin(seen.turn, turns)).left.sum() >= JUDGED else []


def learned(seen: Observed, ahead: Ahead, turn: Turn) -> Observed:
    """The rows from which weights for a turn may be learned.

    For a day those of which it is known by its end who left, for a fold those of the others.
    """
    over = seen.day + np.timedelta64(ahead.gap + ahead.horizon)
    return seen.only(np.asarray(over <= turn if seen.fold is None else seen.fold != turn))


def _remembered(
    seen: Observed, held: Belief, ahead: Ahead, turn: Turn, memory: Memory
) -> tuple[NDArray[np.int64], Numbers]:
    past, now = learned(seen, ahead, turn), seen.only(seen.turn == turn)
    told = blake2b(digest_size=16)
    for rows in (past, now):
        for part in (rows.turn, rows.account, rows.left, rows.points):
            told.update(part.tobytes())
    key = told.digest()
    if key not in memory:
        memory[key] = _losses(past, now, held)
    return memory[key]


def _losses(past: Observed, now: Observed, held: Belief) -> tuple[NDArray[np.int64], Numbers]:
    """What varies together of what is judged, by row, and minus its log likelihood by each width."""
    columns = []
    for width in WIDTHS:
        odds = weigh(past.points, past.left, held.wide(width)).odds(now.points)
        columns.append(np.logaddexp(0, odds) - now.left * odds)
    found = np.column_stack(columns)
    known = ~np.isnan(found).any(1)
    return now.cluster[known], found[known]
