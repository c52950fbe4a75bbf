"""The verdict on a forecast: ranking alone is no prediction."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.cli.tested import tested_verdict as verdict_on
from keepwell.evidence import walk
from keepwell.evidence.tested import record

COUNT = 4_000


def said(about: float, spread: float) -> str:
    """Of accounts whose chances are drawn, the verdict on forecasts that are this far from them."""
    dice = np.random.default_rng(3)
    true = np.where(np.arange(COUNT) % 4 == 0, 0.3, 0.05)
    left = dice.random(COUNT) < true
    chance = np.clip(about + spread * (true - true.mean()), 0.001, 0.999)
    day = np.datetime64("2026-01-01")
    return verdict_on(record([walk.Tested(day, np.arange(COUNT), np.arange(COUNT), chance, left, 50, 0)]))


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
    assert said(about, spread) == verdict
