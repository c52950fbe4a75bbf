"""The state of a metric that reads rows: what no rows mean. FORMULA: zero, missing, or worst."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepwell.facts.moment import When
from keepwell.model.metrics import Aggregate
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays, LastDays
from keepwell.scoring.metrics.aggregates import ABSENCE

ZERO_VERBS = ("count", "count_distinct", "sum", "open")


@dataclass(frozen=True)
class Feed:
    """What the whole feed says on the day.

    there: it has a visible row at all. fresh: silence means something, because the feed is as young as `fresh:`
    declares, else because anybody has a row inside the metric's window.
    """

    there: ir.BooleanValue
    fresh: ir.BooleanValue


def feed_of(spec: Table, metric: Aggregate, rows: ir.Table, newest: ir.TimestampValue, moment: When) -> Feed:
    """`newest`: a column of `rows` with the feed's newest visible row; NULL: none at all."""
    span = LastDays(spec.fresh.days) if spec.fresh else metric.over
    there = newest.notnull()
    if span is None or isinstance(span, FirstDays):
        return Feed(there, there)
    return Feed(there, (newest >= moment.begins(rows, span)).fill_null(False))


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
