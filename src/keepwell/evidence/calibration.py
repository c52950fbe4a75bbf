"""Probabilities held against what happened: the Brier score, calibration in bins, and its expected error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.rates import CONFIDENCE, Interval, share

BINS = 10
REPLICATES = 1_000
SEED = 1

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """Observations with probabilities from `low` to `high`: how many, the mean of these, and of them what happened."""

    low: float
    high: float
    expected: float
    count: int
    happened: int
    share: Interval


def brier(chance: Numbers, happened: Flags) -> float:
    """The mean of (p − y)² (Brier 1950, Monthly Weather Review 78, 1–3): 0 is perfect. NaN of no observation.

    chance: probabilities 0–1; happened: whether it did, of the same length. The same rate for all, as it was over all
    of them, gives p̄(1 − p̄): less is better than knowing only that.
    """
    return float(np.mean((chance - happened) ** 2)) if len(chance) else float("nan")


def brier_of_rate(happened: Flags) -> float:
    """The Brier score of whoever knows nothing but the share of all; NaN of no observation."""
    rate = float(np.mean(happened)) if len(happened) else float("nan")
    return rate * (1 - rate)


def places(chance: Numbers, bins: int = BINS) -> NDArray[np.int64]:
    """The bin of each observation, from 0: bins hold equally many, and equal probabilities are in one bin."""
    if not len(chance):
        return np.zeros(0, np.int64)
    edges = np.quantile(chance, np.linspace(0, 1, bins + 1)[1:-1])
    return np.searchsorted(edges, chance).astype(np.int64)


def calibration(chance: Numbers, happened: Flags, bins: int = BINS) -> list[Bin]:
    """A bin after the other with what was expected and what happened, with Wilson's interval; empty bins are left out.

    What happened lies on the diagonal of a calibration curve where `expected` and `share` agree.
    """
    place = places(chance, bins)
    found = []
    for index in np.unique(place):
        own, did = chance[place == index], int(happened[place == index].sum())
        bounds = (float(own.min()), float(own.max()), float(own.mean()))
        found.append(Bin(*bounds, len(own), did, share(did, len(own))))
    return found


def expected_error(chance: Numbers, happened: Flags, bins: int = BINS) -> float:
    """Σ over bins of nᵦ/n · |mean probability − share that happened| (Naeini et al. 2015, AAAI 29). NaN of nothing."""
    return _error(chance, happened, places(chance, bins)) if len(chance) else float("nan")


def expected_error_band(
    chance: Numbers, bins: int = BINS, cluster: NDArray[np.int64] | None = None, seed: int = SEED
) -> Interval:
    """The expected error of perfect probabilities: what chance alone makes of so few observations.

    Each replicate draws what happens from the probabilities themselves (Bröcker and Smith 2007, Weather and Forecasting
    22, 651–661). value: the mean over replicates; low, high: `CONFIDENCE` of them lie between. An error above `high` is
    more than chance. cluster: observations that are drawn with one throw of the dice, such as those of one account;
    default: each its own. None of nothing.
    """
    if not len(chance):
        return Interval(None, None, None)
    dice, place = np.random.default_rng(seed), places(chance, bins)
    own = np.arange(len(chance)) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    many = int(own.max()) + 1
    errors = [_error(chance, dice.random(many)[own] < chance, place) for _ in range(REPLICATES)]
    low, high = np.quantile(errors, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(np.mean(errors)), float(low), float(high))


def _error(chance: Numbers, happened: Flags, place: NDArray[np.int64]) -> float:
    return float(np.abs(np.bincount(place, chance - happened)).sum() / len(chance))
