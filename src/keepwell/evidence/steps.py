"""A scale out of who left: a few steps of a value, each with the points that its log odds of leaving deserve."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from math import log

import numpy as np

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.resampled import Rows
from keepwell.evidence.verdict import FEWEST

MOST = 5
"""So many steps at most: more are no scale that a person reads."""
BINS = 50
"""Values are looked at in so many bins of equally many accounts."""


@dataclass(frozen=True)
class Steps:
    """bounds: each step but the last holds the values below its bound. points: 0 is the worst, 100 the best."""

    bounds: Numbers
    points: Numbers

    def of(self, values: Numbers) -> Numbers:
        """The points of values; NaN of NaN."""
        found: Numbers = self.points[np.searchsorted(self.bounds, values, side="right")]
        return np.where(np.isnan(values), np.nan, found)


def steps(values: Numbers, left: Rows, rising: bool) -> Steps | None:
    """The steps of a value for accounts that left and stayed; rising: more is healthier. NaN: no value, no say.

    The share that left is made monotone by pooling neighbours (isotonic regression; Ayer et al. 1955, Annals of
    Mathematical Statistics 26, 641–647), and steps that differ least are pooled further, until each holds `FEWEST` who
    left and who stayed and there are `MOST` at most. None where nothing but one step is left.
    """
    known = ~np.isnan(values)
    value, gone = values[known], left[known]
    if not len(value) or min(gone.sum(), (~gone).sum()) < 2 * FEWEST:
        return None
    edges = np.unique(np.quantile(value, np.linspace(0, 1, BINS + 1)[1:-1], method="higher"))
    edges = edges[edges > value.min()]  # so that no bin is empty
    place = np.searchsorted(edges, value, side="right")
    counts = np.array([np.bincount(place, who, len(edges) + 1) for who in (gone, ~gone)]).T
    later = _pooled(counts[:: 1 if rising else -1])[1:]
    cuts = later if rising else sorted(len(counts) - start for start in later)
    if not cuts:
        return None
    held = np.add.reduceat(counts, [0, *cuts], axis=0) + 0.5
    health = np.log(held[:, 1] / held[:, 0])
    points = np.round(100 * (health - health.min()) / np.ptp(health)) if np.ptp(health) else None
    bounds = np.array([_short(value[value < edges[cut - 1]].max(), edges[cut - 1]) for cut in cuts])
    return None if points is None else Steps(bounds, points)


def _pooled(counts: Numbers) -> list[int]:
    """The first bin of each step, where bins go from the worst to the best. counts: who left, who stayed, of each."""
    steps = [(start, left, stayed) for start, (left, stayed) in enumerate(counts.tolist())]
    while len(steps) > 1:
        losses = [_loss(*pair) for pair in pairwise(steps)]
        small = [place for place, (_, left, stayed) in enumerate(steps) if min(left, stayed) < FEWEST]
        least = int(np.argmin(losses))
        if losses[least] > 0 and not small and len(steps) <= MOST:
            break
        if losses[least] > 0 and small:  # the smaller neighbour of the two that differ least
            near = [place for place in (small[0] - 1, small[0]) if 0 <= place < len(losses)]
            least = min(near, key=lambda place: losses[place])
        (start, *one), (_, *other) = steps[least : least + 2]
        steps[least : least + 2] = [(start, one[0] + other[0], one[1] + other[1])]
    return [start for start, *_ in steps]


def _loss(one: tuple[int, float, float], other: tuple[int, float, float]) -> float:
    """What it costs in log likelihood to pool two steps; below nothing where the better one is not better."""
    (_, left, stayed), (_, gone, kept) = one, other
    fell = left * (gone + kept) - gone * (left + stayed)  # > 0: the share that left falls from the worse to the better
    cost = _entropy(left + gone, stayed + kept) - _entropy(left, stayed) - _entropy(gone, kept)
    return cost if fell > 0 else -1.0


def _entropy(left: float, stayed: float) -> float:
    whole = left + stayed
    return -sum(part * log(part / whole) for part in (left, stayed) if part)


def _short(below: float, bound: float) -> float:
    """A bound in as few digits as lie above the value below it, and not above the bound."""
    exact = Decimal(repr(float(bound)))
    for digits in range(1, 16):
        step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
        shown = float((exact / step).to_integral_value(ROUND_FLOOR) * step)
        if below < shown <= bound:
            return shown
    return float(bound)
