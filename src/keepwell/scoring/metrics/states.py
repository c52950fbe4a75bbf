"""The state of a metric that reads rows: what no rows mean. FORMULA: zero, missing, or worst."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import ibis
import ibis.expr.types as ir

from keepwell.model.metrics import Aggregate
from keepwell.model.tables import Table
from keepwell.model.window import FirstDays, LastDays
from keepwell.scoring.metrics.aggregates import ABSENCE

ZERO_VERBS = ("count", "count_distinct", "sum", "open")


@dataclass(frozen=True)
class Feed:
    """What the whole feed says on the day: its newest visible row (None: none at all)."""

    newest: datetime | None

    def fresh(self, spec: Table, metric: Aggregate, as_of: date) -> bool:
        """Whether silence means something: `fresh:` if declared, else a row of anybody inside the metric's window."""
        if self.newest is None:
            return False
        span = LastDays(spec.fresh.days) if spec.fresh else metric.over
        if span is None or isinstance(span, FirstDays):
            return True
        return self.newest >= datetime.combine(span.span(as_of)[0], time.min)


def settle(
    metric: Aggregate, feed: Feed, fresh: bool, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    """Value and state. `value` is the aggregate (NULL, or 0 for counts, where no row met the filter)."""
    if metric.verb in ABSENCE:
        return _absence(metric, feed, fresh, value, connected)
    return _presence(metric, feed, fresh, value, connected)


def _absence(
    metric: Aggregate, feed: Feed, fresh: bool, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    zero = metric.verb in ZERO_VERBS
    some = (value.fill_null(0) > 0) if metric.verb in ZERO_VERBS and metric.verb != "sum" else value.notnull()
    none_state = {"worst": "worst", "missing": "no_data"}.get(metric.absent or "", "ok" if zero else "no_data")
    unconnected = {"worst": "worst", "zero": "ok" if zero else "no_data"}.get(metric.absent or "", "not_connected")
    if feed.newest is None:
        state = ibis.ifelse(connected, "stale_feed", "not_connected")
    elif not fresh:
        state = ibis.ifelse(connected, "stale_feed", unconnected if unconnected == "not_connected" else "stale_feed")
    else:
        state = ibis.cases((~connected, unconnected), (some, "ok"), else_=none_state)
    shown = value.fill_null(0) if zero else value
    return ibis.ifelse(state == "ok", shown, ibis.null(shown.type())), state


def _presence(
    metric: Aggregate, feed: Feed, fresh: bool, value: ir.Value, connected: ir.BooleanValue
) -> tuple[ir.Value, ir.StringValue]:
    empty = "no_data" if fresh else "stale_feed"
    unconnected = "not_connected"
    if metric.absent == "worst" and feed.newest is not None:
        unconnected, empty = "worst", "worst" if fresh else empty
    if metric.absent == "zero" and empty == "no_data" and metric.verb in ("mean", "min", "max", "share", "nps"):
        empty = "ok"
    if feed.newest is None:
        unconnected = "not_connected"
        connected = ibis.literal(False)
    state = ibis.cases((value.notnull(), "ok"), (~connected, unconnected), else_=empty)
    filled = value.fill_null(0) if empty == "ok" else value
    return ibis.ifelse(state == "ok", filled, ibis.null(filled.type())), state
