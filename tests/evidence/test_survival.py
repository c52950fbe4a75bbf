"""Kaplan and Meier with Greenwood's interval: against lifelines, and a worked example."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from keepwell.evidence.survival import kaplan_meier

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lifelines = pytest.importorskip("lifelines")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("late", [False, True])
def test_it_is_what_lifelines_says(seed: int, late: bool) -> None:
    dice = np.random.default_rng(seed)
    days = np.ceil(dice.exponential(200, 150)) + (60 if late else 0)
    left = dice.random(150) < 0.6
    entry = np.floor(dice.uniform(0, 60, 150)) if late else None
    found = kaplan_meier(days, left, entry)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = lifelines.KaplanMeierFitter().fit(days, left, entry=entry)
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
    found = kaplan_meier(days, left)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.at(5).value == 1
    assert found.at(5).low is None
    assert found.at(22.5).value == pytest.approx(0.538, abs=5e-4)
    assert found.at(36).value is None


def test_whoever_leaves_on_the_first_day_was_there() -> None:
    found = kaplan_meier(np.array([0.0, 5.0]), np.array([True, False]))
    assert (found.share.tolist(), found.at_risk.tolist()) == ([0.5], [2])


def test_nobody_has_no_curve() -> None:
    found = kaplan_meier(np.empty(0), np.empty(0, np.bool_))
    assert len(found.days) == 0
    assert found.at(1).value is None
    all_gone = kaplan_meier(np.array([3.0, 3.0]), np.array([True, True]))
    assert all_gone.at(3).value == 0
    assert all_gone.at(3).low is None
