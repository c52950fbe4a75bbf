"""The level beside which all accounts leave: against numerical integration, series of known truth, and silence."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from keepwell.evidence import level as module
from keepwell.evidence.hazard import expit
from keepwell.evidence.landmarks import STEP, Landmarks
from keepwell.evidence.level import FIRST, SPREADS, USUAL, Level, level_of, raised, wandering
from keepwell.evidence.ranking import Numbers

MONTHS = 24
MONTHLY = np.sqrt(STEP / 365)


def spread_of(found: Level) -> float:
    """The deviation of the whole mixture."""
    middle = found.weights @ found.middles
    return float(np.sqrt(found.weights @ (found.deviations**2 + (found.middles - middle) ** 2)))


def integrated(left: Numbers, expected: Numbers, spread: float) -> tuple[float, float, float]:
    """The last level, its deviation and how likely the months are, by a filter over a grid of levels."""
    grid = np.linspace(-2, 2, 1_601)
    wide = grid[1] - grid[0]
    belief = np.exp(-(grid**2) / (2 * FIRST**2)) / (FIRST * np.sqrt(2 * np.pi))
    move = np.exp(-((grid[:, None] - grid) ** 2) / (2 * (spread * MONTHLY) ** 2))
    move *= wide / (spread * MONTHLY * np.sqrt(2 * np.pi))
    said = 0.0
    for month, count in enumerate(left):
        if month:
            belief = move @ belief
        rate = expected[month] * np.exp(grid)
        # Without n!, which is the same for all.
        belief = belief * np.exp(count * grid - rate)
        total = belief.sum() * wide
        said += np.log(total)
        belief = belief / total
    middle = (belief * grid).sum() * wide
    return float(middle), float(np.sqrt((belief * (grid - middle) ** 2).sum() * wide)), float(said)


@pytest.mark.parametrize("usual", [3.0, 8.0, 40.0])
def test_it_is_what_integration_over_a_grid_gives(usual: float) -> None:
    dice = np.random.default_rng(int(usual))
    expected = np.full(MONTHS, usual)
    left = dice.poisson(expected * np.exp(np.cumsum(dice.normal(0, 0.3 * MONTHLY, MONTHS)))).astype(float)
    found = wandering(left, expected)
    truth = np.array([integrated(left, expected, spread) for spread in SPREADS[2:]])
    assert found.middles[2:] == pytest.approx(truth[:, 0], abs=0.04)
    assert found.deviations[2:] == pytest.approx(truth[:, 1], rel=0.04)
    said = np.log(found.weights[2:]) + SPREADS[2:] ** 2 / (2 * USUAL**2) - np.log(np.gradient(SPREADS)[2:])
    assert said - said[0] == pytest.approx(truth[:, 2] - truth[0, 2], abs=0.03)


@pytest.mark.parametrize("usual", [0.0, USUAL])
def test_its_interval_holds_the_true_level_as_often_as_is_said(usual: float) -> None:
    """Of 200 companies that stand still, and of 200 that wander as is believed; these by 95 % ± 2 standard errors."""
    dice, held = np.random.default_rng(7), 0
    for _ in range(200):
        true = np.cumsum(dice.normal(0, abs(dice.normal(0, usual)) * MONTHLY, MONTHS))
        found = wandering(dice.poisson(8 * np.exp(true)).astype(float), np.full(MONTHS, 8.0))
        held += abs(found.now - true[-1]) <= 1.96 * spread_of(found)
    assert held / 200 >= 0.92
    assert usual == 0 or held / 200 <= 0.98


def test_a_level_that_falls_is_seen_and_one_that_stands_is_not_moved() -> None:
    month = np.arange(MONTHS)
    falling = wandering(20 * np.exp(0.8 * (0.5 - month / MONTHS)), np.full(MONTHS, 20.0))
    assert falling.now < -0.2
    assert wandering(np.full(MONTHS, 20.0), np.full(MONTHS, 20.0)).now == pytest.approx(0, abs=0.02)


def test_the_further_ahead_the_less_is_known() -> None:
    found = wandering(np.full(MONTHS, 20.0), np.full(MONTHS, 20.0))
    drawn = found.drawn(np.random.default_rng(1), 4_000, 13)
    assert drawn.shape == (4_000, 13)
    assert drawn.mean(axis=0) == pytest.approx(found.now, abs=0.02)
    spreads = drawn.std(axis=0)
    assert spreads[0] == pytest.approx(np.hypot(spread_of(found), _moved(found, 1)), rel=0.05)
    assert spreads[12] == pytest.approx(np.hypot(spread_of(found), _moved(found, 13)), rel=0.05)


def _moved(found: Level, steps: int) -> float:
    return float(np.sqrt(found.weights @ found.spreads**2 * steps) * MONTHLY)


def marks(after: Numbers, days: int) -> Landmarks:
    """The same accounts on so many landmark days, all seen for a year; after: days to the end from the first day."""
    count = len(after)
    day = np.repeat(np.datetime64("2026-01-01") + STEP * np.arange(days), count)
    gone = np.concatenate([after - STEP * place for place in range(days)])
    here = gone > 0
    none = np.full(count * days, np.nan)
    account, seen = np.tile(np.arange(count), days), np.full(len(gone), 365.0)
    return Landmarks(account, day, none[:, None], none, none, none, none, gone, seen, none).only(here)


def test_months_are_counted_from_each_landmark_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two leave in the first month, one in the third; the last landmark day is one on which three are gone."""
    own = marks(np.array([10.0, 30.0, 75.0, np.inf, np.inf]), 4)
    given = _given(own, own.account, monkeypatch)
    assert given[0].tolist() == [2, 0, 1, 0]
    assert given[1] == pytest.approx([0.5, 0.3, 0.3, 0.2])


def test_a_raised_chance_is_so_many_times_as_large() -> None:
    """0.1 → 0.15, 0.5 → 0.25; and 0.6 taken twice is nearly certain."""
    chance, times = np.array([0.1, 0.5, 0.6]), np.array([1.5, 0.5, 2.0])
    found = expit(raised(np.log(chance / (1 - chance)), np.log(times)))
    assert found[:2] == pytest.approx([0.15, 0.25])
    assert 0.999 < found[2] < 1
    assert raised(np.array([-3.0]), 0.0)[0] == -3.0


def test_accounts_that_leave_as_one_count_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The four of one parent leave in one month, and one alone in another: five that say as much as two.

    Of three that leave as one, one that leaves alone is a third.
    """
    own = marks(np.array([10.0, 10.0, 10.0, 10.0, 40.0, np.inf]), 3)
    left, _ = _given(own, own.account, monkeypatch)
    assert left.tolist() == [4, 1, 0]
    left, expected = _given(own, np.where(own.account < 4, 0, own.account), monkeypatch)
    assert left.tolist() == pytest.approx([1, 1, 0])
    assert expected.tolist() == pytest.approx([0.3, 0.2, 0.1])
    left, _ = _given(own, np.array([0, 1, 2, 3, 4, 4])[own.account] // 3, monkeypatch)
    assert left.tolist() == pytest.approx([1 + 1 / 3, 1 / 2, 0])


def _given(own: Landmarks, group: NDArray[np.int64], monkeypatch: pytest.MonkeyPatch) -> tuple[Numbers, Numbers]:
    """What the months are told to be."""
    given: list[tuple[Numbers, Numbers]] = []
    monkeypatch.setattr(module, "wandering", lambda left, expected: given.append((left, expected)))
    level_of(own, group, np.full(len(own), 0.1))
    return given[0]
