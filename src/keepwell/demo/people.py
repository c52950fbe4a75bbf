"""The customers' people: who holds which seat, from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from keepwell.demo import columns, names
from keepwell.demo.draw import NEVER, Flags, Floats, Ints, generator, pick_by
from keepwell.demo.occasions import days_until_end
from keepwell.demo.world import World

ROLES = ("decision_maker", "champion", "admin", "buyer", "user")
DECISION_MAKER, CHAMPION = 0, 1
SENIORITY = ("c_level", "director", "manager", "specialist")
SENIORITY_SHARES = ((0.45, 0.45, 0.1, 0.0), (0.0, 0.25, 0.6, 0.15), (0.0, 0.05, 0.45, 0.5), (0.0, 0.02, 0.28, 0.7))
LEAVES_YEARLY = 0.11
VACANT_DAYS = (7, 60)


@dataclass(frozen=True)
class People:
    """Contacts sorted by account, seat and time; at most two hold the same seat one after the other.

    `holder` and `successor` are the contacts of each seat (the same where nobody followed), `seat_account` its account
    and `seat_rank` its number within the account.
    """

    account: Ints
    role: Ints
    seniority: Ints
    joined: Ints
    left: Ints
    seat_account: Ints
    seat_rank: Ints
    holder: Ints
    successor: Ints

    def someone(self, rng: np.random.Generator, account: Ints, day: Ints) -> tuple[Ints, Flags]:
        """A contact of each account, drawn evenly, and whether that person is there on the day."""
        first = np.searchsorted(self.account, account, side="left")
        count = np.searchsorted(self.account, account, side="right") - first
        who = first + (rng.random(len(account)) * count).astype(np.int64)
        return who, np.asarray((self.joined[who] <= day) & (day < self.left[who]))


def draw_people(world: World) -> People:
    """One person on every seat ever paid for, and those who replaced them."""
    rng = generator(world.seed, "people")
    account, rank, joined = _seats(rng, world)
    left = _left(rng, world, account, rank, joined)
    follows = _followed(rng, left)
    replaced = follows < np.minimum(world.span.days, world.book.stay.until[account])
    copies = 1 + replaced.astype(np.int64)
    holder = np.cumsum(copies) - copies
    second = np.zeros(int(copies.sum()), np.bool_)
    second[holder[replaced] + 1] = True
    seat = np.repeat(np.arange(len(account)), copies)
    role = np.minimum(rank[seat], 3) + ((rank[seat] >= 3) & (rng.random(len(seat)) < 0.55))
    return People(
        account=account[seat],
        role=role,
        seniority=_seniority(rng, role),
        joined=np.where(second, follows[seat], joined[seat]),
        left=np.where(second, NEVER, left[seat]),
        seat_account=account,
        seat_rank=rank,
        holder=holder,
        successor=holder + replaced,
    )


def _followed(rng: np.random.Generator, left: Ints) -> Ints:
    """When somebody takes over a seat that was left; NEVER where nobody left."""
    return np.where(left < NEVER, left + rng.integers(*VACANT_DAYS, size=len(left)), NEVER)


def _seats(rng: np.random.Generator, world: World) -> tuple[Ints, Ints, Ints]:
    """Account, rank and first day of every seat, in order of account and rank."""
    steps = world.book.seats
    most = _running_most(steps.account, steps.value.astype(np.int64))
    before = np.concatenate([[0], most[:-1]]) * np.concatenate([[False], steps.account[1:] == steps.account[:-1]])
    added = most - before
    account, day = np.repeat(steps.account, added), np.repeat(steps.day, added)
    rank = np.arange(len(account)) - np.repeat(np.cumsum(added) - added, added) + np.repeat(before, added)
    # Those there from the beginning came at any time of the account's life before the period.
    started, before_period = world.company.started[account], (day < 0) & (world.company.started[account] < 0)
    wait = rng.random(len(account)) * np.where(before_period, -started, 25)
    joined = np.where(before_period, started, np.maximum(day, started)) + wait.astype(np.int64)
    return account, rank, np.minimum(joined, np.minimum(world.span.last, world.book.stay.until[account] - 1))


def _running_most(account: Ints, value: Ints) -> Ints:
    """The greatest value so far within each account, rows being sorted by account."""
    lift = account * NEVER
    return np.asarray(np.maximum.accumulate(value + lift) - lift)


def _left(rng: np.random.Generator, world: World, account: Ints, rank: Ints, joined: Ints) -> Ints:
    """The day a person leaves the customer; champions leave when the shock says so. NEVER beyond the account's life."""
    day = np.maximum(joined, 0) + (rng.exponential(365.25 / LEAVES_YEARLY, len(account))).astype(np.int64)
    shock = world.shocks.champion_left[account]
    shock_day = np.where(shock < NEVER, 7 * shock + rng.integers(7, size=len(account)), NEVER)
    day = np.where(rank == CHAMPION, shock_day, day)
    gone = (day > world.span.last) | (day >= world.book.stay.until[account]) | (day <= joined)
    return np.where(gone, NEVER, day)


def _seniority(rng: np.random.Generator, role: Ints) -> Ints:
    edges: Floats = np.cumsum(np.array(SENIORITY_SHARES), axis=1)[np.minimum(role, 3)]
    return pick_by(rng.random(len(role)), edges)


def contacts(world: World, people: People) -> pa.Table:
    """The table of contacts."""
    n = len(people.account)
    return pa.table(
        {
            "contact_id": columns.ids("C", np.arange(n), 6),
            "account_id": columns.accounts(people.account),
            "name": pa.array(names.people(generator(world.seed, "people names"), n), pa.string()),
            "role": columns.texts(people.role, ROLES),
            "seniority": columns.texts(people.seniority, SENIORITY),
            "joined_on": columns.dates(world.span, people.joined),
            "left_on": columns.dates(world.span, days_until_end(world.span, people.left)),
        }
    )
