"""The help desk: tickets and requests for features."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keepwell.demo import columns
from keepwell.demo.columns import DAY, NO_TIME
from keepwell.demo.draw import NEVER, Floats, Ints, happens, lognormal, pick, pick_by, sigmoid
from keepwell.demo.occasions import Occasions, at_rate, at_work, by_night, days_until_end, until_end
from keepwell.demo.people import People
from keepwell.demo.signals import observe_weekly
from keepwell.demo.usage import FEATURES
from keepwell.demo.world import World

PRIORITIES = ("low", "normal", "high", "urgent")
HOURS_TO_CLOSE = np.array([80.0, 60.0, 28.0, 10.0])
TOPICS = ("question", "bug", "integration", "billing", "feature_gap")
TOPIC_SHARES = (0.42, 0.24, 0.16, 0.10, 0.08)
TICKETS_WEEKLY = np.array([0.07, 0.15, 0.42])
STORM_FACTOR = 3.5
CSAT_SHARE = 0.32
SANDBOXES = ("SANDBOX-1", "SANDBOX-2")
ACCOUNTS_PER_SANDBOX_TICKET = 280
REQUESTS_WEEKLY = np.array([0.012, 0.03, 0.08])


def tickets(world: World, people: People) -> pa.Table:
    """Tickets with what became of them: open ones have no end, and CSAT is known only when one is closed."""
    rng = world.rng("tickets")
    trouble = observe_weekly(world.seed, world.course, "trouble")
    weekly = TICKETS_WEEKLY[world.company.segment] * np.exp(0.45 * trouble)
    weekly *= np.where(world.shocks.stormy > 0, STORM_FACTOR, 1.0)
    found = at_rate(rng, world.span, world.book.stay, weekly)
    grief = trouble[world.span.week(found.day), found.account]
    grief += world.shocks.stormy[world.span.week(found.day), found.account]
    opened = at_work(rng, found.day)
    priority = _priority(rng, grief)
    hours = lognormal(rng, HOURS_TO_CLOSE[priority] * np.exp(0.25 * grief), 0.9)
    closed = until_end(world.span, opened + (hours * 3600).astype(np.int64))
    score = np.clip(np.round(3.8 + 0.8 * world.signal("csat", found.account, found.day)), 1, 5).astype(np.int64)
    who, there = people.someone(rng, found.account, found.day)
    topic = np.where(rng.random(len(found)) < 0.5 * (grief > 1), 1, pick(rng, len(found), TOPIC_SHARES))
    loaded = by_night(rng, world.span, opened)
    rows = {
        "account_id": columns.accounts(found.account),
        "contact_id": columns.ids("C", who, 6, there),
        "opened_at": columns.times(world.span, opened),
        "closed_at": columns.times(world.span, closed),
        "priority": columns.texts(priority, PRIORITIES),
        "topic": columns.texts(topic, TOPICS),
        "csat": columns.whole(score, (closed < NO_TIME) & happens(rng, np.full(len(found), CSAT_SHARE))),
        "loaded_at": columns.times(world.span, loaded),
    }
    both = pa.concat_tables([_plain(pa.table(rows)), _sandboxes(world)])
    return columns.in_order(both, "opened_at", "ticket_id", "T", 6)


def _plain(table: pa.Table) -> pa.Table:
    """Dictionaries spelled out, so that tables can be joined end to end."""
    spelled = [c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(spelled, names=table.column_names)


def _priority(rng: np.random.Generator, grief: Floats) -> Ints:
    urgent, high = sigmoid(-3.1 + 0.7 * grief), sigmoid(-1.5 + 0.5 * grief)
    low = 0.25 * (1 - high)
    edges = np.stack([low, 1 - high, np.maximum(1 - high, 1 - urgent), np.ones_like(low)], axis=1)
    return pick_by(rng.random(len(grief)), edges)


def sandbox_tickets(world: World) -> int:
    """How many tickets of its own test tenants the company forgot to take out; no table of accounts knows them."""
    return 2 + len(world.company) // ACCOUNTS_PER_SANDBOX_TICKET


def _sandboxes(world: World) -> pa.Table:
    rng, n = world.rng("sandboxes"), sandbox_tickets(world)
    day = rng.integers(max(1, world.span.days - 40), size=n)
    opened = at_work(rng, day)
    nobody = np.zeros(n, np.bool_)
    return _plain(
        pa.table(
            {
                "account_id": columns.texts(rng.integers(len(SANDBOXES), size=n), SANDBOXES),
                "contact_id": columns.ids("C", np.zeros(n, np.int64), 6, nobody),
                "opened_at": columns.times(world.span, opened),
                "closed_at": columns.times(world.span, until_end(world.span, opened + 2 * DAY)),
                "priority": columns.texts(np.ones(n, np.int64), PRIORITIES),
                "topic": columns.texts(np.zeros(n, np.int64), TOPICS),
                "csat": columns.whole(day, nobody),
                "loaded_at": columns.times(world.span, (day + 1) * DAY + 3 * 3600 + 600),
            }
        )
    )


def feature_requests(world: World) -> pa.Table:
    """What customers ask the product for, and whether it was built."""
    rng, course = world.rng("feature requests"), world.course
    weekly = REQUESTS_WEEKLY[world.company.segment] * np.exp(0.3 * course.parts[:, :, 1])
    found = at_rate(rng, world.span, world.book.stay, weekly)
    blocks = happens(rng, sigmoid(-1.3 - 0.7 * world.part("value", found.account, found.day)))
    asked = at_work(rng, found.day)
    loaded = by_night(rng, world.span, asked)
    shipped, declined = _answers(rng, world, found)
    rows = {
        "account_id": columns.accounts(found.account),
        "asked_at": columns.times(world.span, asked),
        "feature": columns.texts(rng.integers(len(FEATURES), size=len(found)), FEATURES),
        "blocks_goal": columns.flags(blocks),
        "shipped_on": columns.dates(world.span, shipped),
        "declined_on": columns.dates(world.span, declined),
        "loaded_at": columns.times(world.span, loaded),
    }
    return columns.in_order(pa.table(rows), "asked_at", "request_id", "F")


def _answers(rng: np.random.Generator, world: World, found: Occasions) -> tuple[Ints, Ints]:
    """Days on which requests were shipped or declined; most are neither."""
    fate, wait = rng.random(len(found)), rng.integers(30, 300, size=len(found))
    day = days_until_end(world.span, found.day + wait)
    return np.where(fate < 0.35, day, NEVER), np.where(fate > 0.8, day, NEVER)
