"""Chances to leave beside other ends, worked out by hand; companies whose truth is known are in `test_walk`."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.evidence.incidence import not_left, there, within


def test_a_horizon_that_ends_in_a_step_counts_a_part_of_it() -> None:
    hazards = np.full((1, 13), 0.1)
    assert within(hazards, 30)[0] == pytest.approx(0.1)
    assert within(hazards, 15)[0] == pytest.approx(1 - 0.9**0.5)
    assert within(hazards, 365)[0] == pytest.approx(1 - 0.9 ** (365 / 30))


def test_chances_of_both_ends_and_of_none_are_all() -> None:
    """Months with the chance 0.1 to leave, of the nine of ten that do not end otherwise before: 0.09 in the first."""
    hazards = np.full((1, 13), 0.1)
    assert within(hazards, 30, 0.1)[0] == pytest.approx(0.09)
    assert within(hazards, 90, 0.1)[0] == pytest.approx(0.09 * (1 + 0.81 + 0.81**2))
    # Of both ends together 0.19 in a month.
    assert 1 - there(hazards, 0.1)[0, 2] == pytest.approx(1 - 0.81**3)
    assert np.array_equal(not_left(there(hazards, 0.0), 0.0), np.cumprod(1 - hazards, axis=1))
