"""Accounts on landmark days, and each of the months after them as a row: the panel that a hazard is fitted to.

A *landmark* is a day on which everybody who was there is looked at with what was known then. From it the months ahead
are steps of `STEP` days; in each the account leaves, stays, or is not seen to its end (van Houwelingen 2007, «Dynamic
prediction by landmarking in event history analysis», Scandinavian Journal of Statistics 34, 70–85).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers

STEP = 30
"""Days of a step; a month, for people."""
STEPS = 13
"""So many steps reach beyond 365 days."""
NEAR = (30.0, 60.0, 90.0, 120.0, 180.0)
"""Edges of the days to the end of the contract, at the beginning of a step."""
SOON = 120.0
"""Nearer than this, whether the account stays is being decided."""
SPANS = np.array([31.0, 92.0, 184.0, 366.0, 731.0, 1_096.0])
"""Contracts are as long as one of these."""
SLACK = 3.0


@dataclass(frozen=True)
class Landmarks:
    """A row per account and landmark day, by day and account.

    account: the place among all accounts. day: datetime64[D]. dims: a column per part at the top of the score, 0–100,
    NaN where nothing in it counts. trend: points by which their mean changed in the 90 days before; NaN where it cannot
    be said. tenure: days as a customer, NaN unknown. renewal: days to the end of the contract, NaN unknown. term: days
    of a contract as far as seen, NaN unknown. after: days to the account's next end, NaN where none is known. seen: for
    how many days after the landmark it is known what became of it: it is censored there. other: days to its
    end in another way, after which it can no longer leave and `seen` ends; NaN where none is known, or it left before.
    """

    account: NDArray[np.int64]
    day: NDArray[np.datetime64]
    dims: Numbers
    trend: Numbers
    tenure: Numbers
    renewal: Numbers
    term: Numbers
    after: Numbers
    seen: Numbers
    other: Numbers

    def __len__(self) -> int:
        return len(self.account)

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Landmarks:
        """These rows."""
        return Landmarks(*(getattr(self, field.name)[rows] for field in fields(self)))

    def left_within(self, days: float) -> NDArray[np.bool_]:
        """Whether the account is seen to leave within so many days."""
        return np.asarray(self.after <= np.minimum(days, self.seen))

    def followed(self, days: float) -> NDArray[np.bool_]:
        """Whether it is known if the account left within so many days."""
        return np.asarray(self.left_within(days) | self.ended_otherwise(days) | (self.seen >= days))

    def ended_otherwise(self, days: float) -> NDArray[np.bool_]:
        """Whether the account is seen to end in another way within so many days, and so not to leave in them."""
        return np.asarray(self.other <= np.minimum(days, self.seen))


@dataclass(frozen=True)
class Periods:
    """A row per landmark and step that was lived through or ended in leaving.

    row: place among the landmarks. step: 1 for the first `STEP` days. left: whether the account left in it.
    """

    row: NDArray[np.int64]
    step: NDArray[np.int64]
    left: NDArray[np.bool_]


def periods(marks: Landmarks) -> Periods:
    """Every step of every landmark in which the account was at risk and seen to the end or to its leaving.

    A step that ends after what is seen is left out: the account is censored at its beginning.
    """
    found = list(_steps(marks))
    return Periods(*(np.concatenate([part[index] for part in found]) for index in range(3)))


def _steps(marks: Landmarks) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
    gone = np.where(marks.after <= marks.seen, marks.after, np.inf)
    for step in range(1, STEPS + 1):
        left = (gone > STEP * (step - 1)) & (gone <= STEP * step)
        lived = (gone > STEP * step) & (marks.seen >= STEP * step) & ~marks.ended_otherwise(STEP * step)
        rows = np.flatnonzero(left | lived)
        yield rows, np.full(len(rows), step, np.int64), left[rows]


def terms(renewal: Numbers, before: Numbers, largest: Numbers) -> Numbers:
    """How long a contract runs, as far as the past tells, as one of `SPANS`; NaN where nothing is known.

    renewal: days to its end. before: days from the end of the contract before to this one's, NaN where none was seen.
    largest: the most days to an end that were seen by now.
    """
    told = np.where(np.isnan(before), np.fmax(renewal, largest), before)
    place = np.searchsorted(SPANS, told - SLACK)
    known = np.append(SPANS, np.nan)[np.minimum(place, len(SPANS))]
    return np.where(np.isnan(told), np.nan, np.where(np.isnan(known), told, known))


def design(marks: Landmarks, step: NDArray[np.int64] | int) -> Numbers:
    """What the hazard of a step may depend on: a row per landmark, a column per name of `names`; no NaN.

    Health stands still at the landmark, with an effect that may fade with the logarithm of the step. Tenure goes on.
    The end of the contract comes nearer, and behind it the next one begins, as long as the last.
    """
    ahead = np.broadcast_to(np.asarray(step, np.float64) - 1, (len(marks),)) * STEP
    fade = np.log(ahead / STEP + 1)
    dims = (marks.dims - 50) / 25
    missing = np.isnan(dims)
    filled = np.where(missing, _rest(dims)[:, None], dims)
    trend = np.clip(np.nan_to_num(marks.trend), -50, 50) / 10
    old = np.log1p(np.maximum(np.nan_to_num(marks.tenure), 0) / STEP + ahead / STEP)
    left, again = _left(marks, ahead)
    near = np.digitize(left, NEAR)
    unknown = np.isnan(left)
    soon = (left < SOON) & ~unknown
    length = np.log(np.nan_to_num(marks.term, nan=365.0) / 365)
    health = filled.mean(axis=1) if filled.shape[1] else np.zeros(len(marks))
    columns = [
        *filled.T,
        *missing.T,
        *(filled * fade[:, None]).T,
        trend,
        trend * fade,
        fade,
        old,
        np.isnan(marks.tenure),
        *((near == place) & ~unknown for place in range(len(NEAR))),
        unknown,
        again,
        length,
        length * soon,
        health * soon,
    ]
    return np.column_stack([np.asarray(column, np.float64) for column in columns])


def names(dims: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of `design`."""
    return (
        *dims,
        *(f"{name} unknown" for name in dims),
        *(f"{name}, fading" for name in dims),
        *("trend", "trend, fading", "months ahead", "tenure", "tenure unknown"),
        *(f"contract ends within {edge:.0f} days" for edge in NEAR),
        *("contract's end unknown", "next contract", "length of contract"),
        *("length of contract, near its end", "health, near its end"),
    )


def _rest(dims: Numbers) -> Numbers:
    """The mean of the known dimensions; 0 where there is none."""
    known = ~np.isnan(dims)
    return np.asarray(np.nansum(dims, axis=1) / np.maximum(known.sum(axis=1), 1))


def _left(marks: Landmarks, ahead: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Days to the end of the contract that holds so many days ahead, and whether it is a later one than today's."""
    left = marks.renewal - ahead
    again = left < 0
    return np.where(again, np.mod(left, marks.term), left), again
