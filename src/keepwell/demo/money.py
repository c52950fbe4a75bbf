"""Money on both sides: what customers sell through their stores, and how they pay the company's invoices."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY
from keepwell.demo.draw import NEVER, Floats, Ints, lognormal
from keepwell.demo.latent import CAUSES
from keepwell.demo.occasions import by_night, days_until_end
from keepwell.demo.world import World

SALES_PER_ARR = 55.0
"""Median yearly store revenue per euro of ARR."""
ORDER_VALUE = 320.0
GROWTH_MONTHLY, GROWTH_PER_SIGNAL = 0.003, 0.014
SEASON = 0.12
BILLED_EVERY = np.array([1, 3, 6])
"""Months between invoices, by segment."""
DUE_DAYS = np.array([14, 30, 45])
UNPAID_SHARE = 0.004
"""Disputed invoices that nobody pays."""


def store_months(world: World) -> pa.Table:
    """Each whole month of each store: gross revenue and orders, reported some days into the next month."""
    rng, starts = world.rng("stores"), world.span.month_starts()
    first, after = starts[:-1, None], starts[1:, None]
    stay = world.book.stay
    month, account = np.nonzero((stay.started <= first) & (stay.until >= after))
    revenue = (_sales(rng, world) * np.exp(0.06 * rng.standard_normal((world.span.months, len(world.company)))))[
        month, account
    ]
    orders = np.maximum(1, np.round(revenue / lognormal(rng, np.full(len(world.company), ORDER_VALUE), 0.6)[account]))
    day = starts[1:][month] - 1
    loaded = by_night(rng, world.span, (day + rng.integers(1, 8, len(day))) * DAY)
    rows = {
        "account_id": columns.accounts(account),
        "month_end": columns.dates(world.span, day),
        "gross_revenue": columns.euros(revenue),
        "orders": columns.whole(orders.astype(np.int64)),
        "currency": columns.texts(np.zeros(len(account), np.int64), ["EUR"]),
        "loaded_at": columns.times(world.span, loaded),
    }
    return columns.in_order(pa.table(rows), "month_end")


def _sales(rng: np.random.Generator, world: World) -> Floats:
    """Month × account: expected gross revenue, drifting with the true value of the platform to the customer."""
    months, n = world.span.months, len(world.company)
    middle = np.repeat(world.span.month_starts()[:-1] + 14, n)
    everyone = np.tile(np.arange(n), months)
    signal = world.signal("store_growth", everyone, middle).reshape(months, n)
    level = np.cumsum(GROWTH_MONTHLY + GROWTH_PER_SIGNAL * signal, axis=0)
    peak = rng.integers(12, size=10)[world.company.industry]
    phase = (world.span.month_of_year(middle).reshape(months, n) - peak) * np.pi / 6
    base = lognormal(rng, world.company.arr * SALES_PER_ARR / 12, 0.5)
    return np.asarray(base * np.exp(level + SEASON * np.cos(phase)) * world.fading(everyone, middle).reshape(months, n))


def invoices(world: World) -> pa.Table:
    """Invoices with their payment, if it came: the worse the health, the later."""
    rng, span = world.rng("invoices"), world.span
    account, issued = _billed(world)
    due = issued + DUE_DAYS[world.company.segment[account]]
    paid = days_until_end(span, _paid(rng, world, account, issued, due))
    amount = world.book.arr.at(account, issued) * BILLED_EVERY[world.company.segment[account]] / 12
    table = pa.table(
        {
            "account_id": columns.accounts(account),
            "issued_on": columns.dates(span, issued),
            "due_on": columns.dates(span, due),
            "paid_on": columns.dates(span, paid),
            "days_late": columns.whole(paid - due, paid < NEVER),
            "amount": columns.euros(amount),
            "currency": columns.texts(np.zeros(len(account), np.int64), ["EUR"]),
            "loaded_at": columns.times(span, by_night(rng, span, issued * DAY)),
        }
    )
    return columns.in_order(table, "issued_on", "invoice_id", "I", 6)


def _billed(world: World) -> tuple[Ints, Ints]:
    """Accounts and days of issue: the day of the month on which the account began."""
    every = BILLED_EVERY[world.company.segment]
    skipped = (np.maximum(-world.company.started, 0) / 30.4369 // every).astype(np.int64)
    step = (skipped[:, None] + np.arange(world.span.months + 2)) * every[:, None]
    day = world.span.add_months(world.company.started[:, None], step)
    here = (day >= 0) & (day < world.span.days) & (day < world.book.stay.until[:, None])
    account, which = np.nonzero(here)
    return account, day[account, which]


def _paid(rng: np.random.Generator, world: World, account: Ints, issued: Ints, due: Ints) -> Ints:
    """Days of payment, NEVER for the disputed and for what bankrupts owe."""
    late = np.exp(1.8 - 0.55 * world.signal("paying_on_time", account, due)) - 5
    late += np.where(world.leaving(account, due), 15, 0)
    paid = np.maximum(issued + 1, due + np.clip(late, -25, 120).astype(np.int64))
    broke = (world.course.cause[account] == CAUSES.index("bankruptcy")) & (due > world.book.decided[account])
    return np.where(broke | (rng.random(len(account)) < UNPAID_SHARE), NEVER, paid)
