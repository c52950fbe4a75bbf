"""Where scores will be in 60 days: what became of scores like them, with a band whose honesty is counted.

A score returns towards the mean: s(t + 60) = a + b s(t), by least squares over all pairs that are known. The band is
made of the errors of such forecasts that were made on earlier days and have come due since (split conformal prediction
with past errors; Lei et al. 2018, JASA 113, 1094–1111), of the scores in the same third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import Interval, share

AHEAD = 60
"""Days."""
BAND = 0.8
"""So large a share of scores is to lie in the band."""
FEWEST = 30
"""Of fewer errors in a third no band is made."""
THIRDS = (1 / 3, 2 / 3)

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Trajectory:
    """A score per account, and where it will be.

    middle, low, high: NaN where the account has no score, or too few errors are known. held: of scores whose band came
    due, the share that lay in it. slope: what is left of a distance from the mean after `AHEAD` days; NaN if unknown.
    """

    middle: Numbers
    low: Numbers
    high: Numbers
    held: Interval
    slope: float


@dataclass(frozen=True)
class _Line:
    start: float
    slope: float

    def at(self, scores: Numbers) -> Numbers:
        return np.clip(self.start + self.slope * scores, 0, 100)


@dataclass(frozen=True)
class _Errors:
    score: Numbers
    error: Numbers


def trajectory(days: Sequence[np.datetime64], scores: Numbers) -> Trajectory:
    """The scores of the last day, `AHEAD` days on.

    days: evenly apart, earliest first, with `AHEAD` a multiple of the distance. scores: account × day, 0–100, NaN
    where there is none. An account that leaves has no score, so the band speaks of those that stay.
    """
    step = next((place for place, day in enumerate(days) if (days[-1] - day).astype(int) <= AHEAD), 0)
    back = len(days) - 1 - step
    now = scores[:, -1]
    if not back or (days[-1] - days[step]).astype(int) != AHEAD:
        return _nothing(now)
    errors: list[_Errors] = []
    lay, judged = 0, 0
    for place in range(2 * back, len(days)):
        # What is known on this day: pairs that end by it, and the errors of forecasts that came due by it.
        made = place - back
        if (line := _line(scores[:, : made + 1], back)) is not None:
            then, later = scores[:, made], scores[:, place]
            both = ~np.isnan(then) & ~np.isnan(later)
            if (band := _band(errors[: max(0, len(errors) - back + 1)], then[both], line)) is not None:
                told = ~np.isnan(band[0])
                lay += int(((later[both] >= band[0]) & (later[both] <= band[1]))[told].sum())
                judged += int(told.sum())
            errors.append(_Errors(then[both], later[both] - line.at(then[both])))
        else:
            errors.append(_Errors(np.empty(0), np.empty(0)))
    line = _line(scores, back)
    band = None if line is None else _band(errors, now, line)
    if line is None or band is None:
        return _nothing(now)
    return Trajectory(line.at(now), *band, share(lay, judged), line.slope)


def _nothing(now: Numbers) -> Trajectory:
    none = np.full(len(now), np.nan)
    return Trajectory(none, none, none, Interval(None, None, None), float("nan"))


def _line(scores: Numbers, back: int) -> _Line | None:
    """Least squares over all pairs `back` days apart; None with too few, or where all are equal."""
    then, later = scores[:, :-back].ravel(), scores[:, back:].ravel()
    both = ~np.isnan(then) & ~np.isnan(later)
    if both.sum() < FEWEST or np.ptp(then[both]) < 1e-9:
        return None
    slope, start = np.polyfit(then[both], later[both], 1)
    return _Line(float(start), float(slope))


def _band(errors: Sequence[_Errors], scores: Numbers, line: _Line) -> tuple[Numbers, Numbers] | None:
    """The ends for each score, from the errors in its third; NaN where these are too few."""
    known = np.concatenate([part.score for part in errors]) if errors else np.empty(0)
    if len(known) < FEWEST:
        return None
    wrong = np.concatenate([part.error for part in errors])
    edges = np.quantile(known, THIRDS)
    third, own = np.digitize(known, edges), np.digitize(scores, edges)
    ends = np.full((2, len(THIRDS) + 1), np.nan)
    for index in range(len(THIRDS) + 1):
        if (few := np.sort(wrong[third == index])).size >= FEWEST:
            ends[:, index] = _ends(few)
    low, high = (np.clip(line.at(scores) + side[own], 0, 100) for side in ends)
    return np.where(np.isnan(scores), np.nan, low), np.where(np.isnan(scores), np.nan, high)


def _ends(errors: Numbers) -> tuple[float, float]:
    """The errors of ranks ⌊(n + 1)(1 − band)/2⌋ and ⌈(n + 1)(1 + band)/2⌉, so that one more lies between them."""
    n = len(errors)
    low, high = int(np.floor((n + 1) * (1 - BAND) / 2)), int(np.ceil((n + 1) * (1 + BAND) / 2))
    return float(errors[max(low, 1) - 1]), float(errors[min(high, n) - 1])
