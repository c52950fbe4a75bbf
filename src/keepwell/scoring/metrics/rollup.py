"""Metrics over entities: a level below (contacts, subscriptions) or an account's own children, summed up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepwell.facts.expressions import condition
from keepwell.facts.moment import TIME
from keepwell.model.expressions import Expression
from keepwell.model.metrics import Aggregate, CountDistinct, Mean, Portion
from keepwell.scoring.metrics.needs import Need, value_of

EXACT = "decimal(38, 9)"
"""Metric values of entities are added as fixed point, so that the order of adding does not matter."""
FACTOR, HEFT = "decimal(19, 9)", "decimal(19, 6)"


@dataclass(frozen=True)
class Below:
    """The lower entities with their metrics as of `ago` days before; `link`: the column naming the upper entity."""

    wide: ir.Table
    link: str
    ago: int
    lacking: Collection[str]

    @property
    def owned(self) -> ir.Table:
        return self.wide.filter(self.wide[self.link].notnull())

    def holds(self, expression: Expression, owned: ir.Table) -> ir.BooleanValue:
        return condition(expression, lambda name: value_of(owned, Need(name, self.ago), self.lacking))


def roll_up(metric: Aggregate, need: Need, below: Below) -> ir.Table:
    """One row per upper entity that has lower ones: id, value (NULL where none of them has one), age of the oldest."""
    owned = below.owned
    where = below.holds(metric.where, owned) if metric.where else None
    value = _value(metric, below, owned, where)
    oldest = owned[Need(metric.column, below.ago).at].min(where=where) if metric.column else ibis.null(TIME)
    grouped = owned.group_by(id=owned[below.link]).aggregate(value=value, oldest=oldest)
    return grouped.select("id", **{need.value: grouped.value, need.at: grouped.oldest.cast(TIME)})


def settled(metric: Aggregate, value: ir.Value) -> tuple[ir.Value, ir.StringValue]:
    """Value and state after the join to the upper level, where entities with nothing below them have NULL."""
    zero = metric.verb == "count" if metric.absent is None else metric.absent == "zero"
    filled = value.fill_null(0) if zero else value
    none = "worst" if metric.absent == "worst" else "no_data"
    missing = (
        (value.isnull() | (value == 0))
        if metric.verb == "count" and metric.absent in ("worst", "missing")
        else filled.isnull()
    )
    state = ibis.ifelse(missing, none, "ok")
    return ibis.ifelse(state == "ok", filled, ibis.null(filled.type())), state


def _value(metric: Aggregate, below: Below, owned: ir.Table, where: ir.BooleanValue | None) -> ir.Value:
    if isinstance(metric, Portion):
        return _divide(owned.count(where=_and(where, below.holds(metric.that, owned))), owned.count(where=where))
    if metric.column is None:
        return owned.count(where=where)
    column = owned[Need(metric.column, below.ago).value]
    if isinstance(metric, CountDistinct):
        return column.nunique(where=where)
    if isinstance(metric, Mean):
        return _mean(metric, column, below, owned, where)
    if metric.verb == "sum":
        return column.cast(EXACT).sum(where=where)
    return column.min(where=where) if metric.verb == "min" else column.max(where=where)


def _mean(metric: Mean, column: ir.Value, below: Below, owned: ir.Table, where: ir.BooleanValue | None) -> ir.Value:
    if metric.weight is None:
        return _divide(column.cast(EXACT).sum(where=where), column.count(where=where))
    weight = owned[Need(metric.weight, below.ago).value].cast(HEFT)
    both = _and(where, column.notnull() & weight.notnull())
    return _divide((column.cast(FACTOR) * weight).sum(where=both), weight.sum(where=both))


def _divide(total: ir.Value, by: ir.Value) -> ir.Value:
    return total.cast("float64") / by.cast("float64").nullif(0)


def _and(left: ir.BooleanValue | None, right: ir.BooleanValue) -> ir.BooleanValue:
    return right if left is None else left & right
