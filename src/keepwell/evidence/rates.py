"""Shares with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A figure and what it may be, at `CONFIDENCE`. All None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None


def share(hits: int, of: int) -> Interval:
    """A share, hits ÷ of, with the score interval of Wilson (1927, JASA 22, 209–212), uncorrected for continuity.

    low, high = (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n). Of nothing: None.
    """
    if not of:
        return Interval(None, None, None)
    z, p = quantile(CONFIDENCE), hits / of
    middle, wide = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return Interval(p, max(0.0, (middle - wide) / whole), min(1.0, (middle + wide) / whole))


def quantile(confidence: float) -> float:
    """How many standard deviations a normal variable stays within, with this probability."""
    return NormalDist().inv_cdf((1 + confidence) / 2)
