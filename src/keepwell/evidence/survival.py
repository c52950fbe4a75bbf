"""How many are still there after so many days: the estimator of Kaplan and Meier with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import CONFIDENCE, Interval, quantile


@dataclass(frozen=True)
class Curve:
    """A step function, an entry for each time at which somebody left, earliest first.

    days: the times. share: of those there at the beginning, who is still there after it. low, high: its interval; NaN
    where nobody is left. at_risk: who was there just before; left: who left.
    """

    days: Numbers
    share: Numbers
    low: Numbers
    high: Numbers
    at_risk: NDArray[np.int64]
    left: NDArray[np.int64]
    longest: float

    def at(self, days: float) -> Interval:
        """The share that is still there after so many days; all None beyond the longest that anybody was seen."""
        if days > self.longest:
            return Interval(None, None, None)
        place = int(np.searchsorted(self.days, days, side="right")) - 1
        if place < 0:
            return Interval(1.0, None, None)
        low, high = (None if np.isnan(side[place]) else float(side[place]) for side in (self.low, self.high))
        return Interval(float(self.share[place]), low, high)


def kaplan_meier(days: Numbers, left: NDArray[np.bool_], entry: Numbers | None = None) -> Curve:
    """S(t) = Π over times tᵢ ≤ t of 1 − dᵢ/nᵢ (Kaplan and Meier 1958, JASA 53, 457–481).

    days: how long each was seen. left: whether it left then; False: nobody knows what came after (censored). entry:
    from when on it was seen, less than `days` (default 0); who was not seen from the beginning is at risk only later.
    The interval is S^exp(±z √V ÷ ln S) with Greenwood's V = Σ dᵢ/(nᵢ(nᵢ − dᵢ)) (Kalbfleisch and Prentice 1980, section
    1.3), at `CONFIDENCE`; it stays between 0 and 1. Before the first leaving there is none.
    """
    times, counts = np.unique(days[left], return_counts=True)
    began = np.full(len(days), -1.0) if entry is None else np.where(entry > 0, entry, -1.0)
    risk = np.searchsorted(np.sort(began), times) - np.searchsorted(np.sort(days), times)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(1 - counts / risk)
        spread = np.sqrt(np.cumsum(counts / (risk * (risk - counts)))) / np.log(share)
        wide = quantile(CONFIDENCE) * spread
        low, high = (np.where((share > 0) & (share < 1), share ** np.exp(side), np.nan) for side in (-wide, wide))
    longest = float(days.max()) if len(days) else 0.0
    return Curve(times.astype(np.float64), share, low, high, risk.astype(np.int64), counts.astype(np.int64), longest)
