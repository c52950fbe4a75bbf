"""How many have not left after so many days: Kaplan and Meier, and with other ends Aalen and Johansen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import CONFIDENCE, Interval, quantile


@dataclass(frozen=True)
class Curve:
    """A step function, an entry for each time at which somebody left or ended in another way, earliest first.

    days: the times. share: of those there at the beginning, who has not left by then; where nobody ends in another way
    that is who is still there. low, high: its interval; NaN where it is 0 or 1. at_risk: who was there just before;
    left: who left; otherwise: who ended in another way.
    """

    days: Numbers
    share: Numbers
    low: Numbers
    high: Numbers
    at_risk: NDArray[np.int64]
    left: NDArray[np.int64]
    otherwise: NDArray[np.int64]
    longest: float

    def at(self, days: float) -> Interval:
        """The share that has not left after so many days; all None beyond the longest that anybody was seen."""
        if days > self.longest:
            return Interval(None, None, None)
        place = int(np.searchsorted(self.days, days, side="right")) - 1
        if place < 0:
            return Interval(1.0, None, None)
        low, high = (None if np.isnan(side[place]) else float(side[place]) for side in (self.low, self.high))
        return Interval(float(self.share[place]), low, high)


def aalen_johansen(days: Numbers, left: NDArray[np.bool_], otherwise: NDArray[np.bool_] | None = None) -> Curve:
    """1 − F(t), F(t) = Σ over times tᵢ ≤ t of S(tᵢ₋₁) dᵢ/nᵢ (Aalen and Johansen 1978, Scand. J. Statist. 5, 141–150).

    S, who is still there, is Π 1 − eᵢ/nᵢ over all ends eᵢ. Where the outcome is the only one, 1 − F is S to the last
    digit: the estimator of Kaplan and Meier (1958, JASA 53, 457–481).

    days: how long each was seen. left: whether it left then. otherwise: whether it ended then in a way after which it
    can no longer leave (default: none did). Neither: nobody knows what came after (censored).

    The interval is (1 − F)^exp(±z √V ÷ ((1 − F) ln(1 − F))), at `CONFIDENCE`; it stays between 0 and 1 (Kalbfleisch and
    Prentice 1980, section 1.3). V: see `_variance`. Before the first leaving there is none.
    """
    other = np.zeros(len(days), np.bool_) if otherwise is None else otherwise
    times = np.unique(days[left | other])
    gone, away = (_counts(times, days[who]) for who in (left, other))
    risk = len(days) - np.searchsorted(np.sort(days), times)
    with np.errstate(divide="ignore", invalid="ignore"):
        there = np.cumprod(1 - (gone + away) / risk)
        before = np.concatenate([[1.0], there[:-1]])[: len(times)]
        # Before the first leaving it is 1, and not what rounding makes of it.
        share = np.where(np.cumsum(gone) > 0, there + np.cumsum(before * away / risk), 1.0)
        spread = np.sqrt(_variance(share, before, gone, away, risk)) / (share * np.log(share))
        wide = quantile(CONFIDENCE) * spread
        low, high = (np.where((share > 0) & (share < 1), share ** np.exp(side), np.nan) for side in (-wide, wide))
    longest = float(days.max()) if len(days) else 0.0
    return Curve(times.astype(np.float64), share, low, high, risk.astype(np.int64), gone, away, longest)


def _counts(times: Numbers, days: Numbers) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(times, days), minlength=len(times)).astype(np.int64)


def _variance(
    share: Numbers, before: Numbers, gone: NDArray[np.int64], away: NDArray[np.int64], risk: NDArray[np.int64]
) -> Numbers:
    """V(t) = Σ (F(t) − Fᵢ)² eᵢ/(nᵢ(nᵢ − eᵢ)) + Sᵢ₋₁² dᵢ(nᵢ − dᵢ)/nᵢ³ − 2 (F(t) − Fᵢ) Sᵢ₋₁ dᵢ/nᵢ².

    By the delta method (Marubini and Valsecchi 1995, section 10.2; Collett 2015, section 12.3). Where the outcome is
    the only end, it is S² times the sum of Greenwood. before: Sᵢ₋₁. A time at which all end adds nothing to the first
    term: no F(t) differs from it later.
    """
    ends = gone + away
    first = np.where(ends < risk, ends / (risk * (risk - ends)), 0.0)
    second = np.cumsum(before**2 * gone * (risk - gone) / risk**3.0)
    third = before * gone / risk**2.0
    # Σ (Gᵢ − G(t))² aᵢ − 2 (Gᵢ − G(t)) cᵢ, with G = 1 − F, multiplied out so that no time looks at all before it.
    squares = np.cumsum(first * share**2) - 2 * share * np.cumsum(first * share) + share**2 * np.cumsum(first)
    both = np.cumsum(third * share) - share * np.cumsum(third)
    return np.asarray(np.maximum(squares + second - 2 * both, 0.0))
