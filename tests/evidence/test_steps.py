"""Steps of a value: monotone, few, each with enough of both; points from the log odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.evidence.steps import MOST, Steps, steps
from keepwell.evidence.verdict import FEWEST


def drawn(seed: int, rows: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    """Below 3 a third leaves, from 3 to 7 a tenth, from 7 on one of fifty."""
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 11, rows).astype(np.float64)
    return value, rng.random(rows) < np.select([value < 3, value < 7], [0.33, 0.1], 0.02)


def test_true_steps_are_found() -> None:
    found = steps(*drawn(1, 40_000), rising=True)
    assert found is not None
    kept = {3.0, 7.0}
    assert kept <= set(found.bounds)
    assert found.points[0] == 0
    assert found.points[-1] == 100
    low, high = np.log(0.67 / 0.33), np.log(0.98 / 0.02)
    middle = 100 * (np.log(0.9 / 0.1) - low) / (high - low)
    assert found.of(np.array([5.0]))[0] == pytest.approx(middle, abs=6)


@given(st.integers(0, 10_000), st.booleans())
def test_steps_are_few_monotone_and_hold_enough(seed: int, rising: bool) -> None:
    rng = np.random.default_rng(seed)
    value = rng.choice([rng.normal(size=500), rng.integers(0, 4, 500).astype(float), rng.exponential(size=500)])
    value = np.where(rng.random(500) < 0.1, np.nan, value)
    left = rng.random(500) < 1 / (1 + np.exp(1 + (1 if rising else -1) * np.nan_to_num(value)))
    found = steps(value, left, rising)
    if found is None:
        return
    assert 2 <= len(found.points) <= MOST
    assert np.all(np.diff(found.bounds) > 0)
    assert np.all(np.diff(found.points) * (1 if rising else -1) >= 0)
    place = np.searchsorted(found.bounds, value[~np.isnan(value)], side="right")
    for step in range(len(found.points)):
        own = left[~np.isnan(value)][place == step]
        assert min(own.sum(), (~own).sum()) >= FEWEST


def test_falling_is_rising_of_the_other_way_round() -> None:
    value, left = drawn(2)
    rising, falling = steps(value, left, True), steps(-value, left, False)
    assert rising is not None
    assert falling is not None
    assert falling.points.tolist() == rising.points[::-1].tolist()


def test_what_says_nothing_has_no_steps() -> None:
    value, left = drawn(3)
    assert steps(value, left, rising=False) is None  # the wrong way round
    assert steps(value, np.zeros_like(left), rising=True) is None
    assert steps(np.full(len(value), np.nan), left, rising=True) is None


def test_points_of_values() -> None:
    found = Steps(np.array([3.0, 7.0]), np.array([0.0, 40.0, 100.0]))
    assert found.of(np.array([-1, 2.9, 3, 7, np.nan])) == pytest.approx([0, 0, 40, 100, np.nan], nan_ok=True)


def test_bounds_are_short_numbers_between_the_steps() -> None:
    value = np.repeat([0.1, 0.33333, 0.66667, 5.0], 400)
    left = np.concatenate(
        [np.arange(400) % 2 < 1, np.arange(400) % 4 < 1, np.arange(400) % 10 < 1, np.arange(400) < 12]
    )
    found = steps(value, left, rising=True)
    assert found is not None
    assert found.bounds.tolist() == [0.3, 0.6, 5.0]
