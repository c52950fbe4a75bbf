"""The usage feed: a row per person, feature and day, loaded at night. By far the largest table, so it is streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY, NO_TIME
from keepwell.demo.draw import Flags, Floats, Ints, sigmoid
from keepwell.demo.occasions import by_night
from keepwell.demo.people import People
from keepwell.demo.signals import observe_weekly
from keepwell.demo.world import World

FEATURES = (
    "catalogue",
    "orders",
    "quotes",
    "price_lists",
    "customer_portal",
    "checkout",
    "promotions",
    "analytics",
    "approvals",
    "api",
    "punch_out",
    "multi_store",
)
WEEKDAYS = np.array([0.21, 0.21, 0.20, 0.19, 0.15, 0.02, 0.02])
HOLIDAYS = {7: 0.88, 11: 0.92}
"""Months (0 = January) in which fewer people work."""
BLOCK_WEEKS = 4
"""Weeks made and written at a time: memory stays flat however many accounts there are."""


@dataclass(frozen=True)
class Habits:
    """How each account uses the platform, week × account, and in which order it took up features."""

    share: Floats  # of the seats that are in use
    depth: Floats  # rows a week beyond the first of an active person
    breadth: Floats  # number of features in use
    adopted: Ints  # account × feature


def usage(world: World, people: People) -> Iterator[pa.Table]:
    """Blocks of some weeks, in order of time. Accounts without a connected feed have no rows."""
    rng, habits = world.rng("usage"), _habits(world)
    eagerness = world.rng("eagerness").random(len(people.seat_account))
    for first in range(0, world.span.weeks, BLOCK_WEEKS):
        weeks = np.arange(first, min(first + BLOCK_WEEKS, world.span.weeks))
        seat, week = _active(rng, world, people, habits, eagerness, weeks)
        yield _rows(rng, world, people, habits, seat, week)


def _habits(world: World) -> Habits:
    seed, course, n = world.seed, world.course, len(world.company)
    weeks = np.arange(world.span.weeks)[:, None]
    everyone = np.broadcast_to(np.arange(n), (world.span.weeks, n))
    month = world.span.month_of_year(7 * weeks)
    season = np.select([month == m for m in HOLIDAYS], list(HOLIDAYS.values()), 1.0)
    fading = world.fading(everyone, 7 * np.broadcast_to(weeks, everyone.shape))
    share = 0.06 + 0.90 * sigmoid(1.25 * observe_weekly(seed, course, "seat_use") + 0.35)
    popularity = -0.35 * np.arange(len(FEATURES)) + world.rng("taste").gumbel(size=(n, len(FEATURES)))
    return Habits(
        share=share * season * fading,
        depth=1.35 * np.exp(np.clip(0.35 * observe_weekly(seed, course, "usage_depth"), -2, 1.5)),
        breadth=2 + 9 * sigmoid(0.9 * observe_weekly(seed, course, "feature_breadth") - 0.2),
        adopted=np.argsort(-popularity, axis=1),
    )


def _active(
    rng: np.random.Generator, world: World, people: People, habits: Habits, eagerness: Floats, weeks: Ints
) -> tuple[Ints, Ints]:
    """Seats in use and their weeks: those of an account whose eagerness lies below the share in use, give or take."""
    account = people.seat_account
    paid = world.book.seats.at(np.tile(account, len(weeks)), np.repeat(7 * weeks + 6, len(account)))
    threshold = eagerness + 0.08 * rng.standard_normal((len(weeks), len(account)))
    active = (habits.share[weeks][:, account] > threshold) & (people.seat_rank < paid.reshape(threshold.shape))
    active &= world.company.usage_feed[account]
    week, seat = np.nonzero(active)
    return seat, weeks[week]


def _rows(rng: np.random.Generator, world: World, people: People, habits: Habits, seat: Ints, week: Ints) -> pa.Table:
    times = 1 + rng.poisson(habits.depth[week, people.seat_account[seat]])
    seat, week = np.repeat(seat, times), np.repeat(week, times)
    account = people.seat_account[seat]
    day = 7 * week + np.searchsorted(np.cumsum(WEEKDAYS), rng.random(len(seat)) * WEEKDAYS.sum(), side="right")
    person = _person(people, seat, day)
    place = (habits.breadth[week, account] * rng.random(len(seat)) ** 1.8).astype(np.int64)
    feature = habits.adopted[account, np.minimum(place, len(FEATURES) - 1)]
    keep = _once(person, feature, day, _recorded(world, people, account, person, day))
    account, person, feature, day = account[keep], person[keep], feature[keep], day[keep]
    at = day * DAY + 60 * (420 + 660 * rng.beta(2.0, 2.2, len(day))).astype(np.int64)
    loaded = by_night(rng, world.span, at)
    known = np.flatnonzero(loaded < NO_TIME)
    order = known[np.argsort(at[known], kind="stable")]
    return pa.table(
        {
            "account_id": columns.accounts(account[order]),
            "contact_id": columns.ids("C", person[order], 6),
            "feature": columns.texts(feature[order], FEATURES),
            "used_at": columns.times(world.span, at[order]),
            "actions": columns.whole(1 + rng.poisson(5.0, len(order))),
            "loaded_at": columns.times(world.span, loaded[order]),
        }
    )


def _person(people: People, seat: Ints, day: Ints) -> Ints:
    """Who sits there on the day."""
    first, second = people.holder[seat], people.successor[seat]
    return np.where(day < people.left[first], first, second)


def _recorded(world: World, people: People, account: Ints, person: Ints, day: Ints) -> Flags:
    """Rows of days that a person worked, that lie in the account's life, and that no outage lost."""
    recorded = (day < world.span.days) & world.book.stay.here(account, day)
    recorded &= (day >= people.joined[person]) & (day < people.left[person])
    outage = world.outage()
    return recorded if outage is None else recorded & ~((day >= outage[0]) & (day < outage[1]))


def _once(person: Ints, feature: Ints, day: Ints, recorded: Flags) -> Ints:
    """Positions of recorded rows, one per person, feature and day."""
    which = np.flatnonzero(recorded)
    key = (person[which] * len(FEATURES) + feature[which]) * 4096 + day[which]
    return which[np.unique(key, return_index=True)[1]]
