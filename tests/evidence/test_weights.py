"""Weights from who left: against statsmodels, by hand, and on companies whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from keepwell.evidence.rates import quantile
from keepwell.evidence.weights import SURE, Belief, belief, mean_points, weigh
from tests.evidence.weighed import company

EVEN = np.full(8, 1 / 8)


def test_a_mean_leaves_out_what_is_missing() -> None:
    points = np.array([[10.0, 50.0], [np.nan, 50.0], [np.nan, np.nan], [10.0, np.nan]])
    assert mean_points(points, np.array([0.25, 0.75])) == pytest.approx([40, 50, np.nan, 10], nan_ok=True)
    assert np.isnan(mean_points(points, np.array([0.0, 1.0]))[3])  # what it has counts nothing


def test_with_a_wide_belief_they_are_those_of_a_logistic_regression() -> None:
    """statsmodels' Logit of all points: the weights are its coefficients over their sum, errors by the delta method."""
    seen = company(np.random.default_rng(3), 30_000, 3_000).seen
    fit = sm.Logit(seen.left.astype(float), sm.add_constant(seen.points)).fit(disp=False)
    slopes, total = -fit.params[1:], -fit.params[1:].sum()
    assert slopes.min() > 0
    turned = (np.eye(8) - np.outer(slopes / total, np.ones(8))) / total
    errors = np.sqrt(np.diag(turned @ fit.cov_params()[1:, 1:] @ turned.T))
    found = weigh(seen.points, seen.left, belief(EVEN, 100.0))
    assert found.weights == pytest.approx(slopes / total, abs=2e-4)
    assert found.slope == pytest.approx(total, rel=1e-3)
    assert found.level == pytest.approx(fit.params[0], rel=1e-2)
    assert found.error == pytest.approx(errors, rel=0.02)
    assert found.high - found.weights == pytest.approx(quantile(SURE) * errors, rel=0.02)


@given(st.integers(0, 1_000), st.booleans())
def test_where_nobody_left_or_nobody_stayed_they_are_the_experts_to_the_last_bit(seed: int, all_left: bool) -> None:
    rng = np.random.default_rng(seed)
    expert = rng.dirichlet(np.ones(5))
    found = weigh(rng.uniform(0, 100, (40, 5)), np.full(40, all_left), belief(expert, 0.05))
    assert found.weights.tobytes() == expert.tobytes()
    assert np.all(found.low <= expert)
    assert np.all(found.high >= expert)


@given(st.integers(0, 1_000))
def test_they_sum_to_one_within_their_bounds_and_kept_sums_stay(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = company(rng, 300, 60, days=1).seen
    expert = rng.dirichlet(np.full(8, 5.0))
    low, high = expert / 2, np.minimum(1, 2 * expert)
    found = weigh(seen.points, seen.left, Belief(expert, np.full(8, 0.2), low, high, (np.arange(3),))).weights
    assert found.sum() == pytest.approx(1)
    assert found[:3].sum() == pytest.approx(expert[:3].sum())
    assert np.all(found >= low - 1e-12)
    assert np.all(found <= high + 1e-12)


@given(st.integers(0, 1_000))
def test_the_order_of_rows_and_of_measures_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen, expert = company(rng, 400, 50, days=1).seen, rng.dirichlet(np.full(8, 5.0))
    points = np.where(rng.random(seen.points.shape) < 0.2, np.nan, seen.points)
    rows, columns = rng.permutation(len(seen)), rng.permutation(8)
    found = weigh(points, seen.left, belief(expert, 0.1))
    other = weigh(points[rows][:, columns], seen.left[rows], belief(expert[columns], 0.1))
    assert other.weights == pytest.approx(found.weights[columns], abs=1e-4)


def test_what_is_missing_by_chance_changes_little() -> None:
    """A fifth of the points of 40,000 rows is gone: weights as surely as of the rest, and the truth inside."""
    drawn = company(np.random.default_rng(9), 40_000, 4_000)
    gone = np.random.default_rng(1).random(drawn.seen.points.shape) < 0.2
    found = weigh(np.where(gone, np.nan, drawn.seen.points), drawn.seen.left, belief(EVEN, 0.2))
    assert np.abs(found.weights - drawn.weights).max() < 0.05


def test_a_score_that_points_the_wrong_way_teaches_nothing() -> None:
    """Those with the higher points leave: the slope ends at 0, and the weights stay the expert's."""
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 100, (3_000, 4))
    left = rng.random(3_000) < 1 / (1 + np.exp(6 - points.mean(1) / 12))
    found = weigh(points, left, belief(np.full(4, 0.25), 0.1))
    assert found.slope == 0
    assert found.weights == pytest.approx([0.25] * 4, abs=1e-6)


def test_the_truth_lies_in_the_interval_as_often_as_it_says() -> None:
    """Twenty companies of 2,000 leavers and 160 weights; `python -m benchmarks truth` does it with 10,000 and 200."""
    inside = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        drawn = company(rng, 20_000, 2_000)
        found = weigh(drawn.seen.points, drawn.seen.left, belief(rng.dirichlet(np.full(8, 4.0)), 0.2))
        inside += list((found.low <= drawn.weights) & (drawn.weights <= found.high))
    assert 0.84 <= np.mean(inside) <= 0.96  # 0.9 ± 2.5 standard deviations of 160 draws


def test_what_is_missing_counts_as_in_the_tree() -> None:
    """Two groups: of the first, whose weight is 0.8, one measure is missing, and its sibling carries that weight."""
    weights, groups = np.array([0.2, 0.6, 0.2]), (np.array([0, 1]), np.array([2]))
    points = np.array([[np.nan, 50.0, 100.0], [10.0, np.nan, np.nan], [np.nan, np.nan, 100.0]])
    assert mean_points(points, weights, groups) == pytest.approx([0.8 * 50 + 0.2 * 100, 10, 100])
    assert mean_points(points, weights)[0] == pytest.approx((0.6 * 50 + 0.2 * 100) / 0.8)


def test_the_truth_of_a_tree_with_gaps_is_found_by_whoever_knows_the_tree() -> None:
    """Two groups of four measures, of which four in ten are missing: those who leave leave by the tree's score."""
    groups = (np.arange(4), np.arange(4, 8))
    inside, errors = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        drawn = company(rng, 40_000, 100)
        points = np.where(rng.random(drawn.seen.points.shape) < 0.4, np.nan, drawn.seen.points)
        score = mean_points(points, drawn.weights, groups)
        left = rng.random(len(score)) < 1 / (1 + np.exp(2.5 + (score - np.nanmean(score)) / np.nanstd(score)))
        held = replace(belief(rng.dirichlet(np.full(8, 4.0)), 0.2), groups=groups)
        found = weigh(points, left & ~np.isnan(score), held)
        inside += list((found.low <= drawn.weights) & (drawn.weights <= found.high))
        errors.append(np.abs(found.weights - drawn.weights).max())
    assert np.mean(inside) >= 0.8
    assert np.median(errors) < 0.04


def test_scores_that_differ_by_rounding_alone_teach_nothing() -> None:
    expert = np.array([0.5, 0.3, 0.2])
    found = weigh(np.tile([70.1, 33.3, 12.7], (300, 1)), np.arange(300) < 20, belief(expert, 0.05))
    assert found.weights.tobytes() == expert.tobytes()
