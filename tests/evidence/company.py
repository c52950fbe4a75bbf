"""Companies whose chance to leave is known exactly: a hazard per month, by health and by the end of the contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.hazard import expit
from keepwell.evidence.known import Known
from keepwell.evidence.landmarks import STEP, STEPS, Landmarks
from keepwell.evidence.ranking import Numbers

FIRST = np.datetime64("2023-01-01", "D")
YEAR = 360


@dataclass(frozen=True)
class Company:
    """Everybody is there from the first month on. health: account × month; hazard: likewise; left: day, ∞ never."""

    health: Numbers
    hazard: Numbers
    renewal: Numbers
    tenure: Numbers
    left: Numbers

    def known(self, month: int, until: NDArray[np.float64] | None = None, named: bool = False) -> Known:
        """What is known at the beginning of a month.

        until: the days on which lives end in another way, ∞ never. named: that is known to be an end that competes.
        """
        months = np.arange(month + 1)
        over = np.full(len(self.left), np.inf) if until is None else until
        there = np.minimum(self.left, over)[:, None] > STEP * months
        column, account = np.nonzero(there.T)
        day = STEP * column.astype(np.float64)
        after = self.left[account] - day
        other = over[account] - day
        seen = np.minimum(STEP * month - day, other)
        none = np.full(len(day), np.nan)
        health = 50 + 25 * self.health[account, column]
        return Known(
            FIRST + STEP * month,
            Landmarks(
                account.astype(np.int64),
                FIRST + day.astype(np.int64),
                health[:, None],
                none,
                self.tenure[account] + day,
                self.renewal[account, column],
                np.full(len(day), float(YEAR)),
                np.where(after <= seen, after, np.nan),
                seen,
                np.where(named & (other <= seen) & ~(after <= other), other, np.nan),
            ),
        )

    def knowns(self, last: int, until: NDArray[np.float64] | None = None, named: bool = False) -> list[Known]:
        """Cuts three months apart, the last of them in this month."""
        return [self.known(month, until, named) for month in range(last % 3, last + 1, 3)]

    def chance(self, month: int, steps: int) -> Numbers:
        """The true chance of each account to leave in so many months from a month on, were it there."""
        return np.asarray(1 - np.prod(1 - self.hazard[:, month : month + steps], axis=1))


def company(seed: int, accounts: int = 800, months: int = 24, level: float = -4.6, wander: float = 0.0) -> Company:
    """Health is a standard normal that wanders about its own mean; who leaves is drawn month by month."""
    dice = np.random.default_rng(seed)
    total = months + STEPS
    own = dice.standard_normal(accounts)
    noise = dice.standard_normal((accounts, total))
    health = np.sqrt(1 - wander) * own[:, None] + np.sqrt(wander) * noise
    phase = dice.integers(0, YEAR, accounts)
    renewal = np.mod(phase[:, None] - STEP * np.arange(total), YEAR).astype(np.float64)
    hazard = expit(level - 1.1 * health + 1.6 * (renewal < STEP))
    leaves = dice.random((accounts, total)) < hazard
    month = np.where(leaves.any(axis=1), leaves.argmax(axis=1), np.inf)
    left = STEP * month + dice.integers(1, STEP + 1, accounts).astype(np.float64)
    return Company(health, hazard, renewal, dice.uniform(0, 2000, accounts), np.asarray(left, np.float64))
