"""What may be said of a score, in words, and how many more have to leave before more may be said."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from keepwell.evidence.ranking import Sample
from keepwell.evidence.rates import CONFIDENCE, Interval, quantile

FEWEST = 10
"""Fewer who left, or who stayed, and no interval of theirs means what it says."""
ABSENT = 30
"""To say that nothing is there takes more of both than to see that something is."""
USABLE = 0.6
"""Nobody can work with less: of ten pairs of one who left and one who stayed it gets four wrong."""
POWER = 0.8
MOST = 100_000

PREDICTS, WRONG_WAY, NO_SIGNAL, TOO_LITTLE = "predicts", "points the wrong way", "no usable signal", "too little data"


@dataclass(frozen=True)
class Verdict:
    """In words, one of the four.

    needed: of how many more accounts one has to see that they left, where it is too little data; None where no number
    below `MOST` would do.
    """

    said: str
    needed: int | None = None


def verdict(sample: Sample, area: Interval) -> Verdict:
    """By the area under the ROC curve with its interval.

    It predicts where the interval lies above 0.5, and points the wrong way where it lies below 0.5. There is no usable
    signal where it lies below `USABLE`, with `ABSENT` of both. All else is too little data, and so is everything of
    fewer than `FEWEST`.
    """
    left, stayed = sample.clusters_left, sample.clusters_stayed
    if min(left, stayed) >= FEWEST and area.low is not None and area.high is not None:
        if area.low > 0.5:
            return Verdict(PREDICTS)
        if area.high < 0.5:
            return Verdict(WRONG_WAY)
        if area.high < USABLE and min(left, stayed) >= ABSENT:
            return Verdict(NO_SIGNAL)
    ratio = stayed / left if left and stayed else 10.0
    wanted = leavers_needed(max(USABLE, area.value or 0.0), ratio)
    return Verdict(TOO_LITTLE, None if wanted is None else max(wanted - left, FEWEST - left, 1))


def standard_error(area: float, left: float, stayed: float) -> float:
    """Of an area under the ROC curve, by Hanley and McNeil (1982), formula 1, with Q₁ = A/(2 − A), Q₂ = 2A²/(1 + A)."""
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (left - 1) * (first - area * area) + (stayed - 1) * (second - area * area)
    return sqrt(spread / (left * stayed))


def leavers_needed(area: float, ratio: float) -> int | None:
    """The fewest leavers, with `ratio` stayers to each, with which a score of this true area is seen to predict.

    z(confidence) SE(0.5) + z(power) SE(A) ≤ A − 0.5, at a power of 80 %. None where no number below `MOST` is enough.
    """
    power = NormalDist().inv_cdf(POWER)
    sure = quantile(CONFIDENCE)

    def enough(left: int) -> bool:
        stayed = max(1.0, left * ratio)
        wide = sure * standard_error(0.5, left, stayed) + power * standard_error(min(area, 0.999), left, stayed)
        return wide <= area - 0.5

    low, high = FEWEST, MOST
    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return ceil(low)
