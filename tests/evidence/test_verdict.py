"""What may be said: of chance nothing, of a signal that it is there, and of few that they are few."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.evidence.ranking import rank
from keepwell.evidence.rates import Interval
from keepwell.evidence.verdict import (
    NO_SIGNAL,
    POWER,
    PREDICTS,
    TOO_LITTLE,
    WRONG_WAY,
    Verdict,
    leavers_needed,
    standard_error,
    verdict,
)
from tests.evidence.test_ranking import drawn

RNG = np.random.default_rng(11)
MANY = drawn(RNG, 100, 400, 0.7)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.51, 0.9, PREDICTS),
        (0.50, 0.9, TOO_LITTLE),
        (0.45, 0.59, NO_SIGNAL),
        (0.45, 0.60, TOO_LITTLE),
        (0.3, 0.49, WRONG_WAY),
    ],
)
def test_the_interval_decides(low: float, high: float, said: str) -> None:
    assert verdict(MANY, Interval((low + high) / 2, low, high)).said == said


def test_nine_who_left_are_too_few_whatever_the_interval_says() -> None:
    few = drawn(np.random.default_rng(3), 9, 291, 0.95)
    found = verdict(few, Interval(0.95, 0.9, 1.0))
    assert found == Verdict(TOO_LITTLE, 1)
    ten = drawn(np.random.default_rng(3), 10, 291, 0.95)
    assert verdict(ten, Interval(0.95, 0.9, 1.0)) == Verdict(PREDICTS)
    assert verdict(drawn(np.random.default_rng(3), 291, 9, 0.95), Interval(0.95, 0.9, 1.0)).said == TOO_LITTLE


def test_to_say_that_nothing_is_there_takes_thirty_of_both() -> None:
    rng = np.random.default_rng(3)
    nothing = Interval(0.45, 0.4, 0.5)
    assert verdict(drawn(rng, 30, 30, 0.5), nothing).said == NO_SIGNAL
    assert verdict(drawn(rng, 29, 300, 0.5), nothing).said == TOO_LITTLE
    assert verdict(drawn(rng, 300, 29, 0.5), nothing).said == TOO_LITTLE


@pytest.mark.parametrize(("left", "stayed", "wide"), [(9, 291, 0.19), (30, 970, 0.10), (130, 1_870, 0.05)])
def test_the_standard_error_of_an_area_of_three_quarters(left: int, stayed: int, wide: float) -> None:
    """Half-widths at 95 % by Hanley and McNeil, as the field quotes them."""
    assert 1.96 * standard_error(0.75, left, stayed) == pytest.approx(wide, abs=0.006)


@pytest.mark.parametrize("area", [0.6, 0.65, 0.7])
def test_so_many_leavers_are_enough_as_often_as_said_and_half_of_them_are_not(area: float) -> None:
    """Against simulation: the share of companies whose interval lies above chance is near the power of 80 %."""
    needed = leavers_needed(area, 5.0)
    assert needed is not None
    rng = np.random.default_rng(5)

    def seen(left: int) -> float:
        found = [rank(drawn(rng, left, 5 * left, area), 100, seed).auc.low for seed in range(100)]
        return float(np.mean([low > 0.5 for low in found]))  # type: ignore[operator]

    assert seen(needed) == pytest.approx(POWER, abs=0.12)
    assert seen(max(2, needed // 2)) < POWER - 0.1


def test_no_number_is_enough_to_tell_chance_from_chance() -> None:
    assert leavers_needed(0.5, 10.0) is None


def test_how_many_more_have_to_leave_counts_those_who_did() -> None:
    wanted = leavers_needed(0.6, 4.0)
    assert wanted is not None
    assert verdict(drawn(np.random.default_rng(3), 20, 80, 0.6), Interval(0.5, 0.3, 0.7)).needed == wanted - 20


def test_chance_is_not_called_a_prediction_and_a_prediction_is_not_called_chance() -> None:
    """Of 200 companies each: two sides of one coin."""
    rng = np.random.default_rng(2)

    def said(area: float, left: int) -> list[str]:
        samples = [drawn(rng, left, 4 * left, area) for _ in range(200)]
        return [verdict(own, rank(own, 200).auc).said for own in samples]

    chance, signal = said(0.5, 50), said(0.7, 300)
    assert chance.count(PREDICTS) <= 0.05 * 200
    assert signal.count(PREDICTS) >= 0.9 * 200
    assert said(0.5, 400).count(NO_SIGNAL) >= 0.9 * 200
