"""The verdict on a forecast: ranking alone is no prediction."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.cli.tested import sentences
from keepwell.cli.tested import tested_verdict as verdict_on
from keepwell.evidence import walk
from keepwell.evidence.tested import Record, record

COUNT = 4_000


def recorded(about: float, spread: float, unseen: int = 0) -> Record:
    """Of accounts whose chances are drawn, forecasts that are this far from them."""
    dice = np.random.default_rng(3)
    true = np.where(np.arange(COUNT) % 4 == 0, 0.3, 0.05)
    left = dice.random(COUNT) < true
    chance = np.clip(about + spread * (true - true.mean()), 0.001, 0.999)
    day = np.datetime64("2026-01-01")
    return record([walk.Tested(day, np.arange(COUNT), np.arange(COUNT), chance, left, 50, unseen)])


@pytest.mark.parametrize(
    ("about", "spread", "verdict"),
    [
        (0.1125, 1.0, "the forecast predicts"),
        (0.15, 1.0, "the forecast ranks, and its numbers are off"),
        (0.5, 1.0, "the forecast ranks, and its numbers say no more than the same rate for all"),
        (0.1125, -1.0, "the forecast points the wrong way"),
        (0.1125, 0.0, "the forecast has no usable signal"),
    ],
)
def test_it_predicts_where_its_numbers_are_right_as_well(about: float, spread: float, verdict: str) -> None:
    assert verdict_on(recorded(about, spread)) == verdict


def test_forecasts_that_nothing_came_of_are_named() -> None:
    told = "Not in it: 3 forecasts of accounts that had left by then, as was learned later, or whose life ended and"
    assert any(one.startswith(told) for one in sentences(recorded(0.1125, 1.0, 3)))
    assert not any("Not in it" in one for one in sentences(recorded(0.1125, 1.0)))
