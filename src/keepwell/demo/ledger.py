"""The company's own records: accounts with their history, contracts, and what the team did."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY
from keepwell.demo.company import PLANS, SEGMENTS, SIZES
from keepwell.demo.draw import NEVER, Flags, Ints, lognormal
from keepwell.demo.interventions import DISCOUNT, KINDS
from keepwell.demo.names import INDUSTRIES, REGIONS
from keepwell.demo.occasions import by_night, days_until_end
from keepwell.demo.world import World

PLAN_SEATS = np.array([8, 28])
"""From so many seats an account is on the next plan."""
COSTS = np.array([2500.0, 900.0, 1800.0, 3200.0, 0.0, 250.0])
"""Median euros by kind of intervention; a discount costs DISCOUNT_SHARE of the ARR."""
DISCOUNT_SHARE = 0.08
LENGTH_DAYS = np.array([14, 21, 14, 30, 1, 1])


def accounts(world: World) -> pa.Table:
    """A row per account and day on which ARR, plan, CSM or the end changed; `valid_from` says since when."""
    account, day = _changes(world)
    span, company, until = world.span, world.company, world.book.stay.until
    ended = np.where(day >= world.book.decided[account], until[account], NEVER)
    parent = company.parent[account]
    plan = np.searchsorted(PLAN_SEATS, world.book.seats.at(account, day), side="right")
    return pa.table(
        {
            "account_id": columns.accounts(account),
            "valid_from": columns.dates(span, day),
            "name": columns.texts(account, company.names),
            "domain": columns.texts(account, company.domains),
            "segment": columns.texts(company.segment[account], SEGMENTS),
            "industry": columns.texts(company.industry[account], INDUSTRIES),
            "region": columns.texts(company.region[account], REGIONS),
            "employees": columns.texts(company.size[account], SIZES),
            "plan": columns.texts(plan, PLANS),
            "csm": columns.texts(world.csm(account, day), world.csm_names()),
            "arr": columns.euros(world.book.arr.at(account, day)),
            "currency": columns.texts(np.zeros(len(account), np.int64), ["EUR"]),
            "parent_id": columns.ids("A", np.maximum(parent, 0), 5, parent >= 0),
            "managed": columns.flags(company.managed[account]),
            "usage_feed": columns.flags(company.usage_feed[account]),
            "surveyed": columns.flags(company.surveyed[account]),
            "started_on": columns.dates(span, company.started[account]),
            "ended_on": columns.dates(span, ended),
        }
    )


def _changes(world: World) -> tuple[Ints, Ints]:
    """Accounts and the days of their rows: the first day, every new ARR, a new CSM, the decision to leave."""
    everyone, book = np.arange(len(world.company)), world.book
    handed = everyone[(world.company.csm == 0) & (world.company.csms > 1)]
    leavers = np.flatnonzero(book.decided < NEVER)
    account = np.concatenate([everyone, _moved(book.arr.account, book.arr.value), handed, leavers])
    days = [
        world.company.started,
        book.arr.day[_moves(book.arr.account, book.arr.value)],
        np.full(len(handed), world.csm_left()),
        book.decided[leavers],
    ]
    day = np.concatenate(days)
    here = (day >= world.company.started[account]) & (day < book.stay.until[account])
    key = np.unique(account[here] * (4 * NEVER) + day[here] + NEVER)
    return key // (4 * NEVER), key % (4 * NEVER) - NEVER


def _moves(account: Ints, value: np.ndarray) -> Flags:
    """Steps of an account after its first that changed the value."""
    moves = np.zeros(len(account), np.bool_)
    moves[1:] = (account[1:] == account[:-1]) & (value[1:] != value[:-1])
    return moves


def _moved(account: Ints, value: np.ndarray) -> Ints:
    return account[_moves(account, value)]


def contracts(world: World) -> pa.Table:
    """Contracts and amendments; `renewed` is empty until the customer has decided."""
    rows, span = world.book.contracts, world.span
    decided = days_until_end(span, rows.decided)
    first = np.ones(len(rows.account), np.bool_)
    first[1:] = rows.account[1:] != rows.account[:-1]
    new = first & (rows.starts >= world.company.started[rows.account]) & (world.company.started[rows.account] >= 0)
    kind = np.where(rows.amendment, 2, np.where(new, 0, 1))
    table = {
        "account_id": columns.accounts(rows.account),
        "kind": columns.texts(kind, ("new", "renewal", "amendment")),
        "signed_on": columns.dates(span, rows.signed),
        "starts_on": columns.dates(span, rows.starts),
        "ends_on": columns.dates(span, rows.ends),
        "seats": columns.whole(world.book.seats.at(rows.account, rows.signed).astype(np.int64)),
        "arr": columns.euros(world.book.arr.at(rows.account, rows.signed)),
        "currency": columns.texts(np.zeros(len(rows.account), np.int64), ["EUR"]),
        "renewed": columns.flags(rows.renewed, decided < NEVER),
        "decided_on": columns.dates(span, decided),
    }
    return columns.in_order(pa.table(table), "signed_on", "contract_id", "K")


def intervention_days(world: World) -> Ints:
    """The day on which each intervention began, NEVER for those that the period's or the account's end forestalled."""
    done = world.course.interventions
    day = 7 * done.week + world.rng("intervention days").integers(7, size=len(done.week))
    inside = (day < world.span.days) & (day < world.book.decided[done.account])
    return np.where(inside & (day >= world.company.started[done.account]), day, NEVER)


def interventions(world: World) -> pa.Table:
    """What the team did, when and at what cost; the ids agree with truth/interventions.parquet."""
    rng, span, done = world.rng("intervention costs"), world.span, world.course.interventions
    day = intervention_days(world)
    cost = np.where(done.kind == DISCOUNT, DISCOUNT_SHARE * world.book.arr.at(done.account, day), COSTS[done.kind])
    length = np.maximum(1, lognormal(rng, LENGTH_DAYS[done.kind].astype(np.float64), 0.4)).astype(np.int64)
    table = pa.table(
        {
            "intervention_id": columns.ids("V", np.arange(len(day)), 5),
            "account_id": columns.accounts(done.account),
            "kind": columns.texts(done.kind, KINDS),
            "started_on": columns.dates(span, day),
            "ended_on": columns.dates(span, days_until_end(span, day + length)),
            "owner": columns.texts(world.csm(done.account, day), world.csm_names()),
            "cost": columns.euros(np.round(lognormal(rng, cost, 0.25), -1)),
            "currency": columns.texts(np.zeros(len(day), np.int64), ["EUR"]),
            "loaded_at": columns.times(span, by_night(rng, span, day * DAY)),
        }
    )
    return columns.in_order(table, "started_on")
