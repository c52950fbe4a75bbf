"""What was known on a day of the past, and how much of its newest months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.landmarks import STEP, STEPS, Landmarks

TOLD = 0.8
"""A month counts if as large a share of those who left in earlier ones like it was known in time."""


@dataclass(frozen=True)
class Known:
    """What was known on a day: landmarks up to it, with what had become of them.

    groups: by the place of an account the number of those with which it leaves as one; None: each is alone.
    """

    day: np.datetime64
    marks: Landmarks
    groups: NDArray[np.int64] | None = None

    @property
    def here(self) -> Landmarks:
        """The accounts of the day itself."""
        return self.marks.only(self.marks.day == self.day)

    def group(self, account: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of the groups of these accounts."""
        return account if self.groups is None else self.groups[account]

    @property
    def leavers(self) -> int:
        """How many accounts are seen to leave within reach of a landmark."""
        return len(np.unique(self.marks.account[self.marks.left_within(STEP * STEPS)]))


def untold(earlier: Sequence[Known], now: Known) -> int:
    """How many of the newest months do not say yet who left in them, for that was learned late before.

    earlier: what was known on other days before; without any, all is taken to be told. Of months that were as new on
    these days, it is counted who was known then to have left in them, beside who is known now.
    """
    for age in range(STEPS):
        days = [one.day - STEP * (age + 1) for one in earlier]
        then = sum(_left_after(one.marks, day) for one, day in zip(earlier, days, strict=True))
        if then >= TOLD * sum(_left_after(now.marks, day) for day in days):
            return age
    return STEPS


def told(now: Known, months: int) -> Known:
    """The same without so many of the newest months, in which nobody is seen."""
    reach = (now.day - now.marks.day).astype(np.float64) - STEP * months
    return replace(now, marks=replace(now.marks, seen=np.minimum(now.marks.seen, reach)))


def _left_after(marks: Landmarks, day: np.datetime64) -> int:
    """How many of the landmarks of a day are seen to leave in the month after it."""
    return int((marks.left_within(STEP) & (marks.day == day)).sum())
