"""What a measure adds for those who have it: much where it tells who leaves, nothing where it is noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keepwell.evidence.firmness import learned
from keepwell.evidence.missing import Lesson, Worth, worth
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


def asked(rows: Observed) -> list[Worth]:
    """With what was known by each day, and how many of the newest day lack each."""
    lessons = {day: Lesson(learned(rows, AHEAD, day), HELD) for day in np.unique(rows.day)[1:]}
    newest = rows.points[rows.day == rows.day.max()]
    return worth(rows, lessons, np.isnan(newest).sum(0).tolist())


def test_what_tells_is_worth_most_to_those_who_lack_it() -> None:
    found = asked(seen((0.5, 0.2, 0.5)))
    assert [one.place for one in found] == [0, 1, 2]
    first, _, noise = found
    assert first.change.gain.low is not None
    assert first.change.gain.low > 0.01
    assert first.expected > 0
    assert noise.expected == 0
    assert 650 < first.lack < 850


def test_what_everybody_has_is_not_missing() -> None:
    assert [one.place for one in asked(seen((0.0, 0.3, 0.0)))] == [1]


def test_of_too_few_nothing_is_said() -> None:
    (one,) = asked(seen((0.0, 0.3, 0.0), leavers=20))
    assert one.change.gain.value is None
    assert one.expected == 0


def test_the_best_of_many_measures_of_chance_is_seldom_said_to_be_worth_anything() -> None:
    """Twelve measures that say nothing: one of them is shown to do so in less than one company of ten."""
    said = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        found = company(rng, 2_400, 240, measures=12).seen
        rows = replace(
            found,
            left=rng.permutation(found.left),
            points=np.where(rng.random(found.points.shape) < 0.3, np.nan, found.points),
        )
        lessons = {
            d: Lesson(learned(rows, AHEAD, d), belief(np.full(12, 1 / 12), 0.05)) for d in np.unique(rows.day)[1:]
        }
        said.append(any(one.expected for one in worth(rows, lessons, [1] * 12)))
    assert np.mean(said) < 0.1
