"""The least of a quadratic between bounds: against two solvers of SciPy, one of which says what has to hold there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from keepwell.evidence.quadratic import least


def problem(seed: int, size: int) -> tuple[np.ndarray, ...]:
    """A curvature, a slope, sums that are kept, and bounds that hold nothing as it is."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size + 2, size))
    fixed = np.vstack([np.ones(size), rng.integers(0, 2, size)])[: rng.integers(1, 3)].astype(np.float64)
    low, high = -rng.exponential(size=size) * rng.integers(0, 2, size), rng.exponential(size=size)
    return root.T @ root, 3 * rng.normal(size=size), fixed, low, high


@given(st.integers(0, 10_000), st.integers(2, 7))
def test_nothing_that_is_allowed_lies_lower(seed: int, size: int) -> None:
    curve, slope, fixed, low, high = problem(seed, size)

    def value(x: np.ndarray) -> float:
        return float(x @ curve @ x / 2 + slope @ x)

    found = least(curve, slope, fixed, low, high)
    assert np.all(found >= low)
    assert np.all(found <= high)
    assert fixed @ found == pytest.approx(0, abs=1e-8)
    other = minimize(
        value,
        np.zeros(size),
        jac=lambda x: curve @ x + slope,
        bounds=list(zip(low, high, strict=True)),
        constraints={"type": "eq", "fun": lambda x: fixed @ x, "jac": lambda _: fixed},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert value(found) <= value(other.x) + 1e-6
    # Convex, so it is the least exactly where no allowed place lies lower along the slope there; SLSQP may stop early.
    falls = curve @ found + slope
    ahead = linprog(falls, A_eq=fixed, b_eq=np.zeros(len(fixed)), bounds=list(zip(low, high, strict=True)))
    assert ahead.status == 0
    assert ahead.fun == pytest.approx(falls @ found, abs=1e-6)


def test_without_bounds_it_is_the_solution_of_the_equations() -> None:
    """Least of x² + y² − x with x + y = 0: x = ¼."""
    wide = np.full(2, np.inf)
    found = least(2 * np.eye(2), np.array([-1.0, 0.0]), np.ones((1, 2)), -wide, wide)
    assert found == pytest.approx([0.25, -0.25])
