"""The state of a metric that reads rows: what no rows mean. FORMULA: zero, missing, or worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from keepwell.facts.config import Outage
from keepwell.facts.moment import When
from keepwell.model.metrics import Aggregate
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays, LastDays
from keepwell.scoring.metrics.aggregates import ABSENCE

BLIND = 0.1
"""A window of which outages take more than this share says nothing about customers."""

ZERO_VERBS = ("count", "count_distinct", "sum", "open")


@dataclass(frozen=True)
class Feed:
    """What the whole feed says on the day.

    there: it has a visible row at all. fresh: silence means something, because the feed is as young as `fresh:`
    declares, else because anybody has a row inside the metric's window; and no declared outage hides what happened.
    """

    there: ir.BooleanValue
    fresh: ir.BooleanValue


def feed_of(
    spec: Table,
    metric: Aggregate,
    rows: ir.Table,
    newest: ir.TimestampValue,
    moment: When,
    outages: Sequence[Outage] = (),
) -> Feed:
    """`newest`: a column of `rows` with the feed's newest visible row; NULL: none at all."""
    span = LastDays(spec.fresh.days) if spec.fresh else metric.over
    fresh = there = newest.notnull()
    if span is not None and not isinstance(span, FirstDays):
        fresh = (newest >= moment.begins(rows, span)).fill_null(False)
    return Feed(there, fresh & ~_blind(metric, rows, moment, outages) if outages else fresh)


def _blind(metric: Aggregate, rows: ir.Table, moment: When, outages: Sequence[Outage]) -> ir.BooleanValue:
    """Whether the day lies in an outage, or outages take more than `BLIND` of the metric's window."""
    today = moment.today(rows)
    found = [today.between(outage.from_, outage.to) for outage in outages]
    over = metric.over
    if over is not None and not isinstance(over, FirstDays):
        closed = moment.closes(rows, over)
        begin, end = moment.begins(rows, over).date(), (moment.ends(rows) if closed is None else closed).date()
        days = [_shared(begin, end, outage) for outage in outages]
        found.append(reduce(add, days) > BLIND * end.delta(begin, unit="day"))
    return reduce(or_, found)


def _shared(begin: ir.DateValue, end: ir.DateValue, outage: Outage) -> ir.IntegerValue:
    """How many days of an outage lie from `begin` to before `end`."""
    first, after = ibis.literal(outage.from_), ibis.literal(outage.to + timedelta(days=1))
    return ibis.greatest(ibis.least(end, after).delta(ibis.greatest(begin, first), unit="day"), 0)


def settle(
    metric: Aggregate, feed: Feed, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    """Value and state. `value` is the aggregate (NULL, or 0 for counts, where no row met the filter)."""
    if metric.verb in ABSENCE:
        return _absence(metric, feed, value, connected)
    return _presence(metric, feed, value, connected)


def _absence(
    metric: Aggregate, feed: Feed, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    zero = metric.verb in ZERO_VERBS
    some = (value.fill_null(0) > 0) if zero and metric.verb != "sum" else value.notnull()
    none = {"worst": "worst", "missing": "no_data"}.get(metric.absent or "", "ok" if zero else "no_data")
    unconnected = {"worst": "worst", "zero": "ok" if zero else "no_data"}.get(metric.absent or "", "not_connected")
    broken = ibis.ifelse(connected, "stale_feed", "not_connected")
    state = ibis.cases(
        (~feed.there, broken),
        (~feed.fresh, broken if unconnected == "not_connected" else ibis.literal("stale_feed")),
        (~connected, unconnected),
        (some, "ok"),
        else_=none,
    )
    shown = value.fill_null(0) if zero else value
    return ibis.ifelse(state == "ok", shown, ibis.null(shown.type())), state


def _presence(
    metric: Aggregate, feed: Feed, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    zero = metric.absent == "zero" and metric.verb in ("mean", "min", "max", "share", "nps")
    worst = metric.absent == "worst"
    state = ibis.cases(
        (value.notnull(), "ok"),
        (~feed.there, "not_connected"),
        (~connected, "worst" if worst else "not_connected"),
        (~feed.fresh, "stale_feed"),
        else_="worst" if worst else "ok" if zero else "no_data",
    )
    filled = value.fill_null(0) if zero else value
    return ibis.ifelse(state == "ok", filled, ibis.null(filled.type())), state
