"""How firmly the expert is believed: little learned from few, much from many, and nothing from the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepwell.evidence.firmness import USUAL, WIDTHS, calibrate, chosen, learned
from keepwell.evidence.panel import Ahead
from keepwell.evidence.weights import belief
from tests.evidence.weighed import HORIZON, company

AHEAD = Ahead(HORIZON)


def test_nine_leavers_of_three_hundred_move_no_weight_by_five_points() -> None:
    moved = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        seen, expert = company(rng, 300, 9, days=3).seen, rng.dirichlet(np.full(8, 4.0))
        found = calibrate(seen, belief(expert), AHEAD)
        assert found.width == USUAL
        moved.append(np.abs(found.weighed.weights - expert).max() > 0.05)
    assert np.mean(moved) <= 0.05


def test_of_three_hundred_leavers_half_the_way_from_a_wrong_expert_to_the_truth_is_found() -> None:
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        drawn, expert = company(rng, 10_000, 300), rng.dirichlet(np.ones(8))
        weights = calibrate(drawn.seen, belief(expert), AHEAD).weighed.weights
        found.append(1 - np.abs(weights - drawn.weights).sum() / np.abs(expert - drawn.weights).sum())
    assert np.median(found) >= 0.5


def test_an_expert_who_is_right_is_believed() -> None:
    """With the true weights as the expert's, the narrowest belief does as well as any."""
    picked = []
    for seed in range(10):
        drawn = company(np.random.default_rng(100 + seed), 6_000, 400)
        picked.append(chosen(drawn.seen, belief(drawn.weights), AHEAD))
    assert np.mean([width == WIDTHS[0] for width in picked]) >= 0.7


def test_only_what_is_over_has_been_learned() -> None:
    seen = company(np.random.default_rng(1), 600, 60, days=4).seen
    third = np.unique(seen.day)[2]
    assert set(learned(seen, AHEAD, third).day) == set(np.unique(seen.day)[:2])
    assert set(learned(seen, Ahead(HORIZON, 1), third).day) == set(np.unique(seen.day)[:1])


def test_what_comes_after_a_day_changes_nothing_of_it() -> None:
    seen = company(np.random.default_rng(2), 3_000, 300).seen
    third = np.unique(seen.day)[3]
    other = replace(seen, left=np.where(seen.day >= third, ~seen.left, seen.left))
    before, after = (calibrate(learned(rows, AHEAD, third), belief(np.full(8, 1 / 8)), AHEAD) for rows in (seen, other))
    assert before.weighed.weights == pytest.approx(after.weighed.weights, abs=0)
