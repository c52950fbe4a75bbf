"""How many leave changes over the years, whatever is known of each account: a level that wanders.

O_t ~ Poisson(E_t · e^u_t), u_t = u_{t−1} + N(0, s² · `STEP` / 365): E_t is whom the hazard lets leave in month t of the
past, O_t who left. It is the local level model (Durbin and Koopman 2012, «Time Series Analysis by State Space Methods»,
sections 2.1 and 9.2). Its u are found by Laplace's approximation (Rue, Martino and Chopin 2009, JRSS B 71, 319–392) for
each of `SPREADS`, and these weighed by what the months and `USUAL` say of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.landmarks import STEP, Landmarks
from keepwell.evidence.ranking import Numbers

SPREADS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6])
"""Deviations s of the logarithm of the level after a year."""
USUAL = 0.2
"""The deviation of the half-normal prior of s: that a level halves or doubles within a year is hardly believed."""
FIRST = 0.5
"""The deviation of the first level from what the hazard says."""
ROUNDS, LONGEST, ENOUGH = 50, 1.0, 1e-9
LEAST = 1e-6
"""So near to 1 a chance can be raised."""


@dataclass(frozen=True)
class Level:
    """The logarithm of the level at the end of the past, as a mixture with a part for each of some spreads.

    weights: of the parts, in sum 1. middles, deviations: of the level now. spreads: of its change in a year.
    """

    weights: Numbers
    middles: Numbers
    deviations: Numbers
    spreads: Numbers

    @property
    def now(self) -> float:
        """Its mean; the mean of all months to come is the same, for the level wanders up as well as down."""
        return float(self.weights @ self.middles)

    def drawn(self, dice: np.random.Generator, draws: int, steps: int) -> Numbers:
        """Levels of the steps to come: a row per draw, a column per step."""
        part = dice.choice(len(self.weights), draws, p=self.weights)
        now = self.middles[part] + self.deviations[part] * dice.standard_normal(draws)
        moves = self.spreads[part, None] * np.sqrt(STEP / 365) * dice.standard_normal((draws, steps))
        return np.asarray(now[:, None] + np.cumsum(moves, axis=1))


def raised(logit: Numbers, level: Numbers | float) -> Numbers:
    """The logit of a chance that is e^level times as large: log(p e^u ÷ (1 − p e^u)); it stays below 1."""
    room = np.maximum(1 + np.exp(logit) * (1 - np.exp(level)), LEAST)
    return np.asarray(logit + level - np.log(room))


def level_of(marks: Landmarks, group: NDArray[np.int64], chance: Numbers) -> Level:
    """From the first month after each landmark day: who left in it, beside the hazard's chances.

    Months that ended in another way are in neither. Some month is known to its end.

    group: of each landmark's account. chance: to leave in the first step, one per landmark. Accounts that leave as one
    say as much as one: each counts as its part of those that are there of its group in the month.
    """
    told = marks.followed(STEP) & ~marks.ended_otherwise(STEP)
    days, month = np.unique(marks.day[told], return_inverse=True)
    pairs = np.column_stack([month, group[told]])
    _, place, many = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    parts = 1 / many[place]
    gone = marks.left_within(STEP)[told]
    left, expected = (np.bincount(month, own * parts, len(days)).astype(np.float64) for own in (gone, chance[told]))
    return wandering(left, expected)


def wandering(left: Numbers, expected: Numbers) -> Level:
    """left, expected: of each month, the earliest first; expected above 0."""
    found = np.array([_along(left, expected, spread) for spread in SPREADS])
    said = found[:, 2] - SPREADS**2 / (2 * USUAL**2) + np.log(np.gradient(SPREADS))
    weights = np.exp(said - said.max())
    return Level(weights / weights.sum(), found[:, 0], found[:, 1], SPREADS)


def _along(left: Numbers, expected: Numbers, spread: float) -> tuple[float, float, float]:
    """For one spread the last level, its deviation, and the logarithm of how likely the months are."""
    moves = np.diff(np.eye(len(left)), axis=0)
    prior = 365 / STEP / spread**2 * moves.T @ moves
    prior[0, 0] += 1 / FIRST**2
    own = np.zeros(len(left))
    for _ in range(ROUNDS):
        rate = expected * np.exp(own)
        bend = prior + np.diag(rate)
        move = np.linalg.solve(bend, left - rate - prior @ own)
        if float(np.abs(move).max()) < ENOUGH:
            break
        own = own + move * min(1.0, LONGEST / float(np.abs(move).max()))
    likely = left @ own - rate.sum() - own @ prior @ own / 2
    shape = (np.linalg.slogdet(prior)[1] - np.linalg.slogdet(bend)[1]) / 2
    return float(own[-1]), float(np.sqrt(np.linalg.inv(bend)[-1, -1])), float(likely + shape)
