"""What lies ahead: each account's chance to leave with an interval, and what all of them together will cost.

The interval of an account is what its chance may be, the weights drawn from what they may be (`Hazard.covariance`,
`Shift.covariance`) and the level of all from how it may wander (`Level`). That of a sum also throws the dice, so that
it holds who leaves by chance: once for all accounts that leave as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.hazard import expit
from keepwell.evidence.incidence import not_left, there, within
from keepwell.evidence.landmarks import STEP, STEPS, Landmarks
from keepwell.evidence.level import raised
from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import CONFIDENCE, Interval
from keepwell.evidence.walk import Model, Shift

HORIZONS = (30, 90, 180, 365)
MONTHS = 12
DRAWS = 500
CHUNK = 500
SEED = 1
ENDS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Chances:
    """A row per account. chance, low, high: of leaving within each of `HORIZONS`.

    end, end_low, end_high: of not being there any more at the end of the month in which the contract ends, however it
    ended; NaN where that is unknown or beyond `STEP` · `STEPS` days.
    """

    chance: Numbers
    low: Numbers
    high: Numbers
    end: Numbers
    end_low: Numbers
    end_high: Numbers


@dataclass(frozen=True)
class Sums:
    """Accounts that leave and what they are worth.

    expected: by each of `MONTHS` steps, and by 365 days, both cumulative. drawn: the same, a row for each of `DRAWS`
    futures.
    """

    expected: Numbers
    expected_value: Numbers
    drawn: Numbers
    drawn_value: Numbers

    def within(self, days: int) -> tuple[Interval, Interval]:
        """How many leave within one of `HORIZONS`, and what they are worth."""
        return self._between(days // STEP - 1 if days < HORIZONS[-1] else MONTHS, None)

    def month(self, month: int) -> tuple[Interval, Interval]:
        """The same in one of the months, from 0."""
        return self._between(month, month - 1 if month else None)

    def _between(self, place: int, before: int | None) -> tuple[Interval, Interval]:
        pairs = ((self.expected, self.drawn), (self.expected_value, self.drawn_value))
        taken = [[item[..., place] - (0 if before is None else item[..., before]) for item in pair] for pair in pairs]
        count, worth = (drawn_interval(draws, float(middle)) for middle, draws in taken)
        return count, worth


def drawn_interval(draws: Numbers, middle: float | None = None) -> Interval:
    """What lies in the middle of draws, at `CONFIDENCE`; its value is their mean, or what is known to be expected."""
    low, high = np.quantile(draws, ENDS)
    return Interval(float(np.mean(draws)) if middle is None else middle, float(low), float(high))


def outlook(model: Model, marks: Landmarks, value: Numbers, group: NDArray[np.int64]) -> tuple[Chances, Sums]:
    """For accounts as they are now, each once.

    value: what each pays per year, no NaN. group: one number for all that leave as one.
    """
    draws = _draws(model)
    number = np.unique(group, return_inverse=True)[1]
    thrown = np.random.default_rng(SEED + 1).random((len(marks), DRAWS), np.float32)
    parts, totals = [], np.zeros((2, DRAWS, MONTHS + 1))
    for rows in _chunks(len(marks)):
        own, worth = marks.only(rows), value[rows]
        still = there(_drawn(model, own, draws), model.other)
        months = _by_month(not_left(still, model.other))
        parts.append(_chances(model.hazards(own), months, still, model.other, own.renewal))
        left = thrown[number[rows], :, None] < 1 - months
        flat = left.reshape(len(own), -1).astype(np.float64)
        totals += (np.stack([np.ones(len(own)), worth]) @ flat).reshape(totals.shape)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else _none()
    point = 1 - _by_month(not_left(there(model.hazards(marks), model.other), model.other))
    return Chances(*joined), Sums(point.sum(axis=0), value @ point, totals[0], totals[1])


def _none() -> list[Numbers]:
    return [np.empty((0, len(HORIZONS)))] * 3 + [np.empty(0)] * 3


def _chunks(count: int) -> Iterator[NDArray[np.int64]]:
    for start in range(0, count, CHUNK):
        yield np.arange(start, min(start + CHUNK, count))


@dataclass(frozen=True)
class _Draws:
    """Weights, shifts, and levels of the steps ahead, a row per draw; the same for whichever accounts."""

    weights: Numbers
    shifts: Numbers
    levels: Numbers


def _draws(model: Model) -> _Draws:
    dice, shift = np.random.default_rng(SEED), model.shift or Shift()
    weights = _normal(dice, model.hazard.weights, model.hazard.covariance)
    shifts = _normal(dice, np.array([shift.start, shift.slope]), shift.covariance)
    return _Draws(weights, shifts, model.level.drawn(dice, DRAWS, STEPS))


def _normal(dice: np.random.Generator, mean: Numbers, covariance: Numbers) -> Numbers:
    """Draws of a normal distribution, by the root of Cholesky, which is unique; the covariance may be singular."""
    least = 1e-12 * max(float(np.trace(covariance)), 1e-12)
    root = np.linalg.cholesky(covariance + least * np.eye(len(mean)))
    return np.asarray(mean + dice.standard_normal((DRAWS, len(mean))) @ root.T)


def _drawn(model: Model, marks: Landmarks, draws: _Draws) -> Numbers:
    """Hazards by account, draw and step."""
    logits = [model.hazard.columns(marks, step) @ draws.weights.T for step in range(1, STEPS + 1)]
    start, slope = draws.shifts[:, :1], draws.shifts[:, 1:]
    return expit(start + slope * raised(np.stack(logits, axis=-1), draws.levels))


def _by_month(stay: Numbers) -> Numbers:
    """The chance not to have left after each of `MONTHS` steps and after 365 days."""
    rest = (HORIZONS[-1] - STEP * MONTHS) / STEP
    year = stay[..., MONTHS - 1] * (stay[..., MONTHS] / np.maximum(stay[..., MONTHS - 1], 1e-300)) ** rest
    return np.concatenate([stay[..., :MONTHS], year[..., None]], axis=-1)


def _chances(hazards: Numbers, months: Numbers, still: Numbers, other: float, renewal: Numbers) -> tuple[Numbers, ...]:
    """The columns of `Chances`. months, still: who has not left, and who is still there, by account, draw and time."""
    point = np.column_stack([within(hazards, days, other) for days in HORIZONS])
    place = [days // STEP - 1 for days in HORIZONS[:-1]] + [MONTHS]
    spread = np.quantile(1 - months[..., place], ENDS, axis=1)
    step = np.maximum(np.ceil(renewal / STEP), 1)
    told = step <= STEPS  # NaN is none
    at = np.where(told, step - 1, 0).astype(np.int64)
    row = np.arange(len(renewal))
    end = 1 - there(hazards, other)[row, at]
    ends = np.quantile(1 - still[row, :, at], ENDS, axis=1)
    return point, spread[0], spread[1], *(np.where(told, item, np.nan) for item in (end, *ends))


def retention(opening: Numbers, closing: Numbers) -> tuple[Numbers, Numbers]:
    """Draws of what accounts that stay have after a year over what they had, net and with nobody counted for more.

    opening, closing: what accounts that stayed had a year ago, above 0, and have now. They are drawn with replacement.
    Multiplied with the share that stays, these are draws of NRR and GRR: growth goes on as in the past year, and does
    not depend on who leaves.
    """
    dice, count = np.random.default_rng(SEED + 2), len(opening)
    growth = np.empty((DRAWS, 2))
    for draw in range(DRAWS):
        own = dice.integers(0, count, count)
        held, now = opening[own], closing[own]
        growth[draw] = now.sum() / held.sum(), np.minimum(now, held).sum() / held.sum()
    return growth[:, 0], growth[:, 1]
