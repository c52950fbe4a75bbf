"""Kaplan and Meier, Aalen and Johansen, with their intervals: against lifelines, and worked examples."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from keepwell.evidence.survival import aalen_johansen

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lifelines = pytest.importorskip("lifelines")


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_lifelines_says(seed: int) -> None:
    dice = np.random.default_rng(seed)
    days = np.ceil(dice.exponential(200, 150))
    left = dice.random(150) < 0.6
    found = aalen_johansen(days, left)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = lifelines.KaplanMeierFitter().fit(days, left)
        curve, ends = other.survival_function_, other.confidence_interval_
    share = curve.loc[found.days].to_numpy().ravel()
    assert found.share == pytest.approx(share)
    inner = (share > 0) & (share < 1)
    assert np.column_stack([found.low, found.high])[inner] == pytest.approx(ends.loc[found.days].to_numpy()[inner])
    assert found.at_risk.tolist() == other.event_table.loc[found.days, "at_risk"].astype(int).tolist()


def test_the_example_of_the_6_mp_patients() -> None:
    """Freireich et al. 1963, as in Kalbfleisch and Prentice: weeks in remission of 21 patients under 6-MP."""
    days = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], np.float64)
    left = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], np.bool_)
    found = aalen_johansen(days, left)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.at(5).value == 1
    assert found.at(5).low is None
    assert found.at(22.5).value == pytest.approx(0.538, abs=5e-4)
    assert found.at(36).value is None


def test_whoever_leaves_on_the_first_day_was_there() -> None:
    found = aalen_johansen(np.array([0.0, 5.0]), np.array([True, False]))
    assert (found.share.tolist(), found.at_risk.tolist()) == ([0.5], [2])


def test_nobody_has_no_curve() -> None:
    found = aalen_johansen(np.empty(0), np.empty(0, np.bool_))
    assert len(found.days) == 0
    assert found.at(1).value is None
    all_gone = aalen_johansen(np.array([3.0, 3.0]), np.array([True, True]))
    assert all_gone.at(3).value == 0
    assert all_gone.at(3).low is None


@pytest.mark.parametrize("seed", range(4))
def test_with_other_ends_it_is_what_lifelines_says(seed: int) -> None:
    """No two days are alike, for lifelines moves ties apart at random. It transforms the variance in another way."""
    dice = np.random.default_rng(seed)
    days = dice.exponential(200, 150)
    kind = dice.choice(3, 150, p=[0.4, 0.35, 0.25])
    found = aalen_johansen(days, kind == 1, kind == 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = lifelines.AalenJohansenFitter().fit(days, kind, event_of_interest=1)
    inner = found.at_risk > 1
    share = 1 - other.cumulative_density_.loc[found.days].to_numpy().ravel()
    assert found.share == pytest.approx(share)
    spread = np.sqrt(other.variance_.loc[found.days].to_numpy())
    low, high = (share ** np.exp(side * 1.959963984540054 * spread / (share * np.log(share))) for side in (-1, 1))
    inner &= share < 1
    assert found.low[inner] == pytest.approx(low[inner])
    assert found.high[inner] == pytest.approx(high[inner])
    assert found.otherwise.sum() == (kind == 2).sum()


@pytest.mark.parametrize("seed", range(4))
def test_without_other_ends_it_is_kaplan_and_meier_to_the_last_digit(seed: int) -> None:
    dice = np.random.default_rng(seed)
    days, left = np.ceil(dice.exponential(50, 200)), dice.random(200) < 0.6
    found = aalen_johansen(days, left, np.zeros(200, np.bool_))
    risk = np.array([(days >= day).sum() for day in found.days])
    dead = np.array([(left & (days == day)).sum() for day in found.days])
    assert np.array_equal(found.share, np.cumprod(1 - dead / risk))
    inner = (found.share > 0) & (found.share < 1)
    greenwood = np.sqrt(np.cumsum(dead / (risk * np.maximum(risk - dead, 1e-300))))[inner]
    wide = 1.959963984540054 * greenwood / np.log(found.share[inner])
    assert found.low[inner] == pytest.approx(found.share[inner] ** np.exp(-wide))
    assert found.high[inner] == pytest.approx(found.share[inner] ** np.exp(wide))


def test_whoever_ended_otherwise_did_not_leave_and_no_longer_can() -> None:
    """Ten accounts: two leave on day 5, on which two others merge; of the six left three leave on day 9; all are seen.

    To censor the two that merged would say 1 − 8/10 · 3/6 = 60 of 100, where five of ten did.
    """
    days = np.array([5, 5, 5, 5, 9, 9, 9, 20, 20, 20], np.float64)
    left = np.array([1, 1, 0, 0, 1, 1, 1, 0, 0, 0], np.bool_)
    merged = days == 5
    found = aalen_johansen(days, left, merged & ~left)
    assert (found.days.tolist(), found.at_risk.tolist()) == ([5, 9], [10, 6])
    assert (found.left.tolist(), found.otherwise.tolist()) == ([2, 3], [2, 0])
    assert found.share == pytest.approx([0.8, 0.5])
    assert aalen_johansen(days, left).share == pytest.approx([0.8, 0.4])
    # Nobody is censored, so that the variance is that of a share of ten.
    wide = 1.959963984540054 * np.sqrt(0.5 * 0.5 / 10) / (0.5 * np.log(0.5))
    assert (found.low[1], found.high[1]) == pytest.approx((0.5 ** np.exp(-wide), 0.5 ** np.exp(wide)))


def test_all_may_end_at_once() -> None:
    found = aalen_johansen(np.array([3.0, 3.0, 7.0]), np.array([True, False, True]), np.array([False, True, False]))
    assert found.share == pytest.approx([2 / 3, 1 / 3])
    assert np.isfinite(found.low).all()
    days = np.arange(1.0, 50.0)
    late = aalen_johansen(days, days == 49, days < 48)
    assert (late.share[:-1] == 1).all()
    assert np.isnan(late.low[:-1]).all()
    nobody_left = aalen_johansen(np.array([3.0]), np.array([False]), np.array([True]))
    assert (nobody_left.share.tolist(), nobody_left.at(3).low) == ([1.0], None)


def test_the_interval_holds_the_true_share_about_as_often_as_is_said() -> None:
    """Leaving at 1 and other ends at 2 a year, censored at random: F(t) = ⅓ (1 − e^−3t), here of 1,000 companies."""
    dice, held = np.random.default_rng(1), 0
    true = 1 - (1 - np.exp(-3 * 0.5)) / 3
    for _ in range(1_000):
        own, other, seen = (dice.exponential(scale, 120) for scale in (1.0, 0.5, 2.0))
        days = np.minimum(np.minimum(own, other), seen)
        found = aalen_johansen(days, days == own, days == other).at(0.5)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= true <= found.high
    assert 0.93 <= held / 1_000 <= 0.97
