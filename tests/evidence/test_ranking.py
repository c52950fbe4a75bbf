"""The area under the ROC curve and its company: against counting pairs, worked examples, and known truth."""

from __future__ import annotations

from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.evidence.ranking import Sample, auc, average_precision, levels, rank

ROWS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40)


def sample(scores: list[float], left: list[bool], clusters: list[int] | None = None) -> Sample:
    cluster = np.array(clusters if clusters is not None else range(len(scores)), dtype=np.int64)
    return Sample(np.array(scores, dtype=np.float64), np.array(left, dtype=np.bool_), cluster)


@given(ROWS)
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    found = auc(*levels(sample([score for score, _ in rows], [left for _, left in rows])))
    pairs = list(product([s for s, left in rows if left], [s for s, left in rows if not left]))
    if not pairs:
        assert np.isnan(found)
        return
    right = sum(1.0 if left < stayed else 0.5 if left == stayed else 0.0 for left, stayed in pairs)
    assert found == pytest.approx(right / len(pairs))


@given(ROWS)
def test_average_precision_is_the_mean_of_the_precision_at_each_who_left(rows: list[tuple[int, bool]]) -> None:
    found = average_precision(*levels(sample([score for score, _ in rows], [left for _, left in rows])))
    precisions = []
    for score, left in rows:
        if left:
            called = [other for place, other in rows if place <= score]
            precisions.append(sum(called) / len(called))
    if not precisions:
        assert np.isnan(found)
        return
    assert found == pytest.approx(sum(precisions) / len(precisions))


def test_the_example_of_scikit_learn() -> None:
    """y_true = [0, 0, 1, 1], y_score = [0.1, 0.4, 0.35, 0.8]: roc_auc_score 0.75, average_precision_score 0.8333…"""
    own = sample([-0.1, -0.4, -0.35, -0.8], [False, False, True, True])
    found = rank(own)
    assert found.auc.value == 0.75
    assert found.precision.value == pytest.approx(5 / 6)
    assert found.lead.value == pytest.approx((-0.1 - 0.4 + 0.35 + 0.8) / 2)


def drawn(rng: np.random.Generator, left: int, stayed: int, area: float, of_each: int = 1) -> Sample:
    """Accounts with normal scores whose true area under the curve is known: Φ(distance ÷ √2)."""
    apart = NormalDist().inv_cdf(area) * 2**0.5
    account = np.concatenate([rng.normal(-apart, 1, left), rng.normal(0, 1, stayed)])
    who = np.arange(left + stayed) < left
    return Sample(np.repeat(account, of_each), np.repeat(who, of_each), np.repeat(np.arange(left + stayed), of_each))


@pytest.mark.parametrize("of_each", [1, 4])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(of_each: int) -> None:
    """95 % of 200 companies would be 190; four rows per account that say the same are no more evidence than one."""
    rng = np.random.default_rng(7)
    intervals = [rank(drawn(rng, 40, 160, 0.7, of_each), 200, seed).auc for seed in range(200)]
    held = sum(found.low <= 0.7 <= found.high for found in intervals)  # type: ignore[operator]
    assert 180 <= held <= 198


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    own = drawn(np.random.default_rng(1), 20, 80, 0.7)
    assert rank(own, 100) == rank(own, 100)
    assert rank(own, 100, 2).auc.low != rank(own, 100).auc.low
    assert rank(own, 100, 2).auc.value == rank(own, 100).auc.value


def test_of_nobody_nothing_is_said() -> None:
    for own in (sample([], []), sample([1, 2], [True, True]), sample([1, 2], [False, False])):
        found = rank(own, 20)
        assert (found.auc.value, found.auc.low) == (None, None)
        assert found.lead.value is None
