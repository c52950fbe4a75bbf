"""Two scores of the same accounts: their difference with an interval that knows what they share."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from keepwell.evidence.pairs import pair
from keepwell.evidence.rates import Interval

ONE = np.zeros(400, np.int64)
"""All rows are of one day."""


def drawn(seed: int, better: float) -> tuple[np.ndarray, ...]:
    """400 accounts: two noisy views of one health, the second `better` times as sharp."""
    rng = np.random.default_rng(seed)
    health = rng.normal(size=400)
    left = rng.random(400) < 1 / (1 + np.exp(2 + 1.5 * health))
    shared = rng.normal(size=400)
    return health + shared + rng.normal(size=400), better * health + shared + rng.normal(size=400), left


def test_both_areas_are_those_of_scikit_learn() -> None:
    first, second, left = drawn(1, 2.0)
    found = pair(first, second, left, np.arange(400), ONE, 50)
    areas = [roc_auc_score(left, -score) for score in (first, second)]
    assert [found.first.value, found.second.value] == pytest.approx(areas)
    assert found.gain.value == pytest.approx(areas[1] - areas[0])


def test_a_score_gains_nothing_over_itself() -> None:
    first, _, left = drawn(2, 1.0)
    gain = pair(first, first, left, np.arange(400), ONE, 50).gain
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)


def test_equal_scores_are_seldom_said_to_differ_and_better_ones_often() -> None:
    equal, better = ([_gain(seed, sharp) for seed in range(60)] for sharp in (1.0, 3.0))
    assert np.mean([gain.low is not None and gain.low > 0 for gain in equal]) <= 0.1
    assert np.mean([gain.low is not None and gain.low > 0 for gain in better]) >= 0.9


def _gain(seed: int, sharp: float) -> Interval:
    first, second, left = drawn(seed, sharp)
    return pair(first, second, left, np.arange(400), ONE, 200).gain


def test_of_nobody_who_left_nothing_is_said() -> None:
    first, second, left = drawn(3, 1.0)
    assert pair(first, second, np.zeros_like(left), np.arange(400), ONE).gain.value is None


def test_pairs_are_of_one_day() -> None:
    """On the second day both scores are ten higher, and twice as many left: that is no merit of the score."""
    first, second, left = drawn(4, 2.0)
    day = np.arange(400) // 200
    found = pair(first + 10 * day, second + 10 * day, left, np.arange(400), day, 50)
    same = pair(first, second, left, np.arange(400), day, 50)
    assert found == same
