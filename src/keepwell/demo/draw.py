"""Chance: one generator per purpose, so that a change to one table moves no number of another."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.random  # here, and not when it is first used: a Ctrl-C that meets its loading is lost
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = 10**6
"""A day or a week that does not come."""


def generator(seed: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose; the same for the same seed on every machine."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def sigmoid(x: Floats) -> Floats:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)), dtype=np.float64)


def pick(rng: np.random.Generator, n: int, shares: Sequence[float]) -> Ints:
    """Positions in `shares`, each drawn with its share."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return pick_by(rng.random(n) * edges[-1], np.tile(edges, (n, 1)))


def pick_by(u: Floats, edges: Floats) -> Ints:
    """For every row the first position whose cumulated share (n × k) lies above `u` (n)."""
    return np.asarray(np.minimum((u[:, None] >= edges).sum(axis=1), edges.shape[1] - 1), dtype=np.int64)


def happens(rng: np.random.Generator, chance: Floats) -> Flags:
    """One toss per chance."""
    return np.asarray(rng.random(chance.shape) < chance)


def lognormal(rng: np.random.Generator, median: Floats, spread: float) -> Floats:
    """Positive draws around a median; `spread` is the standard deviation of the logarithm."""
    return np.asarray(median * np.exp(spread * rng.standard_normal(median.shape)), dtype=np.float64)
