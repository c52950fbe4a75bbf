"""Brier score and calibration: against scikit-learn, and known truth."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from keepwell.evidence.calibration import (
    brier,
    brier_of_rate,
    calibration,
    expected_error,
    expected_error_band,
)

DICE = np.random.default_rng(3)
CHANCE = DICE.beta(1, 12, 3000)
HAPPENED = DICE.random(3000) < CHANCE


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    assert brier(CHANCE, HAPPENED) == pytest.approx(brier_score_loss(HAPPENED, CHANCE))
    rate = np.full(3000, HAPPENED.mean())
    assert brier_of_rate(HAPPENED) == pytest.approx(brier_score_loss(HAPPENED, rate))
    assert brier(CHANCE, HAPPENED) < brier_of_rate(HAPPENED)


@pytest.mark.parametrize("bins", [5, 10])
def test_the_curve_is_that_of_scikit_learn(bins: int) -> None:
    found = calibration(CHANCE, HAPPENED, bins)
    true, predicted = calibration_curve(HAPPENED, CHANCE, n_bins=bins, strategy="quantile")
    assert [one.share.value for one in found] == pytest.approx(true)
    assert [one.expected for one in found] == pytest.approx(predicted)
    assert sum(one.count for one in found) == 3000
    error = sum(one.count * abs(one.expected - (one.share.value or 0)) for one in found) / 3000
    assert expected_error(CHANCE, HAPPENED, bins) == pytest.approx(error)


def test_equal_chances_are_one_bin() -> None:
    (one,) = calibration(np.full(10, 0.3), np.arange(10) < 3)
    assert (one.low, one.high, one.count, one.happened) == (0.3, 0.3, 10, 3)
    assert expected_error(np.full(10, 0.3), np.arange(10) < 3) == pytest.approx(0)


def test_right_chances_lie_in_the_band_as_often_as_it_says_and_wrong_ones_do_not() -> None:
    band = expected_error_band(CHANCE)
    assert band.low is not None
    assert band.high is not None
    errors = [expected_error(CHANCE, DICE.random(3000) < CHANCE) for _ in range(400)]
    # 380 of 400 are expected; 364 to 392 in all but one of a thousand.
    assert 364 <= sum(band.low <= error <= band.high for error in errors) <= 392
    twice = DICE.random(3000) < np.minimum(2 * CHANCE, 1)
    assert expected_error(CHANCE, twice) > band.high


def test_the_band_is_wider_where_accounts_share_their_dice() -> None:
    alone = expected_error_band(CHANCE)
    shared = expected_error_band(CHANCE, cluster=np.arange(3000) // 10)
    assert (shared.high or 0) > (alone.high or 0)


def test_of_nothing_nothing_is_said() -> None:
    none, nobody = np.empty(0), np.empty(0, np.bool_)
    assert np.isnan([brier(none, nobody), brier_of_rate(nobody), expected_error(none, nobody)]).all()
    assert calibration(none, nobody) == []
    assert expected_error_band(none).value is None
