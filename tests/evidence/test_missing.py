"""What a measure adds for those who have it: much where it tells who leaves, nothing where it is noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keepwell.evidence.missing import worth
from keepwell.evidence.observed import Observed
from keepwell.evidence.panel import Ahead
from keepwell.evidence.weights import belief
from tests.evidence.weighed import HORIZON, company

WEIGHTS = np.array([0.6, 0.4, 0.0])
AHEAD = Ahead(HORIZON)
HELD = belief(np.full(3, 1 / 3), 0.2)


def seen(gaps: tuple[float, ...], leavers: int = 600) -> Observed:
    """Three measures, the last of them noise; a share of each is missing."""
    rng = np.random.default_rng(8)
    found = company(rng, 9_000, leavers, weights=WEIGHTS).seen
    noise = rng.uniform(0, 100, len(found))
    points = np.column_stack([found.points[:, :2], noise])
    return replace(found, points=np.where(rng.random(points.shape) < gaps, np.nan, points))


def test_what_tells_is_worth_most_to_those_who_lack_it() -> None:
    found = worth(seen((0.5, 0.2, 0.5)), HELD, AHEAD)
    assert [one.place for one in found] == [0, 1, 2]
    first, _, noise = found
    assert first.change.gain.low is not None
    assert first.change.gain.low > 0.01
    assert first.expected > 0
    assert noise.expected == 0
    assert first.have + first.lack == 1_500


def test_what_everybody_has_is_not_missing() -> None:
    assert [one.place for one in worth(seen((0.0, 0.3, 0.0)), HELD, AHEAD)] == [1]


def test_of_too_few_nothing_is_said() -> None:
    (one,) = worth(seen((0.0, 0.3, 0.0), leavers=20), HELD, AHEAD)
    assert one.change.gain.value is None
    assert one.expected == 0
