"""Where scores go: of scores that return to their mean as far as is known, and bands that hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.evidence.ranking import Numbers
from keepwell.evidence.trajectory import BAND, trajectory

DAYS = [np.datetime64("2025-01-01") + 30 * place for place in range(14)]


def wandering(seed: int, back: float, accounts: int = 300) -> Numbers:
    """Scores that keep `back` of their distance from 60 in 60 days."""
    dice, step = np.random.default_rng(seed), np.sqrt(back)
    own = [60 + 10 * dice.standard_normal(accounts)]
    for _ in DAYS[1:]:
        noise = 10 * np.sqrt(1 - back) * dice.standard_normal(accounts)
        own.append(60 + step * (own[-1] - 60) + noise)
    return np.clip(np.column_stack(own), 0, 100)


@pytest.mark.parametrize("back", [0.3, 0.8])
def test_the_return_to_the_mean_is_found(back: float) -> None:
    scores = wandering(1, back)
    found = trajectory(DAYS, scores)
    assert found.slope == pytest.approx(back, abs=0.06)
    assert found.middle == pytest.approx(60 + back * (scores[:, -1] - 60), abs=2)


def test_the_band_holds_as_often_as_it_says() -> None:
    whole = wandering(2, 0.6, 3000)
    found = trajectory(DAYS[:12], whole[:, :12])
    later = whole[:, 13]
    assert np.mean((found.low <= later) & (later <= found.high)) == pytest.approx(BAND, abs=0.03)
    assert found.held.value == pytest.approx(BAND, abs=0.03)


def test_scores_without_history_have_no_band() -> None:
    for days in (1, 3):
        found = trajectory(DAYS[:days], wandering(3, 0.5)[:, :days])
        assert np.isnan(found.low).all()
        assert found.held.value is None
    scores = wandering(3, 0.5)
    scores[0, -1] = np.nan
    found = trajectory(DAYS, scores)
    assert np.isnan(found.low[0])
    assert np.isfinite(found.low[1:]).all()
    assert np.isnan(trajectory(DAYS, np.full((20, 14), 50.0)).middle).all()


def test_bands_stay_on_the_scale() -> None:
    scores = np.clip(wandering(4, 0.5) + 38, 0, 100)
    found = trajectory(DAYS, scores)
    assert found.high.max() <= 100
    assert (found.low <= found.high).all()
