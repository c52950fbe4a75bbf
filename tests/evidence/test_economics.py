"""Whom to call: the exact optimum against trying everything, and the rule by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.evidence.economics import by_rule, gains, knapsack, plan

ROWS = st.lists(st.tuples(st.integers(-20, 100), st.integers(1, 6)), max_size=9)


@given(ROWS, st.integers(1, 14))
def test_the_optimum_is_what_trying_everything_finds(rows: list[tuple[int, int]], capacity: int) -> None:
    gain, effort = (np.array([row[index] for row in rows], np.int64) for index in range(2))
    found = knapsack(gain.astype(np.float64), effort, capacity)
    best = max(
        sum(rows[place][0] for place in own)
        for size in range(len(rows) + 1)
        for own in combinations(range(len(rows)), size)
        if sum(rows[place][1] for place in own) <= capacity
    )
    assert gain[found].sum() == best
    assert effort[found].sum() <= capacity
    assert (gain[found] > 0).all()
    assert len(set(found.tolist())) == len(found)


@given(ROWS, st.integers(1, 14))
def test_the_rule_is_never_worth_more(rows: list[tuple[int, int]], capacity: int) -> None:
    gain, effort = (np.array([row[index] for row in rows], np.int64) for index in range(2))
    value = np.arange(len(rows), dtype=np.float64)
    score = np.asarray(9 * value, np.float64)
    rule = by_rule(score, value, lambda _: True, effort, capacity)
    found = plan(gain.astype(np.float64), effort, capacity, rule)
    assert found.worth >= found.rule_worth
    assert found.rule_effort <= capacity
    assert found.both == len(set(found.optimum.tolist()) & set(rule.tolist()))


def test_where_all_cost_the_same_the_best_are_called_from_the_top() -> None:
    found = knapsack(np.array([5.0, 9.0, -1.0, np.nan, 7.0, 9.0]), np.ones(6, np.int64), 3)
    assert found.tolist() == [1, 5, 4]


def test_a_large_book_with_a_small_capacity_is_exact_and_a_table_too_large_is_refused() -> None:
    dice = np.random.default_rng(1)
    gain, effort = dice.exponential(100, 50_000), dice.integers(1, 9, 50_000)
    found = knapsack(gain, effort, 200)
    assert effort[found].sum() <= 200
    density = gain / effort
    greedy = np.argsort(-density)
    fits = greedy[np.cumsum(effort[greedy]) <= 200]
    assert gain[found].sum() >= gain[fits].sum()
    with pytest.raises(ValueError, match="are too many to try"):
        knapsack(gain, effort, 30_000)


def test_a_gain_is_chance_times_value_times_effect_less_the_cost() -> None:
    found = gains(np.array([0.1, 0.5]), np.array([10_000.0, np.nan]), 0.2, np.array([50.0, 0.0]))
    assert found[0] == pytest.approx(150)
    assert np.isnan(found[1])


def test_the_rule_calls_the_save_zone_first_and_below_it_only_high_value_or_a_path() -> None:
    score = np.array([50.0, 30.0, 29.9, 10.0, 20.0, 50.1, np.nan, 5.0])
    value = np.array([1.0, 2.0, 900.0, 3.0, 4.0, 800.0, 700.0, 5.0])
    asked: list[int] = []

    def path(place: int) -> bool:
        asked.append(place)
        return place == 4

    effort = np.ones(8, np.int64)
    assert by_rule(score, value, path, effort, 9).tolist() == [1, 0, 2, 4]
    assert asked == [7, 4, 3]
    asked.clear()
    assert by_rule(score, value, path, effort, 2).tolist() == [1, 0]
    assert asked == []
    assert by_rule(score, value, path, np.where(value == 2, 3, 1), 2).tolist() == [0, 2]
