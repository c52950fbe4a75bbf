"""Simulated companies whose true weights are known: points of measures that go together, and who leaves of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from keepwell.evidence.observed import Observed
from keepwell.evidence.ranking import Numbers

HORIZON = 90


@dataclass(frozen=True)
class Company:
    """What was seen of it, and its truth: the weights, and each row's chance of leaving."""

    seen: Observed
    weights: Numbers
    chance: Numbers


def company(
    rng: np.random.Generator,
    rows: int,
    leavers: float,
    days: int = 6,
    measures: int = 8,
    weights: Numbers | None = None,
) -> Company:
    """Accounts on days a horizon apart, `leavers` of them expected to leave; a deviation of the score moves the log
    odds by one. weights: default: drawn evenly from all there are, each a little more than 0."""
    true = rng.dirichlet(np.full(measures, 2.0)) if weights is None else weights
    common = rng.normal(size=(rows, 1))
    points = np.clip(60 + 22 * (0.5 * common + np.sqrt(0.75) * rng.normal(size=(rows, len(true)))), 0, 100)
    score = points @ true
    odds = -(score - score.mean()) / score.std()
    level = brentq(lambda at: (1 / (1 + np.exp(-odds - at))).sum() - leavers, -30, 30)
    chance = 1 / (1 + np.exp(-odds - level))
    each = rows // days
    day = np.datetime64("2024-01-01", "D") + HORIZON * np.repeat(np.arange(days), each)
    account = np.tile(np.arange(each), days)
    left = rng.random(rows) < chance
    kept = slice(0, each * days)
    seen = Observed(account, day, score[kept], left[kept], points[kept], account)
    return Company(seen, true, chance[kept])
