"""What the platform is worth to customers: goals agreed with them, and reviews of what was saved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY
from keepwell.demo.draw import NEVER, Flags, Floats, Ints
from keepwell.demo.occasions import Occasions, at_rhythm, by_night, days_until_end
from keepwell.demo.world import World

GOAL_DAYS = 210.0
VALIDATED_SHARE = 0.88
REVIEW_DAYS = np.array([170.0, 115.0, 88.0])


@dataclass(frozen=True)
class Aim:
    """A kind of goal: its unit, the range of baselines, and the factor the target asks for."""

    title: str
    unit: str
    baseline: tuple[float, float]
    factor: float


AIMS = (
    Aim("More orders through the portal", "orders a day", (20, 400), 1.5),
    Aim("Fewer minutes per order", "minutes", (8, 30), 0.6),
    Aim("Larger share of digital revenue", "percent", (15, 50), 1.35),
    Aim("Fewer wrong deliveries", "percent", (2, 9), 0.5),
    Aim("More buyers ordering themselves", "buyers", (15, 300), 1.6),
)


def goals(world: World) -> pa.Table:
    """Goals with baseline and target; the value reached is known once it was validated."""
    rng, span, company = world.rng("goals"), world.span, world.company
    found = at_rhythm(rng, span, world.book.stay, np.full(len(company), GOAL_DAYS), company.managed)
    due = found.day + rng.integers(80, 200, size=len(found))
    validated = due + rng.integers(2, 30, size=len(found))
    validated = np.where(rng.random(len(found)) < VALIDATED_SHARE, validated, NEVER)
    validated = days_until_end(span, np.where(validated < world.book.stay.until[found.account], validated, NEVER))
    aim = rng.integers(len(AIMS), size=len(found))
    low, high = np.array([kind.baseline for kind in AIMS]).T
    baseline = np.round(low[aim] + rng.random(len(found)) * (high - low)[aim], 1)
    target = np.round(baseline * np.array([kind.factor for kind in AIMS])[aim], 1)
    reached = np.maximum(baseline + _progress(world, found, due) * (target - baseline), 0.1)
    loaded = by_night(rng, span, found.day * DAY)
    rows = {
        "account_id": columns.accounts(found.account),
        "agreed_on": columns.dates(span, found.day),
        "title": columns.texts(aim, [kind.title for kind in AIMS]),
        "unit": columns.texts(aim, [kind.unit for kind in AIMS]),
        "baseline": columns.numbers(baseline, 1),
        "target": columns.numbers(target, 1),
        "due_on": columns.dates(span, due),
        "reached_value": columns.numbers(reached, 1, validated < NEVER),
        "validated_on": columns.dates(span, validated),
        "loaded_at": columns.times(span, loaded),
    }
    return columns.in_order(pa.table(rows), "agreed_on", "goal_id", "G")


def _progress(world: World, found: Occasions, due: Ints) -> Floats:
    """The part of the way from baseline to target; at least all of it where the account had its great success."""
    progress = np.clip(0.72 + 0.3 * world.signal("goal_progress", found.account, due), -0.3, 1.6)
    return np.where(_won(world, found, due), np.maximum(progress, 1.05), progress)


def _won(world: World, found: Occasions, due: Ints) -> Flags:
    win = 7 * world.shocks.win[found.account]
    return np.asarray((win >= found.day) & (win <= due))


def reviews(world: World) -> pa.Table:
    """Business reviews: euros saved a year and gain in efficiency, as both sides worked them out."""
    rng, span, company = world.rng("reviews"), world.span, world.company
    found = at_rhythm(rng, span, world.book.stay, REVIEW_DAYS[company.segment], company.managed)
    arr = world.book.arr.at(found.account, found.day)
    savings = arr * np.maximum(0.0, 0.9 + 0.5 * world.signal("savings", found.account, found.day))
    gain = np.clip(9 + 6 * world.signal("efficiency", found.account, found.day), -10, 45)
    loaded = by_night(rng, span, (found.day + rng.integers(0, 6, size=len(found))) * DAY)
    rows = {
        "account_id": columns.accounts(found.account),
        "held_on": columns.dates(span, found.day),
        "savings": columns.euros(np.round(savings, -2)),
        "currency": columns.texts(np.zeros(len(found), np.int64), ["EUR"]),
        "efficiency_percent": columns.numbers(gain, 1),
        "csm": columns.texts(world.csm(found.account, found.day), world.csm_names()),
        "loaded_at": columns.times(span, loaded),
    }
    return columns.in_order(pa.table(rows), "held_on", "review_id", "Q")
